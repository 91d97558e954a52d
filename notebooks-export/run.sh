#!/usr/bin/env bash
# Runs every notebook headless: NAME/NAME.py (percent format) becomes NAME.ipynb with its results, and saves its
# pictures beside it. Results are read from results/NAME.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd .. && pwd)
venv="$root/.build/notebooks-venv"

if [ ! -f "$venv/ready" ] || [ requirements.txt -nt "$venv/ready" ]; then
  command -v python3 >/dev/null || { echo "The notebooks need Python 3.10 or later."; exit 1; }
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt
  touch "$venv/ready"
fi

for source in */*.py; do
  folder=$(dirname "$source")
  name=$(basename "$source" .py)
  if [ ! -d "$root/results/$name" ]; then
    echo "$name: no results/$name; make run EXPERIMENT=$name"
    exit 1
  fi
  (cd "$folder" && "$venv/bin/jupytext" --quiet --to ipynb --output "$name.ipynb" "$name.py" &&
    "$venv/bin/jupyter" nbconvert --to notebook --execute --inplace --log-level WARN "$name.ipynb")
  echo "$name: $(cd "$folder" && ls ./*.png | tr '\n' ' ')"
done
