#!/usr/bin/env bash
# Compares the request parser with SwiftNIO's. In debug: an optimised SwiftNIO takes longer to build than all of this.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec "${SWIFT:-swift}" test --package-path Tests/Differential --scratch-path .build-differential
