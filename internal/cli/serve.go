package cli

import (
	"context"
	"errors"
	"time"

	"aoc/internal/app"
	"aoc/internal/config"
)

// stopWithin is how long the service may take to finish what is in hand.
const stopWithin = 25 * time.Second

type serveCommand struct{}

func (c *serveCommand) Run(r *runner) error {
	cfg, err := r.settings()
	if err != nil {
		return err
	}
	return r.serve(cfg, nil, nil)
}

// serve runs the service until the context ends. prepare, if set, is called before it begins,
// started once it is up.
func (r *runner) serve(cfg config.Config, prepare func(a *app.App) error, started func(s *app.Service, a *app.App)) error {
	log := r.logger(cfg)
	for _, w := range cfg.Warnings() {
		log.Warn(w)
	}
	a, err := r.open(cfg, app.Options{Logger: log})
	if err != nil {
		return err
	}
	var service *app.Service
	if prepare != nil {
		err = prepare(a)
	}
	if err == nil {
		service, err = a.Start(r.ctx)
	}
	if err != nil {
		return errors.Join(err, a.Stop(context.WithoutCancel(r.ctx)))
	}
	log.Info("aoc is running", "version", r.version, "listen", service.Addr().String(), "store", a.StoreName(), "process", a.Process(), "data", cfg.Store.DataDir,
		"collects", cfg.Collects(), "periodic", cfg.Collect.Periodic)
	if started != nil {
		started(service, a)
	}
	<-r.ctx.Done()
	log.Info("stopping")
	stop, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), stopWithin)
	defer cancel()
	return service.Stop(stop)
}
