"""Rewraps comments that are wider than the page: python3 Tests/wrap-comments.py [WIDTH] FILE...

A run of `///` or `//` lines with one indent is a paragraph where none of its lines opens a list, a table or a
code block. Only paragraphs with a line that is too long are touched.
"""

import re
import sys
import textwrap

COMMENT = re.compile(r"^(\s*)(///?)( |$)(.*)$")


def is_prose(text):
    return bool(text.strip()) and not re.match(r"(\s{2,}|[-|*#`]|\d+\. )", text) and "MARK:" not in text


def rewrapped(lines, width):
    out, at = [], 0
    while at < len(lines):
        first = COMMENT.match(lines[at])
        if not first or not is_prose(first[4]):
            out.append(lines[at])
            at += 1
            continue
        end = at
        while end < len(lines):
            found = COMMENT.match(lines[end])
            if not found or (found[1], found[2]) != (first[1], first[2]) or not is_prose(found[4]):
                break
            end += 1
        paragraph = lines[at:end]
        if any(len(line) > width for line in paragraph):
            prefix = f"{first[1]}{first[2]} "
            words = " ".join(COMMENT.match(line)[4].strip() for line in paragraph)
            paragraph = textwrap.wrap(words, width, initial_indent=prefix, subsequent_indent=prefix,
                                      break_long_words=False, break_on_hyphens=False)
        out += paragraph
        at = end
    return out


if __name__ == "__main__":
    arguments = sys.argv[1:]
    width = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else 110
    for path in arguments:
        with open(path) as file:
            lines = file.read().split("\n")
        with open(path, "w") as file:
            file.write("\n".join(rewrapped(lines, width)))
