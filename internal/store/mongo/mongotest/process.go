package mongotest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
)

// process is a server that this test process started. It ends when its standard input
// does, and nobody but this process holds the other end of that: so it ends with this
// process, even one that is killed.
type process struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	// first gets the first line the process prints; it is closed without one when the
	// process ends before.
	first chan string
	// ended is closed when the process has closed its output, which it does by ending.
	ended chan struct{}

	mu   sync.Mutex
	last []string // the last lines it printed
}

// lastLines is how much of what a server printed is told when it fails.
const lastLines = 20

// start starts the command and listens to what it prints.
func start(cmd *exec.Cmd) (*process, error) {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = cmd.Stdout
	p := &process{cmd: cmd, stdin: stdin, first: make(chan string, 1), ended: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go p.listen(out)
	return p, nil
}

func (p *process) listen(out io.Reader) {
	defer close(p.ended)
	defer close(p.first)
	lines := bufio.NewReader(out)
	for n := 0; ; n++ {
		line, err := lines.ReadString('\n')
		if line = strings.TrimSpace(line); line != "" {
			p.mu.Lock()
			p.last = append(p.last, line)
			p.last = p.last[max(0, len(p.last)-lastLines):]
			p.mu.Unlock()
		}
		if err != nil {
			return
		}
		if n == 0 {
			p.first <- line
		}
	}
}

// stop ends the process and waits for it.
func (p *process) stop() {
	_ = p.stdin.Close()
	<-p.ended
	_ = p.cmd.Wait()
}

// failed describes why the process is of no use, with what it printed last.
func (p *process) failed(err error) error {
	p.stop()
	return fmt.Errorf("%s did not start: %w\n%s", p.cmd.Path, err, strings.Join(p.last, "\n"))
}

// startEngine starts the program of tools/mongoengine. It removes its data itself.
func startEngine(path string) (uri string, err error) {
	p, err := start(exec.Command(path, "-with-stdin")) //nolint:noctx // lives as long as this process
	if err != nil {
		return "", err
	}
	select {
	case line, ok := <-p.first:
		if !ok || !strings.HasPrefix(line, "mongodb://") {
			return "", p.failed(errors.New("its first line is no address"))
		}
		return line, nil
	case <-time.After(patience):
		return "", p.failed(errors.New("it prints no address"))
	}
}

// guard runs the command in its arguments until its own standard input ends, then kills it
// and removes the folder in its first argument. The command keeps the standard output to
// itself, so that the end of that is the end of the command.
const guard = `dir=$1; shift; "$@" </dev/null & child=$!; exec >&- 2>&-; cat >/dev/null; kill -KILL $child; wait $child; rm -rf "$dir"`

// startMongod starts a replica set of one mongod on a free port, and waits until it is
// primary.
func startMongod(path string) (uri string, err error) {
	for range 3 { // somebody else may take the port before mongod does
		if uri, err = tryMongod(path); err == nil {
			break
		}
	}
	return uri, err
}

func tryMongod(path string) (string, error) {
	dir, err := dataFolder()
	if err != nil {
		return "", err
	}
	address, err := freeAddress()
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", err
	}
	host, port, _ := net.SplitHostPort(address)
	p, err := start(exec.Command("sh", "-c", guard, "sh", dir, path, //nolint:noctx // lives as long as this process
		"--replSet", "rs0", "--dbpath", dir, "--bind_ip", host, "--port", port, "--nounixsocket",
		"--wiredTigerCacheSizeGB", "0.25",
		"--setParameter", "diagnosticDataCollectionEnabled=false",
		// Tests may ask the server to fail (configureFailPoint).
		"--setParameter", "enableTestCommands=1"))
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", err
	}
	ready := make(chan error, 1)
	go func() { ready <- initiate(address) }()
	select {
	case err := <-ready:
		if err != nil {
			return "", p.failed(err)
		}
		return "mongodb://" + address + "/?replicaSet=rs0", nil
	case <-p.ended:
		return "", p.failed(errors.New("it ended"))
	}
}

// initiate makes the mongod at address a replica set of one node, and returns when that
// node is primary.
func initiate(address string) error {
	config := bson.D{{Key: "_id", Value: "rs0"}, {Key: "members", Value: bson.A{
		bson.D{{Key: "_id", Value: 0}, {Key: "host", Value: address}},
	}}}
	err := withClient("mongodb://"+address+"/?directConnection=true", func(ctx context.Context, client *mongo.Client) error {
		return client.Database("admin").RunCommand(ctx, bson.D{{Key: "replSetInitiate", Value: config}}).Err()
	})
	if err != nil {
		return fmt.Errorf("initiate the replica set: %w", err)
	}
	err = withClient("mongodb://"+address+"/?replicaSet=rs0", func(ctx context.Context, client *mongo.Client) error {
		return client.Ping(ctx, nil) // waits for the primary
	})
	if err != nil {
		return fmt.Errorf("wait for the primary: %w", err)
	}
	return nil
}

// freeAddress returns an address on this machine that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // does not wait
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
