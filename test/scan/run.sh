#!/usr/bin/env bash
# Lets the scanner Wapiti attack aoc demo --auth on this machine, as nobody, with an API token
# and with the session of a manager, and prints what it found. docs/security/scan.md answers
# the findings.
# WAPITI names the program, if it is not in PATH.
set -euo pipefail
cd "$(dirname "$0")/../.."

wapiti=${WAPITI:-wapiti}
command -v "${wapiti%% *}" >/dev/null || { echo "make scan needs Wapiti: apt-get install wapiti, or name it in WAPITI." >&2; exit 1; }

# Modules that need nothing beyond this machine. The others ask servers elsewhere.
modules=backup,blindsql,buster,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,shellshock,sql,timesql,xss

dir=$(mktemp -d)
port=${PORT:-18460}
base=http://localhost:$port
go build -o "$dir/aoc" ./cmd/aoc
"$dir/aoc" demo --auth --users 300 --per-day 500 --listen "127.0.0.1:$port" --data "$dir/data" >"$dir/log" 2>&1 &
service=$!
trap 'kill "$service" 2>/dev/null; wait "$service" 2>/dev/null || true; rm -rf "$dir"' EXIT

until grep -q "Ctrl-C ends it" "$dir/log"; do
  kill -0 "$service" || { cat "$dir/log" >&2; exit 1; }
  sleep 0.2
done
token=$("$dir/aoc" --data "$dir/data" token create scan --role manager --days 1 2>&1 | grep -o 'aoc_[A-Z2-7]*_[A-Z2-7]*')

answered() { # how many requests the service has answered, by status and route
  curl -s -H "Authorization: Bearer $token" "$base/metrics" |
    sed -n 's/^aoc_http_request_duration_seconds_count{method="\([A-Z]*\)",route="\([^"]*\)",status="\(.*\)"} \(.*\)$/\3 \1 \2\t\4/p'
}

session() { # the cookie of a manager who has signed in with a browser
  local jar=$dir/jar there origin page
  there=$(curl -s -c "$jar" -o "$dir/page" -w '%{redirect_url}' "$base/auth/login")
  origin=$(grep -o '^http://[^/]*' <<<"$there")
  page=$(curl -s -b "$jar" -c "$jar" "$there")
  value() { grep -o "$1=\"[^\"]*\"" <<<"$page" | head -1 | cut -d'"' -f4 | sed 's/&#43;/+/g; s/&amp;/\&/g'; }
  curl -sL -b "$jar" -c "$jar" -o "$dir/page" -H "Origin: $origin" --data-urlencode "request=$(value 'name="request" value')" \
    --data-urlencode "canary=$(value 'name="canary" value')" --data-urlencode "person=$(value 'name="person" value')" "$origin$(value 'method="post" action')"
  awk '$6 == "__Host-aoc" {print $6 "=" $7}' "$jar"
}

known=$("$wapiti" --list-modules 2>/dev/null | awk '/^\t[a-z]/ {print $1}')
chosen=$(for m in ${modules//,/ }; do grep -qx "$m" <<<"$known" && echo "$m"; done | paste -sd, -)
key=$(curl -s -H "Authorization: Bearer $token" "$base/api/events?page_size=1" | grep -o '"key":"[a-z0-9A-Z]*"' | head -1 | cut -d'"' -f4)
start=()
while read -r address; do start+=(-s "$base${address/KEY/$key}"); done <test/scan/addresses.txt

scan() { # scan NAME HEADER…
  local name=$1 before # prints how many answers there were of each kind, and the findings
  shift
  before=$(answered)
  HOME=$dir "$wapiti" --no-bugreport -u "$base/" --scope domain "${start[@]}" -m "$chosen" \
    --max-scan-time "${SECONDS_EACH:-300}" --max-attack-time "${SECONDS_EACH:-300}" --store-session "$dir/$name" -v 0 -f json -o "$dir/$name.json" "$@" >"$dir/$name.out" 2>&1 || cat "$dir/$name.out" >&2
  echo "== $name; modules $chosen"
  (sed 's/^/-\t/' <<<"$before"; answered | sed 's/^/+\t/') | awk -F'\t' '{n[$2] += ($1 == "+" ? 1 : -1) * $3} END {for (s in n) if (n[s]) print n[s], s}' | sort -rn
  python3 - "$dir/$name.json" <<'PY'
import collections, json, sys
found = json.load(open(sys.argv[1]))
for part in "vulnerabilities", "anomalies":
    for kind, all in found[part].items():
        for what, n in collections.Counter((f["method"], f["path"].split("?")[0], f["info"]) for f in all).items():
            print(part, kind, *what, f"({n})", sep=" | ")
PY
}
scan nobody
scan token -H "Authorization: Bearer $token"
cookie=$(session)
[ -n "$cookie" ] || { echo "nobody could sign in" >&2; exit 1; }
scan session -H "Cookie: $cookie"
