package app

import (
	"context"
	"path/filepath"
	_ "time/tzdata" // change windows have zones, which a container may not know

	"aoc"
	"aoc/internal/config"
	"aoc/internal/console"
	"aoc/internal/normalise"
	"aoc/internal/source/file"
)

const (
	// uploadFolder is where uploaded files are, below the data folder.
	uploadFolder = "uploads"
	// tenantSample is how many records of each file are asked for their tenant: those of one
	// file are of one make.
	tenantSample = 20
)

// uploads says what becomes of uploaded files; nil for a process that writes nothing.
func (a *App) uploads() *console.UploadConfig {
	if a.opts.ReadOnly {
		return nil
	}
	return &console.UploadConfig{
		Dir: filepath.Join(a.cfg.Store.DataDir, uploadFolder), MaxBytes: int64(a.cfg.Server.ImportMaxMB) << 20,
		Import: a.importUpload, NeedsTenant: a.needsTenant, CheckTenant: checkTenant,
	}
}

func (a *App) importUpload(ctx context.Context, path, tenant string, progress func(console.UploadProgress)) (console.UploadReport, error) {
	summary, err := a.Import(ctx, file.Options{Paths: []string{path}, TenantID: tenant}, func(p ImportProgress) {
		progress(console.UploadProgress{ReadBytes: p.ReadBytes, TotalBytes: p.TotalBytes, Counts: p.Counts})
	})
	report := console.UploadReport{Counts: summary.Counts}
	for _, f := range summary.Files {
		report.Files = append(report.Files, console.UploadedFile(f))
	}
	return report, err
}

// needsTenant looks into the beginning of each file for records that name no tenant.
func (a *App) needsTenant(ctx context.Context, path string) (bool, error) {
	if a.cfg.Tenant.ID != "" {
		return false, nil
	}
	s := file.New(file.Options{Paths: []string{path}, Clock: a.opts.Clock, Log: a.opts.Logger})
	defer func() { _ = s.Close() }()
	for u, err := range s.List(ctx, aoc.Window{}) {
		if err != nil {
			return false, err
		}
		n := 0
		for r, err := range s.Read(ctx, u) {
			if n++; err != nil || n > tenantSample { // what cannot be read is told by the import
				break
			}
			if e, err := normalise.Normalise(r, nil); err == nil && e.TenantID == "" {
				return true, nil
			}
		}
	}
	return false, ctx.Err()
}

func checkTenant(tenant string) error {
	if config.IsGUID(tenant) {
		return nil
	}
	e := aoc.Errorf(aoc.CodeInvalid, "app.import", "tenant: %q is not a GUID", tenant)
	e.Hint = "Give the Directory (tenant) ID that Entra shows."
	return e
}
