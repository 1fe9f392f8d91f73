"""How many parts of the formulas in generated code, and of the posts' formulas behind it, are linked."""

import argparse
import ast
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from litgrad.compiler import CompiledPost, compile_post
from litgrad.page.identity import stretches
from litgrad.page.running import Code, is_bookkeeping
from litgrad.posts import find_posts
from litgrad.source import Source


def code_parts(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of all expressions in functions' formulas: values, not what is called."""
    code = Code.of(text)
    for name, function in code.functions.items():
        if not name.startswith("_"):
            for statement in function.body[1:]:
                if isinstance(statement, ast.Return | ast.Assign) and _is_formula(statement.value):
                    assert statement.value is not None
                    yield from map(code.place, _values(statement.value))


def _is_formula(value: ast.expr | None) -> bool:
    """Whether something is worked out, not only passed on."""
    match value:
        case None | ast.Name(id="gradient" | "jacobian") | ast.Tuple():
            return False
        case ast.Call(func=ast.Name(id=name)):
            return not name.startswith("value_and_grad_") and not is_bookkeeping(value)
    return not is_bookkeeping(value)


def _values(node: ast.expr) -> Iterator[ast.expr]:
    """A formula and its parts; the dict that holds gradients is none, nor are shapes, axes and indices."""
    match node:
        case ast.Dict(values=values):
            parts = values
        case ast.Tuple() | ast.Constant(value=str()):
            parts = []
        case ast.Name(id=name) if name.endswith("_shape"):
            parts = []
        case ast.Call(args=args):
            yield node
            parts = args
        case ast.Subscript(value=value):
            yield node
            parts = [value]
        case ast.Attribute(attr="T", value=value):
            yield node
            parts = [value]
        case ast.Attribute():
            yield node
            parts = []
        case _:
            yield node
            parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    for part in parts:
        yield from _values(part)


def _identity(tag: str, given: dict[str, str | None]) -> str:
    """The identity of a stretch of code; the first one of each has it as its id."""
    return given.get("data-t") or (tag in ("a", "span") and given.get("id")) or ""


class Marks(HTMLParser):
    """The identities on a page's code, each with the stretch of one line that it stands on."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[tuple[int, int], str] = {}
        self._at = 0
        self._open: list[tuple[int, str]] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A line of code, or something in it."""
        if tag == "code":
            self._inside = True
        elif self._inside:
            self._open.append((self._at, _identity(tag, dict(attrs))))

    def handle_endtag(self, tag: str) -> None:
        """The same."""
        if tag == "code":
            self._inside = False
            self._at += 1
        elif self._inside:
            start, identity = self._open.pop()
            if identity:
                self.found[start, self._at] = identity

    def handle_data(self, data: str) -> None:
        """Code."""
        self._at += len(data) if self._inside else 0


def counted(compiled: CompiledPost) -> tuple[Counter[str], Counter[str]]:
    """How many parts of the code there are, are linked and stand in a linked one, and what has no link."""
    found = Marks(compiled.page.partition('<aside class="pane"')[2]).found
    counts, missing = Counter[str](), Counter[str]()
    text = compiled.module.text
    for start, end in code_parts(compiled.module.readable):
        linked = all(stretch in found for stretch in stretches(text, start, end))
        covered = linked or any(a <= start and end <= b for a, b in found)
        counts.update(parts=1, linked=linked, covered=covered)
        if not linked:
            missing[f"{'in a link' if covered else 'no link  '} {text[start:end]}"] += 1
    return counts, missing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--missing", type=int, default=0, help="how many unlinked parts to list")
    arguments = parser.parse_args()
    total, lost = Counter[str](), Counter[str]()
    for file in find_posts(arguments.paths).posts:
        compiled = compile_post(Source(str(file), file.read_text("utf-8")))
        counts, missing = counted(compiled)
        total += counts
        lost += missing
        if counts["parts"]:
            print(f"{counts['linked']:>5} {counts['covered']:>5} of {counts['parts']:>5}  {file}", flush=True)
    shares = " and ".join(
        f"{total[name] / max(total['parts'], 1):.1%} are {name}" for name in ("linked", "covered")
    )
    print(f"of {total['parts']} parts of the code {shares} (linked, or in one that is)")
    for text, count in lost.most_common(arguments.missing):
        print(f"{count:>5} {text}")


if __name__ == "__main__":
    main()
