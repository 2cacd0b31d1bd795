package cli

import "aoc/internal/app"

type openapiCommand struct{}

// Run prints the description of the API, from which the web UI's types are made.
func (c *openapiCommand) Run(r *runner) error {
	text, err := app.OpenAPI(r.version)
	if err != nil {
		return err
	}
	_, err = r.out.Write(append(text, '\n'))
	return err
}
