"""Units behind numbers: `240000\\,\\text{J} = 240\\,\\text{kJ}`."""

import re

import sympy
from sympy import Expr, Rational, Symbol

from litgrad.checking.setting import Setting
from litgrad.latex.tree import Node, Number, walk
from litgrad.meaning.notation import SMALL_WORDS
from litgrad.meaning.statements import Step
from litgrad.source import Source

_WRITTEN = re.compile(r"\\(?:operatorname|mathrm|text|textrm)\{(?P<unit>[A-Za-z]+)\}")
_BASE = frozenset("J N W V A C F T H Pa Hz K s m bit mol rad".split())
_PREFIXED = frozenset("J N W V A C F T H Pa Hz s m bit g eV".split())
_PREFIXES = {
    "n": Rational(1, 10**9),
    "m": Rational(1, 1000),
    "c": Rational(1, 100),
    "k": sympy.Integer(1000),
    "M": sympy.Integer(10**6),
    "G": sympy.Integer(10**9),
}
_OTHERS = {"kg": sympy.Integer(1), "g": Rational(1, 1000), "min": sympy.Integer(60), "h": sympy.Integer(3600)}


def units_in(setting: Setting, *sides: Expr) -> dict[Symbol, Expr]:
    """The upright names in two sides that are units, each with its size in those of the SI.

    What the post gives a value is none.

    >>> from litgrad.meaning.definitions import Definitions
    >>> energy = 240 * Symbol(r"\\operatorname{kJ}", real=True)
    >>> units_in(Setting(Definitions({}, {})), energy)
    {\\operatorname{kJ}: 1000}
    """
    free = {one for side in sides for one in setting.expanded(side).free_symbols if isinstance(one, Symbol)}
    found = ((one, _size(one.name)) for one in sorted(free, key=str) if one not in setting.definitions.values)
    return {one: size for one, size in found if size is not None}


def written(unit: Symbol) -> str:
    """A unit without what sets it upright."""
    found = _WRITTEN.fullmatch(unit.name)
    return found["unit"] if found is not None else unit.name


_BEHIND = re.compile(
    r"(?:\\[,;:! ]|~|\s)*\\(?:text|mathrm|textrm|textnormal|mbox|rm)\s*\{(?:\s|~|\\[,;: ])*"
    r"(?P<word>[^\s{}~]+)"
)


_OUTSIDE = re.compile(r"(?:\\[,;:! ]|~|\s)*\${1,2}(?:~|\s)*(?P<word>[^\W\d_][^\s{}~$]*)")


def words_behind(node: Node | None, source: Source, *, outside: bool = False) -> str | None:
    """The words that may be a unit behind a number: `36\\,\\text{km/h}`, `60 \\text{ minutes}`.

    With `outside` also those behind its formula: `$15$ m/s $= 54$ km/h`.
    """
    if node is None or not any(isinstance(part, Number) for part in walk(node)):
        return None
    found = _BEHIND.match(source.text, node.span.end)
    if found is None and outside:
        found = _OUTSIDE.match(source.text, node.span.end)
    if found is None or not found["word"][0].isalpha() or found["word"].lower() in SMALL_WORDS:
        return None
    return found["word"]


def _words(step: Step, source: Source) -> tuple[str | None, ...]:
    """The words behind both sides; where the sign begins a formula, those between formulas count."""
    begins = "$" in source.text[step.left.span.end : step.sign.span.start]
    return tuple(words_behind(side.node, source, outside=begins) for side in (step.left, step.right))


def units_unread(step: Step, source: Source) -> bool:
    """Whether words that may be units stand behind the numbers of a side."""
    return any(_words(step, source))


def have_other_units(step: Step, source: Source) -> bool:
    """Whether the sides end in different words, so that equal numbers may be different quantities."""
    left, right = _words(step, source)
    return left is not None and right is not None and left != right


def _size(name: str) -> Expr | None:
    written = _WRITTEN.fullmatch(name)
    if written is None:
        return None
    unit = written["unit"]
    if unit in _OTHERS or unit in _BASE:
        return _OTHERS.get(unit, sympy.Integer(1))
    prefix, rest = unit[0], unit[1:]
    return _PREFIXES[prefix] if prefix in _PREFIXES and rest in _PREFIXED else None
