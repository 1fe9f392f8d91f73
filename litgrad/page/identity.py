"""Which value a subterm is: one identity for equal values, in the post and in the code."""

from collections.abc import Iterable, Iterator, Mapping

from litgrad.codegen.generated import GeneratedModule
from litgrad.meaning.statements import Reading, Statements
from litgrad.page.linked import Linked, Value
from litgrad.page.mathml import Marks
from litgrad.page.tensortwins import in_vectors, tensor_twins, value_of_part
from litgrad.page.twins import origins_of, reasons_of, twins_of
from litgrad.source import Span


class Identities:
    """Numbers the values that the post and the module share; hands out ids that are unique on the page."""

    def __init__(self, statements: Statements, module: GeneratedModule) -> None:
        self._parts = {reading.formula: _parts_of(reading) for reading in statements.readings}
        written = {expr for parts in self._parts.values() for expr in parts.values()}
        every = {span: expr for parts in self._parts.values() for span, expr in parts.items()}
        own = (Linked(link.start, link.end, link.expr) for link in module.links)
        arrays, twins = tensor_twins(statements, module, every), twins_of(statements, module)
        found = (*own, *arrays, *twins, *origins_of(every, module))
        known = (link for link in found if link.expr in written)
        self.links: tuple[Linked, ...] = tuple(nested(_by_line(module.text, known)))
        """The code that computes a term of the post, as written or in another form, line by line."""
        self.reasons = reasons_of(module)
        in_code = {link.expr for link in self.links}
        shared = (expr for parts in self._parts.values() for expr in parts.values() if expr in in_code)
        self._numbers = {expr: f"c-{number}" for number, expr in enumerate(dict.fromkeys(shared), start=1)}
        self._places: dict[str, str] = {}

    def of(self, expr: Value) -> str | None:
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
                marks[span]["href"] = f"#{identity}"
        return marks

    def settle(self, places: Mapping[str, str]) -> None:
        """Take note of where a formula really shows values: ids by identity."""
        self._places = {**places, **self._places}

    def place(self, identity: str) -> str | None:
        """The id where the post first shows a value."""
        return self._places.get(identity)


def _parts_of(reading: Reading) -> dict[Span, Value]:
    """The values of a formula's subterms by place: in vectors where it is read so."""
    arrays = list(in_vectors(reading))
    covered = {term.node.span for term in arrays}
    numbers = (term for term in reading.terms if term.node.span not in covered)
    found: dict[Span, Value] = {span: expr for term in numbers for span, expr in term.parts}
    return found | {span: value_of_part(tensor) for term in arrays for span, tensor in term.parts}


def _by_line(text: str, links: Iterable[Linked]) -> Iterator[Linked]:
    """Links line by line, of several at one place the first."""
    seen: set[tuple[int, int]] = set()
    for link in links:
        for start, end in stretches(text, link.start, link.end):
            if (start, end) not in seen:
                seen.add((start, end))
                yield Linked(start, end, link.expr)


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


def nested(links: Iterable[Linked]) -> Iterator[Linked]:
    """Outer links first, without those that overlap one before them: of `-p * q`, `-p` or `p * q`."""
    around: list[Linked] = []
    for link in sorted(links, key=lambda link: (link.start, -link.end)):
        while around and around[-1].end <= link.start:
            around.pop()
        if not around or link.end <= around[-1].end:
            around.append(link)
            yield link
