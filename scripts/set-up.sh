# What scripts/start and scripts/test share: the right Node, the packages, the build. To be sourced, from the project's root.

say() { printf "%s\n" "$@" >&2; }
fail() { say "$@"; exit 2; }

# Node 20.19 or newer: what the packages and the language level need.
need_node() {
  command -v node >/dev/null || fail "Portolan needs Node.js 20.19 or newer, and there is no node here: https://nodejs.org"
  node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' ||
    fail "Portolan needs Node.js 20.19 or newer; this is $(node --version): https://nodejs.org"
  command -v npm >/dev/null || fail "npm, which comes with Node.js, is not in the PATH"
}

# quietly TEXT COMMAND…: says the text, a sign of life every five seconds, and the command's output only when it fails.
quietly() {
  local text=$1 log pid seconds=0 status=0
  shift
  log=$(mktemp)
  say "$text"
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  trap 'kill -TERM "$pid" 2>/dev/null; rm -f "$log"; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    seconds=$((seconds + 1))
    [ $((seconds % 25)) -ne 0 ] || say "  … $((seconds / 5)) s"
  done
  wait "$pid" || status=$?
  trap - INT TERM
  [ "$status" -eq 0 ] || { cat "$log" >&2; say "Failed ($status): $*"; }
  rm -f "$log"
  return "$status"
}

# Packages are installed when they are not, or when the lock file changed since.
need_packages() {
  local mark=node_modules/.package-lock.json
  if [ -f "$mark" ] && [ ! package-lock.json -nt "$mark" ]; then return; fi
  [ ! -L node_modules ] || fail "node_modules is a symbolic link, and npm ci would empty the folder that it leads to: remove the link"
  quietly "Installing packages (some 250 MB; about a minute the first time) …" npm ci --no-audit --no-fund || exit 2
}

# dist/ is built when it is not, or when something it is made from changed since.
need_build() {
  local changed=new
  if [ -f dist/cli.js ]; then
    changed=$(find src scripts/finish-build.mjs package.json tsconfig.json tsconfig.build.json -newer dist/cli.js -print | head -n 1)
  fi
  [ -z "$changed" ] || quietly "Building …" npm run --silent build || exit 2
}

# need_program COMMAND PACKAGE REASON: installs a program of the system where we may; else says how, and returns 1.
need_program() {
  local PATH=$PATH:/usr/sbin
  command -v "$1" >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    quietly "$3: installing $2 …" install_debian "$2" || true
    command -v "$1" >/dev/null && return
  fi
  say "$3: $1 is missing. Install it:"
  say "  Debian, Ubuntu: sudo apt-get install $2      macOS: brew install ${2%-server}      elsewhere: the package that has $1"
  return 1
}

# Installs a package and starts none of its services, neither now nor with the machine: the tests start their own.
install_debian() (
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  apt-get install -y --no-install-recommends "$1" ||
    { apt-get update && apt-get install -y --no-install-recommends "$1"; } || return
  [ ! -d /run/systemd/system ] || dpkg -L "$1" | sed -nE "s#.*/systemd/system/([^/@]+\.(service|socket))\$#\1#p" |
    xargs --no-run-if-empty systemctl --quiet disable
)
