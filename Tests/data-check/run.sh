#!/usr/bin/env bash
# Question: do pandas, polars, DuckDB, frictionless and check-jsonschema agree with us on what our files hold?
#
# Usage: Tests/data-check/run.sh [RHODIAN]     (default: .build/release/rhodian)
# Needs Python 3.11 or later with venv; installs what requirements.txt pins into .build/data-check-venv.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
rhodian=${1:-$root/.build/release/rhodian}
environment=$root/.build/data-check-venv

[ -x "$rhodian" ] || { echo "data-check: there is no $rhodian; make build" >&2; exit 1; }
if ! cmp -s "$here/requirements.txt" "$environment/installed.txt"; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
  cp "$here/requirements.txt" "$environment/installed.txt"
fi
"$environment/bin/python" "$here/check.py" "$rhodian"
