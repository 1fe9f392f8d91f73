"""Functions that stay accurate where the literal formula does not, as SymPy heads with their NumPy text."""

from collections.abc import Callable

import sympy
from sympy import Expr, Function, Integer

from litgrad.records import dataclass


class Sigmoid(Function):
    """`1 / (1 + exp(-u))`."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        """The derivative, as a product that does not cancel."""
        (argument,) = self.args
        return Sigmoid(argument) * Sigmoid(-argument)


class Softplus(Function):
    """`log(1 + exp(u))`."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        """The sigmoid."""
        return Sigmoid(self.args[0])


class Log1p(Function):
    """`log(1 + u)`."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        """`1 / (1 + u)`."""
        return 1 / (1 + self.args[0])


class Expm1(Function):
    """`exp(u) - 1`."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        """`exp(u)`."""
        return sympy.exp(self.args[0])


class Xlogy(Function):
    """`x log y`, 0 where x is 0."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Expr:
        """`log y` and `x / y`."""
        x, y = self.args
        return sympy.log(y) if argindex == 1 else x / y


class Xlog1py(Function):
    """`x log(1 + y)`, 0 where x is 0."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Expr:
        """`log(1 + y)` and `x / (1 + y)`."""
        x, y = self.args
        return Log1p(y) if argindex == 1 else x / (1 + y)


class Logaddexp(Function):
    """`log(exp(u) + exp(v))`."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Expr:
        """The share of one exponential in both."""
        u, v = self.args if argindex == 1 else self.args[::-1]
        return Sigmoid(u - v)


class Hypot(Function):
    """`sqrt(u**2 + v**2)`."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Expr:
        """The share of one argument."""
        return self.args[argindex - 1] / Hypot(*self.args)


class HalfSech(Function):
    """`1 / (2 cosh(u / 2))`: its square is the slope of the sigmoid, and it underflows only later."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        """The half of it times the difference of the sigmoids of -u and u."""
        (argument,) = self.args
        return HalfSech(argument) * (Sigmoid(-argument) - Sigmoid(argument)) / 2


class Ratio(Function):
    """`x / u`, 0 where x is 0."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Expr:
        """`1 / u` and `-x / u**2`."""
        x, u = self.args
        return 1 / u if argindex == 1 else -x / u**2


class Choose(Function):
    """The second argument where the first is not below 0, else the third; both are forms of one value."""

    nargs = 3

    def fdiff(self, argindex: int = 1) -> Expr:
        """The derivative of the form that is taken."""
        test = self.args[0]
        return (Integer(0), Choose(test, Integer(1), Integer(0)), Choose(test, Integer(0), Integer(1)))[
            argindex - 1
        ]


def literal(expr: Expr) -> Expr:
    """The same value in plain logarithms and exponentials."""
    if not expr.has(*_PLAIN):
        return expr
    for head, rule in _PLAIN.items():
        if expr.has(head):
            expr = expr.replace(head, rule)
    return expr


HEADS = (Sigmoid, Softplus, Log1p, Expm1, Xlogy, Xlog1py, Logaddexp, Hypot, HalfSech, Ratio, Choose)
"""All of them."""

_PLAIN: dict[type[Expr], Callable[..., Expr]] = {
    Sigmoid: lambda u: 1 / (1 + sympy.exp(-u)),
    Softplus: lambda u: sympy.log(1 + sympy.exp(u)),
    Log1p: lambda u: sympy.log(1 + u),
    Expm1: lambda u: sympy.exp(u) - Integer(1),
    Xlogy: lambda x, y: x * sympy.log(y),
    Xlog1py: lambda x, y: x * sympy.log(1 + y),
    Logaddexp: lambda u, v: sympy.log(sympy.exp(u) + sympy.exp(v)),
    Hypot: lambda u, v: sympy.sqrt(u**2 + v**2),
    HalfSech: lambda u: 1 / (sympy.exp(u / 2) + sympy.exp(-u / 2)),
    Ratio: lambda x, u: x / u,
    Choose: lambda *args: args[1],
}


@dataclass(frozen=True, slots=True)
class Helper:
    """A private function of the generated module."""

    name: str
    text: str
    needs: tuple[str, ...] = ()


class Everywhere(sympy.Function):
    """A number in the shape of some arguments; code calls it, formulas do not."""


HELPERS = {
    Everywhere: Helper(
        "_everywhere",
        '''def _everywhere(number, *arguments):
    """A number in the shape that NumPy arrays broadcast to, and of their kind of floats."""
    if not any(isinstance(each, np.ndarray) for each in arguments):
        return number
    return np.full(np.broadcast(*arguments).shape, number, np.result_type(number, *arguments))
''',
    ),
    Sigmoid: Helper(
        "_sigmoid",
        '''def _sigmoid(u):
    """1 / (1 + exp(-u)) without overflow: the exponential is taken of -|u| only."""
    e = np.exp(-np.abs(u))
    return np.maximum(u >= 0, e) / (1 + e)
''',
    ),
    Softplus: Helper(
        "_softplus",
        '''def _softplus(u):
    """log(1 + exp(u)) without overflow, and without losing exp(u) beside 1."""
    return np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u)))
''',
    ),
    Xlogy: Helper(
        "_xlogy",
        '''def _xlogy(x, y):
    """x * log(y), and 0 where x is 0: the limit, also at y = 0."""
    return x * np.log(y + np.equal(x, 0))
''',
    ),
    Xlog1py: Helper(
        "_xlog1py",
        '''def _xlog1py(x, y):
    """x * log(1 + y), and 0 where x is 0: the limit, also at y = -1."""
    return x * np.log1p(y * np.not_equal(x, 0))
''',
    ),
    HalfSech: Helper(
        "_half_sech",
        '''def _half_sech(u):
    """1 / (2 * cosh(u / 2)), whose square is the slope of the sigmoid, and underflows first."""
    e = np.exp(-0.5 * np.abs(u))
    return e / (1 + e * e)
''',
    ),
    Ratio: Helper(
        "_ratio",
        '''def _ratio(x, u):
    """x / u, and 0 where x is 0: the limit, also at u = 0."""
    return x / np.where(np.equal(x, 0), 1, u)
''',
    ),
    Choose: Helper(
        "_choose",
        '''def _choose(test, one, other):
    """One form where the test is not below 0, the other elsewhere; both have the same exact value."""
    return np.where(test >= 0, one, other)[()]
''',
    ),
}
