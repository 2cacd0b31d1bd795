package cli

import "runtime"

type versionCommand struct {
	JSON bool `help:"Print one JSON object."`
}

func (c *versionCommand) Run(r *runner) error {
	if c.JSON {
		return r.json(map[string]string{"version": r.version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH})
	}
	r.print("aoc %s (%s, %s/%s)", r.version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
