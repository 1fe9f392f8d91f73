"""NumPy text of a graph of tensors whose contractions are of two at most."""

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from fractions import Fraction

from litgrad.codegen.pieces import ADD, ATOM, MUL, POWER, UNARY, Piece, Unprintable
from litgrad.codegen.special import Ratio, Sigmoid, Softplus, Xlogy
from litgrad.codegen.tensors import helpers, products
from litgrad.codegen.tensors.products import Factor
from litgrad.gradients.tensors import primitives
from litgrad.gradients.tensors.rows import ROWS
from litgrad.gradients.tensors.tidy import Pair, is_symmetric, pairs_of
from litgrad.records import dataclass
from litgrad.tensors.expr import (
    Constant,
    Derivative,
    Determinant,
    Dim,
    Einsum,
    Elementwise,
    Identity,
    Inverse,
    Labels,
    Number,
    Ones,
    Power,
    Shape,
    Sum,
    Tensor,
    Unknown,
    Variable,
    variables,
)

_UFUNCS = {
    "exp": "exp", "log": "log", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh",
    "cosh": "cosh", "tanh": "tanh", "abs": "abs", "sign": "sign", "arctan": "arctan",
    "log1p": "log1p",
}  # fmt: skip
_SCALAR_HELPERS: dict[str, tuple[type, str]] = {
    "sigmoid": (Sigmoid, "_sigmoid"),
    "softplus": (Softplus, "_softplus"),
}
_ALONG = {
    primitives.SOFTMAX: helpers.SOFTMAX,
    primitives.LOG_SOFTMAX: helpers.LOG_SOFTMAX,
    primitives.LOGSUMEXP: helpers.LOGSUMEXP,
}
_MINUS_ONE = Fraction(-1)


