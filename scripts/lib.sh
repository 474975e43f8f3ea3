# Shared by the scripts beside this file: where things are, packages, messages. Sourced, not run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# What a build without tests needs, as Debian 12 names it.
# shellcheck disable=SC2034  # used by the scripts that source this file
build_packages=(
  g++ cmake esbuild ninja-build pkg-config libcli11-dev libeigen3-dev libfccp-dev nlohmann-json3-dev
  libcpp-httplib-dev libssl-dev zlib1g-dev libsimdjson-dev liblbfgs-dev libutf8proc-dev
  libsqlite3-dev libpq-dev libspdlog-dev prometheus-cpp-dev)

say() { printf '== %s\n' "$*" >&2; }

die() {
  printf '%s: error: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Runs a command as root: directly, or by sudo.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "needs root or sudo to run: $*"
  fi
}

# install_packages PACKAGE…: installs what is missing; says and does nothing when all is there.
install_packages() {
  command -v dpkg-query >/dev/null ||
    die "this system has no dpkg; install by hand what Debian calls: $*"
  local missing=() package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) == ?i* ]] ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  if ((EUID != 0)) && ! command -v sudo >/dev/null; then
    die "run this as root, or install sudo, or install by hand: ${missing[*]}"
  fi
  as_root apt-get update -q >&2
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

# install_node_packages FOLDER…: the clients, suites and runtimes of others that the tests in these
# folders want, as the lock file of each names them; node itself only where there is none. Says and
# does nothing when all is there.
install_node_packages() {
  local folder
  for folder in "$@"; do
    [[ ! $root/$folder/node_modules/.package-lock.json -nt $root/$folder/package-lock.json ]] ||
      continue
    command -v npm >/dev/null || install_packages nodejs npm
    say "installing what $folder/package-lock.json names"
    (cd "$root/$folder" && npm ci --ignore-scripts >&2)
  done
}

# Prometheus' own tools, for the tests.
tools_folder=$root/build/tools

# fetch_promtool: takes promtool out of its package, which would start a server when installed.
fetch_promtool() {
  if command -v promtool >/dev/null || [[ -x $tools_folder/promtool ]]; then return; fi
  say "fetching promtool"
  local folder
  folder=$(mktemp -d)
  mkdir -p "$tools_folder"
  (cd "$folder" && { apt-get download -q prometheus || { as_root apt-get update -q &&
    apt-get download -q prometheus; }; } >&2)
  dpkg-deb --fsys-tarfile "$folder"/prometheus_*.deb | tar -x -C "$tools_folder" \
    --strip-components 3 ./usr/bin/promtool
  rm -r "$folder"
}

# The binary that users run, made by build_release.
release_binary=$root/build/demo/bin/mlserve

# build_release: builds it without tests; warnings of another compiler than ours are no errors.
build_release() {
  cmake -S "$root" --preset release -B "$root/build/demo" -DMLSERVE_TESTS=OFF \
    -DMLSERVE_WARNINGS_AS_ERRORS=OFF -DCMAKE_RUNTIME_OUTPUT_DIRECTORY="${release_binary%/*}" >&2
  cmake --build "$root/build/demo" -j "$(nproc)" >&2
}
