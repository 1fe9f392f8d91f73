"""The steps of a schedule as lines of C."""

import math
import re
from collections import Counter
from collections.abc import Collection

from litgrad.codegen.schedule import Operand, Schedule, Step, Unfusable, read_by
from litgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of numbers in C."""

    name: str
    """`double`: also what its functions end with."""
    suffix: str
    """What its constants and the functions of `math.h` end with."""
    largest: float
    lanes: int
    """How many of them the widest vectors hold."""


DOUBLE = Kind("double", "", 1.7976931348623157e308, 8)
SINGLE = Kind("float", "f", 3.4028234663852886e38, 16)
KINDS = (DOUBLE, SINGLE)

_PLAIN: dict[str, str] = {
    "add": "{0} + {1}", "subtract": "{0} - {1}", "multiply": "{0} * {1}", "divide": "{0} / {1}",
    "negative": "-{0}", "positive": "{0}",
}  # fmt: skip
"""Steps that stand inside of others."""
_TERMS: dict[str, str] = {
    "square": "{0} * {0}",
    "maximum": "{0} >= {1} || {0} != {0} ? {0} : {1}", "minimum": "{0} <= {1} || {0} != {0} ? {0} : {1}",
    "fmin": "{0} < {1} ? {0} : {1}",
    "sign": "{0} > 0 ? 1 : {0} < 0 ? -1 : {0}",
    "x log": "{0} == 0 ? 0 : {0} * {called}", "x log1p": "{0} == 0 ? 0 : {0} * {called}",
    "ratio": "{0} == 0 ? 0 : {0} / {1}", "choose": "{0} >= 0 ? {1} : {2}",
    "top": "{2} >= 0 ? 1 : {1}", "bottom": "{2} >= 0 ? {1} : 1",
}  # fmt: skip
"""Steps that read an operand twice or choose: their operands are names or numbers."""
_CALLED: dict[str, tuple[str, int]] = {"x log": ("log", 1), "x log1p": ("log1p", 1)}
"""What is called in any case, so that it is done for a whole vector."""
FUNCTIONS: dict[str, str] = {
    "absolute": "fabs", "power": "pow", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
    **{each: each for each in "exp log log1p expm1 sqrt sin cos tan sinh cosh tanh hypot".split()},
}  # fmt: skip
"""Steps that are functions of the C library, by their names there."""
INSTRUCTIONS = frozenset(["fabs", "sqrt"])
"""Functions that compilers have an instruction for."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The inside of a loop."""

    constants: tuple[str, ...]
    """Values of `_0`, `_1`, ... in order."""
    results: tuple[str, ...]
    """An expression for each result."""
    functions: frozenset[str]
    """The functions of the C library that are called, without a suffix."""
    calls: tuple[int, ...]
    """The constants that are such calls, apart from those that are instructions."""


def c_lines(schedule: Schedule, inputs: Collection[str], kind: Kind) -> Lines:
    """The values of a schedule in numbers of a kind; raises Unfusable.

    Names of inputs stand as they are in the schedule; names of constants begin with an underscore.
    """
    writer = _Writer(schedule, inputs, kind)
    results = tuple(writer.texts[at] for at in schedule.results)
    return Lines(tuple(writer.constants), results, frozenset(writer.functions), tuple(writer.calls))


class _Writer:
    def __init__(self, schedule: Schedule, inputs: Collection[str], kind: Kind) -> None:
        self.inputs = inputs
        self.kind = kind
        self.texts: dict[int, str] = {}
        self.constants: list[str] = []
        self.functions: set[str] = set()
        self.calls: list[int] = []
        uses = Counter(each for step in schedule.steps for each in read_by(step, _form(step)))
        uses.update(each for step in schedule.steps if step.ufunc in _TERMS for each in step.operands)
        uses.update(schedule.results)
        for at, step in enumerate(schedule.steps):
            if step.ufunc != "side":
                text = self._text(step)
                alone = uses[at] == 1 and step.ufunc in _PLAIN
                self.texts[at] = text if alone else self._named(text)

    def _named(self, text: str) -> str:
        self.constants.append(text)
        return f"_{len(self.constants) - 1}"

    def _text(self, step: Step) -> str:
        form, operands = _form(step), list(map(self._operand, step.operands))
        if step.ufunc in FUNCTIONS:
            if FUNCTIONS[step.ufunc] not in INSTRUCTIONS:
                self.calls.append(len(self.constants))
            return self._call(FUNCTIONS[step.ufunc], operands)
        if form is None:
            raise Unfusable(step.ufunc)
        if step.ufunc in _CALLED:
            name, at = _CALLED[step.ufunc]
            self.calls.append(len(self.constants))
            return form.format(*operands, called=self._named(self._call(name, [operands[at]])))
        return form.format(*map(_closed, operands))

    def _call(self, name: str, operands: list[str]) -> str:
        self.functions.add(name)
        return f"{name}{self.kind.suffix}({', '.join(operands)})"

    def _operand(self, operand: Operand) -> str:
        if isinstance(operand, int):
            return self.texts.get(operand, "")
        return operand if operand in self.inputs else constant(operand, self.kind)


def _form(step: Step) -> str | None:
    return _PLAIN.get(step.ufunc) or _TERMS.get(step.ufunc)


def constant(text: str, kind: Kind) -> str:
    """A number in C; raises Unfusable for one beyond the kind's range.

    >>> constant("2", DOUBLE), constant("0.1", SINGLE), constant("-1e40", DOUBLE)
    ('2.0', '0.1f', '-1e+40')
    """
    try:
        number = float(text)
    except (OverflowError, ValueError):
        raise Unfusable(text) from None
    if not math.isfinite(number) or abs(number) > kind.largest:
        raise Unfusable(text)
    return f"{number!r}{kind.suffix}"


def _closed(text: str) -> str:
    """In parentheses, unless it is one name or a number without a sign."""
    return text if re.fullmatch(r"[\w.]+(e[+-]\d+f?)?", text) else f"({text})"
