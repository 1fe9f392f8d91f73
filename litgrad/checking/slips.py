"""What is easily lost on paper: brackets, the inner derivative of a chain, the right one of several names."""

from collections.abc import Iterator
from dataclasses import replace

import sympy
from sympy import Derivative, Expr, Pow, Symbol

from litgrad.checking.setting import Setting
from litgrad.checking.sides import sides_of
from litgrad.document import MathBlock
from litgrad.latex.parser import parse_math
from litgrad.latex.tree import Grouped, Juxtaposed, Node, Number, Operator, Product, Sign, Sum, walk
from litgrad.latex.unparse import unparse
from litgrad.meaning.forms import atoms_of, text_of
from litgrad.meaning.names import name_of
from litgrad.meaning.statements import Statements, Step
from litgrad.source import Span

_NO_NAMES = frozenset(["d", r"\partial", "e"])
_FACTORS = 16
"""How many lost factors are tried."""
_TERMS = 12
"""How many lost terms are tried."""


def names_as_written(step: Step) -> tuple[Node, ...]:
    """The names of a step, each once, as they stand."""
    found: dict[str, Node] = {}
    for side in (step.left.node, step.right.node):
        for node in walk(side) if side is not None else ():
            name = name_of(node)
            if name is not None and name not in _NO_NAMES:
                found.setdefault(name, node)
    return tuple(found.values())


def names_of(step: Step, setting: Setting) -> tuple[Node, ...]:
    """The names of a step, each once, `x`, `\\hat{y}`, `x_{1}`: as they stand, then those behind them."""
    found = {name: node for node in names_as_written(step) if (name := name_of(node)) is not None}
    behind = (free.name for side in sides_of(step) for free in atoms_of(setting.expanded(side), Symbol))
    for name in dict.fromkeys(behind):
        node = read_text(name) if name not in found else None
        if node is not None and name_of(node) == name:
            found[name] = node
    return tuple(found.values())


def lost_terms(step: Step, statements: Statements) -> tuple[Node, ...]:
    """The terms of the sums in a step and in the members beside it, each once, numbers left out."""
    chain = next((one for one in statements.derivations if step in one.steps), None)
    members = chain.members if chain is not None else (step.left, step.right)
    nodes = [node for member in members if member.node is not None for node in walk(member.node)]
    sums = [node for node in nodes if isinstance(node, Sum)]
    terms = {unparse(term): term for node in sums for term in node.terms if not isinstance(term, Number)}
    return tuple(terms.values())[:_TERMS]


def lost_factors(step: Step, setting: Setting) -> tuple[Node, ...]:
    """What the chain rule may have brought out: inner derivatives, and what the definitions lead to."""
    sides = sides_of(step)
    derivatives = [derivative for side in sides for derivative in atoms_of(side, Derivative)]
    found = [inner for derivative in derivatives for inner in _inner(derivative)]
    if derivatives:
        found += [free for side in sides for free in sorted(setting.expanded(side).free_symbols, key=text_of)]
    texts = dict.fromkeys(text for expr in found for text in _texts(expr))
    nodes = (read_text(text) for text in list(texts)[:_FACTORS])
    return tuple(node for node in nodes if node is not None)


def _inner(derivative: Derivative) -> Iterator[Expr]:
    """The derivatives of what stands inside functions and powers."""
    variable = derivative.variables[0]
    for part in sympy.preorder_traversal(derivative.expr):
        inner = part.base if isinstance(part, Pow) and part.base is not sympy.E else None
        inner = (
            part.args[0]
            if part.is_Function
            else part.exp
            if inner is None and isinstance(part, Pow)
            else inner
        )
        if isinstance(inner, Expr) and inner != variable and isinstance(variable, Symbol):
            slope = sympy.diff(inner, variable)
            if slope not in (0, 1) and not slope.has(Derivative):
                yield slope


def _texts(expr: Expr) -> Iterator[str]:
    """An expression as a factor, and without its minus sign."""
    if expr.could_extract_minus_sign():
        expr = -expr
    latex = sympy.latex(expr)
    yield rf"\left({latex}\right)" if expr.is_Add else latex


def read_text(latex: str) -> Node | None:
    """A formula of one side as a tree, None where it cannot be read."""
    block = MathBlock(Span(0, len(latex)), latex, ((0, 0),), display=False)
    formula = parse_math(block)
    if formula.diagnostics or len(formula.rows) != 1 or len(formula.rows[0].sides) != 1:
        return None
    return formula.rows[0].sides[0]


# -------------------------------- brackets --------------------------------


def bracketed(node: Sum) -> Iterator[tuple[Node, Span, str]]:
    """A sum with brackets around some of it: the new sum, the place, and its new text."""
    for start in range(len(node.terms) - 1):
        for end in range(start + 1, len(node.terms)):
            term = _from_last_factor(node, start, end)
            if term is None:
                continue
            changed = replace(
                node,
                terms=(*node.terms[:start], term, *node.terms[end + 1 :]),
                signs=(*node.signs[: start + 1], *node.signs[end + 1 :]),
            )
            span = node.terms[start].span | node.terms[end].span
            yield (
                (term if len(changed.terms) == 1 and changed.signs[0] is None else changed),
                span,
                unparse(term),
            )


def _from_last_factor(node: Sum, start: int, end: int) -> Node | None:
    """`2x + y` as `2(x + y)`, `\\log b + 1` as `\\log(b + 1)`, `b + c` behind a minus as `(b + c)`."""
    first = node.terms[start]
    rest = node.terms[start + 1 : end + 1]
    signs = (None, *node.signs[start + 1 : end + 1])
    if not isinstance(first, (Juxtaposed, Product)):
        sign = node.signs[start]
        is_minus = sign is not None and sign.symbol == "-"
        return _group(Sum(first.span | rest[-1].span, (first, *rest), signs)) if is_minus else None
    last = first.factors[-1]
    if isinstance(last, (Operator, Grouped)):
        return None
    inner = _group(Sum(last.span | rest[-1].span, (last, *rest), signs))
    return replace(first, span=first.span | rest[-1].span, factors=(*first.factors[:-1], inner))


def _group(inner: Sum) -> Grouped:
    return Grouped(inner.span, Sign(inner.span, "("), Sign(inner.span, ")"), inner)
