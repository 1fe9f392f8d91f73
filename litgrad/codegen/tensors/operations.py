"""A large value as calls of NumPy that fill an array: entry by entry in place, or a product of matrices."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from litgrad.codegen.pieces import ADD, MUL, Piece
from litgrad.codegen.tensors import products
from litgrad.codegen.tensors.printer import TensorPrinter, is_x_log, spread
from litgrad.codegen.tensors.products import Factor
from litgrad.gradients.tensors.tidy import Pair, pairs_of
from litgrad.records import dataclass
from litgrad.tensors.expr import (
    Einsum,
    Elementwise,
    Labels,
    Number,
    Ones,
    Power,
    Sum,
    Tensor,
    operands,
)

UFUNCS = frozenset("exp log sin cos tan sinh cosh tanh abs sign arctan log1p".split())
_PRODUCT = re.compile(r"(\w+(?:\.T)?) @ (\w+(?:\.T)?)")
_MINUS_ONE = Fraction(-1)


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its text, in which `{out}` is the array to fill and `{0}` a value made before."""

    text: str
    in_place: bool = True


@dataclass(frozen=True, slots=True)
class Calls:
    """How a value is computed: the calls one after another into one array, or an expression alone."""

    calls: tuple[Call, ...] = ()
    expression: str = ""


def is_inline(node: Tensor, uses: int) -> bool:
    """Whether a value is written where it is used: a negative, 1 over another, a number for a whole axis."""
    if spread(node):
        return True
    if isinstance(node, Power) and node.exponent == Number(_MINUS_ONE):
        return uses == 1
    if isinstance(node, Elementwise) and node.function == "step":
        return uses == 1
    if not isinstance(node, Einsum):
        return False
    pairs, output = pairs_of(node)
    rest = [(f, n) for f, n in pairs if not isinstance(f, Number)]
    numbers = [f.value for f, _ in pairs if isinstance(f, Number)]
    return len(rest) == 1 and rest[0][1] == output and numbers == [_MINUS_ONE]


