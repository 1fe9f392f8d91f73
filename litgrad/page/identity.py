"""Which value a subterm is: one identity for equal values, in the post and in the code."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from litgrad.codegen.generated import GeneratedModule
from litgrad.meaning.statements import Reading, Statements
from litgrad.page.linked import Linked, Value
from litgrad.page.mathml import Marks
from litgrad.page.parts import whys
from litgrad.page.running import Code, Place
from litgrad.page.tensortwins import in_vectors, tensor_twins, value_of_part
from litgrad.page.twins import origins_of, reasons_of, twins_of
from litgrad.source import Source, Span


class Identities:
    """Numbers the values that the post and the module share; hands out ids that are unique on the page."""

    def __init__(self, statements: Statements, module: GeneratedModule) -> None:
        self._parts = {reading.formula: _parts_of(reading) for reading in statements.readings}
        written = {expr for parts in self._parts.values() for expr in parts.values()}
        every = {span: expr for parts in self._parts.values() for span, expr in parts.items()}
        own = (Linked(link.start, link.end, link.expr) for link in module.links)
        arrays, twins = tensor_twins(statements, module, every), twins_of(statements, module)
        equal = [link for link in (*own, *arrays, *twins) if link.expr in written]
        origins = [link for link in origins_of(every, module) if link.expr in written]
        self.links: tuple[Linked, ...] = tuple(nested(_by_line(module.text, (*equal, *origins))))
        """The code that computes a term of the post, as written or in another form, line by line."""
        self.whys = _whys(module, _places(equal), _places(origins), _places(self.links))
        """What parts of the code are there for that are worth no term of the post, line by line."""
        self.reasons = reasons_of(module)
        in_code = {link.expr for link in self.links}
        shared = (expr for parts in self._parts.values() for expr in parts.values() if expr in in_code)
        self._numbers = {expr: f"c{number}" for number, expr in enumerate(dict.fromkeys(shared), start=1)}
        self._places: dict[str, str] = {}
        self._source = statements.source

    def of(self, expr: Value) -> str | None:
        """The identity of a value that stands on both sides."""
        return self._numbers.get(expr)

    def marks(self, formula: int) -> Marks:
        """The attributes of each subterm that code computes, by place; brackets stand for their inside."""
        parts = self._parts.get(formula, {})
        told = {span: identity for span, expr in parts.items() if (identity := self.of(expr)) is not None}
        around = {_inside(self._source, span): identity for span, identity in told.items()}
        shown = (span for span in sorted(told) if told[span] != around.get(span))
        return {
            span: {"id": f"m{formula}-{number}", "href": f"#{told[span]}"}
            for number, span in enumerate(shown, start=1)
        }

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


_MOST_ON_A_LINE = 100
_BRACKETS = re.compile(r"(?:\\left|\\[bB]igg?l?)?\s*[(\[{](.*?)(?:\\right|\\[bB]igg?r?)?\s*[)\]}]", re.DOTALL)


def _inside(source: Source, span: Span) -> Span | None:
    """What stands between the brackets around a term; None where there are none.

    >>> _inside(Source("p.md", r"\\left( x + 1 \\right)"), Span(0, 21))
    Span(start=7, end=12)
    """
    found = _BRACKETS.fullmatch(source.slice(span))
    if found is None:
        return None
    begin = span.start + found.end(1) - len(found[1].lstrip())
    return Span(begin, begin + len(found[1].strip()))


def _places(links: Iterable[Linked]) -> frozenset[Place]:
    return frozenset((link.start, link.end) for link in links)


def _whys(
    module: GeneratedModule, equal: Collection[Place], origins: Collection[Place], links: Collection[Place]
) -> dict[Place, str]:
    """Clauses by place, where no link begins or ends between and none has the line to itself."""
    found = whys(Code.of(module.readable), equal)
    lines = ((place, at, why) for place, why in found.items() for at in stretches(module.text, *place))
    edges = sorted(links)
    return {
        at: why
        for place, at, why in lines
        if (place in origins or at not in links) and not any(_cross(at, edge) for edge in _near(edges, at))
    }


def _near(edges: Sequence[Place], at: Place) -> Iterator[Place]:
    """The links on the line of a place, which none of them leaves."""
    middle = bisect_left(edges, at)
    yield from edges[max(middle - _MOST_ON_A_LINE, 0) : middle + _MOST_ON_A_LINE]


def _cross(one: Place, other: Place) -> bool:
    """Whether each of two stretches begins or ends inside the other."""
    return one[0] < other[0] < one[1] < other[1] or other[0] < one[0] < other[1] < one[1]


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
