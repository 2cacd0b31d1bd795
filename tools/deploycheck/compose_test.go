package deploycheck

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v3"
)

// files are the compose files, with the services that each has.
var files = map[string]struct {
	aoc, mongo []string
	// entrance is the service whose port is published.
	entrance string
	// required are the variables that have no default.
	required []string
}{
	"compose.yaml": {
		[]string{"aoc"}, []string{"mongo"}, "aoc",
		[]string{"MONGO_PASSWORD", "MONGO_ROOT_PASSWORD"},
	},
	"compose.fleet.yaml": {
		[]string{"aoc1", "aoc2", "aoc3"}, []string{"mongo1", "mongo2", "mongo3"}, "proxy",
		[]string{"MONGO_PASSWORD", "MONGO_ROOT_PASSWORD", "MONGO_REPLICA_KEY"},
	},
}

// setup is the service that makes the replica set, and ends.
const setup = "mongo-setup"

// environment gives every required variable a value that is told from all others.
func environment(mark string) types.Mapping {
	return types.Mapping{
		"MONGO_PASSWORD":      "password" + mark,
		"MONGO_ROOT_PASSWORD": "root" + mark,
		"MONGO_REPLICA_KEY":   "key" + mark,
	}
}

// load reads a compose file as docker compose does, in a copy of its folder whose .env has
// the given lines: they are variables of the file where the environment has no such.
func load(t *testing.T, file string, environment types.Mapping, lines string) (*types.Project, error) {
	t.Helper()
	variables, err := dotenv.Parse(strings.NewReader(lines))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(variables, environment)
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "deploy"), os.DirFS(filepath.Join(root, "deploy"))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	return loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  dir,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(dir, file), Content: []byte(text(t, file))}},
		Environment: variables,
	}, func(o *loader.Options) { o.ResolvePaths = true })
}

func mustLoad(t *testing.T, file string) *types.Project {
	t.Helper()
	project, err := load(t, file, environment("1"), "")
	if err != nil {
		t.Fatal(err)
	}
	return project
}

// each runs a test on every compose file.
func each(t *testing.T, test func(t *testing.T, file string)) {
	for _, file := range slices.Sorted(maps.Keys(files)) {
		t.Run(file, func(t *testing.T) { test(t, file) })
	}
}

func TestServices(t *testing.T) {
	each(t, func(t *testing.T, file string) {
		expected := files[file]
		want := slices.Concat(expected.aoc, expected.mongo, []string{setup, expected.entrance})
		slices.Sort(want)
		want = slices.Compact(want)
		if got := mustLoad(t, file).ServiceNames(); !slices.Equal(got, want) {
			t.Errorf("services are %v, want %v", got, want)
		}
	})
}

func TestSecretsHaveToBeSet(t *testing.T) {
	each(t, func(t *testing.T, file string) {
		for _, name := range files[file].required {
			for _, value := range []string{"", "unset"} {
				missing := environment("1")
				missing[name] = value
				if value != "" {
					delete(missing, name)
				}
				if _, err := load(t, file, missing, ""); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "docs/operations/docker.md") {
					t.Errorf("without %s: %v, want an error that names it and where to read on", name, err)
				}
			}
		}
	})
}

var variable = regexp.MustCompile(`\$\{?([A-Z][A-Z0-9_]*)`)

func TestEveryVariableHasAnExample(t *testing.T) {
	settings, compose := names(t, ".env.example"), names(t, "deploy", "compose.env.example")
	used := map[string]bool{}
	each(t, func(t *testing.T, file string) {
		content := strings.ReplaceAll(text(t, file), "$$", "")
		for _, match := range variable.FindAllStringSubmatch(content, -1) {
			used[match[1]] = true
			if !settings[match[1]] && !compose[match[1]] {
				t.Errorf("%s is in no example", match[1])
			}
		}
	})
	for name := range compose {
		if !used[name] {
			t.Errorf("%s has an example and no use", name)
		}
		if settings[name] {
			t.Errorf("%s has two examples", name)
		}
	}
}

var (
	secretName = regexp.MustCompile(`PASSWORD|SECRET|KEY|TOKEN|URI$`)
	uriLogin   = regexp.MustCompile(`://[^/\s"':]*:([^@\s]*)@`)
)

