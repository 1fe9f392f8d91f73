"""Points far out and at edges, with the values that fifty digits give there, as rows of a generated test."""

from collections.abc import Iterator, Sequence

from mpmath import mpf, nstr, workdps
from sympy import Expr, Symbol

from litgrad.checking.numeric import values
from litgrad.checking.points import Domain
from litgrad.codegen.composed import Composed
from litgrad.codegen.floats import evaluate_quietly
from litgrad.codegen.layout import WIDTH
from litgrad.codegen.testnames import Names
from litgrad.meaning.rates import rate

Row = tuple[tuple[float, ...], str]
"""Arguments, and the text of what is expected."""

_EXTREMES = (800.0, -800.0, 40.0, -40.0, 0.0, 1.0, 0.5, 1e-12)
_CASES = 12
_TINY = "tiny"
"""Stands for a value that underflows."""


def function_rows(exact: Expr, emitted: Expr, symbols: list[Symbol], domain: Domain) -> Iterator[Row]:
    """Rows for one function; points at which its formula is too ill-conditioned for doubles are left out."""
    seen: set[tuple[float, ...]] = set()
    for point in _points(symbols):
        arguments = tuple(point.values())
        if len(seen) == _CASES or arguments in seen or not _allowed(domain, point):
            continue
        wanted = exact_value(exact, point)
        if wanted is not None and wanted != _TINY and _right(emitted, point, wanted):
            seen.add(arguments)
            yield arguments, wanted


def composite_rows(composed: Composed, whole: Expr, domain: Domain, names: Names) -> Iterator[Row]:
    """Rows for a composition: its first inner definition at +-800 and +-40, other leaves at 0 and 1."""
    leaves = list(composed.composite.leaves)
    rates = {leaf: rate(whole, leaf) for leaf in leaves}
    for number in (800.0, -800.0, 40.0, -40.0):
        for other in (0.0, 1.0):
            point = _pushed(leaves, composed, number, other)
            if _allowed(domain, point):
                found = exact_values([whole, *rates.values()], point)
                told = ["None", *(f'"{names.of(leaf)}"' for leaf in rates)]
                wanted = dict(zip(told, found, strict=True))
                if None not in wanted.values():
                    yield tuple(point.values()), _dict(wanted)


def _dict(wanted: dict[str, str | None]) -> str:
    return "{" + ", ".join(f"{name}: {text}" for name, text in wanted.items() if text != _TINY) + "}"


def exact_value(exact: Expr, point: dict[Symbol, float]) -> str | None:
    """The text of the correctly rounded value; `_TINY` where it underflows, None where there is none."""
    return exact_values([exact], point)[0]


def exact_values(exprs: Sequence[Expr], point: dict[Symbol, float]) -> list[str | None]:
    """The same of several formulas that share terms."""
    with workdps(60):
        numbers = values(exprs, {symbol: mpf(x) for symbol, x in point.items()}, 400)
        return list(map(_rounded, numbers))


def _rounded(number: mpf | None) -> str | None:
    if number is None or abs(number) > mpf("1e300"):
        return None
    if 0 < abs(number) < mpf("1e-300"):
        return _TINY
    return repr(float(nstr(number, 25))).replace("e+", "e")


def parametrized(rows: Sequence[Row]) -> str:
    """The decorator that gives a test its rows."""
    listed = "".join(_row(arguments, wanted) for arguments, wanted in rows)
    return f'@pytest.mark.parametrize(\n    ("arguments", "wanted"),\n    [\n{listed}    ],\n)\n'


def _row(arguments: tuple[float, ...], wanted: str) -> str:
    numbers = ", ".join(repr(number).replace("e+", "e") for number in arguments)
    first = f"({numbers},)" if len(arguments) == 1 else f"({numbers})"
    line = f"        ({first}, {wanted}),\n"
    if len(line) <= WIDTH + 1:
        return line
    return f"        (\n{_item(first)}{_item(wanted)}        ),\n"


def _item(text: str) -> str:
    """A tuple or dict on one line, or an item a line."""
    line = f"{' ' * 12}{text},\n"
    if len(line) <= WIDTH + 1:
        return line
    items = "".join(f"{' ' * 16}{item},\n" for item in text[1:-1].rstrip(",").split(", "))
    return f"{' ' * 12}{text[0]}\n{items}{' ' * 12}{text[-1]},\n"


def _points(symbols: list[Symbol]) -> Iterator[dict[Symbol, float]]:
    for shift in range(len(_EXTREMES)):
        for first in range(len(symbols)):
            yield {
                symbol: _EXTREMES[(shift + (index - first) * 3) % len(_EXTREMES)]
                for index, symbol in enumerate(symbols)
            }


def _allowed(domain: Domain, point: dict[Symbol, float]) -> bool:
    return domain.holds({symbol: mpf(number) for symbol, number in point.items()})


def _right(emitted: Expr, point: dict[Symbol, float], wanted: str) -> bool:
    return abs(evaluate_quietly(emitted, point) - float(wanted)) <= 1e-13 * abs(float(wanted))


def _pushed(leaves: list[Symbol], composed: Composed, number: float, other: float) -> dict[Symbol, float]:
    """The leaves of the first inner definition far out, the others at 0 or 1."""
    inner = composed.locals[0][1].free_symbols if composed.locals else set(leaves[:1])
    first = next((leaf for leaf in leaves if leaf in inner), leaves[0])
    return {leaf: number if leaf == first else (1.0 if leaf in inner else other) for leaf in leaves}
