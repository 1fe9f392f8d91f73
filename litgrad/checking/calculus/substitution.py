"""The substitution rule: indefinite integrals by several variables as integrals by one of them."""

from collections.abc import Iterable

import sympy
from sympy import Expr, Integral, Symbol

from litgrad.meaning.definitions import Definitions


def indefinite_variables(exprs: Iterable[Expr]) -> frozenset[Symbol]:
    """The variables by which expressions hold indefinite integrals.

    >>> x = Symbol("x", real=True)
    >>> indefinite_variables([Integral(x, x), Integral(x, (x, 0, 1))]) == {x}
    True
    """
    integrals = {one for expr in exprs for one in expr.atoms(Integral)}
    return frozenset(limit[0] for one in integrals for limit in one.limits if len(limit) == 1)


def base_of(
    variables: frozenset[Symbol], written: frozenset[Symbol], definitions: Definitions
) -> Symbol | None:
    """The variable that all the integrals can be taken by: one to which the definitions of the others lead.

    Takes the variables of the integrals and the symbols that stand outside of them, in which the
    antiderivative is written. None where there is no such variable, or where it could be several.
    """
    inner, outer = (
        [one for one in sorted(names, key=str) if _all_lead(variables, one, definitions)]
        for names in (variables, written - variables)
    )
    if len(inner) == 1 and (inner[0] in written or not outer):
        return inner[0]
    return outer[0] if len(outer) == 1 else None


def _all_lead(variables: frozenset[Symbol], base: Symbol, definitions: Definitions) -> bool:
    return all(one == base or _leads(one, base, definitions) for one in variables)


def _leads(variable: Symbol, base: Symbol, definitions: Definitions) -> bool:
    return variable in definitions.values and definitions.reaches(variable, base)


def by_one(expr: Expr, base: Symbol, definitions: Definitions) -> Expr:
    """Every indefinite integral as one by the base: `\\int g(t)\\,dt = \\int g(t(x))\\,t'(x)\\,dx`.

    Takes definitions in which the base has no value of its own.
    """
    table = {
        one: _changed(one, base, definitions)
        for one in expr.atoms(Integral)
        if len(one.limits) == 1 and len(one.limits[0]) == 1 and one.limits[0][0] != base
    }
    return expr.xreplace(table)


def _changed(integral: Integral, base: Symbol, definitions: Definitions) -> Expr:
    inner = definitions.expand(integral.limits[0][0])
    return Integral(definitions.expand(integral.function) * sympy.diff(inner, base), base)
