"""One tree to one term, with the symbol table of the whole post."""

import math
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef, UndefinedFunction

from litgrad.latex.tree import (
    Array,
    Empty,
    Fraction,
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Number,
    Operator,
    Product,
    Root,
    Scripted,
    Sign,
    Sum,
    Text,
    Unreadable,
    walk,
)
from litgrad.meaning import brackets, branches, calls, derivatives, large, matrices
from litgrad.meaning.arguments import apart_in
from litgrad.meaning.forms import Naming, ShapeMismatch, add, divide, multiply, negate, power
from litgrad.meaning.names import (
    Scope,
    is_bracketed,
    is_leibniz,
    is_transpose,
    name_of,
    primes_of,
    vector_style,
)
from litgrad.meaning.terms import Decision, NoMeaning, NotRead, Term
from litgrad.source import Span

DIGIT_LIMIT = 1_000
"""The longest integer literal that is read."""
EXPONENT_LIMIT = 10_000
"""The largest integer exponent of a number that is read."""
VECTOR = "a vector or matrix, which litgrad does not judge yet"
EULER_OR_NOT = "`e` alone may be a variable or Euler's number"
"""The doubt about an `e` that nothing defines."""
_EULER = "e"
_AS_WRITTEN = Naming()
_LIKE_INDICES = frozenset("ijklt")
_TIMES = frozenset(["*", r"\cdot", r"\times"])
_MAYBE_CONSTANTS = {
    "i": "`i` may be the imaginary unit",
    "j": "`j` may be the imaginary unit",
    "I": "`I` may be the identity or an indicator",
}


def interpret(
    node: Node, scope: Scope, variable: Symbol | None = None, naming: Naming = _AS_WRITTEN
) -> Term | NotRead:
    """Give a tree its meaning.

    Takes the tree, the post's symbol table, the variable that a bare prime differentiates by
    where the formula's surroundings name one, and what names become in SymPy. Gives the term, or the
    innermost piece without a meaning and why.
    """
    interpreter = Interpreter(scope, variable, naming, apart=apart_in(node), powers=_surely_powers(node))
    try:
        expr = interpreter.expr(node)
    except NoMeaning as fault:
        return fault.fault
    doubts = tuple(dict.fromkeys(interpreter.doubts))
    decisions = tuple(dict.fromkeys(interpreter.decisions))
    return Term(node, expr, tuple(interpreter.parts), doubts, decisions, tuple(interpreter.left))


def _surely_powers(node: Node) -> frozenset[str]:
    """The letters in superscripts of sums in brackets: beside `(1 - x)^{n-k}`, `x^k` is a power."""
    raised = (
        inner.sup
        for inner in walk(node)
        if isinstance(inner, Scripted)
        and isinstance(inner.base, Grouped)
        and isinstance(inner.base.body, Sum)
    )
    return frozenset(
        one.name for sup in raised if sup is not None for one in walk(sup) if isinstance(one, Letter)
    )


