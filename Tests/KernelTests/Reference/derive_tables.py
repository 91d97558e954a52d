#!/usr/bin/env python3
"""Derives every constant table of the kernel with mpmath: Sources/Kernel/*Tables.swift.

    python3 Tests/KernelTests/Reference/derive_tables.py Sources/Kernel
    swift format -i Sources/Kernel/*Tables.swift

Nothing is taken from another library: each table is a Taylor coefficient, a correctly rounded function value
(in two parts, high + low), or a polynomial interpolated at Chebyshev nodes with 60 digits and rounded to doubles.
Constants are printed as hexadecimal floats: a decimal literal is read through an 80-bit format on x86 and
could be rounded twice there.
"""

import sys
from pathlib import Path

from mpmath import mp, mpf, log, exp, sqrt, pi, erfc, cos, factorial, floor, nint, findroot, ldexp, bernoulli

mp.dps = 60


def double(x):
    """Nearest double of an mpf (mpmath rounds to nearest even)."""
    return float(x)


def short(x, bits):
    """x rounded to a multiple of 2^-bits."""
    return mpf(nint(ldexp(x, bits))) / mpf(2) ** bits


def literal(value):
    return float(value).hex().replace("p+", "p")


class Room:
    """One file of tables: an enum that is written when all of them are known."""

    def __init__(self, name, comment):
        self.name = name
        self.lines = [
            "// Derived by Tests/KernelTests/Reference/derive_tables.py. Do not edit by hand.",
            "// Hexadecimal literals only: a decimal one would be rounded twice where it is read through 80 bits.",
            "",
            f"/// {comment}",
            f"enum {name} {{",
        ]

    def entry(self, comment, lines):
        if not self.lines[-1].endswith("{"):
            self.lines.append("")
        self.lines += [f"  /// {line.strip()}" for line in comment.strip().split("\n")] + lines

    def table(self, name, values, comment, per_line=4, kind="Double", form=literal):
        rows = [values[start : start + per_line] for start in range(0, len(values), per_line)]
        rows = ["    " + ", ".join(form(v) for v in row) + "," for row in rows]
        self.entry(comment, [f"  static let {name}: [{kind}] = ["] + rows + ["  ]"])

    def constant(self, name, value, comment):
        self.entry(comment, [f"  static let {name} = {literal(value)}"])

    def write(self, folder):
        Path(folder, f"{self.name}.swift").write_text("\n".join(self.lines + ["}"]) + "\n")


def chebyshev_piece(f, low, high, degree):
    """Coefficients of s^0.., s = x - centre, of the interpolant of f at degree + 1 Chebyshev nodes."""
    n = degree + 1
    centre, half = (low + high) / 2, (high - low) / 2
    nodes = [cos(pi * (2 * k + 1) / (2 * n)) for k in range(n)]
    values = [f(centre + half * t) for t in nodes]
    # Discrete cosine sums give the Chebyshev series; its recurrence gives powers of t.
    series = [
        (2 if j else 1) * sum(values[k] * cos(pi * j * (2 * k + 1) / (2 * n)) for k in range(n)) / n
        for j in range(n)
    ]
    previous, current = [mpf(1)], [mpf(0), mpf(1)]
    powers = [mpf(0)] * n
    for j, c in enumerate(series):
        basis = previous
        for i, b in enumerate(basis):
            powers[i] += c * b
        following = [mpf(0)] + [2 * b for b in current]
        for i, b in enumerate(previous):
            following[i] -= b
        previous, current = current, following
    return [p / half**i for i, p in enumerate(powers)]


def pieces(f, edges, degree, relative_to):
    """All pieces, flat; asserts the relative error between the nodes."""
    out, worst = [], mpf(0)
    for low, high in edges:
        low, high = mpf(low), mpf(high)
        coefficients = chebyshev_piece(f, low, high, degree)
        rounded = [mpf(double(c)) for c in coefficients]
        rounded[0] = coefficients[0]
        for i in range(41):
            x = low + (high - low) * mpf(i) / 40
            s = x - (low + high) / 2
            value = sum(c * s**k for k, c in enumerate(rounded))
            worst = max(worst, abs(value - f(x)) / abs(relative_to(x)))
        out += [double(c) for c in coefficients]
    assert worst < mpf(2) ** -56, (degree, worst)
    return out, worst


