// Package deploycheck checks what puts AOC into containers, where no container engine is at
// hand: the compose files as the loader of Docker Compose reads them, the Dockerfile as
// BuildKit parses it, the steps of the build as far as they can be done outside of a
// container, and the scripts that set up the MongoDB.
package deploycheck
