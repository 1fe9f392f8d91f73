"""Where the argument of a named function ends: `\\sin x \\, y` is a product, `\\sin \\omega \\, t` is not."""

from dataclasses import replace
from enum import Enum, auto

from litgrad.latex.tree import (
    Accented,
    Formula,
    Juxtaposed,
    Letter,
    Node,
    Operator,
    Row,
    Scripted,
    walk,
    with_children,
)
from litgrad.meaning.elementary import ELEMENTARY
from litgrad.meaning.names import is_bracketed, is_leibniz

_VARIABLES = frozenset(r"t x y z s u r \theta \phi \varphi \vartheta \tau \xi".split())
"""Letters that stand last in an argument, behind their coefficients."""
_LOGARITHMS = frozenset([r"\log", r"\ln", r"\lg"])
_DOTS = frozenset([r"\dot", r"\ddot", r"\dddot"])


class End(Enum):
    """Whether an argument ends before a factor."""

    NO = auto()
    PERHAPS_NOT = auto()
    """It is read on, and may end."""
    PERHAPS = auto()
    """It is ended, and may go on."""
    YES = auto()


def with_arguments_ended(formulas: list[Formula]) -> list[Formula]:
    """Formulas in which a named function and an argument that ends before other factors are one piece."""
    return [_in_formula(formula) for formula in formulas]


def end_before(function: str, argument: tuple[Node, ...], factor: Node, apart: bool) -> End:
    """Whether the argument of a function ends before a factor.

    Takes the function's name, the factors of its argument so far, at least one, the factor behind them, and
    whether a space is written between.
    """
    if _is_dotted(factor) or is_leibniz(factor):
        return End.YES
    if _is_exponential(factor):
        return End.PERHAPS if apart or function not in _LOGARITHMS else End.PERHAPS_NOT
    if not apart:
        return End.NO
    if isinstance(factor, Letter):
        return _before_letter(argument, factor)
    return End.YES if _has_variable(argument) else End.PERHAPS


def _before_letter(argument: tuple[Node, ...], factor: Letter) -> End:
    if _has_variable(argument):
        return End.YES
    return End.PERHAPS_NOT if factor.name in _VARIABLES else End.PERHAPS


def _has_variable(argument: tuple[Node, ...]) -> bool:
    last = argument[-1]
    letter = last.base if isinstance(last, Scripted) else last
    return isinstance(letter, Letter) and letter.name in _VARIABLES


def _is_dotted(factor: Node) -> bool:
    inner = factor.base if isinstance(factor, Scripted) else factor
    return isinstance(inner, Accented) and inner.accent in _DOTS


def _is_exponential(factor: Node) -> bool:
    if not isinstance(factor, Scripted) or factor.sup is None or factor.sub is not None:
        return False
    return isinstance(factor.base, Letter) and factor.base.name == "e"


# -------------------------------- trees --------------------------------


def _in_formula(formula: Formula) -> Formula:
    rows = tuple(_in_row(row) for row in formula.rows)
    return formula if rows == formula.rows else replace(formula, rows=rows)


def _in_row(row: Row) -> Row:
    return replace(row, sides=tuple(side and ended(side) for side in row.sides))


def ended(node: Node) -> Node:
    """A tree in which each argument that ends early is taken together with its function."""
    read = with_children(node, ended)
    return _taken_together(read) if isinstance(read, Juxtaposed) else read


def _taken_together(node: Juxtaposed) -> Juxtaposed:
    """Side by side, with a function and its argument as one factor where others follow."""
    for at, head in enumerate(node.factors):
        end = _end_of(node, at)
        if end is None:
            continue
        call = Juxtaposed(head.span | node.factors[end - 1].span, node.factors[at:end], node.apart)
        rest = replace(node, factors=(*node.factors[:at], call, *node.factors[end:]))
        return _taken_together(rest)
    return node


def _end_of(node: Juxtaposed, at: int) -> int | None:
    """Where the argument of a function at a place ends before other factors of its product."""
    function, factors = _function(node.factors[at]), node.factors
    if not function or at + 2 >= len(factors) or is_bracketed(factors[at + 1]) or _is_open(factors[at + 1]):
        return None
    for end in range(at + 2, len(factors)):
        if _is_open(factors[end]) or is_bracketed(factors[end]):
            return None
        apart = factors[end].span.start in node.apart
        if _is_differential(factors, at + 1, end):
            return end
        if end_before(function, factors[at + 1 : end], factors[end], apart) in (End.PERHAPS, End.YES):
            return end
    return None


def _is_differential(factors: tuple[Node, ...], start: int, end: int) -> bool:
    """`dt` behind an argument that ends in a variable: `\\cos t \\, dt` is no cosine of `t dt`."""
    letter = factors[end]
    if not isinstance(letter, Letter) or letter.name != "d" or end + 1 >= len(factors):
        return False
    behind = factors[end + 1]
    return isinstance(behind, Letter) and behind.name in _VARIABLES and _has_variable(factors[start:end])


def function_of(node: Node) -> str | None:
    """The function in a piece that is a function with its argument."""
    return (_function(node.factors[0]) or None) if isinstance(node, Juxtaposed) else None


def apart_in(node: Node) -> frozenset[int]:
    """Where factors begin that a space sets apart, in a tree."""
    return frozenset(at for inner in walk(node) if isinstance(inner, Juxtaposed) for at in inner.apart)


def _function(node: Node) -> str:
    base = node.base if isinstance(node, Scripted) else node
    return base.name if isinstance(base, Operator) and base.name in ELEMENTARY else ""


def _is_open(node: Node) -> bool:
    """Whether a factor ends or takes over an argument by itself: a function, a sum, an integral."""
    base = node.base if isinstance(node, Scripted) else node
    return isinstance(base, Operator)
