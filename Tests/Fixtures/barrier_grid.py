"""Probability that a geometric Brownian motion, looked at on a grid of times, is ever at or below a barrier.

    python3 Tests/Fixtures/barrier_grid.py > Tests/Fixtures/barrier_grid.csv

The price starts at 1; the barrier is 1/health. Its log moves by (mu - sigma^2/2) h + sigma sqrt(h) Z between
looks, h apart, n of them. The density of the log price on the paths that have stayed above the barrier is
carried from look to look by quadrature: Gauss-Legendre nodes on panels two standard deviations of a step wide,
on which the integrand is analytic. What is lost is the probability of having touched.

Beside it stands the probability for a price that is watched all the time (reflection principle, with drift);
the gap between the two shrinks like the square root of h (Broadie, Glasserman and Kou, "A continuity
correction for discrete barrier options", Mathematical Finance 7, 1997).
"""

import csv
import sys

import numpy as np
from scipy.stats import norm

YEAR = 365 * 86_400


def continuous(health, sigma, mu, seconds):
    t = seconds / YEAR
    b = -np.log(health)
    nu = mu - sigma**2 / 2
    s = sigma * np.sqrt(t)
    return norm.cdf((b - nu * t) / s) + np.exp(2 * nu * b / sigma**2) * norm.cdf((b + nu * t) / s)


def on_grid(health, sigma, mu, seconds, n, nodes_per_panel=16):
    h = seconds / YEAR / n
    b = -np.log(health)
    step_mean, step_sd = (mu - sigma**2 / 2) * h, sigma * np.sqrt(h)
    top = 9 * step_sd * np.sqrt(n) + max(0.0, n * step_mean)
    panels = int(np.ceil((top - b) / (2 * step_sd)))
    edges = b + 2 * step_sd * np.arange(panels + 1)
    x, w = np.polynomial.legendre.leggauss(nodes_per_panel)
    nodes = np.concatenate([(lo + hi) / 2 + (hi - lo) / 2 * x for lo, hi in zip(edges, edges[1:])])
    weights = np.concatenate([(hi - lo) / 2 * w for lo, hi in zip(edges, edges[1:])])
    density = norm.pdf(nodes, step_mean, step_sd)
    kernel = norm.pdf(nodes[:, None], nodes[None, :] + step_mean, step_sd) * weights[None, :]
    for _ in range(n - 1):
        density = kernel @ density
    return 1 - float(weights @ density)


def rows():
    # health, sigma, mu, horizon in seconds, looks: wide and narrow margins, calm and wild, with and without
    # drift, coarse and fine.
    day = 86_400
    for health, sigma, mu, days, n in [
        (1.05, 0.8, 0.0, 1, 24), (1.05, 0.8, 0.0, 1, 288), (1.1, 0.8, 0.0, 7, 168), (1.1, 1.5, 0.0, 7, 168),
        (1.25, 1.5, 0.0, 7, 84), (1.25, 0.8, 0.1, 30, 120), (1.5, 1.5, 0.0, 30, 360), (1.035, 0.5, 0.0, 1, 96),
        (1.05, 0.5, -0.5, 7, 168), (2.0, 1.5, 0.0, 90, 180), (1.01, 0.5, 0.1, 1, 480), (1.25, 1.0, 1.0, 14, 56),
    ]:
        yield "set", health, sigma, mu, days * day, n
    # One case at five lengths of step, each a quarter of the one before.
    for n in [4, 16, 64, 256, 1024]:
        yield "slope", 1.1, 0.8, 0.0, 7 * day, n


if __name__ == "__main__":
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["kind", "health", "sigma", "mu", "seconds", "looks", "p_grid", "p_continuous"])
    for kind, health, sigma, mu, seconds, n in rows():
        grid = on_grid(health, sigma, mu, seconds, n)
        finer = on_grid(health, sigma, mu, seconds, n, nodes_per_panel=24)
        assert abs(grid - finer) < 1e-9, (health, sigma, n, grid, finer)
        out.writerow([kind, health, sigma, mu, seconds, n, f"{grid:.10f}",
                      f"{continuous(health, sigma, mu, seconds):.10f}"])
