#!/usr/bin/env bash
# What the first command costs: the release build from an empty target, and the size of the program.
# Prints CPU minutes and megabytes; the timings of each crate are in the target's cargo-timings/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target="$(mktemp -d)"
trap 'rm -rf "$target"' EXIT
# Downloads are no part of it.
cargo fetch --locked --quiet

TIMEFORMAT='%R %U %S'
seconds="$({ time CARGO_TARGET_DIR="$target" cargo build --release --locked --timings >"$target.log" 2>&1; } 2>&1)" || {
    cat "$target.log"
    exit 1
}
rm -f "$target.log"
echo "$seconds" | awk '{ printf "| release build from an empty target, CPU | %.1f min |\n| the same, waiting | %.1f min |\n", ($2 + $3) / 60, $1 / 60 }'
wc -c <"$target/release/dupi" | awk '{ printf "| size of the program with fonts and model | %.1f MB |\n", $1 / 1e6 }'
if [ -n "${KEEP:-}" ]; then
    mkdir -p "$KEEP"
    cp -r "$target/release/dupi" "$target/cargo-timings" "$KEEP"
fi