@dataclass(frozen=True, slots=True)
class Selection:
    """Calls for nodes whose operands have names or texts already."""

    printer: TensorPrinter

    def calls(self, node: Tensor) -> Calls:
        """The calls that compute a node."""
        match node:
            case Sum(terms=terms):
                return Calls(tuple(self._sum(list(terms))))
            case Einsum():
                return self._einsum(node)
            case Elementwise(function=name, argument=one, order=0) if name in UFUNCS:
                return Calls((Call(f"np.{name}({self._text(one)}, out={{out}})"),))
            case Elementwise(function="relu", argument=one):
                return Calls((Call(f"np.maximum({self._text(one)}, 0, out={{out}})"),))
            case Elementwise(function="step", argument=one):
                return Calls((Call(f"np.heaviside({self._text(one)}, 0, out={{out}})"),))
            case Power():
                return self._power(node)
        return Calls(expression=self.printer.piece(node).text)

    def _text(self, node: Tensor) -> str:
        return self.printer.piece(node).text

    # -------------------------------- sums --------------------------------

    def _sum(self, terms: list[Tensor]) -> Iterator[Call]:
        signed = [self.printer.signed(term) for term in terms]
        signed.sort(key=lambda pair: pair[0])
        (negative, first), (minus, second), *rest = signed
        word = "add" if negative == minus else "subtract"
        yield Call(f"np.{word}({first.text}, {second.text}, out={{out}})")
        if negative:
            yield Call("np.negative({out}, out={out})")
        for sign, term in rest:
            word = "subtract" if sign else "add"
            yield Call(f"np.{word}({{out}}, {term.text}, out={{out}})")

    # -------------------------------- products --------------------------------

    def _einsum(self, node: Einsum) -> Calls:
        pairs, output = pairs_of(node)
        tensors = [(f, n) for f, n in pairs if n and not isinstance(f, Ones)]
        entries = all(set(n) <= set(output) and len(set(n)) == len(n) for _, n in pairs)
        if not entries or len(set(output)) < len(output):
            product = _PRODUCT.fullmatch(text := self._text(node))
            if product is None:
                return Calls(expression=text)
            return Calls((Call(f"np.matmul({product[1]}, {product[2]}, out={{out}})", in_place=False),))
        if len(tensors) == 2:
            found = self._limit(*tensors) or self._limit(*reversed(tensors))
            if found is not None:
                return Calls(tuple(found)) if isinstance(found, list) else Calls(expression=found)
        return Calls(tuple(self._entries(pairs, tensors, output)))

    def _entries(self, pairs: Sequence[Pair], tensors: Sequence[Pair], output: Labels) -> Iterator[Call]:
        above, below = [], []
        for factor, labels in tensors:
            divides = _is_reciprocal(factor) and factor not in self.printer.local
            inner = factor.base if divides and isinstance(factor, Power) else factor
            if divides and len(labels) < len(output):
                # One division for a row or a column, and multiplications, which take half the time.
                plain = Piece.join("1 / ", self.printer.full(inner).within(MUL + 1), precedence=MUL)
                above.append(products.aligned(Factor(plain, labels), output, self).text)
                continue
            shown = self._aligned(inner, labels, output, beside=len(tensors) > 1)
            (below if divides else above).append(shown)
        number = Fraction(1)
        for factor, _ in pairs:
            number *= factor.value if isinstance(factor, Number) else 1
        scalars = [f for f, n in pairs if not n and not isinstance(f, Number | Ones)]
        front = [self._text(one) for one in scalars if not _is_reciprocal(one)]
        behind = [self._text(one.base) for one in scalars if isinstance(one, Power) and _is_reciprocal(one)]
        first = above.pop(0) if above else "1"
        steps = [("multiply", one) for one in above] + [("divide", one) for one in below]
        scale = _scale(number, front, behind)
        steps += [scale] if scale is not None else []
        if not steps:
            word = "negative" if number < 0 else "positive"
            yield Call(f"np.{word}({first}, out={{out}})")
        for word, text in steps:
            yield Call(f"np.{word}({first}, {text}, out={{out}})")
            first = "{out}"

    def _aligned(self, node: Tensor, labels: Labels, output: Labels, *, beside: bool) -> str:
        if (
            beside
            and isinstance(node, Elementwise)
            and node.function == "step"
            and node not in self.printer.local
        ):
            inside = self.printer.piece(node.argument).within(MUL)
            compared = Piece.join(inside, " > 0", precedence=ADD)
            return products.aligned(Factor(compared, labels), output, self).text
        piece = self.printer.piece(node) if labels == output else self.printer.full(node)
        return products.aligned(Factor(piece, labels), output, self).text

    fast = True
    row = None

    def need(self, helper: str) -> str:
        """Note that a helper is called."""
        return self.printer.need(helper)

    def _limit(self, left: Pair, right: Pair) -> list[Call] | str | None:
        """Products x log u and quotients x / u, which are 0 where x is."""
        (x, labels), (other, names) = left, right
        if labels != names:
            return None
        if is_x_log(x, other) and isinstance(other, Elementwise):
            given, inner = self._text(x), self._text(other.argument)
            return [
                Call(f"np.add({inner}, np.equal({given}, 0), out={{out}})"),
                Call("np.log({out}, out={out})"),
                Call(f"np.multiply({given}, {{out}}, out={{out}})"),
            ]
        if _is_reciprocal(other) and isinstance(other, Power) and (x, other.base) in self.printer.quotients:
            return self._text(Einsum((x, other), (labels, names), labels))
        return None

    def _power(self, node: Power) -> Calls:
        base = self._text(node.base)
        exponent = node.exponent.value if isinstance(node.exponent, Number) else None
        if exponent == _MINUS_ONE:
            text = f"np.divide(1, {base}, out={{out}})"
        elif exponent == 2:
            text = f"np.multiply({base}, {base}, out={{out}})"
        elif exponent == Fraction(1, 2):
            text = f"np.sqrt({base}, out={{out}})"
        else:
            shown = self._text(node.exponent) if exponent is None else repr(float(exponent))
            text = f"np.power({base}, {shown}, out={{out}})"
        return Calls((Call(text),))


def parts_of(node: Tensor) -> tuple[Tensor, ...]:
    """What the calls for a node read: of x log u that is x and u."""
    if isinstance(node, Einsum) and len(node.factors) == 2:
        for x, other in (node.factors, node.factors[::-1]):
            if is_x_log(x, other) and isinstance(other, Elementwise):
                return (x, other.argument)
    return operands(node)


def _is_reciprocal(node: Tensor) -> bool:
    return isinstance(node, Power) and node.exponent == Number(_MINUS_ONE)


def _scale(number: Fraction, front: list[str], behind: list[str]) -> tuple[str, str] | None:
    """Numbers and scalars as one multiplication or division, with the sign of the number."""
    above = ([str(abs(number.numerator))] if abs(number.numerator) != 1 else []) + [
        f"({one})" for one in front
    ]
    below = ([str(number.denominator)] if number.denominator != 1 else []) + [f"({one})" for one in behind]
    top, bottom = " * ".join(map(_bare, above)), " * ".join(map(_bare, below))
    sign = "-" if number < 0 else ""
    if not above and not below:
        return ("multiply", "-1") if sign else None
    if not below:
        return "multiply", f"{sign}{top}"
    if not above:
        return "divide", f"{sign}({bottom})" if sign and len(below) > 1 else f"{sign}{bottom}"
    return "multiply", f"{sign}{top} / ({bottom})" if len(below) > 1 else f"{sign}{top} / {bottom}"


def _bare(text: str) -> str:
    inner = text[1:-1] if text.startswith("(") else text
    return inner if re.fullmatch(r"[\w.]+", inner) else text
