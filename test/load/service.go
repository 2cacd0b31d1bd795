package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"aoc/internal/cli"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
)

// asService in the environment makes this program the service itself.
const asService = "AOC_LOAD_SERVICE"

func serving() bool { return os.Getenv(asService) != "" }

// serve does what main of cmd/aoc does.
func serve() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	_ = os.Unsetenv(asService)
	return cli.Run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr, "load")
}

// service is a process of its own, so that its memory is its own.
type service struct {
	addr    string
	environ []string // beside what all commands have
	command *exec.Cmd
}

// start fills the data folder, if it is empty, and starts the service over it, for those who
// have signed in at the provider.
func start(ctx context.Context, o options, p *provider, data string) (*service, error) {
	if _, err := os.Stat(data); err != nil {
		if err := fill(ctx, o, data); err != nil {
			return nil, err
		}
	}
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	command, err := aocCommand(ctx, o, data, "serve")
	if err != nil {
		return nil, err
	}
	s := &service{addr, append(p.environ(), "AOC_LISTEN="+addr), command}
	command.Env = append(command.Env, s.environ...)
	if err := command.Start(); err != nil {
		return nil, err
	}
	if err := s.ready(ctx); err != nil {
		return nil, s.stop(err)
	}
	return s, nil
}

// fill makes events and imports them.
func fill(ctx context.Context, o options, data string) error {
	files := filepath.Join(o.dir, "files")
	_, err := simulator.WriteFiles(ctx, simulator.Files{Dir: files, Events: o.events, Tenant: tenant.Config{Seed: 1, EventsPerDay: max(o.events/90, 1)}})
	if err != nil {
		return err
	}
	command, err := aocCommand(ctx, o, data, "import", "--quiet", files)
	if err != nil {
		return err
	}
	if err := command.Run(); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	return os.RemoveAll(files)
}

// aocCommand gives a command of the program, which is this one.
func aocCommand(ctx context.Context, o options, data string, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, self, append([]string{"--data", data}, args...)...)
	c.Dir = o.dir // where no .env is
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = 30 * time.Second
	if args[0] != "token" { // whose messages are told when it fails
		c.Stderr = os.Stderr
	}
	c.Env = []string{
		asService + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "AOC_LOG_LEVEL=error", "AOC_TRUSTED_PROXIES=127.0.0.1",
		"AOC_MAX_CONNECTIONS=" + strconv.Itoa(o.connections), "AOC_REQUESTS_PER_SECOND=" + strconv.Itoa(o.requests),
	}
	return c, nil
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// ready waits until the service answers.
func (s *service) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+"/readyz", nil)
		if err != nil {
			return err
		}
		if answer, err := http.DefaultClient.Do(request); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("the service does not answer")
}

// peak is the most memory that the service has had, in bytes, as Linux tells.
func (s *service) peak() (int64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(text, "kB")), 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("no VmHWM")
}

// stop ends the service. An err that there was before goes first.
func (s *service) stop(err error) error {
	_ = s.command.Process.Signal(syscall.SIGTERM)
	if ended := s.command.Wait(); err == nil && ended != nil {
		err = fmt.Errorf("the service ended: %w", ended)
	}
	return err
}
