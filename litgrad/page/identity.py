"""Which value a subterm is: one identity for equal values, in the post and in the code."""

from collections.abc import Iterable, Iterator, Mapping

from sympy import Expr

from litgrad.codegen.generated import GeneratedModule, Link
from litgrad.meaning.statements import Statements
from litgrad.page.mathml import Marks
from litgrad.page.twins import origins_of, reasons_of, twins_of


class Identities:
    """Numbers the values that the post and the module share; hands out ids that are unique on the page."""

    def __init__(self, statements: Statements, module: GeneratedModule) -> None:
        self._parts = {
            reading.formula: {span: expr for term in reading.terms for span, expr in term.parts}
            for reading in statements.readings
        }
        written = {expr for parts in self._parts.values() for expr in parts.values()}
        twins, origins = twins_of(statements, module), origins_of(statements, module)
        found = (link for link in (*module.links, *twins, *origins) if link.expr in written)
        self.links: tuple[Link, ...] = tuple(nested(_by_line(module.text, found)))
        """The code that computes a term of the post, as written or in another form, line by line."""
        self.reasons = reasons_of(module)
        in_code = {link.expr for link in self.links}
        shared = (expr for parts in self._parts.values() for expr in parts.values() if expr in in_code)
        self._numbers = {expr: f"t{number}" for number, expr in enumerate(dict.fromkeys(shared), start=1)}
        self._places: dict[str, str] = {}

    def of(self, expr: Expr) -> str | None:
        """The identity of a value that stands on both sides."""
        return self._numbers.get(expr)

    def marks(self, formula: int) -> Marks:
        """The attributes of every subterm of a formula, by place."""
        marks: Marks = {}
        begin = min((span.start for span in self._parts.get(formula, {})), default=0)
        for span, expr in self._parts.get(formula, {}).items():
            identity = self.of(expr)
            marks[span] = {"id": f"m{formula}-{span.start - begin}-{span.end - begin}"}
            if identity is not None:
                marks[span] |= {"data-t": identity, "href": f"#c-{identity}"}
        return marks

    def settle(self, places: Mapping[str, str]) -> None:
        """Take note of where a formula really shows values: ids by identity."""
        self._places = {**places, **self._places}

    def place(self, identity: str) -> str | None:
        """The id where the post first shows a value."""
        return self._places.get(identity)


def _by_line(text: str, links: Iterable[Link]) -> Iterator[Link]:
    """Links line by line, of several at one place the first."""
    seen: set[tuple[int, int]] = set()
    for link in links:
        for start, end in stretches(text, link.start, link.end):
            if (start, end) not in seen:
                seen.add((start, end))
                yield Link(start, end, link.expr)


def stretches(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A stretch of code line by line, without the space before it.

    >>> list(stretches("a +\\n    b", 0, 9))
    [(0, 3), (8, 9)]
    """
    for line in text[start:end].splitlines(keepends=True):
        bare = line.strip()
        if bare:
            begin = start + line.index(bare[0])
            yield begin, begin + len(bare)
        start += len(line)


def nested(links: Iterable[Link]) -> Iterator[Link]:
    """Outer links first, without those that overlap one before them: of `-p * q`, `-p` or `p * q`."""
    around: list[Link] = []
    for link in sorted(links, key=lambda link: (link.start, -link.end)):
        while around and around[-1].end <= link.start:
            around.pop()
        if not around or link.end <= around[-1].end:
            around.append(link)
            yield link