// TestNoSecretIsWrittenDown loads each file with two sets of secrets: whatever is the same
// in both was in the file.
func TestNoSecretIsWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, file string) {
		one, err := load(t, file, environment("1"), "")
		if err != nil {
			t.Fatal(err)
		}
		two, err := load(t, file, environment("2"), "")
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for name, service := range one.Services {
			for variable, value := range service.Environment {
				if !secretName.MatchString(variable) || value == nil || *value == "" {
					continue
				}
				found++
				if again := two.Services[name].Environment[variable]; again == nil || *again == *value {
					t.Errorf("%s: %s is written down", name, variable)
				}
			}
			// Every process of the machine may read a command line.
			other := two.Services[name]
			if !slices.Equal(service.Command, other.Command) || !slices.Equal(service.Entrypoint, other.Entrypoint) ||
				service.HealthCheck != nil && !slices.Equal(service.HealthCheck.Test, other.HealthCheck.Test) {
				t.Errorf("%s: a secret is in a command line", name)
			}
		}
		if found < 4 {
			t.Errorf("only %d secrets found: the test does not look where they are", found)
		}
		for _, match := range uriLogin.FindAllStringSubmatch(text(t, file), -1) {
			if !strings.HasPrefix(match[1], "${") {
				t.Errorf("a connection string with a password: %s", match[0])
			}
		}
	})
}

func TestPortsAreOnLoopback(t *testing.T) {
	each(t, func(t *testing.T, file string) {
		for name, service := range mustLoad(t, file).Services {
			if want := name == files[file].entrance; (len(service.Ports) == 1) != want {
				t.Errorf("%s publishes %d ports", name, len(service.Ports))
			}
			for _, port := range service.Ports {
				if port.HostIP != "127.0.0.1" || port.Published != "8000" || port.Target != 8000 {
					t.Errorf("%s publishes %s:%s→%d, want 127.0.0.1:8000→8000", name, port.HostIP, port.Published, port.Target)
				}
			}
			if service.NetworkMode == "host" {
				t.Errorf("%s is in the host's network", name)
			}
		}
	})
}

func TestNetworks(t *testing.T) {
	each(t, func(t *testing.T, file string) {
		project := mustLoad(t, file)
		if !project.Networks["database"].Internal || project.Networks["outside"].Internal {
			t.Error("database must be internal, and outside must not")
		}
		for name, service := range project.Services {
			want := []string{"database"}
			switch {
			case slices.Contains(files[file].aoc, name):
				want = []string{"database", "outside"}
			case name == "proxy":
				want = []string{"outside"}
			}
			if got := slices.Sorted(maps.Keys(service.Networks)); !slices.Equal(got, want) {
				t.Errorf("%s is in %v, want %v", name, got, want)
			}
		}
	})
}

func TestPrivileges(t *testing.T) {
	each(t, func(t *testing.T, file string) {
		for name, service := range mustLoad(t, file).Services {
			if user, _, _ := strings.Cut(service.User, ":"); !regexp.MustCompile(`^[1-9][0-9]*$`).MatchString(user) {
				t.Errorf("%s runs as %q, want the number of a user that is not root", name, service.User)
			}
			if !service.ReadOnly {
				t.Errorf("%s can write to its root file system", name)
			}
			if !slices.Equal(service.CapDrop, []string{"ALL"}) {
				t.Errorf("%s drops the capabilities %v, want ALL", name, service.CapDrop)
			}
			if added := strings.Join(service.CapAdd, " "); added != "" && (name != "proxy" || added != "NET_BIND_SERVICE") {
				t.Errorf("%s has the capabilities %v", name, service.CapAdd)
			}
			if !slices.Contains(service.SecurityOpt, "no-new-privileges:true") {
				t.Errorf("%s can get new privileges", name)
			}
			if service.Privileged || service.Pid == "host" || service.Ipc == "host" || len(service.Devices) > 0 {
				t.Errorf("%s has more of the host than it needs", name)
			}
		}
	})
}

func TestHealthAndOrder(t *testing.T) {
	each(t, func(t *testing.T, file string) {
		project, expected := mustLoad(t, file), files[file]
		for name, service := range project.Services {
			if name == setup {
				if service.Restart != "no" {
					t.Errorf("%s is started again and again", name)
				}
				continue
			}
			check := service.HealthCheck
			if check == nil || check.Disable || len(check.Test) < 2 || check.Test[0] == "NONE" {
				t.Errorf("%s has no health check", name)
				continue
			}
			if check.Interval == nil || check.Timeout == nil || check.Retries == nil || check.StartPeriod == nil {
				t.Errorf("%s: times of the health check are left open", name)
			}
			if service.Restart != "unless-stopped" {
				t.Errorf("%s is not started again when it ends", name)
			}
		}
		waits := func(name, on, condition string) {
			t.Helper()
			if got := project.Services[name].DependsOn[on]; got.Condition != condition || !got.Required {
				t.Errorf("%s waits for %s to be %q, want %q", name, on, got.Condition, condition)
			}
		}
		for _, aoc := range expected.aoc {
			waits(aoc, setup, types.ServiceConditionCompletedSuccessfully)
			if expected.entrance != aoc {
				waits(expected.entrance, aoc, types.ServiceConditionHealthy)
			}
			for _, mongo := range expected.mongo {
				waits(aoc, mongo, types.ServiceConditionHealthy)
			}
		}
		for _, mongo := range expected.mongo {
			waits(setup, mongo, types.ServiceConditionHealthy)
		}
	})
}

