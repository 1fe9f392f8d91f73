"""`parse_latex`: one LaTeX formula as a SymPy expression, for use without a post."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

import sympy
from sympy import Basic, Expr, Symbol
from sympy.core.function import UndefinedFunction

from litgrad.diagnostics import Diagnostic
from litgrad.document import MathBlock
from litgrad.latex.parser import parse_math
from litgrad.latex.tree import Formula, Node, Sign
from litgrad.markdown.bounds import excess
from litgrad.meaning.arguments import with_arguments_ended
from litgrad.meaning.forms import Naming
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import Scope, survey
from litgrad.meaning.notation import plain
from litgrad.meaning.terms import NotRead
from litgrad.meaning.words import with_words
from litgrad.options import Options
from litgrad.source import Source, Span
from litgrad.terminal import render

_OVERLINED = re.compile(r"\\overline\{([^{}]*)\}")
_MARKS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"))
_RELATIONS: dict[str, type[Basic]] = {
    "=": sympy.Eq, r"\equiv": sympy.Eq, ":=": sympy.Eq, "<": sympy.Lt, r"\lt": sympy.Lt, ">": sympy.Gt,
    r"\gt": sympy.Gt, r"\le": sympy.Le, r"\leq": sympy.Le, r"\leqslant": sympy.Le, r"\ge": sympy.Ge,
    r"\geq": sympy.Ge, r"\geqslant": sympy.Ge, r"\ne": sympy.Ne, r"\neq": sympy.Ne,
}  # fmt: skip


class LatexError(ValueError):
    """A formula that has no meaning as one expression.

    The message shows the place under a caret; `line`, `column` and `offset` tell it as numbers.
    """

    def __init__(self, latex: str, diagnostic: Diagnostic) -> None:
        source = Source("formula", latex)
        super().__init__(render(source, diagnostic))
        place = source.position(diagnostic.span.start)
        self.reason = diagnostic.message
        self.offset = diagnostic.span.start
        self.line, self.column = place.line, place.column


def parse_latex(text: str, functions: Iterable[str] = (), symbols: Mapping[str, Expr] | None = None) -> Expr:
    r"""A LaTeX formula as a SymPy expression; nothing in it is evaluated, neither as code nor as mathematics.

    Takes the formula with or without its dollar signs; names that a bracket after them makes a call, as `f`
    or `\sigma` (a name followed by a simple argument that is nowhere used without is one anyway); and values
    for names, as LaTeX or without backslashes and braces, such as symbols with assumptions. Gives an
    expression, or a relation such as `Eq` for a formula with one relation sign. Safe on untrusted text: size
    and nesting are bounded. `e^` is the exponential, `\log` the natural logarithm, `\overline{z}` the
    conjugate.

    Raises LatexError, a ValueError, for what cannot be read, for several formulas, and for nothing.

    >>> parse_latex(r"\frac{\partial L}{\partial \hat{y}} = -\frac{y}{\hat{y}}")
    Eq(Derivative(L(hat{y}), hat{y}), -y/hat{y})
    >>> parse_latex("a(1 - a)"), parse_latex("f(1 - a)", functions=["f"])
    (a*(1 - a), f(1 - a))
    >>> parse_latex(r"\frac{1}{")
    Traceback (most recent call last):
    ...
    litgrad.expression.LatexError: error[unbalanced]: `{` is never closed
     --> formula:1:9
      |
    1 | \frac{1}{
      |         ^
      |
      = help: close it with `}`
    """
    latex = _undelimited(text)
    found = _formula(latex)
    scope = _scope(found, functions)
    naming = Naming(partial(_symbol, dict(symbols or {})), _function)
    named = [_value(latex, side, scope, naming) for side in _sides(latex, found)]
    if len(named) == 1:
        return named[0]
    sign = found.rows[0].relations[0]
    return _related(latex, sign)(*named, evaluate=False)


def _undelimited(text: str) -> str:
    """The formula without its marks; wide spaces as spaces, so that they part nothing."""
    latex = text.strip()
    for left, right in _MARKS:
        if latex.startswith(left) and latex.endswith(right) and len(latex) >= len(left) + len(right):
            latex = latex[len(left) : -len(right)]
            break
    return latex.replace(r"\qquad", " " * 6).replace(r"\quad", " " * 5)


def _formula(latex: str) -> Formula:
    beyond = excess(latex, Options())
    if beyond is not None:
        start, end, message = beyond
        raise LatexError(latex, Diagnostic("too-large", message, Span(start, end)))
    block = MathBlock(Span(0, len(latex)), latex, ((0, 0),), display=False)
    formula = parse_math(block)
    if formula.diagnostics:
        raise LatexError(latex, formula.diagnostics[0])
    return with_arguments_ended([with_words(plain(formula), None)[0]])[0]


def _scope(formula: Formula, functions: Iterable[str]) -> Scope:
    scope = survey([formula])
    names = {name if len(name) == 1 or name.startswith("\\") else rf"\{name}" for name in functions}
    return replace(scope, functions=scope.functions | names, defined=frozenset(), parameters={})


def _sides(latex: str, formula: Formula) -> list[Node]:
    whole = Span(0, len(latex))
    if not formula.rows:
        raise LatexError(latex, Diagnostic("unreadable-math", "an empty formula", whole))
    if len(formula.rows) > 1:
        message = "several formulas, not one"
        raise LatexError(latex, Diagnostic("unreadable-math", message, formula.rows[1].span))
    row = formula.rows[0]
    if len(row.relations) > 1:
        message = "a chain of several relations, not one"
        raise LatexError(latex, Diagnostic("unreadable-math", message, row.relations[1].span))
    missing = [side for side in row.sides if side is None]
    if missing:
        message = f"nothing stands beside `{row.relations[0].symbol}`"
        raise LatexError(latex, Diagnostic("missing-operand", message, row.relations[0].span))
    return [side for side in row.sides if side is not None]


def _value(latex: str, node: Node, scope: Scope, naming: Naming) -> Expr:
    term = interpret(node, scope, naming=naming)
    if isinstance(term, NotRead):
        raise LatexError(latex, Diagnostic("unreadable-math", term.reason, term.span))
    return term.expr


def _related(latex: str, sign: Sign) -> type[Basic]:
    if sign.symbol not in _RELATIONS:
        message = f"the relation `{sign.symbol}` has no counterpart in SymPy"
        raise LatexError(latex, Diagnostic("unreadable-math", message, sign.span))
    return _RELATIONS[sign.symbol]


# -------------------------------- names --------------------------------


def _function(name: str) -> UndefinedFunction:
    return sympy.Function(_plain_name(name))


def _symbol(table: Mapping[str, Expr], name: str) -> Expr:
    """A symbol with a plain name and without assumptions, or the caller's own value."""
    short = _plain_name(name)
    for key in (name, short, _bare(name)):
        if key in table:
            return table[key]
    overlined = _OVERLINED.fullmatch(name)
    if overlined is not None:
        return sympy.conjugate(Symbol(_plain_name(overlined[1])))
    return Symbol(short)


def _plain_name(name: str) -> str:
    """`\\operatorname{loss}` as `loss`, `\\alpha` as `alpha`."""
    for wrapper in (r"\operatorname{", r"\mathit{", r"\mathrm{", r"\mathnormal{"):
        if name.startswith(wrapper) and name.endswith("}") and name.count("{") == 1:
            name = name[len(wrapper) : -1]
    return name.replace("\\", "")


def _bare(name: str) -> str:
    return "".join(character for character in name if character not in "\\{} ")
