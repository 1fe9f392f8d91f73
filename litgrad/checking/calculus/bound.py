"""The variables of integrals and limits, kept apart from all other names."""

import sympy
from sympy import Derivative, Dummy, Expr, Integral, Limit, Symbol
from sympy.core.function import AppliedUndef

from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import name_of, symbol, text_of

HELD = (Integral, Limit)
"""What binds a variable."""


class Clash(Exception):
    """The variable of an integral has a meaning of its own; the message is a clause."""


def apart(expr: Expr, definitions: Definitions) -> Expr:
    """An expression whose bound variables are like no other symbol.

    Definitions that lead to a bound variable are put in first, for they are meant at every value of it. The
    variable of an indefinite integral is not bound. Raises Clash.
    """
    if not expr.has(*HELD):
        return expr
    match expr:
        case Integral():
            body, limits = apart(expr.function, definitions), list(expr.limits)
            for place, limit in enumerate(limits):
                ends = [apart(end, definitions) for end in limit[1:]]
                if not ends:
                    continue
                fresh = Dummy(limit[0].name, real=True)
                body = _over(body, limit[0], definitions).xreplace({limit[0]: fresh})
                limits[:place] = [_renamed(inner, limit[0], fresh) for inner in limits[:place]]
                limits[place] = sympy.Tuple(fresh, *ends)
            return Integral(body, *limits)
        case Limit():
            body, variable, point, side = expr.args
            fresh = Dummy(variable.name, real=True)
            inner = _over(apart(body, definitions), variable, definitions)
            return Limit(inner.xreplace({variable: fresh}), fresh, apart(point, definitions), side)
    return expr.func(*(apart(argument, definitions) for argument in expr.args))


def _renamed(limit: sympy.Tuple, old: Symbol, new: Symbol) -> sympy.Tuple:
    return sympy.Tuple(limit[0], *(end.xreplace({old: new}) for end in limit[1:]))


def _over(body: Expr, variable: Symbol, definitions: Definitions) -> Expr:
    """A body with all that depends on the bound variable put in."""
    calls = {name_of(call) for call in body.atoms(AppliedUndef)}
    names = {free for free in body.free_symbols if isinstance(free, Symbol) and free != variable}
    names |= {symbol(name) for name in calls if not definitions.is_function(name)}
    leading = [name for name in sorted(names, key=text_of) if definitions.reaches(name, variable)]
    bodies = [definitions.functions[name] for name in sorted(calls) if name in definitions.functions]
    inside = any(variable in free.free_symbols - set(own) for own, free in bodies)
    if variable in definitions.values and (leading or inside):
        raise Clash(f"`{variable.name}` is integrated over and has a value of its own")
    return definitions.expand(body) if leading or inside else body


def canonical(expr: Expr) -> Expr:
    """The same with bound variables named by how deep they stand, so that equal integrals look equal."""
    return _named(expr)[0] if expr.has(*HELD) else expr


def _named(expr: Expr) -> tuple[Expr, int]:
    if not expr.has(*HELD):
        return expr, 0
    found = [_named(argument) for argument in expr.args]
    height = max(depth for _, depth in found)
    plain = expr.func(*(argument for argument, _ in found))
    variables = [limit[0] for limit in plain.limits] if isinstance(plain, Integral) else []
    variables += [plain.args[1]] if isinstance(plain, Limit) else []
    table = {
        variable: Symbol(f"\N{INTEGRAL}{height + place}", real=True)
        for place, variable in enumerate(variables, start=1)
        if isinstance(variable, Dummy)
    }
    return plain.xreplace(table), height + len(variables)


def under_derivatives(expr: Expr) -> list[Expr]:
    """What derivatives hold that has integrals or limits in it, the innermost first."""
    held = [one for one in expr.atoms(Derivative) if one.expr.has(*HELD)]
    return sorted(held, key=lambda one: (one.count(Derivative), str(one)))
