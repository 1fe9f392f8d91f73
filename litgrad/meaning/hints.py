"""What a post says to litgrad: in its front matter, in HTML comments, in comments of a formula."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from difflib import get_close_matches

from litgrad.diagnostics import Diagnostic
from litgrad.document import Document, Hint, MathBlock
from litgrad.latex.macros import USUAL, Macro, macros_in
from litgrad.latex.parser import parse_math
from litgrad.latex.tree import Formula
from litgrad.markdown.front_matter import place_of
from litgrad.meaning.names import name_of
from litgrad.options import Options
from litgrad.records import dataclass
from litgrad.source import Source, Span

KEY = "litgrad"
"""The key of the front matter that holds hints."""
_VERBS_HELP = "assume x > 0, function f, value a, shape W: m x n, macro \\newcommand.., or skip"
_COMMENT = re.compile(r"(?<!\\)%\s*litgrad:[ \t]*([^\n]*)")
_SHAPE = re.compile(
    r"\s*(.+?)\s*:\s*\(?\s*([A-Za-z0-9_]+(?:\s*(?:x|×|,|\\times)\s*[A-Za-z0-9_]+)*)\s*,?\s*\)?\s*"
)
_BY = re.compile(r"\s*(?:\bx\b|×|,|\\times)\s*")


@dataclass(slots=True)
class Hints:
    """All hints of a post, read."""

    macros: dict[str, Macro] = field(default_factory=lambda: dict(USUAL))
    functions: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    shapes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Sizes by name; none for a scalar."""
    assumptions: list[Formula] = field(default_factory=list)
    """Relations such as `x > 0`, read."""
    skipped: set[int] = field(default_factory=set)
    """Formulas that are not to be judged."""
    diagnostics: list[Diagnostic] = field(default_factory=list)


def read_hints(document: Document, options: Options) -> Hints:
    """All that a post and its options say to litgrad.

    Takes the document and the options, whose macros come before the post's. A hint that is wrong gives a
    diagnostic at its place and has no effect.
    """
    reader = _Reader(document.source, Hints())
    reader.found.macros.update(macros_in(options.macros))
    reader.front_matter(document)
    for hint in sorted((*document.hints, *_in_formulas(document)), key=lambda hint: hint.span):
        reader.comment(hint, document)
    return reader.found


def _in_formulas(document: Document) -> Iterator[Hint]:
    for block in document.math:
        if "litgrad:" in block.latex:
            for match in _COMMENT.finditer(block.latex):
                yield Hint(block.locate(match.start(1), match.end(1)), match[1].strip())


