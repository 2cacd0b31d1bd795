package mongotest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// TestMain is a mongod where it is started as one.
func TestMain(m *testing.M) {
	if name := os.Getenv("AOC_MONGOTEST_MONGOD"); name != "" && len(os.Args) > 1 && os.Args[1] == "--replSet" {
		if err := actAsMongod(name, os.Args[1:]); err != nil {
			fmt.Println("mongod:", err)
			os.Exit(48)
		}
		return
	}
	os.Exit(m.Run())
}

// TestMongodIsStartedAndEnds goes the way of a real mongod, with one that knows only what
// that way asks of it: the first one it starts finds its port taken, the second one is
// primary a while after it was made a replica set.
func TestMongodIsStartedAndEnds(t *testing.T) {
	if os.Getenv("AOC_MONGOTEST_CHILD") != "" {
		Real(t)
		fmt.Println("\nserver", URI(t))
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
		return
	}
	folder := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run", "^TestMongodIsStartedAndEnds$", "-test.v")
	child.Env = append(os.Environ(), "AOC_MONGOTEST_CHILD=1", "AOC_MONGOTEST_MONGOD="+filepath.Join(t.TempDir(), "taken"),
		"AOC_TEST_MONGO_URI=", "AOC_MONGOD="+os.Args[0], "TMPDIR="+folder)
	if _, err := child.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Process.Kill() })
	uri := lineAfter(t, out, "server ")
	if !strings.HasSuffix(uri, "/?replicaSet=rs0") {
		t.Errorf("its address is %s, want that of a replica set", uri)
	}
	if err := connect(t, uri).Ping(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if found := entries(t, folder); len(found) != 1 {
		t.Errorf("the folder of temporary files has %v, want the data of one server", found)
	}
	conn := dial(t, uri)
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	ended(t, conn)
	gone(t, folder)
}

// mongod answers what starting one asks.
type mongod struct {
	address string

	mu        sync.Mutex
	initiated bool
	hellos    int // since it was initiated
}

// actAsMongod is one that ends at once where the file taken does not exist yet.
func actAsMongod(taken string, args []string) error {
	flags := flag.NewFlagSet("mongod", flag.ContinueOnError)
	set, dir := flags.String("replSet", "", ""), flags.String("dbpath", "", "")
	host, port := flags.String("bind_ip", "", ""), flags.String("port", "", "")
	flags.Bool("nounixsocket", false, "")
	flags.String("wiredTigerCacheSizeGB", "", "")
	flags.String("setParameter", "", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *set != "rs0" || *host != "127.0.0.1" {
		return fmt.Errorf("not as it should be started: %v", args)
	}
	if err := os.WriteFile(filepath.Join(*dir, "WiredTiger"), []byte("data"), 0o600); err != nil {
		return err
	}
	if _, err := os.Stat(taken); err != nil {
		return errors.Join(errors.New("address already in use"), os.WriteFile(taken, nil, 0o600))
	}
	m := &mongod{address: net.JoinHostPort(*host, *port)}
	listener, err := net.Listen("tcp", m.address)
	if err != nil {
		return err
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go m.serve(conn)
	}
}

// Message kinds of the wire protocol. A handshake may come as a query, and is answered by a
// reply then.
const (
	opReply = 1
	opQuery = 2004
	opMsg   = 2013
)

func (m *mongod) serve(conn net.Conn) {
	defer conn.Close()
	for {
		header := make([]byte, 16)
		if _, err := io.ReadFull(conn, header); err != nil {
			return
		}
		body := make([]byte, binary.LittleEndian.Uint32(header)-16)
		if _, err := io.ReadFull(conn, body); err != nil {
			return
		}
		kind, prefix := uint32(opMsg), make([]byte, 5) // flags, and the kind of the section
		switch binary.LittleEndian.Uint32(header[12:]) {
		case opMsg:
			body = body[5:]
		case opQuery:
			body = body[4+bytes.IndexByte(body[4:], 0)+1+8:]
			kind, prefix = opReply, make([]byte, 20)
			prefix[16] = 1 // one document
		default:
			return
		}
		answer, err := bson.Marshal(m.answer(bson.Raw(body[:binary.LittleEndian.Uint32(body)])))
		if err != nil {
			return
		}
		var message []byte
		message = binary.LittleEndian.AppendUint32(message, uint32(16+len(prefix)+len(answer)))
		message = binary.LittleEndian.AppendUint32(message, 0)
		message = append(message, header[4:8]...) // answers the request of this number
		message = binary.LittleEndian.AppendUint32(message, kind)
		if _, err := conn.Write(append(append(message, prefix...), answer...)); err != nil {
			return
		}
	}
}

func (m *mongod) answer(command bson.Raw) bson.M {
	m.mu.Lock()
	defer m.mu.Unlock()
	name := command.Index(0).Key()
	switch strings.ToLower(name) {
	case "hello", "ismaster":
		return m.hello()
	case "replsetinitiate":
		host, ok := command.Lookup("replSetInitiate", "members", "0", "host").StringValueOK()
		set, _ := command.Lookup("replSetInitiate", "_id").StringValueOK()
		if m.initiated || !ok || host != m.address || set != "rs0" {
			return bson.M{"ok": 0, "code": 93, "errmsg": "InvalidReplicaSetConfig: " + command.String()}
		}
		m.initiated = true
		return bson.M{"ok": 1}
	case "buildinfo":
		return bson.M{"ok": 1, "version": "8.0.0"}
	case "ping", "endsessions":
		if !m.primary() {
			return bson.M{"ok": 0, "code": 13435, "errmsg": "not primary"}
		}
		return bson.M{"ok": 1}
	}
	return bson.M{"ok": 0, "code": 59, "errmsg": "no such command: " + name}
}

// primary reports whether it has been elected, which takes a while.
func (m *mongod) primary() bool { return m.initiated && m.hellos > 2 }

func (m *mongod) hello() bson.M {
	answer := bson.M{
		"ok": 1, "minWireVersion": 0, "maxWireVersion": 25, "maxBsonObjectSize": 16 << 20, "maxMessageSizeBytes": 48000000,
		"maxWriteBatchSize": 100000, "logicalSessionTimeoutMinutes": 30, "isreplicaset": true,
	}
	if !m.initiated {
		return answer
	}
	m.hellos++
	delete(answer, "isreplicaset")
	answer["setName"], answer["setVersion"], answer["me"], answer["hosts"] = "rs0", 1, m.address, bson.A{m.address}
	answer["isWritablePrimary"], answer["secondary"] = m.primary(), !m.primary()
	answer["ismaster"] = m.primary()
	if m.primary() {
		answer["primary"], answer["electionId"] = m.address, bson.ObjectID{1}
	}
	return answer
}