def octaves(first, last_edge, per_octave):
    """Edges of the pieces that split every binade [2^k, 2^(k+1)) evenly, from `first` up."""
    edges, low = [], mpf(first)
    while low < last_edge:
        width = mpf(2) ** floor(log(low, 2) + mpf("1e-30")) / per_octave
        edges.append((low, low + width))
        low += width
    return edges


elementary = Room("ElementaryTables", "Constants of ``ElementaryMath``, as correctly rounded doubles.")
normal = Room("NormalTables", "The normal distribution and its quantile, in pieces of polynomials.")
ziggurat = Room("ZigguratTables", "The strips of ``Ziggurat``, as correctly rounded doubles.")

# --- exp -----------------------------------------------------------------------------------------------------
step = log(mpf(2)) / 128
step_high = short(step, 42)  # 35 significant bits: n * high is exact for |n| < 2^18
elementary.constant("exponentStepInverse", double(1 / step), "128 / log 2.")
elementary.constant("exponentStepHigh", double(step_high), "log 2 / 128, leading bits: a multiple of 2^-42.")
elementary.constant("exponentStepLow", double(step - step_high), "log 2 / 128, what the leading bits leave.")
values = []
for j in range(128):
    full = mpf(2) ** (mpf(j) / 128)
    high = mpf(double(full))
    values += [double(high), double(full - high)]
elementary.table("powersOfTwo", values, "2^(j/128) as high, low for j in 0 ..< 128.")

# --- log -----------------------------------------------------------------------------------------------------
# z in [0.6875, 1.375); piece i holds the doubles whose bits minus those of 0.6875 have i as next 7 bits.
ln2_high = short(log(mpf(2)), 42)
elementary.constant("logTwoHigh", double(ln2_high), "log 2, leading bits: a multiple of 2^-42.")
elementary.constant("logTwoLow", double(log(mpf(2)) - ln2_high), "log 2, what the leading bits leave.")
values = []
for i in range(128):
    # 0.6875 has mantissa bits .0110 above 0.5: pieces of 1/256 below 1 (80 of them), 1/128 from 1 on (48).
    low, width = (mpf("0.6875") + mpf(i) / 256, mpf(1) / 256) if i < 80 else (1 + mpf(i - 80) / 128, mpf(1) / 128)
    inverse = mpf(1) if i in (79, 80) else short(1 / (low + width / 2), 10)
    for edge in (low, low + width):
        assert abs(edge * inverse - 1) <= mpf(1) / 128, (i, edge * inverse - 1)
    value = -log(inverse)
    high = short(value, 42)
    values += [double(inverse), double(high), double(value - high)]
elementary.table("logPieces", values, "c, high and low parts of -log c, for 128 pieces of [0.6875, 1.375); c is a multiple of 2^-10.", 3)
elementary.table("logSeries", [double(mpf((-1) ** (n + 1)) / n) for n in range(3, 11)], "(-1)^(n+1) / n for n in 3 ... 10.")

# --- sin, cos ------------------------------------------------------------------------------------------------
elementary.table("sineSeries", [double((-1) ** n / factorial(2 * n + 1)) for n in range(1, 9)], "(-1)^n / (2n+1)! for n in 1 ... 8.")
elementary.table("cosineSeries", [double((-1) ** n / factorial(2 * n)) for n in range(2, 9)], "(-1)^n / (2n)! for n in 2 ... 8.")
half_pi, parts, rest = pi / 2, [], pi / 2
for bits in (32, 65, 98):
    part = short(rest, bits)
    parts.append(double(part))
    rest -= part
parts.append(double(rest))
elementary.table("halfPiParts", parts, "pi/2 in four parts; k times each of the first three is exact for |k| < 2^20.")
mp.dps = 700
words = [int(floor(ldexp(2 / pi, 64 * (i + 1)))) & (2**64 - 1) for i in range(23)]
mp.dps = 60
elementary.table("twoOverPi", [0] + words, "Binary digits of 2/pi after the point, after one word of zeros.", 4, "UInt64", lambda v: f"0x{v:016x}")
high = double(half_pi)
elementary.constant("halfPiHigh", high, "pi/2.")
elementary.constant("halfPiLow", double(half_pi - mpf(high)), "pi/2, what the double leaves.")
elementary.constant("twoOverPiRounded", double(2 / pi), "2/pi.")

