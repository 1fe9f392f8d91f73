"""The lines of a generated test that sample a formula's symbols inside its domain."""

from collections.abc import Iterator

import sympy
from sympy import Expr, Symbol

from litgrad.checking.points import Domain
from litgrad.codegen.printer import Printer
from litgrad.codegen.special import literal
from litgrad.codegen.testnames import Names


def printed(expr: Expr, names: Names) -> str:
    """A formula in plain NumPy, nothing rewritten; raises Unprintable."""
    return Printer(names.name).piece(literal(expr)).text


def sampled(title: str, symbols: list[Symbol], domain: Domain, exprs: list[Expr], names: Names) -> str:
    """Seeded points for the symbols, kept where the domain and the formulas allow.

    Takes the test's title, which seeds it, the symbols, the domain, and the formulas that must have
    values. Raises Unprintable.
    """
    if not symbols:
        return ""
    listed = ", ".join(names.of(symbol) for symbol in symbols)
    target = f"({listed},)" if len(symbols) == 1 else listed
    quoted = ", ".join(f'"{names.of(symbol)}"' for symbol in symbols)
    lines = [f"    {target} = points({_seed(title)}, [{quoted}])"]
    conditions = list(dict.fromkeys(_conditions(domain, exprs, names)))
    if conditions:
        lines += ["    with np.errstate(all=\"ignore\"):", "        keep = ["]
        lines += [f"            {condition}," for condition in conditions]
        lines += ["        ]", f"    {target} = inside([{listed}], keep)"]
    return "\n".join(lines) + "\n"


def _seed(title: str) -> int:
    return sum(map(ord, title)) % 10_000


def _conditions(domain: Domain, exprs: list[Expr], names: Names) -> Iterator[str]:
    """Where the formulas have values: the stated domain, positive logarithms, denominators off zero."""
    allowed = set(domain.symbols).union(*(expr.free_symbols for expr in exprs))
    for expr in (*domain.positive, *_positive_arguments(exprs)):
        if expr.free_symbols and expr.free_symbols <= allowed:
            yield f"{printed(expr, names)} > 1e-3"
    for expr in _denominators(exprs):
        yield f"np.abs({printed(expr, names)}) > 1e-3"
    for expr, values in domain.sets:
        if isinstance(values, sympy.Interval):
            yield from _bounds(printed(expr, names), values)


def _bounds(text: str, values: sympy.Interval) -> Iterator[str]:
    if values.start.is_finite:
        yield f"{text} > {float(values.start)!r}"
    if values.end.is_finite:
        yield f"{text} < {float(values.end)!r}"


def _positive_arguments(exprs: list[Expr]) -> Iterator[Expr]:
    for expr in exprs:
        for call in sorted(literal(expr).atoms(sympy.log), key=str):
            yield call.args[0]
        for power in sorted(expr.atoms(sympy.Pow), key=str):
            if not power.exp.is_Integer and power.base.free_symbols:
                yield power.base


def _denominators(exprs: list[Expr]) -> Iterator[Expr]:
    for expr in exprs:
        for power in sorted(literal(expr).atoms(sympy.Pow), key=str):
            if power.exp.is_Integer and power.exp < 0 and power.base.free_symbols:
                yield power.base
