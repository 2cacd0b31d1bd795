package mongotest

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

func TestProxyNamesItselfInTheConnectionString(t *testing.T) {
	for uri, want := range map[string]struct{ server, through string }{
		"mongodb://a:1/?replicaSet=rs0":               {"a:1", "mongodb://P/?directConnection=true"},
		"mongodb://u:p%40@a:1,b:2,c:3/d?authSource=e": {"a:1", "mongodb://u:p%40@P/d?authSource=e&directConnection=true"},
		"mongodb://a": {"a:27017", "mongodb://P/?directConnection=true"},
		"mongodb://[::1]:5/?w=majority&replicaSet=other": {"[::1]:5", "mongodb://P/?directConnection=true&w=majority"},
	} {
		server, through, err := throughProxy(uri)
		if err != nil {
			t.Errorf("%s: %v", uri, err)
			continue
		}
		through.Host = "P"
		if server != want.server || through.String() != want.through {
			t.Errorf("%s: goes to %s by %s, want %s by %s", uri, server, through, want.server, want.through)
		}
	}
	for _, uri := range []string{"mongodb+srv://a/", "http://a/", "mongodb://a/?tls=true", "mongodb://%zz@a/"} {
		if server, _, err := throughProxy(uri); err == nil {
			t.Errorf("%s: goes to %s, want an error", uri, server)
		}
	}
}

func TestProxyDrops(t *testing.T) {
	p := NewProxy(t, echo(t))
	first := dial(t, p.URI())
	answers(t, first)
	p.Drop()
	ended(t, first)
	second := dial(t, p.URI())
	answers(t, second)
	if n := p.Connections(); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

func TestProxyRefusesAndComesBack(t *testing.T) {
	p := NewProxy(t, echo(t))
	first := dial(t, p.URI())
	answers(t, first)
	p.Refuse()
	ended(t, first)
	refused(t, p.URI())
	p.Restore()
	answers(t, dial(t, p.URI()))
}

func TestProxyHoldsAndPassesOnLater(t *testing.T) {
	p := NewProxy(t, echo(t))
	conn := dial(t, p.URI())
	answers(t, conn)
	p.Hold()
	p.Hold()
	send(t, conn, "held\n")
	silent(t, conn)
	p.Restore()
	if line := receive(t, conn); line != "held\n" {
		t.Errorf("received %q, want what was sent meanwhile", line)
	}
}

func TestProxyEndsWhatItHolds(t *testing.T) {
	p := NewProxy(t, echo(t))
	conn := dial(t, p.URI())
	answers(t, conn)
	p.Hold()
	send(t, conn, "held\n")
	p.Drop()
	ended(t, conn)
}

func TestProxyDelays(t *testing.T) {
	const by = 30 * time.Millisecond
	p := NewProxy(t, echo(t))
	conn := dial(t, p.URI())
	answers(t, conn)
	p.Delay(by)
	began := time.Now()
	answers(t, conn)
	if took := time.Since(began); took < 2*by {
		t.Errorf("there and back in %v, want at least %v", took, 2*by)
	}
	p.Restore()
	answers(t, conn)
}

func TestProxyWithoutServer(t *testing.T) {
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	refused(t, NewProxy(t, "mongodb://"+address+"/").URI())
}

// TestProxyInFrontOfMongoDB cuts one client off while another goes on.
func TestProxyInFrontOfMongoDB(t *testing.T) {
	uri, database := Database(t)
	p := NewProxy(t, uri)
	cut, other := connect(t, p.URI()), connect(t, uri)
	insert(t, cut, database, "a")
	p.Hold()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := cut.Database(database).Collection("c").InsertOne(ctx, bson.D{{Key: "_id", Value: "b"}}); err == nil {
		t.Error("a write passed a network that is cut")
	}
	insert(t, other, database, "c")
	p.Refuse()
	p.Restore()
	insert(t, cut, database, "d") // connects anew by itself
	if n := p.Connections(); n == 0 {
		t.Error("the client went past the proxy")
	}
}

// echo is a server that sends back what it gets.
func echo(t *testing.T) (uri string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
	return "mongodb://" + listener.Addr().String() + "/"
}

// refused fails the test unless a new connection is cut, while it is made or after.
func refused(t *testing.T, uri string) {
	t.Helper()
	server, _, err := throughProxy(uri)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer conn.Close()
	ended(t, conn)
}

func send(t *testing.T, conn net.Conn, line string) {
	t.Helper()
	if _, err := io.WriteString(conn, line); err != nil {
		t.Fatal(err)
	}
}

func receive(t *testing.T, conn net.Conn) string {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// answers fails the test unless the connection leads to the echo and back.
func answers(t *testing.T, conn net.Conn) {
	t.Helper()
	send(t, conn, "hello\n")
	if line := receive(t, conn); line != "hello\n" {
		t.Fatalf("received %q", line)
	}
}

// silent fails the test when something arrives: within a time that an echo on this machine
// takes hundreds of times.
func silent(t *testing.T, conn net.Conn) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("received %d bytes (%v), want silence", n, err)
	}
}
