package deploycheck

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dop251/goja"
)

// server stands in for the MongoDBs that deploy/mongo-setup.js speaks to by way of mongosh:
// it knows the commands that the script may give, and what has come of them.
type server struct {
	initiated bool
	// starting and electing are how often it is to be asked until it gets on.
	starting, electing int
	// primary is the member that gets elected.
	primary string
	users   map[string]any

	signedIn []string // the connection strings
	members  []string
	slept    int
}

var errRefused = errors.New("not what a server takes")

// run gives a command, and answers as the server does.
func (s *server) run(host string, command map[string]any) (map[string]any, error) {
	refuse := func(code int, text string) (map[string]any, error) {
		return nil, fmt.Errorf("%d %s", code, text)
	}
	has := func(name string) bool { _, ok := command[name]; return ok }
	switch {
	case has("replSetGetStatus"):
		if !s.initiated {
			return refuse(94, "no replset config has been received")
		}
	case has("replSetInitiate"):
		if s.initiated {
			return refuse(23, "already initialized")
		}
		if s.starting--; s.starting >= 0 {
			return refuse(74, "replSetInitiate quorum check failed")
		}
		s.initiated = true
		for _, member := range command["replSetInitiate"].(map[string]any)["members"].([]any) {
			s.members = append(s.members, member.(map[string]any)["host"].(string))
		}
	case has("hello"):
		if s.electing--; s.electing >= 0 || !s.initiated {
			return map[string]any{"ok": 1}, nil
		}
		return map[string]any{"ok": 1, "primary": s.primary}, nil
	case has("usersInfo"):
		users := []any{}
		if s.users["aoc"] != nil {
			users = append(users, s.users["aoc"])
		}
		return map[string]any{"ok": 1, "users": users}, nil
	case has("createUser") && s.users["aoc"] == nil, has("updateUser") && s.users["aoc"] != nil:
		if host != s.primary {
			return refuse(10107, "not primary")
		}
		s.users["aoc"] = command
	default:
		return nil, errRefused
	}
	return map[string]any{"ok": 1}, nil
}

