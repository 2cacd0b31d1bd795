package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"aoc"
	"aoc/internal/console"
)

const (
	tagImports  = "imports"
	importsPath = "/api/imports"
)

func (s *server) importRoutes() {
	op := slow(change(http.MethodPost, "import-file", importsPath, tagImports, "Import a file",
		"The body is the file's bytes: an export of Purview, Entra or Intune, JSON, JSON Lines or CSV, packed or not; what it is shows in its "+
			"content. Answers when all of it has arrived; its import then goes on, after those that came before. 422 about tenant when the "+
			"records do not say whose they are: send the file again with tenant."))
	op.DefaultStatus = http.StatusAccepted
	op.RequestBody = &huma.RequestBody{
		Required: true, Description: "The file, up to AOC_IMPORT_MAX_MB.",
		Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}
	register(s, op, s.importFile)
	register(s, get("get-import", importsPath+"/{id}", tagImports, "How an import goes", "One of the last imports, of all processes that share the store."), s.getImport)
	drop := change(http.MethodDelete, "cancel-import", importsPath+"/{id}", tagImports, "Cancel an import",
		"What was read before stays stored. One that has ended is left as it is.")
	drop.DefaultStatus = http.StatusNoContent
	register(s, drop, s.cancelImport)
}

type importFileInput struct {
	Name   string `query:"name" required:"true" maxLength:"1024" doc:"Name of the file, for people." example:"AuditLog_2026-03-02.csv"`
	Tenant string `query:"tenant" maxLength:"100" doc:"Tenant (GUID) of records that do not name theirs; default TENANT_ID." example:"11111111-2222-3333-4444-555555555555"`

	content *patientReader
	length  int64
}

// Resolve implements [huma.Resolver]: it takes the body as it comes.
func (in *importFileInput) Resolve(ctx huma.Context) []error {
	r, _ := humago.Unwrap(ctx)
	in.content, in.length = newPatientReader(ctx), r.ContentLength
	return nil
}

type importOutput struct {
	Location string `header:"Location"`
	Body     console.Upload
}

func (s *server) importFile(ctx context.Context, in *importFileInput) (*importOutput, error) {
	defer in.content.done()
	if most := s.console.MaxUpload(); most > 0 && in.length > most {
		e := aoc.Errorf(aoc.CodeInvalid, "httpapi.import", "the file is larger than %d MiB", most>>20)
		e.Hint = "Pack it, or use aoc import; AOC_IMPORT_MAX_MB raises the limit."
		return nil, &console.InvalidParam{Name: "body", Err: e}
	}
	u, err := s.console.Upload(ctx, in.Name, in.Tenant, in.content)
	if err != nil {
		return nil, err
	}
	return &importOutput{Location: importsPath + "/" + u.ID, Body: u}, nil
}

func (s *server) getImport(ctx context.Context, in *struct{ DocumentParams }) (*body[console.Upload], error) {
	u, err := s.console.UploadByID(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[console.Upload]{u}, nil
}

func (s *server) cancelImport(ctx context.Context, in *struct{ DocumentParams }) (*nothing, error) {
	return &nothing{}, s.console.CancelUpload(ctx, in.ID)
}
