"""Reads our tables and validates our files with other people's programs.

Usage: check.py RHODIAN

A small sweep with variants, seeds and every event is run twice, plain and with --compress gz. Then, for both:
pandas, polars and DuckDB read every table by the types of datapackage.json and find the values that are in
the text; left to guess, they guess nothing that contradicts it; frictionless finds the package valid.
check-jsonschema accepts every resolved config by the schema that the program prints, and refuses a list of
bad ones, which the program refuses, too.
"""

import copy
import csv
import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pandas
import polars

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent

failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)
        print(f"FAILED  {what}")


def passed(what, before):
    """Says that something held, if nothing has failed since there were `before` failures."""
    if len(failures) == before:
        print(f"ok      {what}")


def run(*words, cwd=None):
    return subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True)


def must(*words, cwd=None):
    done = run(*words, cwd=cwd)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


# Tables


def text_of(path):
    """The table as the text it is: header and rows, None for an empty field."""
    opened = gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else open(
        path, encoding="utf-8", newline="")
    with opened as file:
        rows = list(csv.reader(file, strict=True))
    return rows[0], [[field or None for field in row] for row in rows[1:]]


VALUE = {"integer": int, "number": float, "string": str}


def by_pandas(path, types):
    dtypes = {"integer": "Int64", "number": "Float64", "string": "string"}
    frame = pandas.read_csv(
        path, dtype={name: dtypes[kind] for name, kind in types.items()}, keep_default_na=False,
        na_values=[""])
    return {name: [None if value is pandas.NA else value for value in frame[name]] for name in frame}


def by_polars(path, types):
    dtypes = {"integer": polars.Int64, "number": polars.Float64, "string": polars.String}
    frame = polars.read_csv(path, schema={name: dtypes[kind] for name, kind in types.items()})
    return {name: frame[name].to_list() for name in frame.columns}


def by_duckdb(path, types):
    dtypes = {"integer": "BIGINT", "number": "DOUBLE", "string": "VARCHAR"}
    table = duckdb.read_csv(
        str(path), header=True, sep=",", quotechar='"', escapechar='"', na_values=[""],
        dtype={name: dtypes[kind] for name, kind in types.items()})
    rows = table.fetchall()
    return {name: [row[index] for row in rows] for index, name in enumerate(table.columns)}


def guesses(path):
    """What each reader makes of the columns when it is told nothing."""
    frame = pandas.read_csv(path)
    yield "pandas", {name: str(kind) for name, kind in frame.dtypes.items()}
    frame = polars.read_csv(path, infer_schema_length=None)
    yield "polars", {name: str(kind) for name, kind in frame.schema.items()}
    table = duckdb.read_csv(str(path), sample_size=-1, header=True)
    yield "DuckDB", dict(zip(table.columns, map(str, table.types)))


INTEGERS = {"int64", "Int64", "BIGINT"}
# pandas has no missing integer unless it is asked for one.
NUMBERS = INTEGERS | {"float64", "Float64", "DOUBLE"}


def check_table(folder, resource):
    path = folder / resource["path"]
    types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    header, rows = text_of(path)
    label = f"{folder.name}/{resource['path']}"
    expect(header == list(types), f"{label}: the header is not the dictionary's")
    expect(all(len(row) == len(header) for row in rows), f"{label}: a row is short")
    truth = {
        name: [None if row[index] is None else VALUE[types[name]](row[index]) for row in rows]
        for index, name in enumerate(header)
    }
    for reader, read in [("pandas", by_pandas), ("polars", by_polars), ("DuckDB", by_duckdb)]:
        found = read(path, types)
        expect(list(found) == header, f"{label}: {reader} sees other columns")
        for name in header:
            expect(found.get(name) == truth[name], f"{label}: {reader} reads another `{name}`")
    for reader, found in guesses(path):
        for name, kind in found.items():
            # Nothing can be guessed from nothing.
            if all(value is None for value in truth[name]):
                continue
            has_gaps = reader == "pandas" and None in truth[name]
            allowed = INTEGERS if types[name] == "integer" and not has_gaps else NUMBERS
            expect(
                types[name] == "string" or kind in allowed, f"{label}: {reader} takes `{name}` for {kind}")
    return len(rows), len(header), truth


def check_folder(folder):
    package = json.loads((folder / "datapackage.json").read_text())
    counts = {}
    for resource in package["resources"]:
        before = len(failures)
        rows, columns, truth = check_table(folder, resource)
        counts[resource["name"]] = rows
        if resource["name"] == "losses":
            ids = set(truth["loss"])
            expect(any(loss.endswith(".10") for loss in ids), "no run has ten losses: `1.10` is not tried")
            runs = [int(loss.split(".")[0]) for loss in truth["loss"]]
            expect(runs == truth["run"], f"{folder.name}: a loss is not of its run")
        passed(f"{folder.name}/{resource['path']}: {rows} rows, {columns} columns", before)
    before = len(failures)
    valid = run(TOOLS / "frictionless", "validate", "datapackage.json", cwd=folder)
    expect(valid.returncode == 0, f"{folder.name}: frictionless says\n{valid.stdout}{valid.stderr}")
    passed(f"{folder.name}: frictionless", before)
    return counts


# Configs