# --- normal distribution -------------------------------------------------------------------------------------
alpha = mpf("1.25")
tail = lambda z: erfc(z / sqrt(mpf(2))) / 2
mills = lambda z: (1 + alpha * z) * exp(z * z / 2) * tail(z)
flat, worst = pieces(lambda v: mills(v - 1), octaves(1, 40, 8), 10, lambda v: mills(v - 1))
normal.table("millsPieces", flat, f"(1 + 1.25 z) exp(z^2/2) Q(z), degree 10 in z - centre; eighths of the binades of z + 1.\n"
      f"Relative error below 2^{int(floor(log(worst, 2))) + 1}.", 5)


def quantile_of_tail(log_p):
    """z with log Q(z) = log_p, by Newton on the logarithm."""
    z = sqrt(-2 * log_p) if log_p < -2 else mpf(1)
    for _ in range(200):
        q = tail(z)
        slope = -exp(-z * z / 2) / sqrt(2 * pi) / q
        change = (log(q) - log_p) / slope
        z -= change
        if abs(change) < mpf(10) ** -50:
            return z
    raise ArithmeticError(log_p)


def central(w):
    if w < mpf(10) ** -20:
        return sqrt(2 * pi) * (1 + pi / 3 * w)
    q = sqrt(w)
    return quantile_of_tail(log(mpf(1) / 2 - q)) / q


edges = [(mpf(i) / 128, mpf(i + 1) / 128) for i in range(18)]
flat, worst = pieces(central, edges, 11, central)
normal.table("quantileCentre", flat, f"Quantile(1/2 + q) / q, degree 11 in q^2 - centre; pieces of 1/128 in q^2.\n"
      f"Relative error below 2^{int(floor(log(worst, 2))) + 1}.", 4)
by_root = lambda r: quantile_of_tail(-r * r / 2)
flat, worst = pieces(by_root, octaves(2, 40, 8), 10, by_root)
normal.table("quantileTail", flat, f"z with Q(z) = p, degree 10 in r - centre, r = sqrt(-2 log p); eighths of the binades of r.\n"
      f"Relative error below 2^{int(floor(log(worst, 2))) + 1}.", 4)

# --- gamma ---------------------------------------------------------------------------------------------------
elementary.table("stirlingSeries", [double(bernoulli(2 * n) / (2 * n * (2 * n - 1))) for n in range(1, 9)],
      "B(2n) / (2n (2n-1)) for n in 1 ... 8, the Stirling series.")
elementary.table("arctangentSeries", [double(mpf(2) / (2 * n + 1)) for n in range(1, 12)], "2 / (2n+1) for n in 1 ... 11.")
elementary.constant("logSqrtTwoPi", double(log(2 * pi) / 2), "log sqrt(2 pi).")
elementary.constant("inverseTwoPi", double(1 / (2 * pi)), "1 / (2 pi).")

# --- ziggurat ------------------------------------------------------------------------------------------------
density = lambda x: exp(-x * x / 2)


def stack(r):
    """Edges x_0 > x_1 = r > ... of 256 strips of equal area under exp(-x^2/2); last entry is the excess height."""
    area = r * density(r) + sqrt(pi / 2) * erfc(r / sqrt(mpf(2)))
    edges, x = [area / density(r), r], r
    for _ in range(254):
        y = area / x + density(x)
        if y >= 1:
            return edges, y - 1
        x = sqrt(-2 * log(y))
        edges.append(x)
    return edges, area / x + density(x) - 1


low, high = mpf("3.6"), mpf("3.7")
for _ in range(180):
    middle = (low + high) / 2
    if len(stack(middle)[0]) < 256 or stack(middle)[1] > 0:
        low = middle
    else:
        high = middle
edges, excess = stack(high)
assert len(edges) == 256 and abs(excess) < mpf(10) ** -40, (len(edges), excess)
ziggurat.table("edges", [double(e) for e in edges] + [0.0], "Right edges of 256 strips of equal area under exp(-x^2/2), then zero.")
heights = [double(density(e)) for e in edges] + [1.0]
heights[0] = 0.0
ziggurat.table("heights", heights, "exp(-x^2/2) at the edges; the first strip begins at height zero.")
for room in (elementary, normal, ziggurat):
    room.write(sys.argv[1])
