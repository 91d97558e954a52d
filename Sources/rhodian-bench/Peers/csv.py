"""Writes the columns of a binary file as CSV with polars, and times it.

    python3 csv.py <columns> <rows> <threads> <repeats> [<copy>]

The file holds five columns, one after the other, of 8 bytes a value: two of Int64, three of Float64. Prints
how many threads there were, then the nanoseconds of each repeat. With <copy> the table is written there once
more, with the line ends of RFC 4180, to be compared.
"""

import os
import sys
import time

path, rows, threads, repeats = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
# polars wants Python's own csv module, not this file.
sys.path.pop(0)
# Read when polars is imported.
os.environ["POLARS_MAX_THREADS"] = threads

import polars

with open(path, "rb") as file:
    bytes_of_columns = memoryview(file.read())
columns = {}
codes = {"run": "q", "seed": "q", "share": "d", "price": "d", "spread": "d"}
for index, (name, code) in enumerate(codes.items()):
    values = bytes_of_columns[8 * rows * index : 8 * rows * (index + 1)].cast(code).tolist()
    columns[name] = polars.Series(name, values, polars.Int64 if code == "q" else polars.Float64)
table = polars.DataFrame(columns)

print(polars.thread_pool_size())
for _ in range(repeats):
    start = time.perf_counter_ns()
    table.write_csv("/dev/null", include_header=False)
    print(time.perf_counter_ns() - start)
if len(sys.argv) > 5:
    table.write_csv(sys.argv[5], include_header=False, line_terminator="\r\n")
