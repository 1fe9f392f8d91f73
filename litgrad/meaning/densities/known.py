"""Which densities a post gives by formulas, and whether all their calls have one pattern."""

from collections.abc import Iterable, Iterator, Sequence

from litgrad.latex.tree import (
    Formula,
    Grouped,
    Listed,
    Node,
)
from litgrad.meaning.densities.calls import calls_in, fits, letters_in
from litgrad.meaning.densities.heads import BARS, head_of, whole_names
from litgrad.meaning.densities.model import Densities, Density
from litgrad.meaning.names import name_of

_GIVING = frozenset(["=", ":=", r"\equiv", r"\triangleq", r"\coloneqq", r"\doteq"])
_VARIANCES = frozenset([r"\sigma", r"\tau", "s"])
"""Letters whose squares are names of their own."""


def densities_in(formulas: Sequence[Formula]) -> dict[str, Density]:
    """The densities that a post gives by formulas, where all their calls have one pattern."""
    heads = _known(list(_defined(formulas)))
    if not heads:
        return {}
    calls = [call for side in _sides(formulas) for call in calls_in(side) if call[0] in heads]
    clashing = {name for name, bracket in calls if not fits(heads[name], bracket)}
    return {name: head for name, head in heads.items() if name not in clashing}


def variances_of(densities: Densities) -> frozenset[str]:
    """The names whose squares are arguments of densities."""
    return frozenset(one.name for density in densities.values() for one in density.arguments if one.squared)


def _sides(formulas: Iterable[Formula]) -> Iterator[Node]:
    """All sides but the laws that something is drawn from: `X \\sim N(\\mu, \\sigma^2)`."""
    for formula in formulas:
        for row in formula.rows:
            for sign, side in zip((None, *row.relations), row.sides, strict=True):
                if side is not None and (sign is None or sign.symbol != r"\sim"):
                    yield side


Given = tuple[Density, Node]
"""A head with its value."""


def _known(given: list[Given]) -> dict[str, Density]:
    """The heads whose values hold no law but those that are known in their turn."""
    known: dict[str, Density] = {}
    while True:
        more = {
            head.name: head
            for head, value in reversed(given)
            if head.name not in known and _is_formula(head, value, frozenset(known))
        }
        if not more:
            return {name: head for name, head in known.items() if _needs_reading(head)}
        known |= more


def _defined(formulas: Sequence[Formula]) -> Iterator[Given]:
    for formula in formulas:
        for row in formula.rows:
            for side, sign, value in zip(row.sides, row.relations, row.sides[1:], strict=False):
                if side is not None and value is not None and sign.symbol in _GIVING:
                    head = head_of(side, value)
                    if head is not None:
                        yield head, value


def _needs_reading(density: Density) -> bool:
    """Whether a head is no plain `f(x, y)` already."""
    squares = [one for one in density.arguments if one.squared]
    if any(one.base not in _VARIANCES for one in squares):
        return False
    events = any(one.event for one in density.arguments)
    return bool(density.before < len(density.arguments) or squares or events)


def _is_formula(head: Density, value: Node, known: frozenset[str]) -> bool:
    """Whether a value says what a density is: it holds its arguments, and no law that is not known."""
    calls = list(calls_in(value))
    if any(name == head.name or (name not in known and _is_law(name, inner)) for name, inner in calls):
        return False
    letters = set(letters_in(value))
    needed = head.arguments[: head.before]
    given = [one for one in head.arguments[head.before :] if not one.is_data]
    kept = [one for one in head.arguments if not one.is_data]
    names = {name_of(one) for one in whole_names(value)}
    if not kept or any(one.name not in names for one in needed if not one.is_data):
        return False
    return not given or any(one.base in letters for one in given)


def _is_law(name: str, bracket: Grouped) -> bool:
    """`p(y)`, `q(z | x)`, `\\mathcal{N}(x; 0, 1)`: whose formula must be known first."""
    body = bracket.body
    barred = isinstance(body, Listed) and any(sign.symbol in BARS | {";"} for sign in body.separators)
    return barred or name.startswith((r"\mathcal", r"\operatorname"))
