#!/usr/bin/env bash
# Fuzzes the request parser and the connection's state machine: Tests/Fuzz/run.sh SECONDS
# What it finds on the way is kept in .build-fuzz/corpus; an input that breaks a property in .build-fuzz/found-*.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=.build-fuzz
mkdir -p "$work/corpus"
"${SWIFT:-swift}" build -c release --package-path Tests/Fuzz --scratch-path "$work"
# The sanitizer reports crashes itself; Swift's own reporter would wait for ever for a process that it traces.
SWIFT_BACKTRACE=enable=no exec "$work/release/FuzzRequests" \
    -max_total_time="${1:-60}" -max_len=2048 -rss_limit_mb=4096 -timeout=10 -verbosity=1 -print_final_stats=1 \
    -dict=Tests/Fuzz/http.dict -artifact_prefix="$work/found-" "$work/corpus" Tests/Fuzz/corpus < /dev/null