func TestDataAreInNamedVolumes(t *testing.T) {
	each(t, func(t *testing.T, file string) {
		project := mustLoad(t, file)
		owner := map[string]string{}
		for _, name := range files[file].mongo {
			i := slices.IndexFunc(project.Services[name].Volumes, func(v types.ServiceVolumeConfig) bool { return v.Target == "/data/db" })
			if i < 0 {
				t.Errorf("%s keeps its data nowhere", name)
				continue
			}
			volume := project.Services[name].Volumes[i]
			if _, declared := project.Volumes[volume.Source]; volume.Type != types.VolumeTypeVolume || !declared || volume.ReadOnly {
				t.Errorf("%s keeps its data in %s %q, want a named volume", name, volume.Type, volume.Source)
			}
			if other, taken := owner[volume.Source]; taken {
				t.Errorf("%s and %s have the same volume", name, other)
			}
			owner[volume.Source] = name
		}
		document := text(t, "docs", "operations", "docker.md")
		for name := range project.Volumes {
			if !strings.Contains(document, name) {
				t.Errorf("the document does not name the volume %s", name)
			}
		}
	})
}

func TestMountedFilesExist(t *testing.T) {
	each(t, func(t *testing.T, file string) {
		mounted := 0
		for name, service := range mustLoad(t, file).Services {
			for _, volume := range service.Volumes {
				if volume.Type != types.VolumeTypeBind {
					continue
				}
				mounted++
				if _, err := os.Stat(volume.Source); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if !volume.ReadOnly {
					t.Errorf("%s can write to %s", name, volume.Source)
				}
			}
			// What the entrypoint names is mounted.
			for _, argument := range service.Entrypoint {
				if strings.HasPrefix(argument, "/deploy/") && !slices.ContainsFunc(service.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Target == argument }) {
					t.Errorf("%s: %s is not mounted", name, argument)
				}
			}
		}
		if mounted < 2 {
			t.Errorf("%d files are mounted", mounted)
		}
	})
}

// TestMongoDBIsPinned holds all servers to one major version that MongoDB supports and AOC
// is written for.
func TestMongoDBIsPinned(t *testing.T) {
	versions := map[string]bool{}
	each(t, func(t *testing.T, file string) {
		project := mustLoad(t, file)
		for _, name := range append([]string{setup}, files[file].mongo...) {
			version := first(t, project.Services[name].Image, `^mongo:([78]\.0)$`)
			versions[version] = true
		}
	})
	if len(versions) != 1 {
		t.Errorf("there are %v", versions)
	}
}

// TestMembersAgree holds the hosts of the connection string, the members of the replica
// set and the servers there are against each other.
func TestMembersAgree(t *testing.T) {
	each(t, func(t *testing.T, file string) {
		project, expected := mustLoad(t, file), files[file]
		var members []string
		for _, name := range expected.mongo {
			service := project.Services[name]
			if service.Hostname != name {
				t.Errorf("%s calls itself %q", name, service.Hostname)
			}
			if !slices.Equal(service.Entrypoint, []string{"/bin/bash", "/deploy/mongod.sh"}) || service.Command != nil {
				t.Errorf("%s is started by %v %v", name, service.Entrypoint, service.Command)
			}
			members = append(members, name+":27017")
		}
		hosts := strings.Join(members, ",")
		if got := *project.Services[setup].Environment["MEMBERS"]; got != hosts {
			t.Errorf("the replica set is made of %s, want %s", got, hosts)
		}
		for _, name := range expected.aoc {
			want := "mongodb://aoc:password1@" + hosts + "/?replicaSet=rs0&authSource=admin"
			if got := *project.Services[name].Environment["MONGO_URI"]; got != want {
				t.Errorf("%s uses %s, want %s", name, got, want)
			}
		}
		if set := first(t, text(t, "deploy", "mongod.sh"), `--replSet (\S+)`); set != "rs0" || !strings.Contains(text(t, "deploy", "mongo-setup.js"), `_id: "rs0"`) {
			t.Errorf("the replica set has more than one name: %s", set)
		}
	})
}

