"""One tree to one value of vectors, matrices and indices."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import field
from fractions import Fraction as Rational

from litgrad.latex.tree import (
    Fraction,
    Grouped,
    Juxtaposed,
    Letter,
    Node,
    Number,
    Operator,
    Product,
    Root,
    Scripted,
    Sign,
    Styled,
    Sum,
)
from litgrad.latex.unparse import unparse
from litgrad.meaning.names import is_leibniz, is_transpose
from litgrad.meaning.tensors import calls, derivatives, norms, powers, references, sums
from litgrad.meaning.tensors.dims import Again, LengthMismatch, Mismatch
from litgrad.meaning.tensors.model import Form, TensorTerm
from litgrad.meaning.tensors.naming import is_nought, is_one, reference
from litgrad.meaning.tensors.values import (
    JOINED,
    Value,
    contracted,
    entrywise,
    product,
    shown,
    summed,
    transposed,
)
from litgrad.meaning.tensors.world import Layout, Undecided, World
from litgrad.meaning.terms import Decision, NoMeaning, NotRead
from litgrad.records import dataclass
from litgrad.source import Span
from litgrad.tensors.build import negate, number, power, scale
from litgrad.tensors.expr import Constant, Dim, Identity, Ones, ShapeError, Tensor

_MOST_ROUNDS = 200
"""How often one formula is read anew because two lengths turned out to be one."""
_TWO_WAYS = "a name that counts iterates and entries, too"
_TIMES = frozenset(["*", r"\cdot", r"\times"])
_ENTRYWISE = frozenset([r"\odot", r"\circ", r"\ast"])


def read(node: Node, world: World, layout: Layout) -> TensorTerm | NotRead:
    """Give a tree its meaning in vectors and matrices.

    Takes the tree, what is known of the post's names, and where the axes of derivatives go. Gives the
    term, or the innermost piece without a meaning and why. Raises Undecided where the form of a name is
    not known yet.
    """
    for _ in range(_MOST_ROUNDS):
        reader = Reader(world, layout, node.span)
        try:
            value = reader.value(node)
        except Again:
            continue
        except NoMeaning as fault:
            return fault.fault
        return _term(node, value, reader)
    return NotRead(node.span, "its shapes are not settled")


def _rational(text: str) -> Rational:
    """A number as it is written; a dot alone is none.

    >>> _rational(".5"), _rational("2.")
    (Fraction(1, 2), Fraction(2, 1))
    """
    return Rational(f"0{text}0" if "." in text else text)


def _clash(before: tuple[Node, ...], left: Value, behind: tuple[Node, ...], right: Value) -> NoMeaning:
    """Two factors whose shapes the author gives and which do not fit."""
    first, second = (" ".join(map(unparse, nodes)) for nodes in (before, behind))
    reason = f"`{first}` ({shown(left)}) cannot be multiplied by `{second}` ({shown(right)})"
    return NoMeaning(before[0].span | behind[-1].span, reason, clash=True)


def _term(node: Node, value: Value, reader: "Reader") -> TensorTerm:
    parts = tuple((span, part.tensor) for span, part in reader.parts)
    doubts, decisions = tuple(dict.fromkeys(reader.doubts)), tuple(dict.fromkeys(reader.decisions))
    forms = frozenset(part.form for _, part in reader.parts)
    return TensorTerm(node, value.tensor, value.form, value.letters, parts, forms, doubts, decisions)


@dataclass(slots=True)
class Reader:
    """Walks one tree; notes each subterm's value and each doubtful choice."""

    world: World
    layout: Layout
    place: Span
    """Where the tree stands in the post, which tells its indices from those of other formulas."""
    parts: list[tuple[Span, Value]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    lengths: dict[str, Dim] = field(default_factory=dict)
    """How far the indices at hand go."""
    given: dict[str, Value] = field(default_factory=dict)
    """The parameters of the functions whose bodies are being read."""
    depth: int = 0
    """How many functions of the post are being put in."""
    inside: list[str] = field(default_factory=list)
    """The functions without arguments whose bodies are being read."""
    lifted: bool = False
    """Whether the function at hand is one of numbers that is taken of a matrix entry by entry."""

    def value(self, node: Node) -> Value:
        """The value of a node; raises NoMeaning, Undecided and Again."""
        try:
            found = self._value(node)
        except (Mismatch, ShapeError) as fault:
            raise NoMeaning(node.span, str(fault)) from None
        self.parts.append((node.span, found))
        return found

    def scalar(self, node: Node) -> Value:
        """The value of a node that must be one number for each index."""
        found = self.value(node)
        if found.form is not Form.SCALAR:
            raise NoMeaning(node.span, "a vector or matrix where a number is needed")
        return found

    def doubt(self, reason: str) -> None:
        """Remember a choice that a reader could make otherwise."""
        self.doubts.append(reason)

    def decide(self, span: Span, reading: str, reason: str) -> None:
        """Remember how an ambiguous notation was read."""
        self.decisions.append(Decision(span, reading, reason))

    def length(self, letter: str) -> Dim:
        """How far an index goes; one that nothing bounds goes as far as what it picks from."""
        if letter in self.lengths:
            return self.world.dims.find(self.lengths[letter])
        return self.world.length_at(f"@{self.place.start}:{letter}")

    @contextmanager
    def binding(self, letter: str, length: Dim) -> Generator[None]:
        """Read a piece in which a letter is an index of its own."""
        outer = self.lengths.get(letter)
        self.lengths[letter] = length
        yield
        self.lengths.pop(letter)
        if outer is not None:
            self.lengths[letter] = outer

    def same(self, left: Dim, right: Dim) -> None:
        """Two lengths that must be equal."""
        self.world.dims.same(left, right)

    # -------------------------------- nodes --------------------------------

    def _value(self, node: Node) -> Value:
        if is_one(node):
            return Value(Ones((self._column_length(node),)), Form.COLUMN)
        if is_nought(node):
            return Value(number(0), spread=True)
        if self.given and unparse(node) in self.given:
            return self.given[unparse(node)]
        named = reference(node, self.world.letters)
        if named is not None and not self._is_identity(named.base):
            twice = sums.standing_twice(self, (node,)) if self.world.repeated and named.indices else ()
            if twice:
                return sums.over_repeated(self, node, twice)
            return references.referenced(self, named, node)
        match node:
            case Number(text=text):
                return Value(number(_rational(text)), spread=True)
            case Letter() | Styled() if named is not None:
                return self._identity(node)
            case Sum():
                joined = sums.over_later_terms(node) or node
                if sums.may_reach_on(joined, self.world.letters):
                    self.doubt("a sum over an index may reach over the next term")
                return self.added(
                    [self._signed(term, sign) for term, sign in zip(joined.terms, joined.signs, strict=True)],
                    joined,
                )
            case Product():
                return derivatives.leibniz(self, node) if is_leibniz(node) else self._product(node)
            case Juxtaposed(factors=factors):
                twice = sums.standing_twice(self, factors) if self.world.repeated else ()
                if twice:
                    return sums.over_repeated(self, node, twice)
                return calls.juxtaposed(self, factors)
            case Styled(body=Juxtaposed(factors=letters)):
                styled = tuple(Styled(one.span, node.style, one) for one in letters)
                return calls.juxtaposed(self, styled)
            case Fraction():
                return derivatives.leibniz(self, node) if is_leibniz(node) else self._fraction(node)
            case Root(degree=None):
                return powers.raised(self, self.value(node.radicand), number(Rational(1, 2)), node)
            case Scripted() if norms.is_norm(node):
                return norms.norm(self, node)
            case Scripted():
                return self._scripted(node)
            case Grouped():
                return norms.grouped(self, node)
            case Operator(name=name):
                raise NoMeaning(node.span, f"`{name}`, which litgrad does not judge with vectors")
        raise NoMeaning(node.span, f"`{unparse(node)}`, which litgrad does not judge with vectors")

    def _is_identity(self, name: str) -> bool:
        return (
            name in ("I", r"\mathbf{I}", r"\boldsymbol{I}", r"\mathbb{I}")
            and name not in self.world.scope.defined
        )

    def _identity(self, node: Node) -> Value:
        size = self._column_length(node)
        self.decide(node.span, f"`{unparse(node)}` is the identity matrix", "the post does not define it")
        return Value(Identity(size), Form.MATRIX)

    def _column_length(self, node: Node) -> Dim:
        """The length of the ones or the identity at a place, the same each time the place is read."""
        return self.world.length_at(f"@{node.span.start}:{self.depth}")

    # -------------------------------- sums --------------------------------

    def _signed(self, term: Node, sign: Sign | None) -> "Value | Undecided":
        held = self._or_undecided(term)
        if sign is None or sign.symbol == "+" or isinstance(held, Undecided):
            return held
        if sign.symbol != "-":
            raise NoMeaning(sign.span, f"`{sign.symbol}` stands for two values")
        return Value(negate(held.tensor), held.form, held.letters, held.spread)

    def _or_undecided(self, term: Node) -> "Value | Undecided":
        try:
            return self.value(term)
        except Undecided as fault:
            name = reference(term, self.world.letters)
            if name is None or name.indices:
                raise
            return fault

    def added(self, values: "list[Value | Undecided]", node: Node) -> Value:
        """A sum, its lengths made equal; a bare name beside a vector is one, too."""
        known = [value for value in values if isinstance(value, Value)]
        model = next((value for value in known if value.form is not Form.SCALAR), None)
        for value in values:
            if isinstance(value, Undecided):
                if model is None or model.letters:
                    raise value
                self.world.decide(value.name, model.form, model.shape)
                raise Again
        return summed(*(self.fitted(value, model, node) for value in known))

    def fitted(self, value: Value, model: Value | None, node: Node) -> Value:
        """A term in the form of the others."""
        for letter in value.letters:
            self.same(value.length(letter), self.length(letter))
        if model is None or (value.form is Form.SCALAR and value.spread):
            return value
        if value.form is Form.SCALAR:
            raise Mismatch("a sum of a scalar and a vector or matrix")
        if value.form is not model.form:
            value = self._turned(value, model, node)
        if len(value.shape) != len(model.shape):
            raise Mismatch(_TWO_WAYS)
        try:
            for one, other in zip(value.shape, model.shape, strict=True):
                self.same(one, other)
        except LengthMismatch:
            raise NoMeaning(
                node.span, f"terms of the shapes {shown(model)} and {shown(value)} are added", clash=True
            ) from None
        return value

    def _turned(self, value: Value, model: Value, node: Node) -> Value:
        """A row beside a column."""
        if Form.MATRIX in (value.form, model.form):
            raise Mismatch("a sum of a vector and a matrix")
        self.doubt("a row is added to a column")
        self.decide(node.span, "rows and columns are added as lists of numbers", "their shapes differ")
        return transposed(value)

    # -------------------------------- products --------------------------------

    def _product(self, node: Product) -> Value:
        reaching = sums.spread(node)
        if isinstance(reaching, Juxtaposed):
            return self.value(reaching)
        node = reaching or node
        result = self.value(node.factors[0])
        for sign, factor in zip(node.signs, node.factors[1:], strict=True):
            try:
                result = self._combined(result, sign, factor)
            except LengthMismatch:
                held = node.factors[: node.factors.index(factor)]
                raise _clash(held, result, (factor,), self.value(factor)) from None
            self.parts.append((node.factors[0].span | factor.span, result))
        return result

    def _combined(self, left: Value, sign: Sign, factor: Node) -> Value:
        if sign.symbol in _ENTRYWISE:
            return self.hadamard(left, self.value(factor))
        if sign.symbol in ("/", r"\div"):
            return self.quotient(left, self.value(factor), factor)
        right = self.value(factor)
        if sign.symbol == r"\otimes":
            return self._outer(left, right, sign)
        if sign.symbol not in _TIMES:
            raise NoMeaning(
                sign.span, f"the product `{sign.symbol}`, which litgrad does not judge with vectors"
            )
        if sign.symbol == r"\times" and left.form is right.form is Form.COLUMN:
            raise NoMeaning(sign.span, "a cross product, which litgrad does not judge yet")
        if left.form is right.form and left.form in (Form.COLUMN, Form.ROW):
            return self.inner(left, right, sign.span)
        return self.times(left, right)

    def times(self, left: Value, right: Value) -> Value:
        """The matrix product, the lengths that meet made equal."""
        if self.lifted and left.form is right.form is Form.MATRIX:
            raise Mismatch("a product of matrices in a function of numbers")
        self._same_letters(left, right)
        joined = JOINED.get((left.form, right.form))
        if joined is not None:
            if joined[0] >= len(left.shape) or joined[1] >= len(right.shape):
                raise Mismatch(_TWO_WAYS)
            self.same(left.shape[joined[0]], right.shape[joined[1]])
        return product(left, right)

    def multiplied(
        self, left: Value, right: Value, before: tuple[Node, ...], behind: tuple[Node, ...]
    ) -> Value:
        """The product of factors side by side; raises NoMeaning with both shapes where they do not fit."""
        try:
            return self.times(left, right)
        except LengthMismatch:
            raise _clash(before, left, behind, right) from None

    def _same_letters(self, *values: Value) -> None:
        for value in values:
            for letter in value.letters:
                self.same(value.length(letter), self.length(letter))

    def inner(self, left: Value, right: Value, span: Span) -> Value:
        """The dot product of two vectors."""
        self._same_letters(left, right)
        self.same(left.shape[0], right.shape[0])
        self.decide(span, "the product of two vectors is their dot product", "both are columns")
        return contracted(left, (0,), right, (0,), (), Form.SCALAR)

    def _outer(self, left: Value, right: Value, sign: Sign) -> Value:
        if left.form is not Form.COLUMN or right.form is not Form.COLUMN:
            raise NoMeaning(sign.span, "a tensor product, which litgrad does not judge yet")
        return contracted(left, (0,), right, (1,), (0, 1), Form.MATRIX)

    def hadamard(self, left: Value, right: Value) -> Value:
        """The product entry by entry."""
        self._same_letters(left, right)
        if Form.SCALAR in (left.form, right.form):
            return product(left, right)
        if left.form is not right.form:
            raise Mismatch("a product entry by entry of different forms")
        for one, other in zip(left.shape, right.shape, strict=True):
            self.same(one, other)
        return entrywise(left, right)

    def quotient(self, above: Value, below: Value, node: Node) -> Value:
        """A fraction; by a vector it is taken entry by entry."""
        self._same_letters(above, below)
        turned = Value(power(below.tensor, number(-1)), below.form, below.letters)
        if below.form is Form.SCALAR:
            return product(above, turned)
        if below.form is Form.MATRIX and above.form is not Form.MATRIX and not self.lifted:
            raise NoMeaning(node.span, "a division by a matrix")
        self.decide(node.span, "the division is taken entry by entry", "a vector stands below the line")
        if not (above.form is Form.SCALAR and above.spread):
            self.doubt("a division by a vector is no usual notation")
        return self.hadamard(above, turned)

    def _fraction(self, node: Fraction) -> Value:
        if "binom" in node.command:
            raise NoMeaning(node.span, "a binomial coefficient, which litgrad does not judge with vectors")
        return self.quotient(self.value(node.numerator), self.value(node.denominator), node.denominator)

    # -------------------------------- scripts --------------------------------

    def _scripted(self, node: Scripted) -> Value:
        if isinstance(node.base, Operator):
            raise NoMeaning(node.span, f"`{node.base.name}` without an argument")
        if node.primes:
            raise NoMeaning(node.span, "a prime that does not say by which variable")
        printed = powers.as_printed(node)
        if printed is not node:
            return self.value(printed)
        if is_transpose(node):
            return powers.transposed(self, node)
        if node.sub is not None:
            return references.entry(self, node)
        assert node.sup is not None
        return powers.power_of(self, node)

    def constant(self, name: str) -> Value | None:
        """`\\pi` and `e`, where the post does not define them."""
        if name in self.world.scope.defined or name in self.world.forms:
            return None
        known = {r"\pi": "pi", "e": "e"}.get(name)
        return None if known is None else Value(Constant(known))

    def multiple(self, factor: Tensor, value: Value) -> Value:
        """A value times a scalar without indices."""
        return Value(scale(factor, value.tensor), value.form, value.letters)
