r"""How much of the math of a folder of posts the reader finds, against a plain search of the raw text.

Takes a folder. The search knows nothing of Markdown but code and comments: it cuts those out and takes what
stands between the marks of math, `$$`, `$`, `\(`, `\[`, a bare environment, a fence `math`. Prints per post
what both found, what only the search found (missed) and what only the reader found (false), each with its
line; where they differ, a person has to judge.
"""

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from litgrad.document import Document
from litgrad.markdown import read_markdown
from litgrad.options import Options
from litgrad.posts import find_posts, read_post
from litgrad.source import Source, Span

ENVIRONMENTS = "equation|align|alignat|gather|multline|eqnarray|flalign|aligned|split|gathered|cases|array"
MATH = re.compile(
    rf"""
      (?P<math> ^[ >]*```math\n.*?``` )
    | (?P<code> ^(?P<fence>```+|~~~+)(?!math)[^\n]*\n.*?^[> ]*(?P=fence)
              | (?P<tick>`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)(?P=tick)(?!`)
              | <!--.*?--> | <(?P<raw>script|style|pre|code)\b.*?</(?P=raw)> | \A---\n.*?\n---\n | \\\$ )
    | (?P<display> \$\$.+?\$\$ | \\?\\\[ .+? \\?\\\]
              | \\begin\{{ (?P<name>(?:{ENVIRONMENTS})\*?) \}} .+? \\end\{{(?P=name)\}} )
    | (?P<inline> \$ (?=[^\s$]) [^$]+? (?<!\\) \$ (?!\d) | \\?\\\( .+? \\?\\\) )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
BLANK = re.compile(r"\n[ \t>]*\n")
WORDS = re.compile(r"(?<![\\{A-Za-z])[A-Za-z]{3,} [A-Za-z]{2,} [A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Found:
    """A segment of math."""

    span: Span
    kind: str
    """`display` or `inline`; a `$$` with text beside it in its line is inline."""


def searched(text: str) -> Iterator[Found]:
    """The math of a post by a plain search of its text."""
    at = 0
    while match := MATH.search(text, at):
        at = match.end()
        if match["code"] is not None:
            continue
        if not is_plausible(match[0]):
            at = match.start() + (2 if match[0].startswith("$$") else 1)
            continue
        yield Found(Span(*match.span()), "display" if is_display(text, match) else "inline")


def is_plausible(segment: str) -> bool:
    """Whether a segment is a formula and not what stands between two prices or two unpaired marks."""
    content = segment.strip("$")
    if not content.strip():
        return False
    if segment.startswith("$$"):
        return not (BLANK.search(content) and WORDS.search(re.sub(r"\\text\w*\{[^{}]*\}", "", content)))
    if BLANK.search(content) and not segment.startswith("\\begin"):
        return False
    return not (segment.startswith("\\[") and not re.search(r"[=^_\\]", content[2:-2]))


def is_display(text: str, match: re.Match[str]) -> bool:
    """Whether the marks say display and, for `$$`, nothing but punctuation and tags stands beside it."""
    if match["math"] is not None or match["display"] is None:
        return match["math"] is not None
    if not match[0].startswith("$$") or "\n" in match[0]:
        return True
    before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    after = text[match.end() :].partition("\n")[0]
    after = re.sub(r"^\s*(?:[.,;:!?]|\([^()]*\)|\{[^{}]*\})", "", re.sub(r"<[^>]*>", "", after))
    return not re.sub(r"<[^>]*>|^[\s>]*(?:[-*+]|\d+[.)])\s|[\s>]", "", before) and not after.strip()


def read(document: Document) -> Iterator[Found]:
    """The math of a post as litgrad reads it."""
    for block in document.math:
        yield Found(block.span, "display" if block.display else "inline")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--differences", action="store_true", help="print each difference with its text")
    arguments = parser.parse_args()
    totals: dict[str, list[int]] = {"display": [0, 0, 0], "inline": [0, 0, 0]}
    slowest = 0.0
    posts = find_posts([arguments.folder]).posts
    print(f"{'display':>24}{'inline':>24}\n{'found  missed  false':>24}{'found  missed  false':>24}  post")
    for path in posts:
        source, _ = read_post(path, Options())
        started = perf_counter()
        document = read_markdown(source)
        slowest = max(slowest, perf_counter() - started)
        compared(source, document, arguments.folder, totals, differences=arguments.differences)
    print(f"\n{len(posts)} posts, the slowest read in {slowest:.2f} s")
    for kind, (found, missed, false) in totals.items():
        share = 100 * found / max(found + missed, 1)
        print(f"{kind}: {found} of {found + missed} found ({share:.2f} %), {false} only by the reader")


def compared(
    source: Source, document: Document, folder: Path, totals: dict[str, list[int]], *, differences: bool
) -> None:
    """Add one post to the totals and print its line."""
    wanted = {found.span: found for found in searched(document.source.text)}
    given = {found.span: found for found in read(document)}
    cells = []
    for kind, total in totals.items():
        row = [
            sum(found.kind == kind for span, found in wanted.items() if span in given),
            sum(found.kind == kind for span, found in wanted.items() if span not in given),
            sum(found.kind == kind for span, found in given.items() if span not in wanted),
        ]
        cells.append(f"{row[0]:>8}{row[1]:>8}{row[2]:>8}")
        for index, count in enumerate(row):
            total[index] += count
    print(f"{''.join(cells)}  {Path(source.path).relative_to(folder)}")
    if differences:
        for span in sorted(wanted.keys() ^ given.keys()):
            side = "missed" if span in wanted else "false"
            print(f"    {side} {document.source.place(span.start)} {document.source.slice(span)[:300]!r}")
        for span in sorted(wanted.keys() & given.keys()):
            if wanted[span].kind != given[span].kind:
                place, kind = document.source.place(span.start), given[span].kind
                print(f"    read as {kind}: {place} {document.source.slice(span)[:200]!r}")


if __name__ == "__main__":
    main()
