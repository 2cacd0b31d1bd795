package deploycheck

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// stages parses the Dockerfile: the one that builds, and the image.
func stages(t *testing.T) (build, image instructions.Stage) {
	t.Helper()
	parsed, err := parser.Parse(strings.NewReader(text(t, "Dockerfile")))
	if err != nil {
		t.Fatal(err)
	}
	for _, warning := range parsed.Warnings {
		t.Errorf("%s %v", warning.Short, warning.Detail)
	}
	found, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 {
		t.Fatalf("%d stages, want one that builds and the image", len(found))
	}
	return found[0], found[1]
}

// all returns the commands of one kind.
func all[C instructions.Command](stage instructions.Stage) []C {
	var found []C
	for _, command := range stage.Commands {
		if c, ok := command.(C); ok {
			found = append(found, c)
		}
	}
	return found
}

// only returns the one command of its kind.
func only[C instructions.Command](t *testing.T, stage instructions.Stage) C {
	t.Helper()
	found := all[C](stage)
	if len(found) != 1 {
		t.Fatalf("%s: %d commands %T, want one", stage.BaseName, len(found), *new(C))
	}
	return found[0]
}

func TestGoIsTheModules(t *testing.T) {
	build, _ := stages(t)
	want := first(t, text(t, "go.mod"), `(?m)^go (\d+\.\d+)`)
	if got := first(t, build.BaseName, `^golang:(\d+\.\d+)(?:$|[-.])`); got != want {
		t.Errorf("built by Go %s, the module wants %s", got, want)
	}
}

func TestImage(t *testing.T) {
	_, image := stages(t)
	if image.BaseName != "gcr.io/distroless/static-debian12:nonroot" {
		t.Errorf("the image is made from %s", image.BaseName)
	}
	if runs := all[*instructions.RunCommand](image); len(runs) > 0 {
		t.Error("the image has no shell to run anything")
	}
	if user := only[*instructions.UserCommand](t, image).User; user != "65532:65532" {
		t.Errorf("runs as %s, want the number of nonroot: orchestrators check that it is no root by the number", user)
	}
	if volumes := only[*instructions.VolumeCommand](t, image).Volumes; !slices.Equal(volumes, []string{"/data"}) {
		t.Errorf("the volumes are %v", volumes)
	}
	if ports := only[*instructions.ExposeCommand](t, image).Ports; !slices.Equal(ports, []string{"8000"}) {
		t.Errorf("the ports are %v", ports)
	}
	settings := names(t, ".env.example")
	environment := map[string]string{}
	for _, pair := range only[*instructions.EnvCommand](t, image).Env {
		environment[pair.Key] = pair.Value
		if !settings[pair.Key] {
			t.Errorf("%s is no setting", pair.Key)
		}
	}
	if environment["AOC_DATA_DIR"] != "/data" || environment["AOC_LISTEN"] != ":8000" {
		t.Errorf("the settings are %v", environment)
	}
	if environment["AOC_ALLOW_UNAUTHENTICATED"] != "" {
		t.Error("an image cannot agree to anything in the place of who runs it")
	}
}

// TestDataBelongToWhoRuns wants the folder that a new volume is made from to belong to the
// user of the image.
func TestDataBelongToWhoRuns(t *testing.T) {
	_, image := stages(t)
	copies := all[*instructions.CopyCommand](image)
	i := slices.IndexFunc(copies, func(c *instructions.CopyCommand) bool { return c.DestPath == "/data" })
	if i < 0 || copies[i].Chown != only[*instructions.UserCommand](t, image).User {
		t.Error("/data does not belong to the user of the image")
	}
}

