package cli

import (
	"context"
	"net"
	"net/http"
	"time"

	"aoc"
)

type healthcheckCommand struct {
	URL string `placeholder:"URL" help:"What to ask; default /readyz of the service that AOC_LISTEN describes."`
}

func (c *healthcheckCommand) Run(r *runner) error {
	const op = "cli.healthcheck"
	url := c.URL
	if url == "" {
		cfg, err := r.settings()
		if err != nil {
			return err
		}
		host, port, err := net.SplitHostPort(cfg.Server.Listen)
		if err != nil {
			return aoc.Wrap(err, aoc.CodeInvalid, op, "AOC_LISTEN: not an address")
		}
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			host = "127.0.0.1"
		}
		url = "http://" + net.JoinHostPort(host, port) + "/readyz"
	}
	ctx, cancel := context.WithTimeout(r.ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInvalid, op, "--url: not a URL")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, op, "the service does not answer")
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return aoc.Errorf(aoc.CodeUnavailable, op, "the service answers %s", response.Status)
	}
	r.note("healthy")
	return nil
}