// TestSettingsReachAOC sets everything in .env: AOC gets its own settings, not what is
// the compose file's, and no password but its own.
func TestSettingsReachAOC(t *testing.T) {
	settings := names(t, ".env.example")
	each(t, func(t *testing.T, file string) {
		var lines strings.Builder
		for _, example := range [][]string{{".env.example"}, {"deploy", "compose.env.example"}} {
			for name := range names(t, example...) {
				lines.WriteString(name + "='from .env'\n")
			}
		}
		lines.WriteString("MONGO_URI_FILE=/run/secrets/uri\n")
		project, err := load(t, file, environment("1"), lines.String())
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files[file].aoc {
			got := project.Services[name].Environment
			value := func(variable string) string {
				if got[variable] == nil {
					return ""
				}
				return *got[variable]
			}
			own := map[string]string{
				"MONGO_URI": value("MONGO_URI"), "AOC_DATA_DIR": "/data", "AOC_LISTEN": ":8000", "AOC_HOSTS": "localhost,127.0.0.1,from .env",
				"AOC_ALLOW_UNAUTHENTICATED": first(t, text(t, ".env.example"), `(everyone-who-[a-z-]+)`),
			}
			for variable := range settings {
				want, here := own[variable]
				if !here {
					want = "from .env"
				}
				if value(variable) != want {
					t.Errorf("%s: %s is %q, want %q", name, variable, value(variable), want)
				}
			}
			for _, variable := range append([]string{"MONGO_URI_FILE"}, files[file].required...) {
				if value(variable) != "" {
					t.Errorf("%s is given %s", name, variable)
				}
			}
			if !strings.HasPrefix(value("MONGO_URI"), "mongodb://aoc:password1@") {
				t.Errorf("%s does not sign in with its own password: %s", name, value("MONGO_URI"))
			}
		}
	})
}

// TestHostsAreAddedTo keeps the names of this machine when there are others.
func TestHostsAreAddedTo(t *testing.T) {
	each(t, func(t *testing.T, file string) {
		more := environment("1")
		more["AOC_HOSTS"] = "soc.contoso.example"
		project, err := load(t, file, more, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files[file].aoc {
			if got := *project.Services[name].Environment["AOC_HOSTS"]; got != "localhost,127.0.0.1,soc.contoso.example" {
				t.Errorf("%s answers to %q", name, got)
			}
		}
	})
}

// TestCommandsCanBeRun wants nothing between docker compose run aoc and the program, so
// that docker compose run --rm aoc maintenance … does what it says.
func TestCommandsCanBeRun(t *testing.T) {
	each(t, func(t *testing.T, file string) {
		project := mustLoad(t, file)
		for _, name := range files[file].aoc {
			service := project.Services[name]
			if service.Entrypoint != nil || service.Command != nil || service.ContainerName != "" {
				t.Errorf("%s has an entrypoint, a command or a name of its own: %v %v %q", name, service.Entrypoint, service.Command, service.ContainerName)
			}
			if service.Build == nil || service.Build.Context == "" || service.Build.Dockerfile != "Dockerfile" {
				t.Errorf("%s is built from %+v", name, service.Build)
				continue
			}
			if _, there := service.Build.Args["VERSION"]; !there {
				t.Errorf("%s: the version is not baked in", name)
			}
		}
	})
}

// TestProxyLeadsToEveryProcess holds the proxy's configuration against the compose file.
func TestProxyLeadsToEveryProcess(t *testing.T) {
	const file = "compose.fleet.yaml"
	project, caddy := mustLoad(t, file), text(t, "deploy", "Caddyfile")
	var want []string
	for _, name := range files[file].aoc {
		want = append(want, name+":8000")
	}
	if got := first(t, caddy, `reverse_proxy ([^{\n]*[^{\s])`); got != strings.Join(want, " ") {
		t.Errorf("it leads to %s, want %s", got, strings.Join(want, " "))
	}
	port := project.Services["proxy"].Ports[0].Target
	if first(t, caddy, `(?m)^http://:(\d+) \{`) != "8000" || port != 8000 {
		t.Errorf("it listens on another port than is published")
	}
	hosts := strings.Split(*project.Services["aoc1"].Environment["AOC_HOSTS"], ",")
	if host := first(t, caddy, `\bHost (\S+)`); !slices.Contains(hosts, host) {
		t.Errorf("it asks for health by the name %s, which AOC does not answer to", host)
	}
}

// TestNoVersionLine: the attribute is obsolete, and Docker Compose warns of it.
func TestNoVersionLine(t *testing.T) {
	each(t, func(t *testing.T, file string) {
		var top map[string]any
		if err := yaml.Unmarshal([]byte(text(t, file)), &top); err != nil {
			t.Fatal(err)
		}
		if _, there := top["version"]; there || top["name"] == nil {
			t.Error("want a name, and no version")
		}
	})
}
