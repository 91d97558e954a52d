#!/usr/bin/env bash
# Reads a million configs that libFuzzer makes of the shipped ones (or RUNS of them); ends with 1 at a crash, a
# refusal without a message, or an input that takes more than a second, and keeps it in .build-fuzz/findings.
#
#   Tests/fuzz/run.sh [RUNS] [further options of libFuzzer]
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=${1:-1000000}
shift || true
build=.build-fuzz
resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
runtime=$(ls "$resources"/../clang/*/lib/linux/libclang_rt.fuzzer_no_main-"$(uname -m)".a 2>/dev/null | head -1)
[ -n "$runtime" ] || { echo "this Swift toolchain comes without libFuzzer (libclang_rt.fuzzer_no_main)"; exit 69; }

RHODIAN_LIBFUZZER=1 swift build -c release --scratch-path "$build" --product rhodian-libfuzzer \
  -Xlinker "$runtime" -Xlinker -lstdc++

rm -rf "$build/seeds"
mkdir -p "$build/seeds" "$build/corpus" "$build/findings"
cp experiments/*.jsonc "$build/seeds"
swift build -c release --scratch-path "$build" --product rhodian >/dev/null
program=$(cd "$build/release" && pwd)/rhodian
for template in $("$program" new --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
  (cd "$build/seeds" && "$program" new "$template" --from "$template" >/dev/null)
done
ls "$build/seeds"
SWIFT_BACKTRACE=enable=no "$build/release/rhodian-libfuzzer" "$build/corpus" "$build/seeds" \
  -runs="$runs" -timeout=1 -max_len=16384 -dict=Tests/fuzz/dictionary.txt \
  -artifact_prefix="$build/findings/" -print_final_stats=1 "$@"
echo "$runs configs, nothing found"
