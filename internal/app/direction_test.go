package app

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// directions says for each part of the house which other parts it may import. A folder
// below a part belongs to it unless it has a line of its own; nobody needs a line for the
// domain, for rawjson, or for parts of itself.
var directions = map[string][]string{
	"cmd/aoc":               {"cli"},
	"cli":                   {"adopt", "app", "assistant", "config", "console", "console/tool", "control", "detect", "export", "ingest", "mcpserver", "query", "simulator", "simulator/tenant", "source/file", "transfer"},
	"app":                   {"*"},
	"config":                {"egress", "m365", "source/managementactivity"},
	"control":               {},
	"console":               {"auth", "detect", "detect/pack", "fleet", "forward", "ingest", "normalise", "notify", "query", "sigma", "sink", "source", "store", "trail"},
	"console/tool":          {"console", "query"},
	"assistant":             {"assistant/question", "console", "console/tool", "llm", "query", "store"},
	"assistant/hostiletest": {},
	"assistant/question":    {"query"},
	"mcpserver":             {"assistant", "console", "console/tool", "edge", "query"},
	"llm":                   {},
	"export":                {},
	"query":                 {},
	"auth":                  {"store"},
	"trail":                 {"normalise", "store"},
	"detect":                {"normalise", "sigma", "store"},
	"sigma":                 {},
	"edge":                  {},
	"egress":                {},
	"httpapi":               {"assistant", "auth", "console", "detect", "edge", "export", "forward", "httpapi/metrics", "notify", "query", "sink", "store"},
	"httpapi/metrics":       {"assistant", "llm", "console", "forward", "ingest", "m365", "notify", "store"},
	"fleet":                 {"store"},
	"ingest":                {"fleet", "source", "normalise", "store"},
	"retention":             {},
	"transfer":              {"store"},
	"adopt":                 {"normalise", "store"},
	"sink":                  {"export"},
	"sink/kinds":            {"*"}, // the table
	"sink/sinktest":         {"*"}, // a test kit
	"sink/*":                {"sink"},
	"forward":               {"fleet", "query", "sink", "store"},
	"notify":                {"detect", "fleet", "sink", "store"},
	"notify/channels":       {"notify", "sink"},
	"source":                {},
	"source/file":           {"source"},
	"source/graphwindow":    {"source", "m365"},
	"source/sourcetest":     {"*"}, // a test kit
	"source/*":              {"source", "m365", "source/graphwindow"},
	"normalise":             {},
	"directory":             {"m365"},
	"detect/pack":           {"sigma"},
	"m365":                  {},
	"store":                 {},
	"store/storetest":       {"store"},
	"store/sqlite":          {"store"},
	"store/mongo":           {"store"},
	"rawjson":               {},
	"simulator":             {"simulator/tenant"},
	"simulator/tenant":      {},
}

func TestPackagesImportInOneDirection(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "aoc/...").Output()
	if err != nil {
		t.Skipf("go list cannot run here: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		part, ok := strings.CutPrefix(p.ImportPath, "aoc")
		part = strings.TrimPrefix(strings.TrimPrefix(part, "/"), "internal/")
		if !ok || strings.HasPrefix(part, "test/") {
			continue
		}
		for _, path := range p.Imports {
			imported, ours := strings.CutPrefix(path, "aoc/internal/")
			switch {
			case part == "" && strings.HasPrefix(path, "aoc/"):
				t.Errorf("the domain imports %s", path)
			case part == "" && strings.Contains(strings.SplitN(path, "/", 2)[0], "."):
				t.Errorf("the domain imports %s: only the standard library is allowed", path)
			case ours && imported != "rawjson" && !allowed(part, imported):
				t.Errorf("%s imports %s, against the direction", part, imported)
			}
		}
	}
}

func allowed(part, imported string) bool {
	may, ok := directions[part]
	if !ok {
		if i := strings.IndexByte(part, '/'); i > 0 {
			if may, ok = directions[part[:i]+"/*"]; !ok {
				may, ok = directions[part[:i]]
			}
		}
	}
	return ok && (slices.Contains(may, "*") || slices.Contains(may, imported))
}
