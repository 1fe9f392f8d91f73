"""The steps of a schedule as Python: for floats with `math`."""

import re
from collections import Counter
from collections.abc import Mapping

from litgrad.codegen.schedule import Schedule, Step, Unfusable, read_by

_PYTHON: dict[str, str] = {
    "add": "{0} + {1}", "subtract": "{0} - {1}", "multiply": "{0} * {1}", "divide": "{0} / {1}",
    "negative": "-{0}", "positive": "{0}", "absolute": "abs({0})",
    "maximum": "{0} if {0} >= {1} or {0} != {0} else {1}",
    "minimum": "{0} if {0} <= {1} or {0} != {0} else {1}",
    "above": "{1} if {0} < {1} else {0}", "below": "{1} if {0} > {1} else {0}",
    "fmin": "{0} if {0} < {1} else {1}",
    "power": "math.pow({0}, {1})", "square": "{0} * {0}",
    "x log": "{0} * math.log({1}) if {0} else 0.0", "x log1p": "{0} * math.log1p({1}) if {0} else 0.0",
    "ratio": "{0} / {1} if {0} else 0.0", "choose": "{1} if {0} >= 0 else {2}",
    "side": "", "top": "1.0 if {2} >= 0 else {1}", "bottom": "{1} if {2} >= 0 else 1.0",
    "arcsin": "math.asin({0})", "arccos": "math.acos({0})", "arctan": "math.atan({0})",
    "arcsinh": "math.asinh({0})", "arccosh": "math.acosh({0})", "arctanh": "math.atanh({0})",
    "hypot": "math.hypot({0}, {1})",
    **{name: f"math.{name}({{0}})" for name in "exp log log1p expm1 sqrt sin cos tan sinh cosh tanh".split()},
}  # fmt: skip
_CLOSED = frozenset("abs math".split())
_REPEATED = frozenset(["square", "x log", "x log1p", "ratio", "maximum", "minimum", "fmin", "above", "below"])
_CARRIED_ON = {
    "add": ("add", "subtract"), "subtract": ("add", "subtract"), "multiply": ("multiply", "divide"),
    "divide": ("multiply", "divide"),
}  # fmt: skip
"""What needs no parentheses as the first operand of what."""
_DEEP = 20
"""Brackets within one another; Python reads no more than 200."""


def python_lines(schedule: Schedule) -> tuple[list[str], list[str]]:
    """Assignments to `_0`, `_1`, ... and an expression for each result; raises Unfusable."""
    steps = [_beside_number(step) for step in schedule.steps]
    return _lines(Schedule(tuple(steps), schedule.results), _PYTHON, _REPEATED)


def _lines(
    schedule: Schedule, table: Mapping[str, str], repeated: frozenset[str]
) -> tuple[list[str], list[str]]:
    uses = Counter(operand for step in schedule.steps for operand in read_by(step, table.get(step.ufunc)))
    uses.update({each: 1 for step in schedule.steps if step.ufunc in repeated for each in step.operands})
    texts: dict[int, str] = {}
    depths: dict[int, int] = {}
    lines: list[str] = []
    for at, step in enumerate(schedule.steps):
        if step.ufunc not in table:
            raise Unfusable(step.ufunc)
        operands = [texts[each] if isinstance(each, int) else each for each in step.operands]
        form, first = table[step.ufunc], step.operands[0]
        carried = isinstance(first, int) and schedule.steps[first].ufunc in _CARRIED_ON.get(step.ufunc, ())
        closed = operands if form.endswith(")") else [*operands[:carried], *map(_closed, operands[carried:])]
        texts[at] = form.format(*closed)
        depths[at] = max(depths.get(each, 0) + 1 - (carried and each == first) for each in step.operands)
        if uses[at] + (at in schedule.results) > 1 or depths[at] > _DEEP:
            lines.append(f"_{len(lines)} = {texts[at]}")
            texts[at], depths[at] = f"_{len(lines) - 1}", 0
    return lines, [texts[each] for each in schedule.results]


def _beside_number(step: Step) -> Step:
    """The larger or smaller of a value and a number; a comparison is enough where the value is no number."""
    name = {"maximum": "above", "minimum": "below"}.get(step.ufunc)
    plain = isinstance(step.operands[-1], str) and re.fullmatch(r"-?[\d.]+", step.operands[-1])
    return Step(name, step.operands) if name and plain else step


def _closed(text: str) -> str:
    """In parentheses, unless it is one name, number or call."""
    opening = text.split("(", 1)[0]
    if re.fullmatch(r"[\w.]+", text) or (opening.split(".")[0] in _CLOSED and _is_one_call(text)):
        return text
    return f"({text})"


def _is_one_call(text: str) -> bool:
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == ")" and depth == 0:
            return place == len(text) - 1
    return False
