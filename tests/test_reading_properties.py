"""A random expression, written in one of the many ways that authors write it, is read as what it is worth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

import mpmath
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from mpmath import mpf

from sympy import Expr, Rational, Symbol
from sympy.core.function import AppliedUndef

from litgrad.document import MathBlock
from litgrad.latex.parser import parse_math
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import survey
from litgrad.meaning.terms import Term
from litgrad.source import Span

Values = Mapping[str, mpf]
"""What each name is worth."""

NAMES = ("x", "y", "a", "t", "w", r"\alpha", r"\theta", r"\beta", r"\hat{y}", "x_1", "x_{2}", r"w_{ij}", r"\mu_t")
NUMBERS = ("2", "3", "10", "0.5", "1.25")
FUNCTIONS: dict[str, Callable[[mpf], mpf]] = {
    r"\sin": mpmath.sin,
    r"\cos": mpmath.cos,
    r"\tanh": mpmath.tanh,
    r"\exp": mpmath.exp,
    r"\log": mpmath.log,
    r"\ln": mpmath.log,
    r"\arctan": mpmath.atan,
}
SQUARED = (r"\sin", r"\cos", r"\tanh")
"""Functions whose power authors write at the name."""
STACKED = (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac", "{")
"""How a fraction with a line begins; one with a slash needs brackets in more places."""
LARGEST = mpf(10) ** 12


@dataclass(frozen=True, slots=True)
class Number:
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    text: str


@dataclass(frozen=True, slots=True)
class Total:
    """Terms with their signs."""

    terms: tuple["Tree", ...]
    minus: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Times:
    factors: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Over:
    above: "Tree"
    below: "Tree"


@dataclass(frozen=True, slots=True)
class Raised:
    base: "Tree"
    exponent: "Tree"


@dataclass(frozen=True, slots=True)
class Root:
    degree: int
    inside: "Tree"


@dataclass(frozen=True, slots=True)
class Applied:
    """A function of the table, or the author's own `f`."""

    function: str
    argument: "Tree"


@dataclass(frozen=True, slots=True)
class Size:
    """An absolute value."""

    inside: "Tree"


Tree = Number | Name | Total | Times | Over | Raised | Root | Applied | Size


def own(argument: mpf) -> mpf:
    """What the author's `f` is taken for."""
    return argument * argument + 2


class Outside(Exception):
    """The expression has no real value of a moderate size here."""


def value(tree: Tree, values: Values) -> mpf:
    """What the tree is worth; Outside where some part of it is no real number of moderate size."""
    result = _value(tree, values)
    if not (isinstance(result, mpf) and mpmath.isfinite(result) and abs(result) < LARGEST):
        raise Outside
    return result


def _value(tree: Tree, values: Values) -> object:
    match tree:
        case Number(text):
            return mpf(text)
        case Name(text):
            return values[text]
        case Total(terms, minus):
            return sum(-value(term, values) if sign else value(term, values) for term, sign in zip(terms, minus, strict=True))
        case Times(factors):
            return mpmath.fprod(value(factor, values) for factor in factors)
        case Over(above, below):
            divisor = value(below, values)
            if abs(divisor) < 1 / LARGEST:
                raise Outside
            return value(above, values) / divisor
        case Raised(base, exponent):
            ground = value(base, values)
            if abs(ground) < 1 / LARGEST:
                raise Outside
            power = value(exponent, values)
            if abs(power) > 20:
                raise Outside
            return ground**power
        case Root(degree, inside):
            return _positive(inside, values) ** (mpf(1) / degree)
        case Applied("f", argument):
            return own(value(argument, values))
        case Applied(r"\log" | r"\ln" as function, argument):
            return FUNCTIONS[function](_positive(argument, values))
        case Applied(function, argument):
            return FUNCTIONS[function](value(argument, values))
        case Size(inside):
            return abs(value(inside, values))


def _positive(tree: Tree, values: Values) -> mpf:
    result = value(tree, values)
    if result < 1 / LARGEST:
        raise Outside
    return result


