#!/bin/sh
# Installs the Debian packages that a purpose needs and that are missing. Where none is, it touches no network.
#
#   deploy/packages.sh serve | test
set -eu

say() { printf '%s\n' "$*" >&2; }

# package, and what for
serve_packages='libdnnl-dev oneDNN: convolutions and matrix products
libpng-dev PNG pictures in and out
libsqlite3-dev the queue of training jobs
libssl-dev SHA-256 and TLS
zlib1g-dev gzipped datasets'
test_packages='chromium a real browser for the page
chromium-driver drives that browser
curl runs the lines of the README
dataset-fashion-mnist a real dataset for the training tests
openssl makes certificates for the tests of TLS
python3 runs the tests of the whole program
python3-h5py reads a Keras model for the converter
python3-selenium drives the browser from Python
python3-venv third-party clients from PyPI, in a folder of their own'

case "${1:-}" in
    serve) wanted=$serve_packages ;;
    test) wanted=$serve_packages'
'$test_packages ;;
    *) say "usage: deploy/packages.sh serve | test"; exit 2 ;;
esac

if ! command -v swift >/dev/null 2>&1; then
    say "error: 'swift' is not on the PATH. latentd is built with Swift 6.2 or newer: https://www.swift.org/install/linux"
    exit 1
fi

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

if ! command -v dpkg-query >/dev/null 2>&1; then
    say "This is not Debian. These are needed, by your system's names for them:"
    say "$wanted"
    exit 0
fi

missing=
while read -r package reason; do
    if ! installed "$package"; then
        [ -n "$missing" ] || say "Missing Debian packages:"
        say "  $package: $reason"
        missing="$missing $package"
    fi
done <<EOF
$wanted
EOF
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1; then
    as_root=sudo
else
    say "error: installing them takes root, and there is no sudo. As root:  apt-get install$missing"
    exit 1
fi

install() { # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
}
# A fresh machine has no lists, an old one has stale ones: then they are fetched, and only then.
say "Installing them${as_root:+ with sudo}:"
# shellcheck disable=SC2086
if ! apt-get install -s -q --no-install-recommends $missing >/dev/null 2>&1 || ! install; then
    $as_root apt-get update -q
    install
fi
