package deploycheck

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// version is what the build is told to bake in.
const version = "1.2.3-deploycheck"

// built is the program that the steps of the Dockerfile give, and what they say.
type built struct {
	program string
	err     error
}

var (
	buildOnce sync.Once
	result    built
	scratch   string
)

func TestMain(m *testing.M) {
	code := m.Run()
	if scratch != "" {
		_ = os.RemoveAll(scratch)
	}
	os.Exit(code)
}

// program does the steps of the stage that builds, in a folder that has what is sent to the
// build and nothing else, and returns the program they give. The folder stands for /src of
// the container, and one beside it for /out. What is downloaded is left to go build, which
// takes it from this machine's cache.
func program(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the image is for Linux")
	}
	buildOnce.Do(func() { result = buildAsDockerfile(t) })
	if result.err != nil {
		t.Fatal(result.err)
	}
	return result.program
}

func buildAsDockerfile(t *testing.T) built {
	t.Helper()
	var err error
	if scratch, err = os.MkdirTemp("", "aoc-deploycheck-"); err != nil {
		return built{err: err}
	}
	source, out := filepath.Join(scratch, "src"), filepath.Join(scratch, "out")
	for _, file := range sentFiles(t) {
		if err := copyFile(filepath.Join(root, file), filepath.Join(source, file)); err != nil {
			return built{err: err}
		}
	}
	stage, _ := stages(t)
	environment := append(os.Environ(), "TARGETOS="+runtime.GOOS, "TARGETARCH="+runtime.GOARCH, "VERSION="+version, "GOWORK=off")
	for _, command := range all[*instructions.RunCommand](stage) {
		script := strings.Join(command.CmdLine, " ")
		if strings.HasPrefix(script, "go mod download") {
			continue
		}
		step := exec.Command("sh", "-c", strings.ReplaceAll(script, "/out", out))
		step.Dir, step.Env = source, environment
		if said, err := step.CombinedOutput(); err != nil {
			return built{err: errors.Join(err, errors.New(script), errors.New(string(said)))}
		}
	}
	if info, err := os.Stat(filepath.Join(out, "data")); err != nil || !info.IsDir() {
		return built{err: errors.New("the steps make no folder for the data")}
	}
	return built{program: filepath.Join(out, "aoc")}
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if errors.Is(err, os.ErrNotExist) {
		return nil // removed, and not yet from version control
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}

// TestProgramNeedsNothing wants a program that runs where there is no C library.
func TestProgramNeedsNothing(t *testing.T) {
	file, err := elf.Open(program(t))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, part := range file.Progs {
		if part.Type == elf.PT_INTERP {
			t.Error("the program needs an interpreter: it is not static")
		}
	}
	if libraries, _ := file.ImportedLibraries(); len(libraries) > 0 {
		t.Errorf("the program needs %v", libraries)
	}
	content, err := os.ReadFile(program(t))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(content, []byte(scratch)) {
		t.Error("the program has the paths of the machine that built it")
	}
}

func TestVersionIsBakedIn(t *testing.T) {
	out, err := exec.Command(program(t), "version", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Version, Go string }
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	if answer.Version != version {
		t.Errorf("it says %q, want %q", answer.Version, version)
	}
	stage, _ := stages(t)
	if want := "go" + first(t, stage.BaseName, `^golang:(\d+\.\d+)`); !strings.HasPrefix(answer.Go, want) {
		t.Errorf("built by %s, the image's build has %s", answer.Go, want)
	}
}

// inDocument finds what docker compose run and exec start in the document: the words of a
// command of AOC.
var inDocument = regexp.MustCompile(`(?m)^docker compose (?:-f \S+ )?run --rm(?: -T| -v \S+| --user "[^"]+")* aoc1?((?: [a-z]+)+)`)

// TestCommandsExist asks the program for the commands that the image and the document use.
func TestCommandsExist(t *testing.T) {
	_, image := stages(t)
	used := [][]string{only[*instructions.CmdCommand](t, image).CmdLine, {"healthcheck"}}
	found := inDocument.FindAllStringSubmatch(text(t, "docs", "operations", "docker.md"), -1)
	if len(found) < 10 {
		t.Errorf("the document has only %q", found)
	}
	for _, match := range found {
		used = append(used, strings.Fields(match[1]))
	}
	for _, words := range used {
		if out, err := exec.Command(program(t), append(words, "--help")...).CombinedOutput(); err != nil {
			t.Errorf("aoc %s --help: %v\n%s", strings.Join(words, " "), err, out)
		}
	}
}

// TestHealthCheckTellsTheTruth runs the check of the image: while nothing listens, and with
// the service up. The service runs with the settings of the image, in a data folder that
// takes the place of the volume.
func TestHealthCheckTellsTheTruth(t *testing.T) {
	_, image := stages(t)
	words := first(t, text(t, ".env.example"), `(everyone-who-[a-z-]+)`)
	address := freeAddress(t)
	environment := []string{"AOC_LISTEN=" + address, "AOC_DATA_DIR=" + t.TempDir(), "AOC_HOSTS=localhost,127.0.0.1", "AOC_ALLOW_UNAUTHENTICATED=" + words}
	healthy := func() error {
		check := only[*instructions.HealthCheckCommand](t, image).Health.Test
		command := exec.Command(program(t), check[2:]...)
		command.Env, command.Dir = environment, t.TempDir()
		return command.Run()
	}
	if healthy() == nil {
		t.Fatal("it is healthy before it is started")
	}
	serve := exec.Command(program(t), only[*instructions.CmdCommand](t, image).CmdLine...)
	serve.Env, serve.Dir = environment, t.TempDir()
	var said bytes.Buffer
	serve.Stderr = &said
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- serve.Wait() }()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for healthy() != nil {
		select {
		case err := <-ended:
			t.Fatalf("it ended: %v\n%s", err, said.String())
		case <-ctx.Done():
			_ = serve.Process.Kill()
			t.Fatal("it does not get healthy")
		case <-time.After(100 * time.Millisecond):
		}
	}
	if err := serve.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it ended: %v\n%s", err, said.String())
		}
	case <-ctx.Done():
		_ = serve.Process.Kill()
		t.Fatal("it does not stop")
	}
	if healthy() == nil {
		t.Error("it is healthy after it ended")
	}
}

// TestImageAgreesToNothing starts the program with the settings of the image alone: it
// refuses to be reached by others, and says what is to be agreed to.
func TestImageAgreesToNothing(t *testing.T) {
	_, image := stages(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	serve := exec.CommandContext(ctx, program(t), only[*instructions.CmdCommand](t, image).CmdLine...)
	for _, pair := range only[*instructions.EnvCommand](t, image).Env {
		serve.Env = append(serve.Env, pair.Key+"="+pair.Value)
	}
	serve.Dir = t.TempDir()
	out, err := serve.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "AOC_ALLOW_UNAUTHENTICATED") {
		t.Errorf("%v, and it says\n%s", err, out)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