class Pen:
    """Writes a tree as LaTeX, and chooses among the ways to do so."""

    def __init__(self, choices: Random) -> None:
        self.choices = choices

    def pick(self, *ways: str) -> str:
        return self.choices.choice(ways)

    def gap(self) -> str:
        """Space between signs, as shown or as not shown."""
        return self.pick("", "", " ", " ", "\n", r"\ ", r"\, ", r"\; ", r"\! ", "~") 

    def pad(self) -> str:
        """Space where TeX looks for an argument."""
        return self.pick("", "", " ", "\n")

    def bracketed(self, text: str) -> str:
        left, right = self.choices.choice(
            (("(", ")"), (r"\left(", r"\right)"), (r"\big(", r"\big)"), ("[", "]"), (r"\left[", r"\right]"), (r"\Bigl(", r"\Bigr)"))
        )
        return f"{left}{self.gap()}{text}{self.gap()}{right}"

    def group(self, text: str) -> str:
        return f"{{{self.pad()}{text}{self.pad()}}}"

    def script(self, text: str) -> str:
        """An argument, without braces where one sign is enough."""
        return self.pick(text, self.group(text)) if len(text) == 1 else self.group(text)

    def tree(self, tree: Tree) -> str:
        match tree:
            case Number(text) | Name(text):
                return text
            case Total(terms, minus):
                return self.total(terms, minus)
            case Times(factors):
                return self.times(factors)
            case Over(above, below):
                return self.over(above, below)
            case Raised(base, exponent):
                return self.raised(base, exponent)
            case Root(degree, inside):
                mark = f"[{degree}]" if degree > 2 else self.pick("", "", "[2]")
                return rf"\sqrt{mark}{self.group(self.tree(inside))}"
            case Applied(function, argument):
                return self.applied(function, argument)
            case Size(inside):
                return self.size(self.tree(inside))

    def size(self, text: str) -> str:
        """Bars with a left and a right one where others stand inside."""
        ways = ((r"\lvert ", r"\rvert "), ("|", "|"), (r"\left|", r"\right|"), (r"\vert ", r"\vert "))
        left, right = ways[0] if "|" in text or "vert" in text else self.choices.choice(ways)
        return f"{left}{self.pad()}{text}{self.pad()}{right}"

    def total(self, terms: tuple[Tree, ...], minus: tuple[bool, ...]) -> str:
        text = ""
        for place, (term, sign) in enumerate(zip(terms, minus, strict=True)):
            mark = "-" if sign else "+" if place else ""
            inside = self.tree(term)
            inside = self.bracketed(inside) if isinstance(term, Total) else inside
            text += f"{self.gap()}{mark}{self.gap()}{inside}"
        return text

    def times(self, factors: tuple[Tree, ...]) -> str:
        text = self.factor(factors[0], last=False)
        for before, factor in zip(factors, factors[1:], strict=False):
            written = self.factor(factor, last=factor is factors[-1])
            text += self.sign(before, written) + written
        return text

    def factor(self, tree: Tree, *, last: bool) -> str:
        text = self.tree(tree)
        if isinstance(tree, Total | Times) or (isinstance(tree, Over) and not text.startswith(STACKED)):
            return self.bracketed(text)
        return text if last or _closed(tree, text) else self.bracketed(text)

    def sign(self, before: Tree, after: str) -> str:
        """What stands between two factors; nothing only where nobody could take it for a number or a call."""
        shown = self.pick(r"\cdot ", r"\times ", r"\cdot", r"\,\cdot\, ")
        shown = shown + " " if after[0].isalpha() else shown
        loud = f"{self.gap()}{shown}"
        if after[0].isdigit() or (isinstance(before, Name | Raised) and after.lstrip("\\leftbigBl")[:1] in "(["):
            return loud
        return self.pick(loud, " ", r"\, ", "\n", " ")

    def over(self, above: Tree, below: Tree) -> str:
        way = self.pick(r"\frac", *STACKED[:4], "/", r"\over")
        upper, lower = self.tree(above), self.tree(below)
        if way == "/":
            return f"{self.simple(above, upper)}{self.gap()}/{self.gap()}{self.simple(below, lower)}"
        if way == r"\over":
            return f"{{{upper} {way} {lower}}}"
        if len(upper) == len(lower) == 1 and self.choices.random() < 0.5:
            return way + (f"{upper}{lower}" if upper.isdigit() else f" {upper} {lower}")
        return f"{way}{self.pad()}{self.group(upper)}{self.pad()}{self.group(lower)}"

    def simple(self, tree: Tree, text: str) -> str:
        """The text as a factor that a slash or a script takes as a whole."""
        return text if isinstance(tree, Number | Name | Root) else self.bracketed(text)

    def raised(self, base: Tree, exponent: Tree) -> str:
        upper = self.script(self.tree(exponent))
        if isinstance(base, Applied) and base.function in SQUARED and isinstance(exponent, Number):
            return f"{base.function}^{upper}{self.argument(base.argument)}"
        ground = self.tree(base)
        if not isinstance(base, Number | Name):
            ground = self.bracketed(ground)
        elif self.choices.random() < 0.2:
            ground = self.group(ground)
        return f"{ground}{self.pad()}^{self.pad()}{upper}"

    def applied(self, function: str, argument: Tree) -> str:
        if function == r"\exp" and self.choices.random() < 0.5:
            return f"e^{self.group(self.tree(argument))}"
        if function == "f":
            return function + self.pick("", " ") + self.round(self.tree(argument))
        return function + self.argument(argument)

    def argument(self, argument: Tree) -> str:
        text = self.tree(argument)
        bare = isinstance(argument, Name) or (isinstance(argument, Over) and text.startswith(STACKED))
        return self.pick(f" {text}", self.round(text)) if bare else self.round(text)

    def round(self, text: str) -> str:
        left, right = self.choices.choice((("(", ")"), (r"\left(", r"\right)"), (r"\left (", r"\right )"), (r"\big(", r"\big)")))
        return f"{left}{self.pad()}{text}{self.pad()}{right}"


