"""One lending market for a day, vectorised over accounts with numpy, with stored liquidation prices.

    python3 market.py <day> <accounts> <blocks> <repeats>

The file holds, in 8-byte floats: the change of the price in each block, then the collateral of every account,
then their debts, all whole numbers. Prints the nanoseconds of each repeat, then how many liquidations there
were, the final price as the bits of a double, and the bad debt.
"""

import sys
import time

import numpy

path, accounts, blocks, repeats = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
THRESHOLD, CLOSE_FACTOR, BONUS = 0.825, 0.5, 1.05
START, DEPTH = 2000.0, 1e9

day = numpy.fromfile(path)
changes = day[:blocks].tolist()
collaterals, debts = day[blocks : blocks + accounts], day[blocks + accounts :]


def run():
    collateral, debt = collaterals.copy(), debts.copy()
    # The price at which each account falls.
    level = debt / (collateral * THRESHOLD)
    price, count, bad_debt = START, 0, 0.0
    for change in changes:
        price *= change
        falling = numpy.flatnonzero(level >= price)
        if falling.size == 0:
            continue
        held, owed = collateral[falling], debt[falling]
        wanted = numpy.floor(owed * CLOSE_FACTOR) + 1
        seized = numpy.minimum(numpy.floor(wanted * BONUS / price), held)
        repaid = numpy.minimum(wanted, numpy.ceil(seized * price / BONUS))
        held, owed = held - seized, owed - numpy.minimum(repaid, owed)
        gone = held == 0
        bad_debt += owed[gone].sum()
        owed[gone] = 0
        collateral[falling], debt[falling] = held, owed
        level[falling] = numpy.where(owed > 0, owed / numpy.where(gone, 1, held * THRESHOLD), 0)
        count += falling.size
        # What is sold moves the price for good.
        price *= 1 - seized.sum() / DEPTH
    return count, price, bad_debt


for _ in range(repeats):
    start = time.perf_counter_ns()
    answer = run()
    print(time.perf_counter_ns() - start)
print(answer[0])
print(numpy.float64(answer[1]).view(numpy.uint64))
print(int(answer[2]))
