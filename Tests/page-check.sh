#!/usr/bin/env bash
# Question: does a browser show a page of ours without a complaint, and without asking for anything else?
#
# Usage: Tests/page-check.sh PAGE.html PICTURE.png
# Needs Chromium (Debian: apt-get install chromium); CHROMIUM names it if it is called otherwise. It is run without
# its sandbox, which it does not have as root: open nothing with this but pages that Rhodian has made.
set -euo pipefail

page=$(realpath "$1")
picture=$2
browser=${CHROMIUM:-chromium}
command -v "$browser" >/dev/null || { echo "page-check: there is no $browser"; exit 1; }
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT

# Whatever the page asks of a network goes to a proxy that is not there, and is noted.
timeout 120 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$home" \
  --no-first-run --disable-background-networking --proxy-server=127.0.0.1:9 \
  --enable-logging=stderr --v=0 --log-net-log="$home/net.json" --window-size=1200,2400 --screenshot="$picture" "file://$page" 2>"$home/log"
if grep -E 'CONSOLE|ERR_' "$home/log"; then
  echo "page-check: $1 makes the browser complain"
  exit 1
fi
# The browser has business of its own with its maker; that the page holds no address at all, a Swift test sees to.
asked=$(grep -oE '"url":"(http|ws)[^"]*"' "$home/net.json" | grep -vE '(google|googleapis|gvt1)\.com/' | sort -u || true)
if [ -n "$asked" ]; then
  echo "page-check: $1 asks for something outside:"$'\n'"$asked"
  exit 1
fi
[ -s "$picture" ] || { echo "page-check: no picture was taken"; cat "$home/log"; exit 1; }
echo "page-check: $1 is shown without a complaint; see $picture"
