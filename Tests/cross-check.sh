#!/usr/bin/env bash
# Question: does the kernel compute the same bits on another processor, without optimisation, and without the
# vector and fused instructions of a modern x86-64?
#
# Compiles Sources/Kernel four ways, prints kernelGoldenDigest() from each, and compares:
#   x86-64 release, x86-64 -Onone, x86-64 release with glibc told that the CPU lacks FMA and AVX2,
#   and AArch64 as Embedded Swift, run by qemu.
# Usage: Tests/cross-check.sh        exit 0: all agree; 1: they differ, or a tool is missing
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

missing=0
need() {
  if ! command -v "$1" >/dev/null 2>&1; then
    echo "cross-check: $1 is missing; install $2" >&2
    missing=1
  fi
}
need swiftc "a Swift toolchain (https://www.swift.org/install)"
need aarch64-linux-gnu-gcc "the Debian package gcc-aarch64-linux-gnu (with libc6-dev-arm64-cross)"
need ld.lld "the Debian package lld, or put the bin folder of the Swift toolchain into PATH"
need qemu-aarch64-static "the Debian package qemu-user-static"
[ "$missing" -eq 0 ] || exit 1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/main.swift" <<'SWIFT'
@_silgen_name("putchar")
func putCharacter(_ character: Int32) -> Int32

for digit in kernelGoldenDigest().hexBytes { _ = putCharacter(Int32(digit)) }
_ = putCharacter(10)
SWIFT

sources=("$root"/Sources/Kernel/*.swift "$work/main.swift")
common=(-swift-version 6 -package-name rhodian -module-name KernelGolden -wmo)

swiftc "${common[@]}" -O "${sources[@]}" -o "$work/native-release"
swiftc "${common[@]}" -Onone "${sources[@]}" -o "$work/native-debug"
swiftc "${common[@]}" -O -target aarch64-none-none-elf -enable-experimental-feature Embedded \
  -c "${sources[@]}" -o "$work/embedded.o"
aarch64-linux-gnu-gcc -static -fuse-ld=lld -B "$(dirname "$(command -v ld.lld)")" "$work/embedded.o" -o "$work/embedded"

release=$("$work/native-release")
debug=$("$work/native-debug")
plain=$(GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2 "$work/native-release")
embedded=$(qemu-aarch64-static "$work/embedded")

echo "x86-64 release        $release"
echo "x86-64 -Onone         $debug"
echo "x86-64 no FMA, AVX2   $plain"
echo "AArch64 embedded      $embedded"

for other in "$debug" "$plain" "$embedded"; do
  if [ "$other" != "$release" ]; then
    echo "cross-check: the digests differ" >&2
    exit 1
  fi
done
echo "cross-check: all four agree"
