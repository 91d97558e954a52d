#!/usr/bin/env python3
"""Reference values of the elementary functions, to 50 digits by mpmath.

    python3 Tests/KernelTests/Reference/reference_values.py

writes `<function>.txt` beside itself. A line holds the arguments and the correctly rounded result as bits of
doubles in hexadecimal, then what the exact value exceeds that result by, in units of its last place. Points are
drawn from a fixed seed and include those where implementations go wrong: next to one, tiny, huge, subnormal,
midway between table entries, at the edges of branches, next to multiples of pi/2.
"""

import random
import struct
from math import frexp, inf, ldexp, nextafter
from pathlib import Path

from mpmath import betainc, cos, erfc, exp, expm1, gammainc, log, log1p, loggamma, mp, mpf, pi, sin, sqrt

mp.dps = 50
random.seed(20250101)
SMALLEST, LARGEST = 5e-324, 1.7976931348623157e308


def bits(x):
    return f"{struct.unpack('<Q', struct.pack('<d', x))[0]:016x}"


def from_bits(b):
    return struct.unpack("<d", struct.pack("<Q", b))[0]


def around(*points, steps=3):
    out = []
    for p in points:
        down = up = p
        out.append(p)
        for _ in range(steps):
            down, up = nextafter(down, -inf), nextafter(up, inf)
            out += [down, up]
    return out


def signed(points):
    return points + [-p for p in points]


def last_place(x):
    return ldexp(1.0, max(frexp(x)[1] - 53, -1074)) if x else SMALLEST


def write(name, function, arguments):
    lines = []
    for point in arguments:
        point = point if isinstance(point, tuple) else (point,)
        exact = function(*[mpf(x) for x in point])
        rounded = float(exact)
        excess = (exact - mpf(rounded)) / mpf(last_place(rounded))
        lines.append(" ".join([bits(x) for x in point] + [bits(rounded), f"{float(excess):+.4f}"]))
    Path(__file__).with_name(name + ".txt").write_text("\n".join(lines) + "\n")
    print(name, len(lines))


def uniform(n, low, high):
    return [random.uniform(low, high) for _ in range(n)]


def magnitudes(n, low, high):
    """Log-uniform between powers of two."""
    return [ldexp(random.uniform(1, 2), random.randint(low, high)) for _ in range(n)]


step = float(log(mpf(2)) / 256)
write("exp", exp, uniform(900, -745, 709.7) + uniform(500, -2, 2) + uniform(200, -745.1, -708)
      + signed(magnitudes(150, -60, 3)) + around(*[step * k for k in range(-41, 41, 2)], steps=1)
      + around(-708.3964185322641, 1.0, -1.0, 0.5, 709.0) + around(709.782712893384, steps=0)
      + [709.7827128933839, -745.1332191019411, 0.0, SMALLEST, -SMALLEST, 2.0**-54, -(2.0**-54)])
write("expm1", expm1, uniform(250, -40, 100) + uniform(200, -1, 1) + uniform(50, 100, 709)
      + signed(magnitudes(150, -70, 0)) + around(2.75 * 2.0**-10, -2.75 * 2.0**-10, step, -step, 3 * step, -40.0, 36.7, 42.0)
      + [SMALLEST, -SMALLEST, 709.782712893384])
write("log", log, [from_bits(random.randrange(1, 0x7FF0000000000000)) for _ in range(700)] + uniform(700, 0.5, 2)
      + magnitudes(200, -1074, -1023) + [1 + random.randint(-2000, 2000) * 2.0**-53 for _ in range(200)]
      + [1 + s * 2.0**-k for k in range(1, 53) for s in (1, -1)]
      + around(*[0.6875 + i / 256 for i in range(0, 80, 4)], *[1 + i / 128 for i in range(0, 48, 4)], steps=1)
      + around(1.0, 2.0, 0.5, 1.375, 0.6875, 2.718281828459045, steps=4) + [SMALLEST, LARGEST, 2.0**-1022, 10.0])
write("log1p", log1p, uniform(200, -1, 1) + uniform(200, -0.02, 0.02) + magnitudes(150, 0, 1023)
      + signed(magnitudes(120, -70, -1)) + [-1 + ldexp(random.random(), -k) for k in range(1, 50)]
      + around(-0.3125, 0.375, -0.0078125, 0.0078125, 2.0**-54, 2.0**53, 1.0) + [nextafter(-1.0, 0), SMALLEST, LARGEST])
