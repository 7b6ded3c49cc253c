#!/usr/bin/env bash
# All tests that `make test` runs, with a summary at the end. A step that fails does not hide the ones after it, unless
# they need what it makes.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

swift=${SWIFT:-swift}
program=.build/release/latentd
python=/usr/bin/python3
logs=.build/test-logs
mkdir -p "$logs"
summary=$logs/summary
: >"$summary"

# step NAME COMMAND...: runs the command, shows what it says, keeps it in a log.
step() {
    local name=$1 began=$SECONDS outcome=ok
    shift
    printf '\n== %s\n' "$name"
    "$@" 2>&1 | tee "$logs/${name// /-}.log"
    if [ "${PIPESTATUS[0]}" -ne 0 ]; then
        outcome=FAILED
    fi
    printf '%-14s %-7s %4d s  %s\n' "$name" "$outcome" $((SECONDS - began)) "$(counted "$logs/${name// /-}.log")" >>"$summary"
    [ "$outcome" = ok ]
}

# What the test frameworks say about themselves: Swift Testing, then unittest.
counted() { grep -aoE 'Test run with [0-9]+ tests|^Done [0-9]+ runs|^Ran [0-9]+ tests|skipped=[0-9]+' "$1" | sed 's/^Test run with //; s/^Ran //; s/^Done //' | paste -sd ' '; }

without_progress() { awk '/^✔ Test run / || !/^◇|^✔ Test |^\[[0-9]+\/[0-9]+\]|^$/'; }

# The program refuses variables that it does not know.
run() { env -u LATENTD_ONEDNN -u LATENTD_WARNINGS_AS_ERRORS -u LATENTD_TEST_DATA "$@"; }

lint() { "$swift" format lint --strict --parallel --recursive Package.swift Sources Tests; }
# Debug and release are built one after the other: two compilers at once are no faster, and take twice the memory.
unit() { LATENTD_WARNINGS_AS_ERRORS=1 "$swift" test 2>&1 | without_progress; }
fuzz() { Tests/Fuzz/run.sh 60 2>&1 | grep -aE 'error|ERROR|Fatal|SUMMARY|^Done|written to|Build complete|stat::number'; return "${PIPESTATUS[0]}"; }
differential() { LATENTD_WARNINGS_AS_ERRORS=1 Tests/Differential/run.sh 2>&1 | without_progress; }
release() { run "$swift" build -c release --product latentd; }

clients() {
    make --no-print-directory .venv-conformance/installed &&
        run .venv-conformance/bin/python Tests/Conformance/run.py --latentd "$program"
}

# browser NAME FILE [OPTION_OF_DAEMON...] [-- OPTION_OF_TEST...]: a file of tests of the page, against a daemon of its own.
browser() {
    local name=$1 file=$2 daemon=()
    shift 2
    while [ $# -gt 0 ] && [ "$1" != -- ]; do daemon+=("$1") && shift; done
    step "$name" run "$python" Tests/EndToEnd/with_daemon.py --latentd "$program" "${daemon[@]}" -- \
        "$python" "Tests/Browser/$file" --url '{url}' --screenshots "$logs/screenshots" "${@:2}"
}

page() {
    browser page test_page.py
    browser decoding test_decoding.py --every-kind
    browser map test_map.py -- --models '{models}'
    for part in early selection tray dimensions paths compare forming training habits encode; do
        browser "$part" "test_$part.py"
    done
    browser losses test_losses.py -- --latentd "$program"
    browser reference test_docs.py
}

step format lint
step unit unit
step fuzz fuzz
step differential differential
if step release release; then
    # The page's tests mostly wait for a browser, the others for processes: side by side they take half the time.
    page >"$logs/page-strand.log" 2>&1 &
    step end-to-end run env PATH="$PWD/.build/tools:$PATH" "$python" Tests/EndToEnd/run.py --latentd "$program"
    step conformance clients
    wait
    cat "$logs/page-strand.log"
fi

printf '\n== summary\n'
cat "$summary"
if grep -q FAILED "$summary"; then
    printf 'FAILED after %d min %02d s; logs in %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$logs"
    exit 1
fi
printf 'all passed in %d min %02d s\n' $((SECONDS / 60)) $((SECONDS % 60))
