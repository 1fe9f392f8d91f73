r"""Densities by formula: `f(x \mid \mu, \sigma^2) = ...` and all its calls as calls of one function `f`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from litgrad.latex.tree import (
    NODE_TYPES,
    Accented,
    Formula,
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Number,
    Operator,
    Related,
    Root,
    Row,
    Scripted,
    Sign,
    Styled,
    children,
    walk,
)
from litgrad.meaning.names import name_of, primes_of

BARS = frozenset(["|", r"\mid", r"\vert", r"\big|"])
_APART = BARS | {",", ";"}
_GIVING = frozenset(["=", ":=", r"\equiv", r"\triangleq", r"\coloneqq", r"\doteq"])
_VARIANCES = frozenset([r"\sigma", r"\tau", "s"])
"""Letters whose squares are names of their own."""
_SHARED = frozenset(["p", "P", "q", "Q", "f", "g", r"\pi", "L", r"\ell", r"\mathcal{L}"])
"""Letters that stand for another function with other arguments: `p(x | y)` and `p(y | x)`."""
_DOTS = frozenset([r"\dots", r"\ldots", r"\cdots", r"\dotsc"])


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter of a density as its definition writes it."""

    name: str
    base: str
    squared: bool
    """Written as a square: the variance of a formula in the standard deviation."""
    event: str | None = None
    """The random variable in `X = k`."""
    is_data: bool = False
    """Observations that a likelihood only names: its formula says `x_i`, its head `x_1, \\dots, x_n`."""


@dataclass(frozen=True, slots=True)
class Density:
    """A function of what is written before and behind a bar."""

    name: str
    arguments: tuple[Argument, ...]
    before: int
    """How many arguments stand before the bar."""


Densities = Mapping[str, Density]


def with_densities(formulas: list[Formula], found: Densities) -> list[Formula]:
    """Formulas in which densities that the post gives by formulas are called with commas alone.

    A name that is also applied to other arguments, as the `p` of Bayes' rule, stays as it is.
    """
    return [_in_formula(one, found) for one in formulas] if found else formulas


def densities_in(formulas: Sequence[Formula]) -> dict[str, Density]:
    """The densities that a post gives by formulas, where all their calls have one pattern."""
    heads = _known(list(_defined(formulas)))
    if not heads:
        return {}
    calls = [call for side in _sides(formulas) for call in _calls(side) if call[0] in heads]
    clashing = {name for name, bracket in calls if not _fits(heads[name], bracket)}
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


# -------------------------------- definitions --------------------------------


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
                    head = _head(side, value)
                    if head is not None:
                        yield head, value


def _head(node: Node, value: Node) -> Density | None:
    """`f(x \\mid \\mu, \\sigma^2)` with plain names in it."""
    match node:
        case Juxtaposed(factors=(head, Grouped(open=sign, body=body))) if sign.symbol == "(":
            name = name_of(head)
            items, before = _items(body)
            held = items[:before] + _without_data(items[before:], value)
            arguments = tuple(_argument(item) if kept else _DATA for item, kept in _marked(items, held))
            known = tuple(one for one in arguments if one is not None)
            if name is None or primes_of(head) or len(known) != len(items) or before < 0:
                return None
            plain = [one.name for one in known if not one.is_data]
            return Density(name, known, before) if len(set(plain)) == len(plain) else None
    return None


_DATA_SETS = frozenset("DXY")
_DATA = Argument("", "", squared=False, is_data=True)


def _marked(items: tuple[Node, ...], held: tuple[Node, ...]) -> Iterator[tuple[Node, bool]]:
    yield from ((item, item in held) for item in items)


def _without_data(items: tuple[Node, ...], value: Node) -> tuple[Node, ...]:
    """Arguments without the observations, which the value only names by index: `x_1, \\dots, x_n`."""
    if not any(isinstance(one, Operator) and one.name in (r"\sum", r"\prod") for one in walk(value)):
        return items
    names = list(_whole_names(value))
    used = {name_of(one) for one in names}
    families = {_base(one) for one in names if isinstance(one, Scripted) and one.sub is not None}
    dots = any(isinstance(item, Letter) and item.name in _DOTS for item in items)
    return tuple(item for item in items if not _is_data(item, used, families, dots=dots))


