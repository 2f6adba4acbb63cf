#!/usr/bin/env bash
# setup.sh run|test: installs what this machine lacks to build and run Kervan, or to test it as well. Says nothing and
# takes no time when nothing is missing. On Debian and Ubuntu it installs packages; elsewhere it says what to install.
set -euo pipefail

purpose=${1:-test}

need_go=1.26
need_node=20

at_least() { # version, minimum: true when version >= minimum
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

fail() { printf 'setup: %s\n' "$1" >&2; exit 1; }

command -v go >/dev/null 2>&1 || fail "Go $need_go or newer is needed: https://go.dev/dl/"
go_version=$(go env GOVERSION | sed 's/^go//')
at_least "$go_version" "$need_go" || fail "Go $need_go or newer is needed, this is $go_version"

command -v node >/dev/null 2>&1 || fail "Node.js $need_node or newer is needed"
node_version=$(node --version | sed 's/^v//')
at_least "$node_version" "$need_node" || fail "Node.js $need_node or newer is needed, this is $node_version"
command -v npm >/dev/null 2>&1 || fail "npm is needed; it usually comes with Node.js"

missing=()
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null 2>&1 || missing+=(postgresql)
if [ "$purpose" = test ]; then
  command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing+=(chromium)
  command -v gcc >/dev/null 2>&1 || missing+=(gcc libc6-dev) # the race detector is built with it
fi
[ ${#missing[@]} -eq 0 ] && exit 0

command -v apt-get >/dev/null 2>&1 || fail "please install: ${missing[*]}"
sudo=""
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null 2>&1 || fail "please install as root: apt-get install ${missing[*]}"
  sudo="sudo"
fi
printf 'setup: installing %s\n' "${missing[*]}"
# The packages' own server is not wanted: Kervan starts a private one where and when it needs it.
$sudo mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || printf 'create_main_cluster = false\n' | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
$sudo apt-get update -qq
# Where Chromium is no package of the archive, as in Ubuntu, another name brings it.
for i in "${!missing[@]}"; do
  if [ "${missing[$i]}" = chromium ] && [[ $(apt-cache policy chromium) != *"Candidate: "[!\(]* ]]; then missing[i]=chromium-browser; fi
done
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
