#!/usr/bin/env python3
"""Applies each change of mutants.txt to a copy of the package and expects a named test to fail.

  Tests/mutants/run.py              all of them
  Tests/mutants/run.py --only NAME  one of them (may be given several times)
  Tests/mutants/run.py --list       their names, and why each would be wrong

A mutant is killed when a test says what is wrong. One that ends the whole test process, or that keeps it from ending,
is told apart: nobody has said anything about it. Ends with 1 if a mutant survives, with 2 if one cannot be tried: its
original text is not found exactly once, it does not compile, or its tests fail without it.
Only the standard library is needed, and `swift` on the PATH.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(os.path.dirname(HERE))
TIMEOUT_SECONDS = 900


class Mutant:
    def __init__(self, name):
        self.name = name
        self.file = self.filter = self.why = ""
        self.original, self.replacement = [], []

    def text(self, lines):
        return "".join(line + "\n" for line in lines)


def read_mutants(path):
    """`- ` and `+ ` are followed by a line of the source as it stands, indentation and all."""
    mutants = []
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.rstrip("\n")
        if line.startswith("== "):
            mutants.append(Mutant(line[3:].strip()))
        elif line.startswith(("file: ", "filter: ", "why: ")) and mutants:
            key, value = line.split(": ", 1)
            setattr(mutants[-1], key, value.strip())
        elif line[:2] in ("- ", "+ ") and mutants:
            (mutants[-1].original if line[0] == "-" else mutants[-1].replacement).append(line[2:])
        elif line.strip() and not line.startswith("#"):
            sys.exit(f"{path}:{number}: not understood: {line}")
    names = [mutant.name for mutant in mutants]
    for mutant in mutants:
        if not (mutant.file and mutant.filter and mutant.why and mutant.original):
            sys.exit(f"{path}: {mutant.name} needs a file, a filter, a why and an original line")
        if names.count(mutant.name) > 1:
            sys.exit(f"{path}: two mutants are called {mutant.name}")
    return mutants


def copy_package(destination):
    skipped = shutil.ignore_patterns(".git", ".build*", "results", "__pycache__", ".venv*")
    shutil.copytree(PACKAGE, destination, ignore=skipped, dirs_exist_ok=True, symlinks=True)


def run(words, folder):
    """Exit code and output; None for a process that had to be ended."""
    environment = {key: value for key, value in os.environ.items() if key != "RHODIAN_UPDATE_GOLDEN"}
    process = subprocess.Popen(
        words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", start_new_session=True)
    try:
        output, _ = process.communicate(timeout=TIMEOUT_SECONDS)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        return None, output


def failing_test(output):
    """The first test that the run reports as failed, or None."""
    for line in output.splitlines():
        if line.startswith("✘ Test ") and "recorded an issue" in line:
            return line[len("✘ Test "):].split(" recorded an issue")[0]
    return None


def tests_run(output):
    return any(line.lstrip("✔✘ ").startswith("Test run with ") and "with 0 tests" not in line
               for line in output.splitlines())


def try_mutant(mutant, folder):
    """(verdict, detail): killed, survived or error."""
    path = os.path.join(folder, mutant.file)
    if not os.path.exists(path):
        return "error", f"there is no {mutant.file}"
    source = open(path, encoding="utf-8").read()
    original = mutant.text(mutant.original)
    found = source.count(original)
    if found != 1:
        return "error", f"its original text is found {found} times"
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(source.replace(original, mutant.text(mutant.replacement)))
        code, output = run(["swift", "build", "--build-tests"], folder)
        if code != 0:
            errors = [line for line in output.splitlines() if "error:" in line]
            return "error", "does not build: " + (errors[0] if errors else "no reason given")
        code, output = run(["swift", "test", "--skip-build", "--filter", mutant.filter], folder)
        test = failing_test(output)
        if test:
            return "killed", test
        if code is None:
            return "endless", "the tests did not end"
        if code == 0:
            return ("survived", "") if tests_run(output) else ("error", f"no test matches {mutant.filter}")
        return "crashed", f"the test process, with {code}, before a test could say why"
    finally:
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME", action="append", help="try this mutant only")
    parser.add_argument("--list", action="store_true", help="print the mutants and why each would be wrong")
    options = parser.parse_args()
    mutants = read_mutants(os.path.join(HERE, "mutants.txt"))
    for name in options.only or []:
        if name not in [mutant.name for mutant in mutants]:
            sys.exit(f"there is no mutant {name}; see --list")
    if options.only:
        mutants = [mutant for mutant in mutants if mutant.name in options.only]
    if options.list:
        for mutant in mutants:
            print(f"{mutant.name:<28}  {mutant.filter:<18}  {mutant.why}")
        return 0

    folder = tempfile.mkdtemp(prefix="rhodian-mutants-")
    try:
        copy_package(folder)
        filters = "|".join(sorted({mutant.filter for mutant in mutants}))
        print(f"unchanged: building, then {filters}", flush=True)
        for words in (["swift", "build", "--build-tests"], ["swift", "test", "--skip-build", "--filter", filters]):
            code, output = run(words, folder)
            if code != 0:
                print(output[-4000:])
                print("the tests fail without any mutant")
                return 2
        verdicts = []
        print(f"\n{'mutant':<28}  {'verdict':<8}  {'seconds':>7}  killed by", flush=True)
        for mutant in mutants:
            started = time.monotonic()
            verdict, detail = try_mutant(mutant, folder)
            verdicts.append(verdict)
            print(f"{mutant.name:<28}  {verdict:<8}  {time.monotonic() - started:>7.0f}  {detail}", flush=True)
        others = [f"{verdicts.count(verdict)} {verdict}"
                  for verdict in ("crashed", "endless", "survived", "error") if verdict in verdicts]
        print(f"\n{verdicts.count('killed')} of {len(verdicts)} killed by a named test"
              + (f"; {', '.join(others)}" if others else ""))
        return 2 if "error" in verdicts else 1 if "survived" in verdicts else 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
