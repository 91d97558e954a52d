#!/usr/bin/env python3
"""Derives Sources/Experiments/Outputs/PowersOfTen.swift with Python's exact integers.

    python3 Tests/KernelTests/Reference/derive_powers_of_ten.py \\
      > Sources/Experiments/Outputs/PowersOfTen.swift
    swift format -i Sources/Experiments/Outputs/PowersOfTen.swift

g(e) = ceil(10^e 2^-r) with r chosen so that 2^127 <= g < 2^128, as in R. Giulietti, "The Schubfach way to
render doubles" (2020), which keeps two bits fewer.
"""

from fractions import Fraction

# The smallest and largest -floor(log10 2^q) for the exponents q of a double, -1074 ... 971.
FIRST, LAST = -292, 324


def floor_log2_of_power(e):
    return (e * 1741647) >> 19


def significand(e):
    power = Fraction(10) ** e * Fraction(2) ** (127 - floor_log2_of_power(e))
    rounded = -(-power.numerator // power.denominator)
    assert 2**127 <= rounded < 2**128
    return rounded


def floor_log10(x):
    e = len(str(x.numerator)) - len(str(x.denominator))
    while Fraction(10) ** e > x:
        e -= 1
    while Fraction(10) ** (e + 1) <= x:
        e += 1
    return e


# The integer forms of the logarithms that the printer uses hold for every double.
for q in range(-1074, 972):
    k = (q * 1262611) >> 22
    assert k == floor_log10(Fraction(2) ** q) and FIRST <= -k <= LAST
    assert 1 <= q + floor_log2_of_power(-k) + 1 <= 4
    k = (q * 1262611 - 524031) >> 22
    assert k == floor_log10(Fraction(3, 4) * Fraction(2) ** q) and (q == -1074 or FIRST <= -k <= LAST)
    assert q == -1074 or 1 <= q + floor_log2_of_power(-k) + 1 <= 4

words = []
for e in range(FIRST, LAST + 1):
    g = significand(e)
    words += [g >> 64, g & (2**64 - 1)]

print("// Derived by Tests/KernelTests/Reference/derive_powers_of_ten.py. Do not edit by hand.")
print()
print("/// Powers of ten to 128 bits, for ``NumberPrinter``.")
print("enum PowersOfTen {")
print(f"  static var first: Int {{ {FIRST} }}")
print()
span = f"{FIRST} ... {LAST}"
print(f"  /// The high and the low half of ⌈10^e / 2^r⌉ for e in {span}, r such that it has 128 bits.")
print("  static let significands: [UInt64] = [")
for start in range(0, len(words), 4):
    print("    " + ", ".join(f"0x{w:016x}" for w in words[start : start + 4]) + ",")
print("  ]")
print("}")
