#!/usr/bin/env python3
"""Breaks comment lines of more than 110 columns; what is over goes to the front of the next line."""
import re, sys
LIMIT = 110
COMMENT = re.compile(r'^(\s*//+/?)( *)(.*)$')
ITEM = re.compile(r'^(- |\d+\. |\* )')
def wrap(path):
    lines = open(path, encoding='utf8').read().split('\n')
    out, i, changed = [], 0, False
    while i < len(lines):
        line = lines[i]
        m = COMMENT.match(line)
        if len(line) <= LIMIT or not m:
            out.append(line); i += 1; continue
        prefix, indent, text = m.groups()
        if len(indent) >= 5:  # an example of code
            out.append(line); i += 1; continue
        cut = line.rfind(' ', 0, LIMIT + 1)
        # never inside a code span
        while line[:cut].count('`') % 2: cut = line.rfind(' ', 0, cut)
        head, rest = line[:cut].rstrip(), line[cut+1:]
        item = ITEM.match(text)
        deeper = indent + ' ' * (len(item.group(0)) if item else 0)
        out.append(head); changed = True
        nxt = COMMENT.match(lines[i+1]) if i + 1 < len(lines) else None
        if nxt and nxt.group(1) == prefix and nxt.group(3) and nxt.group(2) == deeper and not ITEM.match(nxt.group(3)) and not nxt.group(3).startswith('|'):
            lines[i+1] = prefix + deeper + rest + ' ' + nxt.group(3)
        else:
            lines.insert(i+1, prefix + deeper + rest)
        i += 1
    if changed: open(path, 'w', encoding='utf8').write('\n'.join(out)); print(path)
for p in sys.argv[1:]:
    if not p.endswith('Tables.swift'): wrap(p)
