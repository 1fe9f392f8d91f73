"""How many parts of the formulas in generated code, and of the posts' formulas behind it, are linked."""

import argparse
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from litgrad.compiler import CompiledPost, compile_post
from litgrad.page.identity import Identities, stretches
from litgrad.page.parts import formula_parts
from litgrad.page.running import Code
from litgrad.posts import find_posts
from litgrad.source import Source

KINDS = {
    "own": "lead to a term of their own",
    "told": "to the term that they help to compute, and say what they are there for",
    "inside": "to such a term without a word",
    "nowhere": "lead nowhere",
}


def code_parts(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of all expressions in functions' formulas: values, not what is called."""
    code = Code.of(text)
    for name in code.functions:
        if not name.startswith("_"):
            yield from map(code.place, formula_parts(code, name))


def _identity(tag: str, given: dict[str, str | None]) -> str:
    """The identity of a stretch of code; the first one of each has it as its id."""
    return given.get("data-t") or (tag in ("a", "span") and given.get("id")) or ""


class Marks(HTMLParser):
    """The identities on a page's code, each with the stretch of one line that it stands on."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[tuple[int, int], str] = {}
        self._at = 0
        self.told: set[tuple[int, int]] = set()
        """Stretches with a reason."""
        self._open: list[tuple[int, str, bool]] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A line of code, or something in it."""
        if tag == "code":
            self._inside = True
        elif self._inside:
            self._open.append((self._at, _identity(tag, dict(attrs)), "title" in dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """The same."""
        if tag == "code":
            self._inside = False
            self._at += 1
        elif self._inside:
            start, identity, told = self._open.pop()
            if told:
                self.told.add((start, self._at))
            if identity:
                self.found[start, self._at] = identity

    def handle_data(self, data: str) -> None:
        """Code."""
        self._at += len(data) if self._inside else 0


def counted(compiled: CompiledPost) -> tuple[Counter[str], Counter[str]]:
    """How many parts of the code there are and where they lead, and which have no term of their own."""
    marks = Marks(compiled.page.partition('<aside class="pane"')[2])
    apart = Identities(compiled.statements, compiled.module).whys
    counts, missing = Counter[str](), Counter[str]()
    text = compiled.module.text
    for start, end in code_parts(compiled.module.readable):
        places = list(stretches(text, start, end))
        own = all(place in marks.found and place not in apart for place in places)
        inside = all(any(a <= first and last <= b for a, b in marks.found) for first, last in places)
        told = inside and any(place in marks.told for place in places)
        kind = "own" if own else "told" if told else "inside" if inside else "nowhere"
        counts.update(parts=1, **{kind: 1})
        if not own:
            missing[f"{kind:7} {' '.join(text[start:end].split())}"] += 1
    return counts, missing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--missing", type=int, default=0, help="how many parts without an own term to list")
    arguments = parser.parse_args()
    total, lost = Counter[str](), Counter[str]()
    for file in find_posts(arguments.paths).posts:
        compiled = compile_post(Source(str(file), file.read_text("utf-8")))
        counts, missing = counted(compiled)
        total += counts
        lost += missing
        if counts["parts"]:
            print(*(f"{counts[kind]:>5}" for kind in (*KINDS, "parts")), f" {file}", flush=True)
    shares = ", ".join(f"{total[kind] / max(total['parts'], 1):.1%} {words}" for kind, words in KINDS.items())
    print(f"of {total['parts']} parts of the code {shares}")
    for text, count in lost.most_common(arguments.missing):
        print(f"{count:>5} {text}")


if __name__ == "__main__":
    main()
