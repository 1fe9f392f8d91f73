"""Derivatives in Leibniz's and Lagrange's notation; none is carried out here."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import sympy
from sympy import Derivative, Expr, Symbol, Tuple
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import AppliedUndef

from litgrad.latex.tree import Fraction, Grouped, Juxtaposed, Letter, Node, Number, Product, Scripted, Styled
from litgrad.meaning.forms import atoms_of, multiply, substitute
from litgrad.meaning.forms import name_of as function_name
from litgrad.meaning.names import differential_sign, is_bracketed, is_leibniz, name_of
from litgrad.meaning.terms import NoMeaning
from litgrad.source import Span

if TYPE_CHECKING:
    from litgrad.meaning.interpret import Interpreter


def leibniz(reader: "Interpreter", node: Node) -> Expr:
    """`\\frac{dL}{d\\hat{y}}`, `\\frac{\\partial^2 L}{\\partial x \\partial y}`, `\\frac{d[..]}{dx}`."""
    operand = _operand(halves(node)[0])
    if operand is None:
        raise NoMeaning(node.span, "a derivative of nothing")
    return _of_operand(reader, operand, node)


def _of_operand(reader: "Interpreter", operand: Node, node: Node) -> Expr:
    """The derivative of an operand by what stands below the line, as often as both halves say."""
    above, below = halves(node)
    by = _variables(reader, below)
    if _order(above) == 1 and len(by) == 1 and by[0][1] > 1:
        return _by_power(reader, operand, *by[0], node.span)
    if _order(above) != sum(order for _, order in by):
        raise NoMeaning(node.span, "a derivative whose orders above and below differ")
    return _derivative(reader, operand, by, node.span)


def _by_power(reader: "Interpreter", operand: Node, variable: Symbol, power: int, span: Span) -> Expr:
    """`\\frac{\\partial \\ell}{\\partial \\sigma^2}`: that by the name over `2 \\sigma`."""
    if variable.name not in reader.scope.variances:
        reader.doubt(f"the derivative by `{variable.name}^{power}` may be meant as one of a higher order")
    plain = _derivative(reader, operand, [(variable, 1)], span)
    return multiply(plain, sympy.Pow(multiply(sympy.Integer(power), variable ** (power - 1)), -1))


def _order(above: Node) -> int:
    """The order above the line: 2 in `d^2 y`."""
    head = above.factors[0] if isinstance(above, Juxtaposed) else above
    sup = head.sup if isinstance(head, Scripted) else None
    return int(sup.text) if isinstance(sup, Number) and sup.text.isdigit() else 1


def halves(node: Node) -> tuple[Node, Node]:
    """What stands above and below."""
    if isinstance(node, Fraction):
        return node.numerator, node.denominator
    assert isinstance(node, Product)
    return node.factors[0], node.factors[1]


def is_operator(node: Node) -> bool:
    """`\\frac{d}{dx}`, which applies to what follows."""
    return _operand(halves(node)[0]) is None


def applied(reader: "Interpreter", node: Node, rest: tuple[Node, ...]) -> tuple[Expr, tuple[Node, ...]]:
    """`\\frac{d}{dx}` with its operand: a bracket, else all that follows in the product."""
    if not rest:
        raise NoMeaning(node.span, "a derivative of nothing")
    count = 1 if is_bracketed(rest[0]) else len(rest)
    if count < len(rest):
        reader.doubt("the derivative may reach beyond the bracket")
    operand = rest[0] if count == 1 else Juxtaposed(rest[0].span | rest[-1].span, rest[:count])
    value = _of_operand(reader, operand, node)
    reader.note(node.span | operand.span, value)
    return value, rest[count:]


def is_differential(head: Node, rest: tuple[Node, ...]) -> bool:
    """`dx` standing free: an upright d, or `\\partial`, before a name."""
    upright = isinstance(head, Styled) and differential_sign(head) == "d"
    return bool(rest) and (upright or (isinstance(head, Letter) and head.name == r"\partial"))


def _operand(above: Node) -> Node | None:
    """What is differentiated; None for a bare `d`."""
    if not isinstance(above, Juxtaposed):
        return None
    rest = above.factors[1:]
    return rest[0] if len(rest) == 1 else Juxtaposed(rest[0].span | rest[-1].span, rest)


def _variables(reader: "Interpreter", below: Node) -> list[tuple[Symbol, int]]:
    """`dx`, `dx^2`, `\\partial x \\partial y` as (variable, order) pairs."""
    if not isinstance(below, Juxtaposed):
        raise NoMeaning(below.span, "a derivative by nothing")
    pairs = [_variable(reader, factor) for factor in below.factors if differential_sign(factor) is None]
    if len(pairs) * 2 != len(below.factors):
        raise NoMeaning(below.span, "a derivative by something that is not a single name")
    return pairs


def _variable(reader: "Interpreter", node: Node) -> tuple[Symbol, int]:
    order = 1
    if isinstance(node, Scripted) and isinstance(node.sup, Number) and node.sup.text.isdigit():
        order, node = (
            int(node.sup.text),
            node.base if node.sub is None else Scripted(node.span, node.base, node.sub, None),
        )
    if isinstance(node, Grouped):
        node = node.body
    name = name_of(node)
    if name is None or not 1 <= order <= 10:
        raise NoMeaning(node.span, "a derivative by something that is not a single name")
    variable = reader.symbol(name)
    if not isinstance(variable, Symbol):
        raise NoMeaning(node.span, "a derivative by something that is not a symbol")
    return variable, order


def _derivative(reader: "Interpreter", operand: Node, by: list[tuple[Symbol, int]], span: Span) -> Expr:
    """The derivative of an operand; names in it that the post defines depend on the variable."""
    name = name_of(operand)
    if name is not None and not reader.scope.parameters.get(name):
        inner: Expr = reader.function(name)(*dict.fromkeys(variable for variable, _ in by))
        reader.note(operand.span, reader.symbol(name))
    else:
        plain = _by_its_head(reader, name, by) or reader.expr(operand)
        inner = _dependent(reader, plain, [variable for variable, _ in by])
        if not any(_within(variable, inner) or _is_behind(reader, variable, inner) for variable, _ in by):
            reader.doubt(f"what is differentiated does not contain `{by[0][0].name}`")
    return Derivative(inner, *by)


def _within(variable: Symbol, expr: Expr) -> bool:
    """Whether an expression holds a variable, or for `z_{j}` an entry of z with another index."""
    base, scripted, _ = variable.name.partition("_{")
    names = {free.name for part in sympy.preorder_traversal(expr) for free in part.free_symbols}
    names |= {part.name for part in sympy.preorder_traversal(expr) if isinstance(part, Symbol)}
    return variable.name in names or (bool(scripted) and any(name.startswith(f"{base}_{{") for name in names))


def _by_its_head(reader: "Interpreter", name: str | None, by: list[tuple[Symbol, int]]) -> Expr | None:
    """`\\ell` in a derivative by mu, where the post defines `\\ell(\\mu)` and elsewhere `\\ell(p)`."""
    names = {variable.name for variable, _ in by}
    if name is None or names & set(reader.scope.parameters.get(name, ())):
        return None
    found = next((head for head in reader.scope.heads.get(name, ()) if names <= set(head)), None)
    return None if found is None else reader.function(name)(*map(reader.symbol, found))


def _is_behind(reader: "Interpreter", variable: Symbol, expr: Expr) -> bool:
    """Whether a function is called whose body holds a variable: sigma in `f(x) = x / \\sigma`."""
    called = (function_name(call) for call in expr.atoms(AppliedUndef))
    return any(variable.name in reader.scope.held.get(name, ()) for name in called)


def _dependent(reader: "Interpreter", expr: Expr, by: list[Symbol]) -> Expr:
    """Defined names as functions of the variables, so that no dependence is lost."""
    variables = tuple(dict.fromkeys(by))
    sizes = {free for sum_ in expr.atoms(ExprWithLimits) for limit in sum_.limits for free in _ends(limit)}
    table = {
        free: reader.function(free.name)(*variables)
        for free in atoms_of(expr, Symbol)
        if free not in variables and free not in sizes and free.name in reader.scope.defined
    }
    return substitute(expr, table)


def _ends(limit: Tuple) -> set[Expr]:
    """The index and the symbols in its bounds, which depend on nothing."""
    return set().union(*(part.free_symbols for part in limit))


# -------------------------------- primes --------------------------------


def prime_of_call(reader: "Interpreter", call: Expr, order: int, span: Span) -> Expr:
    """`f'(x)`; for `f'(g(x))` the derivative of f at g(x)."""
    if not isinstance(call, AppliedUndef) or len(call.args) != 1:
        raise NoMeaning(span, "a prime on a function of several variables")
    argument = call.args[0]
    if isinstance(argument, Symbol):
        return Derivative(call, (argument, order))
    slot = sympy.Dummy("u", real=True)
    parameters = reader.scope.parameters.get(function_name(call))
    if parameters:
        slot = reader.symbol(parameters[0])
    return sympy.Subs(Derivative(call.func(slot), (slot, order)), slot, argument)


def prime_of_known(function: Callable[..., Expr], argument: Expr, order: int) -> Expr:
    """`\\tanh'(u)`: the derivative of a function that LaTeX names, at its argument."""
    if isinstance(argument, Symbol):
        return Derivative(function(argument, evaluate=False), (argument, order))
    slot = sympy.Dummy("u", real=True)
    return sympy.Subs(Derivative(function(slot, evaluate=False), (slot, order)), slot, argument)


def prime(reader: "Interpreter", inner: Expr, order: int, span: Span) -> Expr:
    """`[..]'`: by the only variable inside, else by the one that the surroundings name."""
    free = sorted(inner.free_symbols, key=str)
    if len(free) == 1 and isinstance(free[0], Symbol):
        return Derivative(inner, (free[0], order))
    if reader.variable is not None:
        return Derivative(_dependent(reader, inner, [reader.variable]), (reader.variable, order))
    raise NoMeaning(span, "a prime that does not say by which variable")


# -------------------------------- subscripts --------------------------------


def by_subscript(reader: "Interpreter", name: str) -> Expr | None:
    """`f_x` and `f_{xy}` of an f that the post defines of x and y; None for any other name."""
    found = _SUBSCRIPTED.fullmatch(name)
    if found is None or reader.scope.is_function(name):
        return None
    parameters = reader.scope.parameters.get(found["base"], ())
    letters = _LETTERS.findall(found["by"])
    if len(parameters) < _FEWEST or not set(letters) <= set(parameters):
        return None
    call = reader.function(found["base"])(*map(reader.symbol, parameters))
    return Derivative(call, *(reader.symbol(letter) for letter in letters))


_SUBSCRIPTED = re.compile(r"(?P<base>\\?[A-Za-z]+)_\{(?P<by>(?:\\[A-Za-z]+ ?|[A-Za-z] ?)+)\}")
_LETTERS = re.compile(r"\\[A-Za-z]+|[A-Za-z]")
_FEWEST = 2
"""Parameters of a function whose subscript names one of them."""


def held_constant(node: Scripted) -> Node | None:
    """The derivative in `( \\frac{\\partial U}{\\partial S} )_V`, in which V is held constant."""
    base = node.base
    if not isinstance(base, Grouped) or base.open.symbol != "(" or node.sub is None or node.primes:
        return None
    if node.sup is not None or not is_leibniz(base.body) or name_of(node.sub) is None:
        return None
    return base.body if differential_sign(halves(base.body)[0]) == r"\partial" else None