def _is_data(item: Node, used: set[str | None], families: set[str | None], *, dots: bool) -> bool:
    """`x` and `x_1, \\dots, x_n` of the `x_i` in a value, and the letter of a data set."""
    if isinstance(item, Letter) and item.name in _DOTS:
        return True
    name = name_of(_without_square(item) if _is_square(item) else item)
    if name in used:
        return False
    if isinstance(item, Scripted):
        return dots and _base(item) in families
    base = _base(item)
    return base is not None and (base in families or base in _DATA_SETS)


def _whole_names(node: Node) -> Iterator[Node]:
    """The names in a tree, each whole: of `x_i` not the x."""
    if name_of(node) is not None:
        yield node
        return
    for child in children(node):
        yield from _whole_names(child)


def _needs_reading(density: Density) -> bool:
    """Whether a head is no plain `f(x, y)` already."""
    squares = [one for one in density.arguments if one.squared]
    if any(one.base not in _VARIANCES for one in squares):
        return False
    events = any(one.event for one in density.arguments)
    return bool(density.before < len(density.arguments) or squares or events)


def _items(body: Node) -> tuple[tuple[Node, ...], int]:
    """The arguments in a bracket, and how many stand before its bar."""
    if not isinstance(body, Listed) or any(sign.symbol not in _APART for sign in body.separators):
        return (body,), 1
    bars = [at + 1 for at, sign in enumerate(body.separators) if sign.symbol in BARS]
    if not bars and any(isinstance(item, Letter) and item.name in _DOTS for item in body.items):
        bars = [at + 1 for at, sign in enumerate(body.separators) if sign.symbol == ";"]
    return body.items, (bars[0] if len(bars) == 1 else len(body.items) if not bars else -1)


def _argument(node: Node) -> Argument | None:
    if isinstance(node, Related):
        return _event(node)
    squared = _is_square(node)
    name = name_of(_without_square(node)) if squared else name_of(node)
    base = _base(node)
    return Argument(name, base, squared) if name is not None and base is not None else None


def _event(node: Related) -> Argument | None:
    """`X = k`."""
    if len(node.sides) != 2 or node.signs[0].symbol != "=":
        return None
    variable, value = name_of(node.sides[0]), _argument(node.sides[1])
    if variable is None or not variable[0].isupper() or value is None or value.squared:
        return None
    return replace(value, event=variable)


def _is_square(node: Node) -> bool:
    return isinstance(node, Scripted) and isinstance(node.sup, Number) and node.sup.text == "2"


def _without_square(node: Node) -> Node:
    """`\\sigma_0^2` as `\\sigma_0`."""
    assert isinstance(node, Scripted)
    if node.sub is None:
        return node.base
    return replace(node, sup=None)


def _base(node: Node) -> str | None:
    """The letter under accents and scripts."""
    match node:
        case Letter(name=name):
            return name
        case Scripted(base=inner) | Accented(body=inner) | Styled(body=inner):
            return _base(inner)
        case Grouped(open=sign, body=inner) if sign.symbol == "{":
            return _base(inner)
    return None


def _is_formula(head: Density, value: Node, known: frozenset[str]) -> bool:
    """Whether a value says what a density is: it holds its arguments, and no law that is not known."""
    calls = list(_calls(value))
    if any(name == head.name or (name not in known and _is_law(name, inner)) for name, inner in calls):
        return False
    letters = set(_letters(value))
    needed = head.arguments[: head.before]
    given = [one for one in head.arguments[head.before :] if not one.is_data]
    kept = [one for one in head.arguments if not one.is_data]
    names = {name_of(one) for one in _whole_names(value)}
    if not kept or any(one.name not in names for one in needed if not one.is_data):
        return False
    return not given or any(one.base in letters for one in given)


def _is_law(name: str, bracket: Grouped) -> bool:
    """`p(y)`, `q(z | x)`, `\\mathcal{N}(x; 0, 1)`: whose formula must be known first."""
    body = bracket.body
    barred = isinstance(body, Listed) and any(sign.symbol in BARS | {";"} for sign in body.separators)
    return barred or name.startswith((r"\mathcal", r"\operatorname"))


def _letters(node: Node) -> Iterator[str]:
    for one in walk(node):
        if isinstance(one, Letter):
            yield one.name


# -------------------------------- calls --------------------------------


