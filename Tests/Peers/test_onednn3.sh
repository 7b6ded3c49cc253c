#!/usr/bin/env bash
# The tests of the kernels and the models on oneDNN 3, which PyPI has and Debian 12 has not. On x86-64.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# These packages are named after the year; 2023.2.0 is oneDNN 3.2.0.
packages='onednn-cpu-gomp==2023.2.0 onednn-devel-cpu-gomp==2023.2.0'
environment=.venv-onednn

[ -x "$environment/bin/pip" ] || python3 -m venv "$environment"
# shellcheck disable=SC2086
"$environment/bin/pip" install --quiet --disable-pip-version-check $packages
prefix=$("$environment/bin/python" -c 'import sysconfig; print(sysconfig.get_path("data"))')
version=$(awk '/define DNNL_VERSION_(MAJOR|MINOR|PATCH) / { printf "%s%s", dot, $3; dot = "." }' \
    "$prefix/include/oneapi/dnnl/dnnl_version.h")
printf 'oneDNN %s in %s\n' "$version" "$prefix"

# A test holds the library that really runs against the version that was asked for.
LATENTD_ONEDNN=$prefix LATENTD_TEST_ONEDNN_VERSION=$version \
    "${SWIFT:-swift}" test --disable-xctest --scratch-path .build-onednn3 \
    --filter '^(KernelsTests|AutoencodersTests)\.' 2>&1 |
    awk '/^✔ Test run / || !/^◇|^✔ |^\[[0-9]+\/[0-9]+\]|^$/'
