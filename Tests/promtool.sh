#!/bin/sh
# Puts Debian's promtool, which judges /metrics, into .build/tools where there is none. The package itself would start a server,
# open to the network, and take a dozen others with it.
set -eu
cd "$(dirname "$0")/.."
tools=$PWD/.build/tools
if command -v promtool >/dev/null 2>&1 || [ -x "$tools/promtool" ]; then exit 0; fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "This is not Debian, and there is no promtool: /metrics is tested without it." >&2
    exit 0
fi
echo "Unpacking promtool of Debian's package prometheus (19 MB) into $tools" >&2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# apt downloads as its own user, where it is called by root.
if [ "$(id -u)" -eq 0 ]; then chown _apt "$folder" 2>/dev/null || true; fi
cd "$folder"
apt-get download -q prometheus
dpkg-deb --fsys-tarfile prometheus_*.deb | tar -xf - ./usr/bin/promtool
mkdir -p "$tools"
mv usr/bin/promtool "$tools/promtool"