@dataclass(slots=True)
class _Reader:
    source: Source
    found: Hints

    # -------------------------------- comments --------------------------------

    def comment(self, hint: Hint, document: Document) -> None:
        """`assume x > 0`."""
        verb, _, rest = hint.text.strip().partition(" ")
        if verb.rstrip(":") == "skip":
            self._skip(hint, document)
            return
        do = _VERBS.get(verb.rstrip(":"))
        if do is None:
            self._unknown(verb, [*_VERBS, "skip"], hint.span, f"write {_VERBS_HELP}")
            return
        at = hint.span.start + self.source.slice(hint.span).find(rest) if rest else hint.span.end
        do(self, rest.strip(), Span(at, at + len(rest)) if rest else hint.span)

    def _skip(self, hint: Hint, document: Document) -> None:
        """The formula that holds the hint, else the next one."""
        for index, block in enumerate(document.math):
            if block.span.end > hint.span.start:
                self.found.skipped.add(index)
                return

    # -------------------------------- front matter --------------------------------

    def front_matter(self, document: Document) -> None:
        """The mapping under `litgrad:`."""
        span = document.front_matter_span
        if span is None or KEY not in document.front_matter:
            return
        held = document.front_matter[KEY]
        if not isinstance(held, Mapping):
            place = place_of(self.source, span, KEY)
            self._wrong(
                "`litgrad` in the front matter is no mapping", place, "write `litgrad: {domains: [x > 0]}`"
            )
            return
        for key, value in held.items():
            self._entry(str(key), value, span, document)

    def _entry(self, key: str, value: object, span: Span, document: Document) -> None:
        do = _KEYS.get(key)
        if key == "skip":
            if value is True:
                self.found.skipped.update(range(len(document.math)))
        elif do is None:
            place = place_of(self.source, span, KEY, key)
            self._unknown(key, [*_KEYS, "skip"], place, f"use one of {', '.join([*_KEYS, 'skip'])}")
        else:
            for path, text in _texts(value):
                do(self, text, self._inner(place_of(self.source, span, KEY, key, *path), text))

    def _inner(self, place: Span, text: str) -> Span:
        """The place of a value without its quotes."""
        at = self.source.slice(place).find(text)
        return Span(place.start + at, place.start + at + len(text)) if at >= 0 else place

    # -------------------------------- verbs --------------------------------

    def assume(self, text: str, place: Span) -> None:
        """`x > 0`, also as `x: x > 0`."""
        formula = self._formula(text, place)
        if formula.diagnostics or not any(row.relations for row in formula.rows):
            self._wrong(f"`{text}` is no relation", place, "write a relation such as `x > 0`")
        else:
            self.found.assumptions.append(formula)

    def function(self, text: str, place: Span) -> None:
        """`f, g`."""
        self.found.functions.update(self._names(text, place))

    def value(self, text: str, place: Span) -> None:
        """`a, b`."""
        self.found.values.update(self._names(text, place))

    def shape(self, text: str, place: Span) -> None:
        """`W: m x n`."""
        match = _SHAPE.fullmatch(text)
        name = self._name(match[1], place) if match else None
        if match is None or name is None:
            self._wrong(f"`{text}` is no shape", place, "write it as `W: m x n`")
        else:
            sizes = tuple(_BY.split(match[2]))
            self.found.shapes[name] = () if sizes == ("1",) else sizes

    def macro(self, text: str, place: Span) -> None:
        """A definition, or `\\name: body`."""
        defined = macros_in(text) or (macros_in(_as_definition(text)) if ": " in text else {})
        if defined:
            self.found.macros.update(defined)
        else:
            self._wrong(f"`{text}` defines no macro", place, r"write `\newcommand{\R}{\mathbb{R}}`")

    def _names(self, text: str, place: Span) -> Iterator[str]:
        for piece in re.split(r"[,\s]+", text.strip()):
            name = self._name(piece, place)
            if name is None:
                self._wrong(f"`{piece}` is no name", place, "write a name such as `f` or `\\sigma`")
            else:
                yield name

    def _name(self, text: str, place: Span) -> str | None:
        formula = self._formula(text, place)
        sides = [side for row in formula.rows for side in row.sides if side is not None]
        return name_of(sides[0]) if len(sides) == 1 and not formula.diagnostics else None

    def _formula(self, text: str, place: Span) -> Formula:
        block = MathBlock(place, text, ((0, place.start),), display=False)
        return parse_math(block, self.found.macros)

    # -------------------------------- faults --------------------------------

    def _unknown(self, word: str, known: list[str], place: Span, help: str) -> None:
        close = get_close_matches(word, known, n=1)
        self._wrong(
            f"litgrad knows no hint `{word}`", place, f"did you mean `{close[0]}`?" if close else help
        )

    def _wrong(self, message: str, place: Span, help: str) -> None:
        self.found.diagnostics.append(Diagnostic("bad-hint", message, place, help=help))


def _texts(value: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The texts of a list or a mapping with the keys that lead to them; a mapping's as `key: text`."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            text = ", ".join(map(str, inner)) if isinstance(inner, list) else str(inner)
            yield (str(key),), f"{key}: {text}"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield (index,), str(item)
    elif value is not None:
        yield (), str(value)


def _assume_entry(reader: _Reader, text: str, place: Span) -> None:
    """A domain may be listed under its symbol: `x: x > 0`, `p: (0, 1)`."""
    name, colon, rest = text.partition(": ")
    if not colon:
        reader.assume(text, place)
    elif re.match(r"\s*[(\[\\]", rest) and not re.search(r"[<>=]|\\[lg]e|\\in", rest):
        reader.assume(rf"{name} \in {rest}", place)
    else:
        reader.assume(rest, place)


def _as_definition(text: str) -> str:
    r"""`\f: #1 + #2` as `\def\f#1#2{#1 + #2}`."""
    name, _, body = text.partition(": ")
    count = max((int(digit) for digit in re.findall(r"#([1-9])", body)), default=0)
    slots = "".join(f"#{index}" for index in range(1, count + 1))
    name = name.strip()
    return rf"\def{name if name.startswith(chr(92)) else chr(92) + name}{slots}{{{body}}}"


_VERBS: dict[str, Callable[[_Reader, str, Span], None]] = {
    "assume": _Reader.assume,
    "function": _Reader.function,
    "value": _Reader.value,
    "shape": _Reader.shape,
    "macro": _Reader.macro,
}
"""Hints in comments."""

_KEYS: dict[str, Callable[[_Reader, str, Span], None]] = {
    "domains": _assume_entry,
    "functions": _Reader.function,
    "values": _Reader.value,
    "shapes": _Reader.shape,
    "macros": _Reader.macro,
}
"""Hints in the front matter."""
