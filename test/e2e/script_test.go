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
)

// TestScript runs the scripts of testdata/script: the program as people and their scripts
// call it. Every script has a data folder and a free address of its own.
func TestScript(t *testing.T) {
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
			return listener.Close()
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"gzip":   packGzip,
			"zip":    packZip,
			"ready":  ready,
			"before": before,
			"code":   code,
		},
	})
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