@dataclass(slots=True)
class TensorPrinter:
    """The text of nodes; what has a name of its own is printed by that."""

    name: Callable[[str], str]
    """The Python name of a variable."""
    size: Callable[[Dim], str]
    """The Python text of a length."""
    kind: str
    """The text of the kind of floats: `W.dtype`."""
    local: Mapping[Tensor, str]
    """The nodes that have been computed, by their names; filled while the function is written."""
    quotients: frozenset[tuple[Tensor, Tensor]] = frozenset()
    """Pairs x, u whose quotient is 0 where x is 0: what goes with x log u."""
    leading: str = "()"
    """The text of the leading axes that all rows have: `x.shape[:-1]`."""
    fast: bool = False
    """Whether speed counts for more than looks."""
    lengths: frozenset[str] = frozenset()
    """Names that stand for the length of an axis, which is a Python number."""
    long: Mapping[Dim, str] = field(default_factory=dict)
    """Lengths that are shorter here than those of the arguments, by their texts."""
    special: Callable[[Tensor], Piece | None] = lambda _: None
    """A text that goes before the usual one."""
    scalar_helpers: set[type] = field(default_factory=set)
    helpers: set[str] = field(default_factory=set)

    def need(self, helper: str) -> str:
        """Note that a helper is called; gives its name."""
        self.helpers.add(helper)
        return helper

    def piece(self, node: Tensor) -> Piece:
        """The text of a node."""
        if node in self.local:
            return Piece(self.local[node])
        return self.special(node) or self._written(node)

    def _written(self, node: Tensor) -> Piece:
        match node:
            case Variable(name=name):
                return Piece(self.size(name[6:]) if name.startswith(" size ") else self.name(name))
            case Number(value=value):
                return _number(value)
            case Constant(name=name):
                return Piece(f"np.{name}")
            case Ones():
                return Piece("1")
            case Identity(size=size):
                return Piece(f"np.eye({self.size(size)}, dtype={self.kind})")
            case Sum():
                return self._sum(node)
            case Einsum():
                return self._einsum(node)
            case Elementwise():
                return self._function(node)
            case Power():
                return self._power(node)
            case Inverse(matrix=matrix):
                return Piece.join("np.linalg.inv(", self.full(matrix), ")")
            case Determinant(matrix=matrix):
                return Piece.join("np.linalg.det(", self.full(matrix), ")")
            case Derivative():
                raise Unprintable("a derivative stays in its formula")
            case Unknown():
                return self._along(node)

    def full(self, node: Tensor) -> Piece:
        """The text of a node whose array has its whole shape, not one that broadcasts to it."""
        piece = self.piece(node)
        if not spread(node):
            return piece
        shape = self.shape(node.shape)
        if isinstance(node, Ones):
            return Piece(f"np.ones({shape}, dtype={self.kind})")
        if all(self._is_length(one) for one in variables(node)):
            return Piece.join(f"np.full({shape}, ", piece, f", dtype={self.kind})")
        return Piece.join("np.broadcast_to(", piece, f", {shape})")

    def shape(self, shape: Shape) -> str:
        """The text of a shape."""
        sizes = ["" if size == ROWS else self.long.get(size) or self.size(size) for size in shape]
        if ROWS in shape:
            return f"(*{self.leading}, {', '.join(sizes[1:])})" if sizes[1:] else self.leading
        return f"({', '.join(sizes)},)" if len(sizes) == 1 else f"({', '.join(sizes)})"

    # -------------------------------- sums --------------------------------

    def _sum(self, node: Sum) -> Piece:
        """Terms with their signs, one without a minus in front where there is one."""
        signed = [self.signed(term) for term in node.terms]
        signed.sort(key=lambda pair: pair[0])
        negative, first = signed[0]
        parts: list[str | Piece] = ["-" if negative else "", first.within(MUL if negative else ADD)]
        for negative, term in signed[1:]:
            parts += [" - " if negative else " + ", term.within(MUL)]
        return Piece.join(*parts, precedence=ADD)

    def signed(self, term: Tensor) -> tuple[bool, Piece]:
        """A term of a sum: whether it is subtracted, and what."""
        if term in self.local:
            return False, self.piece(term)
        if isinstance(term, Number) and term.value < 0:
            return True, _number(-term.value)
        if isinstance(term, Einsum):
            pairs, output = pairs_of(term)
            for place, (factor, _) in enumerate(pairs):
                if isinstance(factor, Number) and factor.value < 0:
                    return True, self._scaled(pairs, output, place, -factor.value)
        return False, self.piece(term)

    # -------------------------------- products --------------------------------

    def _einsum(self, node: Einsum) -> Piece:
        pairs, output = pairs_of(node)
        for place, (factor, _) in enumerate(pairs):
            if isinstance(factor, Number):
                negative = factor.value < 0
                piece = self._scaled(pairs, output, place, abs(factor.value))
                return Piece.join("-", piece.within(MUL), precedence=MUL) if negative else piece
        return self._scaled(pairs, output, None, Fraction(1))

    def _scaled(self, pairs: list[Pair], output: Labels, place: int | None, coefficient: Fraction) -> Piece:
        """A positive number times scalars times a product of one or two tensors."""
        rest = [pair for at, pair in enumerate(pairs) if at != place]
        scalars = [factor for factor, labels in rest if not labels]
        tensors: list[Pair] = [(f, n) for f, n in rest if n and not isinstance(f, Ones)]
        divided = len(tensors) == 1 and tensors[0][1] == output and self._divides(tensors[0][0])
        core = self._core(tensors, output) if tensors and not divided else None
        above = [one for one in scalars if not _is_reciprocal(one)]
        below = [one.base for one in scalars if isinstance(one, Power) and _is_reciprocal(one)]
        front = [] if coefficient.numerator == 1 else [_number(Fraction(coefficient.numerator))]
        front += [self.piece(one) for one in above]
        front += [core] if core is not None else []
        behind = [] if coefficient.denominator == 1 else [_number(Fraction(coefficient.denominator))]
        behind += [self.piece(one) for one in below]
        behind += [self.piece(one.base) for one, _ in tensors if divided and isinstance(one, Power)]
        if coefficient == Fraction(1, 2) and front:
            front, behind = [Piece("0.5"), *front], behind[1:]
        return _quotient(front, behind)

    def _core(self, tensors: list[Pair], output: Labels) -> Piece:
        if len(tensors) > 2:
            raise Unprintable("a product of more than two stays in its formula")
        row = next((n[0] for f, n in tensors if f.shape[0] == ROWS), None)
        at = _Place(self, row)
        kept = tuple(label for label in output if any(label in n for _, n in tensors))
        found = self._special(tensors, kept, at)
        if found is None:
            steps = [isinstance(f, Elementwise) and f.function == "step" for f, _ in tensors]
            factors = [
                self._comparison(f, n) if step and steps.count(False) else self._factor(f, n, kept)
                for (f, n), step in zip(tensors, steps, strict=True)
            ]
            if len(factors) == 1:
                alone = replace(factors[0], piece=self.full(tensors[0][0]), divides=False, inverts=False)
                found = products.reduced(alone, kept, at)
            else:
                found = products.product(*factors, kept, at)
        return found if kept == output else products.aligned(Factor(found, kept), output, at)

    def _divides(self, node: Tensor) -> bool:
        """Whether it is 1 over something and has no name of its own."""
        return node not in self.local and _is_reciprocal(node)

    def _factor(self, node: Tensor, labels: Labels, output: Labels) -> Factor:
        summed = not set(labels) <= set(output)
        symmetric = is_symmetric(node)
        if isinstance(node, Inverse) and summed:
            return Factor(self.full(node.matrix), labels, inverts=True, symmetric=symmetric)
        if self._divides(node):
            assert isinstance(node, Power)
            base = self.piece(node.base) if labels == output else self.full(node.base)
            return Factor(base, labels, divides=True)
        whole = labels != output
        return Factor(self.full(node) if whole else self.piece(node), labels, symmetric=symmetric)

    def _comparison(self, step: Tensor, labels: Labels) -> Factor:
        """A step beside another factor: true and false are 1 and 0 there."""
        if step in self.local or not isinstance(step, Elementwise):
            return Factor(self.piece(step), labels)
        return Factor(Piece.join("(", self.full(step.argument), " > 0)"), labels)

    def _special(self, tensors: list[Pair], output: Labels, at: "_Place") -> Piece | None:
        """Products that NumPy has a word for, or that are 0 where a factor is."""
        if len(tensors) != 2:
            return None
        for (one, labels), (other, names) in (tensors, tensors[::-1]):
            if isinstance(one, Identity) and len(names) == 1 and len(output) == 2 and labels == output:
                return Piece.join("np.diag(", self.full(other), ")")
            if labels == names and (found := self._zero_at_zero(one, other)) is not None:
                return products.reduced(Factor(found, labels), output, at)
        return None

    def _zero_at_zero(self, x: Tensor, other: Tensor) -> Piece | None:
        """Products x log u, and x / u where that is its derivative: 0 where x is."""
        if is_x_log(x, other):
            assert isinstance(other, Elementwise)
            self.scalar_helpers.add(Xlogy)
            return Piece.join("_xlogy(", self.piece(x), ", ", self.piece(other.argument), ")")
        if isinstance(other, Power) and _is_reciprocal(other) and (x, other.base) in self.quotients:
            self.scalar_helpers.add(Ratio)
            return Piece.join("_ratio(", self.piece(x), ", ", self.piece(other.base), ")")
        return None

    # -------------------------------- functions --------------------------------

    def _plain(self, piece: Piece, node: Tensor) -> Piece:
        """A function of lengths and numbers as a Python float, which leaves single precision single."""
        if not self.is_plain(node):
            return piece
        return Piece.join("float(", piece, ")")

    def is_plain(self, node: Tensor) -> bool:
        """Whether a value is a Python number: made of numbers and lengths alone."""
        return not node.shape and all(self._is_length(one) for one in variables(node))

    def _is_length(self, variable: Variable) -> bool:
        return variable.name in self.lengths or variable.name.startswith(" size ")

    def _function(self, node: Elementwise) -> Piece:
        argument = self.piece(node.argument)
        if node.order == 0 and node.function in _UFUNCS:
            return self._plain(Piece.join(f"np.{_UFUNCS[node.function]}(", argument, ")"), node)
        if node.order == 0 and node.function == "relu":
            return Piece.join("np.maximum(", argument, ", 0)")
        if node.order == 0 and node.function == "step":
            return Piece.join("np.heaviside(", argument, ", 0)")
        row = _SCALAR_HELPERS.get(node.function)
        if row is None or node.order:
            raise Unprintable(f"`{node.function}` has no formula that can be computed")
        self.scalar_helpers.add(row[0])
        return Piece.join(f"{row[1]}(", argument, ")")

    def _power(self, node: Power) -> Piece:
        if not isinstance(node.exponent, Number):
            exponent = self.piece(node.exponent).within(POWER + 1)
            base = self.piece(node.base).within(ATOM)
            hugs = base.text.isidentifier() and exponent.text.isidentifier()
            return Piece.join(base, "**" if hugs else " ** ", exponent, precedence=POWER)
        exponent = node.exponent.value
        if exponent < 0:
            return _quotient([], [self._positive_power(node.base, -exponent)])
        return self._positive_power(node.base, exponent)

    def _positive_power(self, base: Tensor, exponent: Fraction) -> Piece:
        if exponent == Fraction(1, 2):
            root = Piece.join("np.sqrt(", self.piece(base), ")")
            return self._norm(base) or self._plain(root, base)
        if exponent == 1:
            return self.piece(base)
        whole = exponent.denominator == 1
        text = str(exponent) if whole else repr(float(exponent))
        piece = self.piece(base).within(ATOM)
        hugs = piece.text.isidentifier()
        return Piece.join(piece, f"**{text}" if hugs else f" ** {text}", precedence=POWER)

    def _norm(self, square: Tensor) -> Piece | None:
        """The root of a sum of squares."""
        if not isinstance(square, Einsum) or len(square.factors) != 2 or square in self.local:
            return None
        (one, labels), (other, names) = pairs_of(square)[0]
        if one != other or labels != names or square.output not in {(), labels[:-1]} or len(labels) > 2:
            return None
        rows = one.shape[0] == ROWS
        if rows != bool(square.output) or not labels:
            return None
        return Piece.join("np.linalg.norm(", self.full(one), ", axis=-1)" if rows else ")")

    def both(self, share: Tensor) -> Piece:
        """A call that gives a softmax and its logarithm."""
        assert isinstance(share, Unknown)
        return self._call(helpers.SOFTMAX_AND_LOG, share)

    def _along(self, node: Unknown) -> Piece:
        kind = primitives.kind_of(node)
        if kind is None or node.by:
            raise Unprintable(f"`{node.name}` has no formula that can be computed")
        if kind == primitives.LOG_DET:
            return Piece.join(f"{self.need(helpers.LOG_DET)}(", self.full(node.arguments[0]), ")")
        return self._call(_ALONG[kind], node)

    def _call(self, helper: str, node: Unknown) -> Piece:
        """A function along an axis; the last one goes without saying."""
        back = primitives.axis_of(node)
        axis = ")" if back == 1 else f", axis=-{back})"
        return Piece.join(f"{self.need(helper)}(", self.full(node.arguments[0]), axis)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a product stands."""

    printer: TensorPrinter
    row: int | None

    @property
    def fast(self) -> bool:
        return self.printer.fast

    def need(self, helper: str) -> str:
        return self.printer.need(helper)


def is_x_log(x: Tensor, log: Tensor) -> bool:
    """Whether a product is x log u with a given x: the limit 0 is meant where x is 0."""
    return (
        isinstance(x, Variable) and bool(x.shape) and isinstance(log, Elementwise) and log.function == "log"
    )


def spread(node: Tensor) -> frozenset[int]:
    """The axes of a node along which its array may have length 1, or be missing."""
    match node:
        case Ones():
            return frozenset(range(len(node.shape)))
        case Sum(terms=terms):
            return frozenset.intersection(*(spread(term) for term in terms))
        case Elementwise(argument=one) | Power(base=one):
            return spread(one)
        case Einsum():
            pairs, output = pairs_of(node)
            real = {n[axis] for f, n in pairs for axis in {*range(len(n))} - spread(f)}
            return frozenset(axis for axis, label in enumerate(output) if label not in real)
    return frozenset()


def _is_reciprocal(node: Tensor) -> bool:
    return isinstance(node, Power) and node.exponent == Number(_MINUS_ONE)


def _number(value: Fraction) -> Piece:
    """A number: whole ones as they are, others as short decimals, else as a quotient."""
    if value.denominator == 1:
        return Piece(str(value), precedence=ATOM if value >= 0 else UNARY)
    if len(repr(float(value))) < 12:
        return Piece(repr(float(value)), precedence=ATOM if value >= 0 else UNARY)
    return Piece(f"{value.numerator} / {value.denominator}", precedence=MUL)


def _quotient(above: list[Piece], below: list[Piece]) -> Piece:
    if not above:
        above = [Piece("1")]
    if len(above) == 1 and not below:
        return above[0]
    parts: list[str | Piece] = [above[0].within(MUL if "@" not in above[0].text else UNARY)]
    for one in above[1:]:
        parts += [" * ", one.within(MUL if "@" not in one.text and " / " not in one.text else UNARY)]
    if len(below) == 1:
        parts += [" / ", below[0].within(MUL + 1)]
    elif below:
        parts += [" / (", below[0].within(MUL)]
        parts += [part for one in below[1:] for part in (" * ", one.within(MUL + 1))]
        parts.append(")")
    return Piece.join(*parts, precedence=MUL)