// TestHealthChecksAgree holds the image's check and the compose files' against each other:
// the program, by the path that it is copied to, and a command that it has.
func TestHealthChecksAgree(t *testing.T) {
	_, image := stages(t)
	check := only[*instructions.HealthCheckCommand](t, image).Health
	program := only[*instructions.EntrypointCommand](t, image).CmdLine
	if want := append([]string{"CMD"}, append(slices.Clone(program), "healthcheck")...); !slices.Equal(check.Test, want) {
		t.Errorf("the image's check is %q, want %q", check.Test, want)
	}
	if check.Interval == 0 || check.Timeout == 0 || check.Retries == 0 || check.StartPeriod == 0 {
		t.Errorf("times of the check are left open: %+v", check)
	}
	copies := all[*instructions.CopyCommand](image)
	if len(program) != 1 || !slices.ContainsFunc(copies, func(c *instructions.CopyCommand) bool { return c.DestPath == program[0] }) {
		t.Errorf("the entrypoint is %q, which nothing was copied to", program)
	}
	each(t, func(t *testing.T, file string) {
		project := mustLoad(t, file)
		for _, name := range files[file].aoc {
			if got := project.Services[name].HealthCheck.Test; !slices.Equal([]string(got), check.Test) {
				t.Errorf("%s is checked by %q, the image by %q", name, got, check.Test)
			}
		}
	})
}

func TestCopiesFindTheirSources(t *testing.T) {
	build, image := stages(t)
	sent := sentFiles(t)
	for _, command := range all[*instructions.CopyCommand](build) {
		for _, source := range command.SourcePaths {
			if source == "." {
				continue
			}
			if !slices.Contains(sent, path.Clean(source)) {
				t.Errorf("%s is not sent to the build", source)
			}
		}
	}
	// What the image takes, the other stage has made.
	script := scripts(build)
	for _, command := range all[*instructions.CopyCommand](image) {
		if command.From != build.Name {
			t.Errorf("%v is copied from %q", command.SourcePaths, command.From)
		}
		for _, source := range command.SourcePaths {
			if !strings.Contains(script, source) {
				t.Errorf("nothing makes %s", source)
			}
		}
	}
}

// scripts are the shell commands of a stage, one a line.
func scripts(stage instructions.Stage) string {
	var lines []string
	for _, command := range all[*instructions.RunCommand](stage) {
		lines = append(lines, strings.Join(command.CmdLine, " "))
	}
	return strings.Join(lines, "\n")
}

var mustNotBeSent = regexp.MustCompile(`^(data|deploy|docs|test|tools)/|(^|/)(\.env[^/]*|\.git|node_modules|testdata|[^/]*_test\.go|[^/]*\.pem|[^/]*\.pfx)(/|$)`)

// TestOnlySourceIsSent puts secrets and data where people have them: none of it gets into
// the build.
func TestOnlySourceIsSent(t *testing.T) {
	ignored := ignores(t)
	for _, file := range []string{
		".env", ".env.local", "web/.env", "data/aoc.db", "bin/aoc", ".git/config", "certificate.pem", "web/node_modules/x/y.go",
		"web/src/main.ts", "tools/go.mod", "compose.yaml", "event_test.go", "internal/normalise/testdata/x.json",
	} {
		if !ignored(file) {
			t.Errorf("%s would be sent", file)
		}
	}
	sent := sentFiles(t)
	for _, file := range sent {
		if mustNotBeSent.MatchString(file) {
			t.Errorf("%s is sent", file)
		}
	}
	for _, file := range []string{"go.mod", "go.sum", "doc.go", "cmd/aoc/main.go", "web/embed.go", "web/dist/index.html"} {
		if !slices.Contains(sent, file) {
			t.Errorf("%s is not sent", file)
		}
	}
}

// sentFiles lists the files of the project that are sent to the build.
func sentFiles(t *testing.T) []string {
	t.Helper()
	ignored := ignores(t)
	return slices.DeleteFunc(tracked(t), ignored)
}

// ignores reads .dockerignore.
func ignores(t *testing.T) func(file string) bool {
	t.Helper()
	file, err := os.Open(filepath.Join(root, ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	patterns, err := ignorefile.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	return func(file string) bool {
		ignored, err := matcher.MatchesOrParentMatches(file)
		if err != nil {
			t.Fatal(err)
		}
		return ignored
	}
}
