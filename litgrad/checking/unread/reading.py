"""A tree to a value in which every piece that has no meaning stands for itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy
from sympy import Expr

from litgrad.checking.unread.linear import Linear, logarithm, product_over
from litgrad.checking.unread.spelling import (
    bound_letters,
    is_density,
    is_expectation,
    is_functional,
    letters_in,
    must_be_number,
    spelled,
)
from litgrad.checking.unread.values import NoValue, Pieces, Value
from litgrad.latex.tree import (
    Annotated,
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
    Related,
    Root,
    Scripted,
    Styled,
    Sum,
    Text,
    Unreadable,
    walk,
)
from litgrad.meaning import calls, derivatives, large
from litgrad.meaning.elementary import ELEMENTARY
from litgrad.meaning.names import (
    Scope,
    bracket_of,
    differential_sign,
    is_bracketed,
    is_leibniz,
    is_transpose,
    items_of,
    name_of,
    vector_style,
)
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.naming import tensor_name

_TIMES = frozenset([r"\cdot", r"\times", "*"])
_PLAIN = frozenset(["(", "[", "{", r"\{"])
_BARS = frozenset(["|", r"\vert", r"\lvert", r"\|", r"\Vert", r"\lVert"])
_LARGEST_POWER = 20
_LETTER = re.compile(r"\\[A-Za-z]+|[A-Za-z]")
_OPEN = frozenset([r"\pm", r"\mp", r"\infty", r"\dots", r"\ldots", r"\cdots", r"\vdots", r"\ddots"])
"""What has no value of its own."""
_MAYBE_IMAGINARY = frozenset(["i", "j"])


@dataclass(slots=True)
class Reader:
    """Reads the two sides of one step."""

    scope: Scope
    forms: Mapping[str, Form] | None
    """The forms of the post's names; None for a post of single numbers."""
    numbers: frozenset[str] = frozenset()
    """Names that stand where only a number can."""
    pieces: Pieces = field(default_factory=Pieces)

    # -------------------------------- sums and products --------------------------------

    def value(self, node: Node) -> Value:
        """The value of a tree; raises NoValue."""
        match node:
            case Number(text=text):
                return Value.of(sympy.Rational(text) if len(text) < _LARGEST_POWER else self._refused())
            case Sum():
                return self._sum(node)
            case Product():
                return self._product(node)
            case Juxtaposed(factors=factors):
                return self._side_by_side(factors)
            case Fraction():
                return self._fraction(node)
            case Root(degree=None, radicand=radicand):
                return self._root(radicand)
            case Grouped():
                return self._grouped(node)
            case Annotated(body=body):
                return self.value(body)
            case Scripted() if not isinstance(node.base, (Operator, Empty)):
                return self._scripted(node)
        return self._as_it_stands(node)

    def _refused(self) -> Expr:
        raise NoValue

    def _sum(self, node: Sum) -> Value:
        joined = large.over_later_terms(node) or large.regrouped(node) or calls.with_signed_arguments(node)
        total = Value({})
        for term, sign in zip(joined.terms, joined.signs, strict=True):
            symbol = sign.symbol if sign is not None else "+"
            if symbol not in ("+", "-"):
                raise NoValue
            total = total + self.value(term) * Value.of(sympy.Integer(-1 if symbol == "-" else 1))
        return total

    def _product(self, node: Product) -> Value:
        if is_leibniz(node):
            return self._as_it_stands(node)
        spread = large.spread(node)
        if spread is not None:
            return self.value(spread)
        total = self.value(node.factors[0])
        for sign, factor in zip(node.signs, node.factors[1:], strict=True):
            if sign.symbol in _TIMES:
                total = total * self.value(factor)
            elif sign.symbol == "/":
                total = total * self._over(self.value(factor))
            else:
                return self._as_it_stands(node)
        return total

    def _side_by_side(self, factors: tuple[Node, ...]) -> Value:
        total, rest = Value.of(sympy.Integer(1)), factors
        while rest:
            value, rest = self._leading(rest)
            total = total * value
        return total

    def _leading(self, factors: tuple[Node, ...]) -> tuple[Value, tuple[Node, ...]]:
        """The value of the first factor with all that it applies to, and the factors left."""
        head, rest = factors[0], factors[1:]
        if isinstance(head, Letter) and head.name in ("!", "d", r"\partial"):
            raise NoValue
        if large.reaches(head):
            return self._reaching(head, rest), ()
        base = head.base if isinstance(head, Scripted) else head
        if isinstance(base, Operator):
            return self._named_function(head, base, rest)
        if isinstance(base, Letter) and base.name == r"\nabla":
            return self._nabla(head, rest)
        if rest and is_bracketed(rest[0]) and is_expectation(head):
            return self._expectation(head, rest[0]), rest[1:]
        if is_leibniz(head) and derivatives.is_operator(head):
            return self._differentiated(head, rest)
        if rest and is_bracketed(rest[0]) and self._is_call(head, bracket_of(rest[0])):
            return self._call(head, rest[0]), rest[1:]
        return self.value(head), rest

    def _fraction(self, node: Fraction) -> Value:
        if is_leibniz(node):
            return self._leibniz(node)
        if "binom" in node.command:
            return self._as_it_stands(node)
        return self.value(node.numerator) * self._over(self.value(node.denominator))

    def _over(self, below: Value) -> Value:
        number = below.scalar
        if number == 0:
            raise NoValue
        if number is not None:
            return Value.of(1 / number)
        letters = frozenset[str]().union(
            *(self.pieces.letters_of(one, word) for word, one in below.terms.items())
        )
        return Value.of(1 / self.pieces.scalar(f"({below.key()})", letters))

    def _root(self, radicand: Node) -> Value:
        number = self.value(radicand).scalar
        if number is None:
            raise NoValue
        return Value.of(sympy.sqrt(number))

    # -------------------------------- brackets and scripts --------------------------------

    def _grouped(self, node: Grouped) -> Value:
        if isinstance(node.body, (Listed, Related, Empty)) or node.open.symbol not in _PLAIN | _BARS:
            return self._as_it_stands(node)
        if node.open.symbol in _PLAIN:
            return self.value(node.body)
        key = f"|{self.value(node.body).key()}|"
        double = node.open.symbol not in ("|", r"\vert", r"\lvert")
        return Value.of(self.pieces.scalar(f"|{key}|" if double else key, letters_in(node)))

    def _scripted(self, node: Scripted) -> Value:
        bare = Scripted(node.span, node.base, node.sub, None, node.primes)
        plain: Node = node.base if node.sub is None and not node.primes else bare
        if node.sup is None or _is_name(node):
            return self._as_it_stands(node)
        if is_transpose(node):
            return self.value(plain).transposed()
        if node.base == Letter(node.base.span, "e") and node.sub is None and not node.primes:
            return self._exponential(node.sup)
        return self._power(node, plain, node.sup)

    def _exponential(self, sup: Node) -> Value:
        exponent = self.value(sup).scalar
        if exponent is None:
            raise NoValue
        return Value.of(sympy.exp(exponent))

    def _power(self, node: Scripted, plain: Node, sup: Node) -> Value:
        exponent = self._exponent(sup)
        is_index = exponent is None or (_is_name(plain) and not exponent.is_number)
        base = None if is_index else self.value(plain).scalar
        if base is None or exponent is None:
            return self._as_it_stands(node)
        if (
            base.is_number
            and exponent.is_number
            and not (exponent.is_Rational and abs(exponent) < _LARGEST_POWER)
        ):
            raise NoValue
        return Value.of(base**exponent)

    def _exponent(self, sup: Node) -> Expr | None:
        if any(isinstance(node, (Listed, Related, Text)) or _is_mark(node) for node in walk(sup)):
            return None
        return self.value(sup).scalar

    # -------------------------------- functions and operators --------------------------------

    def _named_function(
        self, head: Node, operator: Operator, rest: tuple[Node, ...]
    ) -> tuple[Value, tuple[Node, ...]]:
        if not rest or operator.name not in ELEMENTARY or not isinstance(head, Operator):
            if rest and is_bracketed(rest[0]):
                return self._call(head, rest[0]), rest[1:]
            raise NoValue
        count = self._argument_length(rest)
        argument = self._side_by_side(rest[:count])
        return self._applied(operator.name, argument), rest[count:]

    def _argument_length(self, rest: tuple[Node, ...]) -> int:
        if large.reaches(rest[0]):
            return len(rest)
        if is_bracketed(rest[0]):
            return 1
        for at in range(1, len(rest)):
            factor = rest[at]
            base = factor.base if isinstance(factor, Scripted) else factor
            is_call = is_bracketed(rest[at]) and self._is_call(rest[at - 1], bracket_of(rest[at]))
            if isinstance(base, Operator) or (is_bracketed(rest[at]) and not is_call):
                return at
        return len(rest)

    def _applied(self, name: str, argument: Value) -> Value:
        number = argument.scalar
        if number is None:
            letters = frozenset[str]().union(
                *(self.pieces.letters_of(one, word) for word, one in argument.terms.items())
            )
            return self.pieces.word(f"{name}({argument.key()})", letters)
        if ELEMENTARY[name] is sympy.log:
            return logarithm(number, self.pieces)
        return Value.of(ELEMENTARY[name](number))

    def _is_call(self, head: Node, bracket: Grouped) -> bool:
        """Whether a bracket holds arguments: several, a condition, or those of a known function."""
        if isinstance(head, Text):
            return True
        base = head.base if isinstance(head, Scripted) and head.sup is not None else head
        if is_functional(base, bracket):
            return True
        name = tensor_name(head) or tensor_name(base)
        return name is not None and (
            isinstance(bracket.body, (Listed, Related)) or self.scope.is_function(name)
        )

    def _call(self, head: Node, argument: Node) -> Value:
        """A function of arguments, as it stands; a power behind it is one of its value."""
        if isinstance(argument, Scripted):
            inner = Juxtaposed(head.span | argument.base.span, (head, argument.base))
            outer = Grouped(inner.span, bracket_of(argument).open, bracket_of(argument).close, inner)
            return self.value(Scripted(argument.span, outer, argument.sub, argument.sup, argument.primes))
        assert isinstance(argument, Grouped)
        separators = argument.body.separators if isinstance(argument.body, Listed) else ()
        arguments = [self._argument(item) for item in _all_items(argument)]
        marks = "".join(spelled(sign) for sign in separators)
        key = f"{spelled(head)}({marks}:{'; '.join(arguments)})"
        node = Juxtaposed(head.span | argument.span, (head, argument))
        self.pieces.kept[key] = spelled(node)
        density = is_density(head, argument) and not self._is_matrix(head)
        if density or self.forms is None:
            return Value.of(self.pieces.scalar(key, letters_in(node), positive=density))
        return self.pieces.word(key, letters_in(node))

    def _is_matrix(self, head: Node) -> bool:
        form = (self.forms or {}).get(tensor_name(head) or "")
        return form not in (None, Form.SCALAR)

    def _argument(self, item: Node) -> str:
        try:
            return self.value(item).key()
        except NoValue:
            return spelled(item)

    def _reaching(self, head: Node, rest: tuple[Node, ...]) -> Value:
        operator = large.operator_of(head)
        if operator is None or not rest or operator.name == r"\lim":
            raise NoValue
        name, bound = spelled(head), bound_letters(head)
        if operator.name in large.INTEGRALS:
            found = large.integrand(rest, large.INTEGRALS[operator.name])
            if found is None or found.body is None:
                raise NoValue
            letters = frozenset(_LETTER.findall(" ".join(found.variables)))
            linear = Linear(f"{name}d{','.join(found.variables)}", letters)
            return linear.over(self.value(found.body), self.pieces)
        body = self._side_by_side(rest)
        if operator.name == r"\sum":
            return Linear(name, bound).over(body, self.pieces)
        summed = Linear(name.replace(r"\prod", r"\sum"), bound)
        return product_over(
            name,
            body,
            self.pieces,
            lambda one: summed.over(logarithm(sympy.expand_log(one), self.pieces), self.pieces),
        )

    def _expectation(self, head: Node, argument: Node) -> Value:
        """A mean, which takes sums apart; what of it is no chance is not known."""
        if not isinstance(argument, Grouped) or isinstance(argument.body, (Listed, Related, Empty)):
            raise NoValue
        return Linear(spelled(head), None).over(self.value(argument.body), self.pieces)

    def _nabla(self, head: Node, rest: tuple[Node, ...]) -> tuple[Value, tuple[Node, ...]]:
        if not rest or not (head == Letter(head.span, r"\nabla") or isinstance(head, Scripted)):
            raise NoValue
        if isinstance(head, Scripted) and (head.sup is not None or head.primes):
            raise NoValue
        count = 1 if is_bracketed(rest[0]) else len(rest)
        return Linear(spelled(head), None).over(self._side_by_side(rest[:count]), self.pieces), rest[count:]

    def _leibniz(self, node: Node) -> Value:
        above, below = derivatives.halves(node)
        if not isinstance(above, Juxtaposed) or isinstance(above.factors[0], Scripted):
            return self._as_it_stands(node)
        name = f"{differential_sign(above)}/{spelled(below)}"
        return Linear(name, None).over(self._side_by_side(above.factors[1:]), self.pieces)

    def _differentiated(self, head: Node, rest: tuple[Node, ...]) -> tuple[Value, tuple[Node, ...]]:
        above, below = derivatives.halves(head)
        if not rest or isinstance(above, Scripted):
            raise NoValue
        count = 1 if is_bracketed(rest[0]) else len(rest)
        linear = Linear(f"{differential_sign(above)}/{spelled(below)}", None)
        return linear.over(self._side_by_side(rest[:count]), self.pieces), rest[count:]

    # -------------------------------- as it stands --------------------------------

    def _as_it_stands(self, node: Node) -> Value:
        """A piece that stands for itself: a number where it must be one, else what may not commute."""
        if any(isinstance(inner, (Unreadable, Empty)) or _is_mark(inner) for inner in walk(node)):
            raise NoValue
        if isinstance(node, Letter) and node.name in _MAYBE_IMAGINARY - self.scope.defined:
            raise NoValue
        if isinstance(node, (Listed, Related, Operator)):
            raise NoValue
        key, letters = spelled(node), letters_in(node)
        if self._is_number(node):
            return Value.of(self._symbol(key, letters))
        return self.pieces.word(key, letters)

    def _symbol(self, key: str, letters: frozenset[str]) -> Expr:
        return (
            sympy.pi
            if key == r"\pi" and r"\pi" not in self.scope.defined
            else self.pieces.scalar(key, letters)
        )

    def _is_number(self, node: Node) -> bool:
        name = tensor_name(node)
        if isinstance(node, Array) or (name is not None and vector_style(node)):
            return False
        if self.forms is None:
            return not isinstance(node, (Grouped, Styled))
        if name is not None and name in self.forms:
            return self.forms[name] is Form.SCALAR
        return name in self.numbers


def _is_name(node: Node) -> bool:
    return name_of(node) is not None or tensor_name(node) is not None


def _all_items(argument: Grouped) -> tuple[Node, ...]:
    return argument.body.items if isinstance(argument.body, Listed) else items_of(argument.body)


def _is_mark(node: Node) -> bool:
    """Dots, and signs that stand for two values."""
    return isinstance(node, Letter) and node.name in _OPEN


def names_of_numbers(nodes: tuple[Node, ...]) -> frozenset[str]:
    """The names that stand where only a number can: under a root or a line, in an exponent."""
    return frozenset(name for node in nodes for inner in walk(node) for name in must_be_number(inner))
