# syntax=docker/dockerfile:1

# The web UI is committed as it is built, so Go is all that is needed.
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
# What aoc version prints: docker build --build-arg VERSION=…, or make image.
ARG VERSION=
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$VERSION" -o /out/aoc ./cmd/aoc
# A new volume at /data takes its owner from here.
RUN mkdir -p /out/data

# Certificates of authorities and time zones, and nothing that could be run: no shell.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/aoc /usr/local/bin/aoc
COPY --from=build --chown=65532:65532 /out/data /data
# Inside a container every address is beyond this machine: the service says what has to be
# agreed to (AOC_ALLOW_UNAUTHENTICATED), and does not start without it.
ENV AOC_LISTEN=:8000 AOC_DATA_DIR=/data
VOLUME /data
EXPOSE 8000
USER 65532:65532
HEALTHCHECK --interval=30s --timeout=6s --start-period=2m --start-interval=2s --retries=3 \
    CMD ["/usr/local/bin/aoc", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/aoc"]
CMD ["serve"]
