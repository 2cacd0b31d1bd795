# make check is what CI runs; the other targets are parts of it, or longer.

.PHONY: check test test-mongo mongoengine mcpconformance victorialogs race lint fuzz bench bench-ui soak build sbom load scan image ui screenshots golden

check:
	.ci/run

test:
	go test ./...

# A MongoDB for the tests of machines that have none: FerretDB, in a module of its own.
mongoengine:
	cd tools/mongoengine && CGO_ENABLED=0 go build -o mongoengine .

# What the MCP server is tested with: the conformance suite, the Inspector, and a Node for both.
mcpconformance:
	cd tools/mcpconformance && npm ci --no-audit --no-fund --loglevel=error && cp package-lock.json node_modules/.aoc-installed

# The receiver of logs that the tests of forwarding send to.
victorialogs:
	cd tools/victorialogs && CGO_ENABLED=0 go build -o victoria-logs github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-logs

# All tests of the MongoDB store and of several processes on one database, in full: on the
# server that AOC_TEST_MONGO_URI names, or on a mongod in PATH or named by AOC_MONGOD, with
# checks of query plans and benchmarks; else on the engine, which has neither.
MONGODB = $(or $(AOC_TEST_MONGO_URI),$(AOC_MONGOD),$(shell command -v mongod))
test-mongo: $(if $(MONGODB),,mongoengine)
	AOC_REQUIRE_MONGO=1 AOC_TEST_FULL=1 go test -count=1 -p 1 -timeout 2h $(if $(MONGODB),-bench .) ./internal/store/mongo/... ./internal/transfer/... ./internal/adopt/...
	AOC_REQUIRE_MONGO=1 AOC_TEST_FULL=1 go test -count=1 -timeout 2h ./test/e2e -run "Faults/mongodb|Fleet" -seeds 30
	$(if $(AOC_TEST_MONGO_URI),go run ./test/bench -mongo env:AOC_TEST_MONGO_URI)

race:
	go test -race ./...

lint:
	go tool -modfile=tools/go.mod golangci-lint run ./...

fuzz:
	AOC_FUZZTIME=60s .ci/run

# Imports 1,000,000 generated events and prints events/s, bytes/event, peak memory and
# latencies; with VICTORIALOGS=path/to/victoria-logs also those of that program.
bench:
	go run ./test/bench $(if $(VICTORIALOGS),-victorialogs $(VICTORIALOGS))

# How fast the explorer paints while somebody types, over 1,000,000 stored events. With
# DIR=folder the events are kept there, and not imported again.
bench-ui:
	go run ./test/benchui $(if $(DIR),-dir $(DIR))

# Longer runs of the tests that kill, cut and throttle.
soak:
	AOC_TEST_FULL=1 go test -timeout 2h ./internal/... ./test/ui/... && go test -timeout 2h ./test/e2e -run "Faults|Fleet" -seeds 200

build:
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o bin/aoc ./cmd/aoc

VERSION = $(shell git describe --tags --always --dirty)

# What the program is made of, as CycloneDX: bin/sbom.json.
sbom: build
	cd tools/sbom && go run . -lock ../../web/package-lock.json -version "$(VERSION)" ../../bin/aoc >../../bin/sbom.json

# Slow connections, floods and giant queries against honest clients: docs/security/load.md.
load:
	go run ./test/load

# A scanner from outside against aoc demo --auth: docs/security/scan.md. Needs Wapiti.
scan:
	test/scan/run.sh

# The container image; docker compose builds it by itself. aoc version prints VERSION.
image:
	docker build --build-arg VERSION=$(VERSION) --tag aoc .

# Builds the web UI into web/dist, which is committed and goes into the binary. Needs Node.
ui:
	cd web && npm ci && npm run api && npm run check && npm run lint && npm test && npm run build

# Takes pictures of every screen for docs/screenshots. Needs Chromium.
screenshots:
	go run ./test/screenshots

# Rewrites expected outputs after a change that was meant.
golden:
	go test ./internal/normalise -update
	AOC_UPDATE_GOLDEN=1 go test ./internal/httpapi -run TestOpenAPI