powers = []
while len(powers) < 700:
    x = from_bits(random.randrange(1, 0x7FF0000000000000)) if random.random() < 0.4 else random.uniform(0.01, 4)
    y = random.uniform(-740, 705) / float(log(mpf(x)))
    powers.append((x, y))
for _ in range(100):
    x = 1 + random.randint(-200, 200) * 2.0**-52
    if x != 1:
        powers.append((x, random.uniform(-700, 700) / float(log(mpf(x)))))
powers += [(float(b), float(e)) for b in (2, 3, 5, 7, 10, 0.1, 1.5) for e in range(-20, 21) if e]
powers += [(x, y) for x in (0.5, 1.7, 2.0, 123.456, 1e-300) for y in (0.5, -0.5, 1 / 3, 1.0, -1.0, 2.0, 1e-20)]
powers += [(SMALLEST, 0.5), (LARGEST, -1.0), (LARGEST, 1.0), (2.0, -1074.0), (2.0, 1023.0), (2.0, -1073.5)]
write("pow", lambda x, y: x**y, powers)

mp.dps = 400
turns = [float(k * pi / 2) for k in list(range(1, 60)) + [10**j for j in range(2, 18)]]
angles = (uniform(200, -10, 10) + uniform(150, -1e5, 1e5) + signed(magnitudes(60, -60, 1)) + magnitudes(150, 16, 1023)
          + around(*turns, steps=1) + around(2.0**20, 0.7853981633974483, 2.0**-27, steps=2)
          + [1e22, LARGEST, ldexp(6381956970095103, 797), ldexp(5319372648326541, 416 - 53), 1e5, 1e16])
write("sin", sin, angles)
write("cos", cos, angles)

mp.dps = 50
write("normalCDF", lambda x: erfc(-x / sqrt(mpf(2))) / 2, uniform(300, -38.4, 0) + uniform(200, -8, 8.3)
      + signed(magnitudes(50, -40, 0)) + around(-37.0, -37.5, -38.0, -1.0, -3.0, -7.0, 0.0, 1.0, 8.0, -38.4, steps=2))


def quantile(p):
    if p == mpf(1) / 2:
        return mpf(0)
    if p > mpf(1) / 2:
        return -quantile(1 - p)
    z = sqrt(-2 * log(p)) if p < 0.1 else mpf(1)
    for _ in range(300):
        q = erfc(z / sqrt(mpf(2))) / 2
        change = (log(q) - log(p)) * q / (exp(-z * z / 2) / sqrt(2 * pi))
        z += change
        if abs(change) < mpf(10) ** -47 * (1 + abs(z)):
            return -z
    raise ArithmeticError(p)


mp.dps = 70
write("normalQuantile", quantile, uniform(300, 0, 1) + magnitudes(150, -1070, -3)
      + [1 - p for p in magnitudes(60, -52, -3)] + [0.5 + s * 2.0**-k for k in range(2, 53) for s in (1, -1)]
      + around(0.125, 0.875, 0.025, steps=2) + [SMALLEST, 2.0**-1022, 2.0**-53, 1 - 2.0**-53])
mp.dps = 50
write("logGamma", loggamma, magnitudes(150, -20, 20) + uniform(150, 0, 20) + [1e-300, 1e300, 0.5, 1.5, 3.0, 100.0]
      + around(1.0, 2.0, 10.0, steps=2))
write("gammaLower", lambda a, x: gammainc(a, 0, x, regularized=True),
      [(a, a * random.uniform(0.3, 1.9)) for a in magnitudes(150, -6, 10)]
      + [(a, x) for a in (0.015625, 0.5, 3.0, 20.0) for x in (1e-12, 1e-5, 0.01)])
write("gammaUpper", lambda a, x: gammainc(a, x, regularized=True),
      [(a, a * random.uniform(0.3, 1.9)) for a in magnitudes(150, -6, 10)])
shapes = [(a, b, k / 1024) for a, b, k in zip(magnitudes(200, -6, 7), magnitudes(200, -6, 7),
                                             [random.randint(1, 1023) for _ in range(200)])]
shapes = [(a, b, float(x)) for a, b, x in shapes] + [
    (a, b, round(1024 * a / (a + b)) / 1024) for a, b in zip(magnitudes(60, 2, 7), magnitudes(60, 2, 7))]
shapes += [(a, b, 2.0**-k) for a in (0.015625, 0.5, 3.0) for b in (0.25, 7.0, 90.0) for k in (12, 30, 52)]
shapes = [s for s in shapes if betainc(*s[:2], 0, s[2], regularized=True) > mpf(10) ** -290]
write("betaLower", lambda a, b, x: betainc(a, b, 0, x, regularized=True), shapes)
