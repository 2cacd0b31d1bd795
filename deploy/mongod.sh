#!/bin/bash
# Starts mongod as a member of the replica set rs0, in a container of the official image.
#
# Members of a replica set with passwords sign in to each other with a key that they share,
# MONGO_REPLICA_KEY. A set of one node has nobody to share it with: it gets a new one at
# every start. mongod wants the key in a file that it alone may read.
set -euo pipefail
umask 077
key=${MONGO_REPLICA_KEY:-$(head -c 48 /dev/urandom | base64 -w0)}
printf '%s\n' "$key" >"${TMPDIR:-/tmp}/replica.key"
unset key MONGO_REPLICA_KEY
exec docker-entrypoint.sh mongod --replSet rs0 --keyFile "${TMPDIR:-/tmp}/replica.key" "$@"