// play runs the script as mongosh does. An error that the server answers is thrown.
func (s *server) play(t *testing.T, environment map[string]any) error {
	t.Helper()
	vm := goja.New()
	set := func(name string, value any) {
		if err := vm.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	set("process", map[string]any{"env": environment})
	set("print", func(string) {})
	set("sleep", func(int) { s.slept++ })
	set("connect", func(uri string) map[string]any {
		s.signedIn = append(s.signedIn, uri)
		_, rest, _ := strings.Cut(uri, "@")
		host, _, _ := strings.Cut(rest, "/")
		return map[string]any{"runCommand": func(command map[string]any) map[string]any {
			answer, err := s.run(host, command)
			if err == nil {
				return answer
			}
			var code int
			_, _ = fmt.Sscan(err.Error(), &code)
			thrown := vm.NewGoError(err)
			_ = thrown.Set("code", code)
			_ = thrown.Set("message", err.Error())
			panic(thrown)
		}}
	})
	_, err := vm.RunScript("mongo-setup.js", text(t, "deploy", "mongo-setup.js"))
	return err
}

func settings() map[string]any {
	return map[string]any{
		"MEMBERS": "mongo1:27017,mongo2:27017,mongo3:27017", "MONGO_ROOT_PASSWORD": "r/@:%", "MONGO_PASSWORD": "p",
		"AOC_MONGO_DATABASE": "soc",
	}
}

func TestSetupMakesReplicaSetAndUser(t *testing.T) {
	s := &server{starting: 2, electing: 3, primary: "mongo1:27017", users: map[string]any{}}
	if err := s.play(t, settings()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(s.members, ","); got != settings()["MEMBERS"] {
		t.Errorf("the members are %s", got)
	}
	if want := "mongodb://root:r%2F%40%3A%25@mongo1:27017/admin?directConnection=true"; len(s.signedIn) != 1 || s.signedIn[0] != want {
		t.Errorf("signed in by %v, want %s", s.signedIn, want)
	}
	if s.slept != 5 {
		t.Errorf("waited %d times, want 5", s.slept)
	}
	user := s.users["aoc"].(map[string]any)
	want := "[map[db:soc role:readWrite] map[db:soc role:dbAdmin]]"
	if got := fmt.Sprint(user["roles"]); got != want || user["pwd"] != "p" {
		t.Errorf("the user has the roles %s and the password %v, want %s", got, user["pwd"], want)
	}
	if concern := user["writeConcern"].(map[string]any); concern["w"] != "majority" {
		t.Errorf("the user is written with %v", concern)
	}
}

// TestSetupRunsAgain changes the password of a user that exists, on a primary that is
// another member by now, and leaves the replica set alone.
func TestSetupRunsAgain(t *testing.T) {
	s := &server{initiated: true, primary: "mongo3:27017", users: map[string]any{"aoc": map[string]any{"pwd": "old"}}}
	if err := s.play(t, settings()); err != nil {
		t.Fatal(err)
	}
	if s.members != nil || s.users["aoc"].(map[string]any)["pwd"] != "p" {
		t.Errorf("members %v, user %v", s.members, s.users["aoc"])
	}
	if len(s.signedIn) != 2 || !strings.Contains(s.signedIn[1], "@mongo3:27017/") {
		t.Errorf("signed in by %v, want mongo1 and the primary", s.signedIn)
	}
}

// TestSetupWaitsForAnswers: mongosh rewrites a script so that it waits for an answer where
// it is assigned, but not where it is returned, so that try … catch around a return catches
// nothing.
func TestSetupWaitsForAnswers(t *testing.T) {
	script := text(t, "deploy", "mongo-setup.js")
	if !strings.Contains(script, "= db.runCommand(") || strings.Contains(script, "return db.runCommand(") {
		t.Error("an answer is to be assigned before it is returned")
	}
}

func TestSetupUsesTheDatabaseByDefault(t *testing.T) {
	s := &server{primary: "mongo1:27017", users: map[string]any{}}
	environment := settings()
	environment["AOC_MONGO_DATABASE"] = ""
	if err := s.play(t, environment); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.users["aoc"].(map[string]any)["roles"]); !strings.Contains(got, "db:"+first(t, text(t, "compose.yaml"), `\$\{AOC_MONGO_DATABASE:-(\w+)\}`)) {
		t.Errorf("the roles are %s", got)
	}
}

// TestSetupGivesUp ends with an error, which the compose file's services wait in vain for,
// rather than never.
func TestSetupGivesUp(t *testing.T) {
	for name, s := range map[string]*server{
		"members that do not answer": {starting: 1 << 20, users: map[string]any{}},
		"no primary":                 {electing: 1 << 20, users: map[string]any{}},
	} {
		err := s.play(t, settings())
		if err == nil || !strings.Contains(err.Error(), "takes more than") || s.slept != 120 {
			t.Errorf("%s: %v after %d tries", name, err, s.slept)
		}
		if err != nil && strings.Contains(err.Error(), "%2F") {
			t.Errorf("%s: the error has the password: %v", name, err)
		}
	}
}

// TestMongodGetsAKey runs deploy/mongod.sh, with a script in the place of the official
// image's, which tells what it got.
func TestMongodGetsAKey(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	start := func(t *testing.T, key string) (arguments, content string) {
		t.Helper()
		dir := t.TempDir()
		stub := "#!/bin/sh\nprintf '%s ' \"$@\"\nstat -c %a \"$TMPDIR/replica.key\" >&2\ntest -z \"$MONGO_REPLICA_KEY\"\n"
		if err := os.WriteFile(filepath.Join(dir, "docker-entrypoint.sh"), []byte(stub), 0o700); err != nil {
			t.Fatal(err)
		}
		command := exec.Command(bash, filepath.Join(root, "deploy", "mongod.sh"), "--quiet")
		command.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "TMPDIR=" + dir, "MONGO_REPLICA_KEY=" + key}
		var mode strings.Builder
		command.Stderr = &mode
		out, err := command.Output()
		if err != nil {
			t.Fatal(err, mode.String())
		}
		if strings.TrimSpace(mode.String()) != "600" {
			t.Errorf("the mode of the key is %s, want 600: mongod refuses more", mode.String())
		}
		written, err := os.ReadFile(filepath.Join(dir, "replica.key"))
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(strings.TrimSpace(string(out)), dir, "/tmp"), strings.TrimSpace(string(written))
	}
	arguments, key := start(t, "shared0key")
	if want := "mongod --replSet rs0 --keyFile /tmp/replica.key --quiet"; arguments != want || key != "shared0key" {
		t.Errorf("started %q with the key %q, want %q", arguments, key, want)
	}
	_, one := start(t, "")
	_, two := start(t, "")
	if one == two || len(one) < 6 || len(one) > 1024 {
		t.Errorf("the keys are %q and %q, want two of 6 to 1024 characters", one, two)
	}
}