@dataclass(slots=True)
class Interpreter:
    """Walks one tree; notes each subterm's value and each doubtful choice."""

    scope: Scope
    variable: Symbol | None
    naming: Naming
    parts: list[tuple[Span, Expr]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    left: list[NotRead] = field(default_factory=list)
    apart: frozenset[int] = frozenset()
    """Where factors begin that a space sets apart."""
    powers: frozenset[str] = frozenset()
    """The letters that a superscript can only mean as powers here."""
    bound: list[str] = field(default_factory=list)
    """The indices and variables of the sums, limits and integrals around the piece at hand."""

    def expr(self, node: Node) -> Expr:
        """The value of a node; raises NoMeaning."""
        try:
            expr = self._expr(node)
        except ShapeMismatch as fault:
            raise NoMeaning(node.span, str(fault)) from None
        except (TypeError, ValueError, AttributeError, NotImplementedError) as fault:
            if not self.left:
                raise
            # SymPy's classes refuse matrices and infinities in many ways of their own
            raise NoMeaning(node.span, "a combination without a value") from fault
        self.note(node.span, expr)
        return expr

    def symbol(self, name: str) -> Expr:
        """The SymPy object of a name."""
        return self.naming.symbol(name)

    def function(self, name: str) -> UndefinedFunction:
        """The SymPy function of a name."""
        return self.naming.function(name)

    def note(self, span: Span, expr: Expr) -> None:
        """Remember what stands at a place."""
        if not self.parts or self.parts[-1] != (span, expr):
            self.parts.append((span, expr))

    def doubt(self, reason: str) -> None:
        """Remember a choice that a reader could make otherwise."""
        self.doubts.append(reason)

    def decide(self, span: Span, reading: str, reason: str, because: Span | None = None) -> None:
        """Remember how an ambiguous notation was read."""
        self.decisions.append(Decision(span, reading, reason, because))

    def leave(
        self,
        span: Span,
        reason: str,
        *,
        indexed: bool = False,
        calculus: bool = False,
        chance: bool = False,
    ) -> None:
        """Remember a piece that has a value and is not judged as it stands."""
        self.left.append(NotRead(span, reason, indexed=indexed, calculus=calculus, chance=chance))

    @contextmanager
    def binding(self, *names: str) -> Generator[None]:
        """Read a piece in which names are indices."""
        self.bound.extend(names)
        yield
        del self.bound[len(self.bound) - len(names) :]

    def _expr(self, node: Node) -> Expr:
        name = name_of(node)
        if name is not None and not (primes_of(node) and self._is_derivative(node)):
            return self.named(name, node)
        match node:
            case Number(text=text):
                return self._number(text, node)
            case Sum():
                node = large.over_a_negative(node) or node
                longer = large.over_later_terms(node)
                if longer is not None:
                    self.doubt("the sum may end before the next plus or minus")
                joined = longer or large.regrouped(node) or calls.with_signed_arguments(node)
                return add(*map(self._signed, joined.terms, joined.signs))
            case Product():
                return derivatives.leibniz(self, node) if is_leibniz(node) else self._product(node)
            case Juxtaposed(factors=factors):
                return calls.juxtaposed(self, factors)
            case Fraction():
                return self._fraction(node)
            case Root():
                return self._root(node)
            case Scripted():
                return self._scripted(node)
            case Grouped(body=Array() as block) if branches.is_by_cases(node):
                return branches.by_cases(self, block)
            case Grouped():
                return brackets.grouped(self, node)
            case Array() if branches.is_by_cases(node):
                return branches.by_cases(self, node)
            case Array():
                return matrices.matrix(self, node)
            case Letter(name=r"\infty"):
                self.leave(node.span, "an infinite value, which litgrad does not judge yet", calculus=True)
                return sympy.oo
            case Operator(name=operator):
                raise NoMeaning(node.span, calls.reason_for(operator))
        raise NoMeaning(node.span, _reason(node))

    def _is_derivative(self, node: Node) -> bool:
        base = name_of(node.base) if isinstance(node, Scripted) else None
        return base is not None and self.scope.is_function(base)

    def named(self, name: str, node: Node) -> Expr:
        """A name on its own: a value, a constant, or a function standing for its usual call."""
        if name.startswith("e^{") and name.endswith(("{-}", "{+}")):
            raise NoMeaning(node.span, "a sign alone as the exponent; write `e^{-x}`")
        if vector_style(node) or name in self.scope.vectors:
            self.leave(node.span, VECTOR)
        if name in self.scope.parameters and name not in self.scope.defined:
            return calls.usual_call(self, name)
        rate = derivatives.by_subscript(self, name)
        if rate is not None:
            self.decide(node.span, f"`{name}` is a partial derivative", "its subscript names parameters")
            return rate
        if name in self.scope.guessed:
            self.doubt(f"`{name[14:-1]}` may be a product of letters")
            self.decide(
                node.span, f"`{name[14:-1]}` is one word", "its letters do not all stand alone in the post"
            )
        if name in self.scope.defined or name in self.bound:
            return self.symbol(name)
        if name == r"\pi":
            self.decide(node.span, r"`\pi` is the number 3.14..", "the post does not define it")
            return sympy.pi
        if name == _EULER:
            self.doubt(EULER_OR_NOT)
            self.decide(node.span, "`e` is Euler's number", "the post does not define it")
            return sympy.E
        if name in _MAYBE_CONSTANTS:
            self.doubt(_MAYBE_CONSTANTS[name])
            self.decide(node.span, f"`{name}` is a variable", "the post does not define it")
        return self.symbol(name)

    def _number(self, text: str, node: Number) -> Expr:
        if len(text) > DIGIT_LIMIT:
            raise NoMeaning(node.span, f"a number of {len(text)} digits; the limit is {DIGIT_LIMIT}")
        whole, _, fraction = text.partition(".")
        if not fraction:
            return sympy.Integer(int(whole or "0"))
        return sympy.Rational(int(whole + fraction), 10 ** len(fraction))

    def _signed(self, term: Node, sign: Sign | None) -> Expr:
        if sign is None or sign.symbol == "+":
            return self.expr(term)
        if sign.symbol != "-":
            raise NoMeaning(sign.span, f"`{sign.symbol}` stands for two values")
        if isinstance(term, Product) and all(inner.symbol == r"\bmod" for inner in term.signs):
            first = Sum(sign.span | term.factors[0].span, (term.factors[0],), (sign,))
            return self.expr(replace(term, factors=(first, *term.factors[1:])))
        negative = negate(self.expr(term))
        self.note(sign.span | term.span, negative)
        return negative

    def _product(self, node: Product) -> Expr:
        reaching = large.spread(node)
        if isinstance(reaching, Juxtaposed):
            return self.expr(reaching)
        node = reaching or node
        if any(_ends_bare(factor) for factor in node.factors[:-1]):
            self.doubt("a function's argument may go on behind the product sign")
        run = list(calls.flat(self.expr(node.factors[0])))
        for sign, factor in zip(node.signs, node.factors[1:], strict=True):
            if sign.symbol in _TIMES:
                run.append(self.expr(factor))
            else:
                run = list(calls.flat(self._combined(multiply(*run), sign, factor)))
        return multiply(*run)

    def _combined(self, value: Expr, sign: Sign, factor: Node) -> Expr:
        match sign.symbol:
            case "/" | r"\div":
                if isinstance(factor, Juxtaposed) and not calls.is_one_call(self, factor):
                    self.doubt("what stands below the `/` may end earlier")
                return divide(value, self.expr(factor))
            case r"\bmod":
                divisor = self.expr(factor)
                if value.free_symbols or divisor.free_symbols:
                    self.leave(sign.span, "a remainder, which litgrad does not judge yet")
                return sympy.Mod(value, divisor, evaluate=False)
        raise NoMeaning(sign.span, f"the product `{sign.symbol}`, which litgrad does not judge yet")

    def _fraction(self, node: Fraction) -> Expr:
        if is_leibniz(node):
            return derivatives.leibniz(self, node)
        if "binom" in node.command:
            return sympy.binomial(self.expr(node.numerator), self.expr(node.denominator), evaluate=False)
        below = self.expr(node.denominator)
        if below == 0 or (isinstance(below, sympy.Add) and sympy.Add(*below.args) == 0):
            self.leave(node.denominator.span, "a division by 0")
        return divide(self.expr(node.numerator), below)

    def _root(self, node: Root) -> Expr:
        radicand = self.expr(node.radicand)
        degree = sympy.Integer(2) if node.degree is None else self.expr(node.degree)
        if degree.is_Integer and degree > 0:
            return power(radicand, sympy.Rational(1, int(degree)))
        self.leave(node.span, "a root whose degree is not a whole number")
        return power(radicand, divide(sympy.Integer(1), degree))

    def _scripted(self, node: Scripted) -> Expr:
        if isinstance(node.base, Operator):
            raise NoMeaning(node.span, calls.script_reason(node))
        if isinstance(node.base, Empty):
            raise NoMeaning(node.span, "a script on nothing")
        if brackets.is_evaluation(node):
            return brackets.evaluated(self, node)
        if node.sub is not None:
            return self._subscripted(node)
        if node.primes:
            return self._primed(node)
        return self._raised(node.base, node)

    def _subscripted(self, node: Scripted) -> Expr:
        """`x_1^2`: the subscript makes the name, the superscript is its power."""
        rate = derivatives.held_constant(node)
        if rate is not None:
            return self.expr(rate)
        plain = Scripted(node.span, node.base, node.sub, None)
        name = name_of(plain)
        if name is None or node.sup is None or node.primes:
            raise NoMeaning(node.span, VECTOR if vector_style(node) else calls.script_reason(node))
        if is_transpose(node):
            raise NoMeaning(node.span, "a transpose, which litgrad does not judge yet")
        return self._power(self.named(name, plain), node.sup)

    def _primed(self, node: Scripted) -> Expr:
        if node.sup is not None:  # the prime binds first: `f'^2` is the square of `f'`
            return self._power(self.expr(replace(node, sup=None)), node.sup)
        name = name_of(node.base)
        if name is not None and self.scope.is_function(name):
            return derivatives.prime_of_call(self, calls.usual_call(self, name), node.primes, node.span)
        return derivatives.prime(self, self.expr(node.base), node.primes, node.span)

    def _raised(self, base: Node, node: Scripted) -> Expr:
        """A base to the power of its superscript; `e^x` is the exponential."""
        assert node.sup is not None
        if calls.is_in_degrees(node):
            return calls.degrees(self, node)
        if is_transpose(node):
            return matrices.transposed(self, node)
        if isinstance(base, Letter) and base.name == _EULER:
            if _EULER in self.scope.defined:
                self.doubt("the post defines `e`")
            self.decide(base.span, "`e^` is the exponential function", "a superscript follows `e`")
            return sympy.exp(self.expr(node.sup), evaluate=False)
        return self._power(self.expr(base), node.sup)

    def power_of(self, base: Expr, sup: Node) -> Expr:
        """A value to a written power."""
        return self._power(base, sup)

    def _power(self, base: Expr, sup: Node) -> Expr:
        exponent = self.expr(sup)
        named = not (base.is_Add or base.is_Mul or base.is_Number)
        known = {*self.bound, *self.powers}
        is_letter = named and isinstance(sup, Letter) and sup.name not in known
        if is_letter and sup.name in ("i", "j", "k", "l", "n", "t"):
            self.doubt(f"the superscript `{sup.name}` may be an index")
            self.decide(sup.span, f"the superscript `{sup.name}` is a power", "it stands without brackets")
        if (
            named
            and isinstance(sup, Sum)
            and any(
                isinstance(term, Letter) and term.name in _LIKE_INDICES and term.name not in known
                for term in sup.terms
            )
        ):
            self.doubt("the superscript may be an index")
        if named and _is_label(sup):
            self.doubt("the superscript of several letters may be a label")
        if not base.free_symbols and not exponent.free_symbols and not _bounded(base, exponent):
            raise NoMeaning(sup.span, f"a power beyond the limit of {EXPONENT_LIMIT}")
        return power(base, exponent)


def _bounded(base: Expr, exponent: Expr) -> bool:
    """Whether a power of numbers is small enough to be worked out later.

    The exponent is bounded by a rough upper bound of its own size, found without working anything out.
    """
    size = _size(exponent)
    return size is not None and size <= EXPONENT_LIMIT and _size(base) is not None


def _size(expr: Expr) -> float | None:
    """An upper bound of the absolute value of a number, None where it is beyond all use."""
    if expr.is_Rational:
        return abs(float(expr)) if abs(expr.p) < _HUGE * expr.q else None
    if expr in (sympy.E, sympy.pi):
        return 4.0
    if isinstance(expr, AppliedUndef):
        return 1.0  # of an unknown function nothing is worked out
    if isinstance(expr, sympy.exp):
        inner = _size(expr.args[0])
        return None if inner is None or inner > _EXPONENT_OF_HUGE else math.exp(inner)
    parts = [_size(argument) for argument in expr.args]
    sizes = [part for part in parts if part is not None]
    if len(sizes) != len(parts) or not parts:
        return None
    if isinstance(expr, sympy.Pow):
        return _size_of_power(expr, *sizes)
    if isinstance(expr, sympy.Add):
        return sum(sizes)
    if isinstance(expr, sympy.Mul):
        return math.prod(sizes)
    return max(1.0, *sizes) if isinstance(expr, _SHRINKING) else None


_SHRINKING = (sympy.sin, sympy.cos, sympy.tanh, sympy.log, sympy.Abs, sympy.atan, sympy.erf)


def _size_of_power(expr: sympy.Pow, base: float, exponent: float) -> float | None:
    if expr.exp == -1 and isinstance(expr.base, sympy.log) and expr.base.args[0].is_Integer:
        return 2.0  # over the logarithm of a whole number, which is above 1/2
    if expr.exp.is_negative or base <= 1:
        return float(EXPONENT_LIMIT) if expr.exp.is_negative and not expr.base.is_Integer else 1.0
    return base**exponent if exponent * math.log(base) < _EXPONENT_OF_HUGE else None


_HUGE = 10**300
_EXPONENT_OF_HUGE = 300.0


def _is_label(sup: Node) -> bool:
    """`W^{OX}`: letters side by side."""
    return isinstance(sup, Juxtaposed) and all(
        isinstance(factor, Letter) and factor.name.isalpha() for factor in sup.factors
    )


def _ends_bare(node: Node) -> bool:
    """`\\log a` without a bracket around its argument."""
    if not isinstance(node, Juxtaposed):
        return False
    at = max((at for at, factor in enumerate(node.factors) if large.operator_of(factor)), default=None)
    return at is not None and at + 1 < len(node.factors) and not is_bracketed(node.factors[at + 1])


def _reason(node: Node) -> str:
    if vector_style(node):
        return VECTOR
    match node:
        case Text():
            return "words, not a formula"
        case Array(environment=environment):
            return f"a `{environment}` block, which litgrad does not judge yet"
        case Listed():
            return "a list, not a single value"
        case Empty():
            return "nothing stands here"
        case Unreadable(reason=reason):
            return reason
        case Letter(name=name):
            return f"`{name}` on its own"
    return "a notation that litgrad does not judge yet"