# Where, what to put there (`...` takes the key away), and why it is bad.
BAD = [
    ("name", 7, "a number for a name"),
    ("name", "1st", "a name that begins with a digit"),
    ("name", ..., "no name"),
    ("horizon", 21600, "a duration without a unit"),
    ("horizon", "0s", "no time at all"),
    ("horizon", "6 h", "a blank in a duration"),
    ("horizon", "1h1d", "units out of order"),
    ("colour", "red", "an unknown key"),
    ("assets", [], "no assets"),
    ("assets.0.price", 0, "a price of nothing"),
    ("assets.0.price", "1", "a price in quotes"),
    ("assets.0.decimals", 16, "too many decimals"),
    ("assets.0.decimals", 2.5, "half a decimal"),
    ("shocks.0.jump", "-100%", "nothing left of a price"),
    ("shocks.0.jump", -1.5, "less than nothing left of a price"),
    ("pools.0.kind", "constantSum", "an unknown kind"),
    ("pools.0.kind", ..., "no kind"),
    ("pools.0.fee", "100%", "a pool that keeps everything"),
    ("pools.0.reserves", {"ETH": 1}, "a pool of one asset"),
    ("oracles.0.source", "rumour", "an unknown source"),
    ("oracles.0.delay", "-5m", "a price from the future"),
    ("venues.0.collateral.ETH.ltv", "120%", "more than all"),
    ("venues.0.collateral.ETH.ltv", "100.01%", "a little more than all"),
    ("venues.0.collateral.ETH.bonus", ..., "no bonus"),
    ("venues.0.closeFactor", 0, "a close factor of nothing"),
    ("venues.0.closeFactor", "0.0%", "a close factor of nothing, in percent"),
    ("venues.0.recognition", "nevermore", "an unknown choice"),
    ("venues.0.waterfall.0", "proRatta", "an unknown layer"),
    ("venues.0.waterfall.0", {"proRata": {"lots": 2}}, "a setting for a layer without any"),
    ("venues.0.waterfall.0", {"proRata": {}, "unresolved": {}}, "two layers in one"),
    ("venues.0.waterfall.0", {"insuranceFund": {"balance": "20K USDC"}}, "a suffix there is not"),
    ("venues.0.waterfall.0", {"insuranceFund": {"balance": -1}}, "a negative amount"),
    ("populations.0.count", 0, "nobody"),
    ("populations.0.ltv", {"fixed": "60%"}, "another kind's key"),
    ("populations.0.size", {"fixed": "1k", "uniform": {}}, "two sizes"),
    ("populations.0.size", {"pareto": {"minimum": "1k", "maximum": "1M", "tail": 0}}, "no tail"),
    ("seeds", "1-20", "seeds of another grammar"),
    ("output.events", "some", "an unknown choice of events"),
    ("sweep", {"seeds": ["1"]}, "a sweep of what is not the world's"),
    ("sweep", {"horizon": []}, "a sweep of no values"),
    ("variants", {"a b": {}}, "a variant with a blank in its name"),
]


def changed(config, path, value):
    config = copy.deepcopy(config)
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    node = config
    for step in steps:
        node = node[step]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return config


def check_configs(rhodian, scratch, resolved):
    schema = scratch / "schema.json"
    schema.write_text(must(rhodian, "schema"))
    must(TOOLS / "check-jsonschema", "--check-metaschema", schema)
    shipped = sorted((ROOT / "experiments").glob("*.jsonc"))
    for file in shipped:
        # A share of the chunks that holds none: the folder gets its resolved config and nothing is computed.
        out = scratch / "shipped" / file.stem
        must(rhodian, "run", file, "--out", out, "--shard", "999999999/1000000000")
        resolved.append(out / "config.resolved.json")
    before = len(failures)
    good = run(TOOLS / "check-jsonschema", "--schemafile", schema, *resolved)
    expect(good.returncode == 0, f"the schema refuses a resolved config:\n{good.stdout}")
    passed(f"the schema accepts {len(resolved)} resolved configs", before)
    before = len(failures)
    files = []
    base = json.loads((scratch / "shipped" / "first-loss" / "config.resolved.json").read_text())
    for number, (path, value, why) in enumerate(BAD):
        files.append(scratch / f"bad-{number}.json")
        files[-1].write_text(json.dumps(changed(base, path, value)))
        code = run(rhodian, "check", files[-1]).returncode
        expect(code == 65, f"the program, given {why}, exits with {code}")
    bad = run(TOOLS / "check-jsonschema", "--schemafile", schema, "--output-format", "json", *files)
    refused = {error["filename"] for error in json.loads(bad.stdout)["errors"]}
    for file, (path, _, why) in zip(files, BAD):
        expect(str(file) in refused, f"the schema accepts {why} ({path})")
    passed(f"schema and program refuse {len(BAD)} bad configs", before)


def main():
    rhodian = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="rhodian-data-check-") as folder:
        scratch = Path(folder)
        must(rhodian, "new", "small", "--from", "sweep", cwd=scratch)
        plan = ["small.jsonc", "--set", 'output={ "events": "all" }']
        must(rhodian, "run", *plan, "--out", "plain", cwd=scratch)
        must(rhodian, "run", *plan, "--out", "gz", "--compress", "gz", cwd=scratch)
        plain, compressed = check_folder(scratch / "plain"), check_folder(scratch / "gz")
        expect(plain == compressed, f"row counts differ: {plain} plain, {compressed} compressed")
        expect(plain["events"] > 0 and plain["losses"] > 0, "there are no events or losses to read")
        resolved = [scratch / name / "config.resolved.json" for name in ["plain", "gz"]]
        check_configs(rhodian, scratch, resolved)
    print(f"data-check: {len(failures)} failures" if failures else "data-check: everything agrees")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
