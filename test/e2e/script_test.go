package e2e_test

import (
	"archive/zip"
	"compress/gzip"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
)

// TestScript runs the scripts of testdata/script: the program as people and their scripts
// call it. Every script has a data folder and a free address of its own.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			env.Setenv("AOC_LISTEN", listener.Addr().String())
			env.Setenv("AOC_DATA_DIR", filepath.Join(env.WorkDir, "data"))
			env.Values[simulated{}] = new(*simulator.Server)
			return listener.Close()
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"gzip":   packGzip,
			"zip":    packZip,
			"ready":  ready,
			"before": before,
			"code":   code,

			"microsoft": microsoft,
		},
	})
}

// simulated is the key of a script's simulator.
type simulated struct{}

// microsoft is "microsoft start", which sets the program up to collect from a simulator
// with a day to tell, or "microsoft grant PERMISSION…", which takes all other
// permissions from the program.
func microsoft(ts *testscript.TestScript, _ bool, args []string) {
	sim := ts.Value(simulated{}).(**simulator.Server)
	switch args[0] {
	case "start":
		*sim = startForScript(ts)
	case "grant":
		(*sim).SetPermissions(args[1:]...)
	default:
		ts.Fatalf("microsoft %s: no such thing", args[0])
	}
}

func startForScript(ts *testscript.TestScript) *simulator.Server {
	sim, err := simulator.New(simulator.Config{
		Tenant:       tenant.Config{Seed: 3, Users: 50, EventsPerDay: 1500},
		GraphHistory: 24 * time.Hour, ManagementHistory: 24 * time.Hour, BlobInterval: time.Hour, StartInterval: -1,
	})
	ts.Check(err)
	ts.Check(sim.Start())
	ts.Defer(func() { _ = sim.Close() })
	ca := ts.MkAbs("ca.pem")
	ts.Check(os.WriteFile(ca, sim.CACertPEM(), 0o600))
	for _, setting := range settingsFor(sim, ca) {
		name, value, _ := strings.Cut(setting, "=")
		ts.Setenv(name, value)
	}
	return sim
}

// packGzip is "gzip FILE PACKED".
func packGzip(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	w := gzip.NewWriter(f)
	_, err = w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(f.Close())
}

// packZip is "zip PACKED FILE…".
func packZip(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	w := zip.NewWriter(f)
	for _, name := range args[1:] {
		member, err := w.Create(name)
		ts.Check(err)
		_, err = member.Write([]byte(ts.ReadFile(name)))
		ts.Check(err)
	}
	ts.Check(w.Close())
	ts.Check(f.Close())
}

// ready waits until the service answers.
func ready(ts *testscript.TestScript, _ bool, _ []string) {
	for range 400 {
		if answer, err := http.Get("http://" + ts.Getenv("AOC_LISTEN") + "/readyz"); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(25 * time.Millisecond)
	}
	ts.Fatalf("the service does not get ready")
}

// before is "before A B": A occurs in standard output, B too, and A does first.
func before(ts *testscript.TestScript, _ bool, args []string) {
	out := ts.ReadFile("stdout")
	a, b := strings.Index(out, args[0]), strings.Index(out, args[1])
	if a < 0 || b < 0 || a > b {
		ts.Fatalf("%q at %d, %q at %d", args[0], a, args[1], b)
	}
}

// code is "code N COMMAND…": the command ends with exit code N.
func code(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}