def _closed(tree: Tree, text: str) -> bool:
    """Whether the text ends for sure, so that no factor after it joins the argument of a function in it."""
    return not isinstance(tree, Applied | Raised) or text.endswith((")", "]"))


numbers = st.sampled_from(NUMBERS).map(Number)
names = st.sampled_from(NAMES).map(Name)
exponents = st.one_of(st.sampled_from(("2", "3", "0.5")).map(Number), names)


def _nested(inside: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    several = st.lists(inside, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.lists(inside, min_size=1, max_size=3).map(tuple).flatmap(lambda terms: st.tuples(*[st.booleans()] * len(terms)).map(lambda signs: Total(terms, signs))),
        several.map(Times),
        st.builds(Over, inside, inside),
        st.builds(Raised, inside, st.one_of(exponents, inside)),
        st.builds(Root, st.sampled_from((2, 2, 3)), inside),
        st.builds(Applied, st.sampled_from((*FUNCTIONS, "f", "f")), inside),
        st.builds(Size, inside),
    )


trees = st.recursive(st.one_of(numbers, names), _nested, max_leaves=6)


def read_with_functions(latex: str, functions: tuple[str, ...]) -> Expr:
    """The expression that litgrad reads."""
    formula = parse_math(MathBlock(Span(0, len(latex)), latex, ((0, 0),), display=False))
    assert not formula.diagnostics, (latex, formula.diagnostics)
    scope = survey([formula])
    scope = replace(scope, functions=scope.functions | set(functions))
    [side] = [side for row in formula.rows for side in row.sides if side is not None]
    term = interpret(side, scope)
    assert isinstance(term, Term), (latex, term)
    return term.expr


def numeric(expr: Expr, values: Values) -> mpf:
    """What an expression that was read is worth."""
    by_name = {_bare(name): worth for name, worth in values.items()}
    expr = expr.replace(lambda e: isinstance(e, AppliedUndef), lambda e: e.args[0] ** 2 + 2)
    point = {symbol: Rational(str(by_name[_bare(symbol.name)])) for symbol in expr.atoms(Symbol)}
    return mpmath.mpmathify(expr.xreplace(point).evalf(25))


def _bare(name: str) -> str:
    return "".join(character for character in name if character not in "\\{} ")


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(tree=trees, choices=st.randoms(use_true_random=False), worths=st.lists(st.integers(101, 300), min_size=len(NAMES), max_size=len(NAMES)))
def test_an_expression_is_worth_the_same_however_it_is_written(tree: Tree, choices: Random, worths: list[int]) -> None:
    values = {name: mpf(worth) / 100 for name, worth in zip(NAMES, worths, strict=True)}
    with mpmath.workdps(30):
        try:
            expected = value(tree, values)
        except Outside:
            assume(False)
        latex = Pen(choices).tree(tree)
        found = numeric(read_with_functions(latex, ("f",)), values)
        assert mpmath.almosteq(found, expected, rel_eps=1e-12, abs_eps=1e-12), f"{latex!r} is {found}, not {expected}"
