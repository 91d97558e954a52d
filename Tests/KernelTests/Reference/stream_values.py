#!/usr/bin/env python3
"""Values of RandomStreams from its written definition alone: FNV-1a, SplitMix64's finaliser, Philox4x32-10.

    python3 Tests/KernelTests/Reference/stream_values.py > Tests/KernelTests/StreamValues.swift
"""

MASK = 2**64 - 1


def stable_hash(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 & MASK
    h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9 & MASK
    h = (h ^ h >> 27) * 0x94D049BB133111EB & MASK
    return h ^ h >> 31


def eight(n):
    return n.to_bytes(8, "little")


def philox(counter, key):
    c = [counter >> 32 * i & 0xFFFFFFFF for i in range(4)]
    k = [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [p1 >> 32 ^ c[1] ^ k[0], p1 & 0xFFFFFFFF, p0 >> 32 ^ c[3] ^ k[1], p0 & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def word(purpose, entity, epoch, index, seed):
    c = philox(index | purpose << 24 | entity << 32 | epoch << 80, seed)
    return c[0] | c[1] << 32


assert philox(0, 0) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
borrower = stable_hash(b"eth-borrowers" + eight(17)) >> 16
values = {
    "borrower": borrower,
    "child": stable_hash(b"\xff" + eight(borrower) + eight(3)) >> 16,
    "birth": 1 << 47 | stable_hash(b"\xfe" + eight(borrower) + eight(2)) >> 17,
    "reaction": word(4, borrower, 1042, 0, 0xFEDCBA9876543210),
    "size": word(1, borrower, 1042, 5, 0x0123456789ABCDEF),
}
print("/// Written by Reference/stream_values.py, which follows the definition of `RandomStreams` in other words.")
print("enum StreamValues {")
for name, value in values.items():
    print(f"  static let {name}: UInt64 = 0x{value:016x}")
print("}")