def _calls(node: Node) -> Iterator[tuple[str, Grouped]]:
    """All names with a bracket behind them."""
    for one in walk(node):
        if isinstance(one, Juxtaposed):
            for head, behind in zip(one.factors, one.factors[1:], strict=False):
                bracket = _bracket(behind)
                name = name_of(_without_primes(head))
                if bracket is not None and name is not None:
                    yield name, bracket


def _without_primes(node: Node) -> Node:
    if isinstance(node, Scripted) and node.sub is None and node.sup is not None and not node.primes:
        return node.base
    return node


def _bracket(node: Node) -> Grouped | None:
    while isinstance(node, Scripted):
        node = node.base
    return node if isinstance(node, Grouped) and node.open.symbol == "(" else None


def _fits(density: Density, bracket: Grouped) -> bool:
    """Whether a call has the pattern of the definition."""
    items, before = _items(bracket.body)
    if before < 0 or len(items) != len(density.arguments) or before != density.before:
        return False
    return all(_agrees(density, one, item) for one, item in zip(density.arguments, items, strict=True))


def _agrees(density: Density, argument: Argument, item: Node) -> bool:
    if argument.is_data:
        return True
    if argument.event is not None:
        held = isinstance(item, Related) and len(item.sides) == 2 and item.signs[0].symbol == "="
        return held and name_of(item.sides[0]) == argument.event and not isinstance(item.sides[1], Related)
    if isinstance(item, (Related, Operator)):
        return False
    letters = set(_letters(item))
    return density.name not in _SHARED or not letters or argument.base in letters


# -------------------------------- the calls with commas --------------------------------


def _in_formula(formula: Formula, known: Densities) -> Formula:
    rows = tuple(_in_row(row, known) for row in formula.rows)
    return formula if rows == formula.rows else replace(formula, rows=rows)


def _in_row(row: Row, known: Densities) -> Row:
    sides: list[Node | None] = []
    for sign, side in zip((None, *row.relations), row.sides, strict=True):
        drawn = sign is not None and sign.symbol == r"\sim"
        sides.append(side if side is None or drawn else _read(side, known))
    return replace(row, sides=tuple(sides))


def _read(node: Node, known: Densities) -> Node:
    if isinstance(node, Juxtaposed):
        factors = list(map(_read, node.factors, [known] * len(node.factors)))
        for at, head in enumerate(node.factors[:-1]):
            density = known.get(name_of(_without_primes(head)) or "")
            if density is not None and _bracket(factors[at + 1]) is not None:
                factors[at + 1] = _with_commas(factors[at + 1], density)
        return node if tuple(factors) == node.factors else replace(node, factors=tuple(factors))
    values = {field.name: getattr(node, field.name) for field in fields(node)}
    held = {"sub"} if isinstance(node, Scripted) else set()
    changed = {name: value if name in held else _each(value, known) for name, value in values.items()}
    return node if changed == values else replace(node, **changed)


def _each(value: object, known: Densities) -> object:
    if isinstance(value, tuple):
        return tuple(_each(one, known) for one in value)
    return _read(value, known) if isinstance(value, NODE_TYPES) else value


def _with_commas(bracket: Node, density: Density) -> Node:
    if isinstance(bracket, Scripted):
        return replace(bracket, base=_with_commas(bracket.base, density))
    assert isinstance(bracket, Grouped)
    items, _ = _items(bracket.body)
    kept = [(one, item) for one, item in zip(density.arguments, items, strict=True) if not one.is_data]
    read = tuple(_as_read(one, item) for one, item in kept)
    body = bracket.body
    if not isinstance(body, Listed) or len(read) == 1:
        return replace(bracket, body=read[0])
    commas = tuple(Sign(sign.span, ",") for sign in body.separators[: len(read) - 1])
    return replace(bracket, body=replace(body, items=read, separators=commas))


def _as_read(argument: Argument, item: Node) -> Node:
    """`X = k` as `k`; where the parameter is a variance, its root."""
    if argument.event is not None:
        assert isinstance(item, Related)
        return item.sides[1]
    if not argument.squared or (isinstance(item, Number) and item.text in ("0", "1")):
        return item
    if _is_square(item) and name_of(_without_square(item)) is not None:
        return _without_square(item)
    return Root(item.span, None, item)
