#!/usr/bin/env bash
# Runs every notebook headless: NAME/*.py (percent format) becomes an .ipynb with its results, and saves its pictures
# beside it. Results are read from results/NAME; where there are none, experiments/NAME.jsonc is run first.
#
# Usage: notebooks-export/run.sh [NAME...]     (default: all)
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd .. && pwd)
venv="$root/.build/notebooks-venv"
rhodian=${RHODIAN:-$root/.build/release/rhodian}

if ! cmp -s requirements.txt "$venv/installed.txt"; then
  command -v python3 >/dev/null || { echo "The notebooks need Python 3.11 or later."; exit 1; }
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt
  cp requirements.txt "$venv/installed.txt"
fi

[ $# -gt 0 ] || set -- */
for folder in "$@"; do
  folder=${folder%/}
  if [ -z "${RHODIAN_RESULTS:-}" ] && [ ! -f "$root/results/$folder/manifest.json" ]; then
    (cd "$root" && "$rhodian" run "experiments/$folder.jsonc" --out "results/$folder" >/dev/null)
  fi
  for source in "$folder"/*.py; do
    name=$(basename "$source" .py)
    # No times are recorded: the same results make the same notebook, but for the names of its cells.
    (cd "$folder" && "$venv/bin/jupytext" --quiet --to ipynb --output "$name.ipynb" "$name.py" &&
      "$venv/bin/jupyter" nbconvert --to notebook --execute --inplace --log-level WARN \
        --ExecutePreprocessor.record_timing=False "$name.ipynb")
  done
  echo "$folder: $(cd "$folder" && ls ./*.png | tr '\n' ' ')"
done
