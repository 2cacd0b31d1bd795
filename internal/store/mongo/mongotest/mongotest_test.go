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
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

func TestDatabaseIsTheTestsAloneAndDropped(t *testing.T) {
	URI(t) // where there is no server all of it is skipped, and not its first half
	var uri, first string
	t.Run("writes Ünd leaves", func(t *testing.T) {
		var second string
		uri, first = Database(t)
		_, second = Database(t)
		if first == second {
			t.Fatalf("two databases of the name %s", first)
		}
		if err := connect(t, uri).Database(first).Collection("c").FindOne(t.Context(), bson.D{}).Err(); err != mongo.ErrNoDocuments {
			t.Fatalf("a new database answers %v, want no documents", err)
		}
		insert(t, connect(t, uri), first, "a")
	})
	names, err := connect(t, uri).ListDatabaseNames(t.Context(), bson.D{{Key: "name", Value: first}})
	if err != nil || len(names) != 0 {
		t.Fatalf("after the test there are %v (%v), want none", names, err)
	}
}

func TestNamesOfDatabases(t *testing.T) {
	for _, test := range []string{"", "TestX/y z", "Größe/日本", strings.Repeat("x", 300)} {
		name := databaseName(test)
		if len(name) > 63 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || !strings.HasPrefix(name, "aoc_test_") {
			t.Errorf("databaseName(%.20q) = %q", test, name)
		}
	}
}

// TestUpdatesOfManyDocuments is what the memory mode of the engine hung on.
func TestUpdatesOfManyDocuments(t *testing.T) {
	uri, database := Database(t)
	client := connect(t, uri)
	for _, id := range []string{"a", "b", "c"} {
		insert(t, client, database, id)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	result, err := client.Database(database).Collection("c").UpdateMany(ctx, bson.D{}, bson.D{{Key: "$set", Value: bson.D{{Key: "n", Value: 1}}}})
	if err != nil || result.ModifiedCount != 3 {
		t.Fatalf("updated %v (%v), want 3", result, err)
	}
}

// TestServerEndsWithTheProcess runs itself again in a process of its own, kills that, and
// waits until the server it had started is gone, with its data.
func TestServerEndsWithTheProcess(t *testing.T) {
	if os.Getenv("AOC_MONGOTEST_CHILD") != "" {
		fmt.Println("\nserver", URI(t))
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
		return
	}
	if os.Getenv("AOC_TEST_MONGO_URI") != "" {
		t.Skip("the server was not started by the tests")
	}
	URI(t) // skips or fails without a server
	folder := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run", "^TestServerEndsWithTheProcess$", "-test.v")
	child.Env = append(os.Environ(), "AOC_MONGOTEST_CHILD=1", "TMPDIR="+folder)
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
	insert(t, connect(t, uri), "aoc_test_left", "a")
	if found := entries(t, folder); len(found) != 1 {
		t.Fatalf("the folder of temporary files has %v, want the server's data", found)
	}
	conn := dial(t, uri)
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	ended(t, conn)
	gone(t, folder)
}

// TestWithoutServer runs a test in a process that is to find none, and one that must.
func TestWithoutServer(t *testing.T) {
	if os.Getenv("AOC_MONGOTEST_CHILD") != "" {
		t.Log("server", URI(t))
		return
	}
	for name, c := range map[string]struct {
		environment []string
		want        string
		passes      bool
	}{
		"skips":               {nil, "run make mongoengine once", true},
		"must not skip":       {[]string{"AOC_REQUIRE_MONGO=1"}, "run make mongoengine once", false},
		"a wrong engine":      {[]string{"AOC_MONGO_ENGINE=/nowhere/engine"}, "AOC_MONGO_ENGINE: ", false},
		"a wrong mongod":      {[]string{"AOC_MONGOD=/nowhere/mongod"}, "AOC_MONGOD: ", false},
		"an engine that ends": {[]string{"AOC_MONGO_ENGINE=" + falseCommand(t)}, "did not start", false},
	} {
		t.Run(name, func(t *testing.T) {
			child := exec.Command(os.Args[0], "-test.run", "^TestWithoutServer$", "-test.v")
			child.Dir = t.TempDir()
			child.Env = append([]string{"AOC_MONGOTEST_CHILD=1", "HOME=" + child.Dir, "PATH="}, c.environment...)
			out, err := child.CombinedOutput()
			if !strings.Contains(string(out), c.want) || (err == nil) != c.passes {
				t.Errorf("%v, and it says\n%s\nwant %q, passing %v", err, out, c.want, c.passes)
			}
		})
	}
}

func falseCommand(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("false")
	if err != nil {
		t.Skip("there is no command that fails here: ", err)
	}
	return path
}

func connect(t *testing.T, uri string) *mongo.Client {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetServerSelectionTimeout(patience))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	return client
}

func insert(t *testing.T, client *mongo.Client, database, id string) {
	t.Helper()
	if _, err := client.Database(database).Collection("c").InsertOne(t.Context(), bson.D{{Key: "_id", Value: id}}); err != nil {
		t.Fatal(err)
	}
}

func entries(t *testing.T, folder string) []os.DirEntry {
	t.Helper()
	found, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// gone waits until the folder is empty.
func gone(t *testing.T, folder string) {
	t.Helper()
	for deadline := time.Now().Add(patience); len(entries(t, folder)) > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the data are still there: %v", entries(t, folder))
		}
	}
}

// lineAfter returns what follows the prefix in the first line that has it, and reads on.
func lineAfter(t *testing.T, out io.Reader, prefix string) string {
	t.Helper()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), prefix); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return rest
		}
	}
	t.Fatalf("no line that starts with %q", prefix)
	return ""
}

// dial connects to the server of the connection string.
func dial(t *testing.T, uri string) net.Conn {
	t.Helper()
	server, _, err := throughProxy(uri)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// ended waits until the other side has ended the connection.
func ended(t *testing.T, conn net.Conn) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the connection is still there: %v", err)
	}
}
