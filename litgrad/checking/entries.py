"""Matrices that are written out, compared entry by entry."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import sympy
from mpmath import mpf
from sympy import Expr, ImmutableDenseMatrix

from litgrad.checking import reasons
from litgrad.checking.functions_written import (
    WrittenFunction,
    functions_above,
    is_identity,
    with_calls_put_in,
)
from litgrad.checking.letters import letters_of
from litgrad.checking.numeric import value
from litgrad.checking.proof import prove
from litgrad.checking.refutation import search
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import Counterexample, Judgement, Verdict
from litgrad.latex.tree import (
    Annotated,
    Array,
    Grouped,
    Juxtaposed,
    Node,
    Number,
    Operator,
    Product,
    Scripted,
    Sum,
    walk,
)
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import Scope, is_transpose
from litgrad.meaning.statements import Statements, Step
from litgrad.meaning.tensors.naming import tensor_name
from litgrad.meaning.terms import NotRead

_PLAIN = frozenset(
    "matrix pmatrix bmatrix smallmatrix psmallmatrix bsmallmatrix array matrix* pmatrix* bmatrix*".split()
)
_Pair = tuple[tuple[int, ...], Expr, Expr]
"""A place in two matrices, and what each has there."""
_DETERMINANTS = frozenset(["vmatrix", "vmatrix*"])
_TIMES = frozenset([r"\cdot", r"\times", "*"])
_BRACKETS = frozenset(["(", "[", "{"])
_ENTRYWISE = frozenset([r"\odot", r"\circ"])
_MOST_ENTRIES = 64
_EXACT = 30
"""Decimals of a number that is not printed."""


class _NoEntries(Exception):
    """A side that is no matrix written out."""


@dataclass(frozen=True, slots=True)
class _Entries:
    """Reads the sides of one step."""

    scope: Scope
    named: Mapping[str, Node]
    """Names of which the post writes the entries out."""
    functions: Mapping[str, WrittenFunction] = field(default_factory=dict)
    """Functions of numbers of which the post writes the entries out: `R(\\theta)`."""

    def of(self, node: Node) -> ImmutableDenseMatrix:
        """The entries of a side; a number has one."""
        node = with_calls_put_in(node, self.functions)
        match node:
            case Array(environment=environment, rows=rows) if environment in _PLAIN:
                return self._array(rows)
            case Array(environment=environment, rows=rows) if environment in _DETERMINANTS:
                return self._determinant(self._array(rows))
            case Annotated(body=body):
                return self.of(body)
            case Grouped(open=sign, body=body) if sign.symbol in _BRACKETS:
                return self.of(body)
            case Scripted(base=base, sup=sup) if sup is not None and _holds_array(node, self.named):
                return self._raised(node, base)
            case Sum(terms=terms, signs=signs) if _holds_array(node, self.named):
                parts = self._terms(terms)
                minus = [sign is not None and sign.symbol == "-" for sign in signs]
                return _added([-part if less else part for part, less in zip(parts, minus, strict=True)])
            case Product(factors=factors, signs=signs) if _holds_array(node, self.named):
                return self._product(factors, tuple(sign.symbol for sign in signs))
            case Juxtaposed(factors=(Operator(name=r"\det"), matrix)) if _holds_array(matrix, self.named):
                inner = self.of(matrix)
                return self._determinant(inner) if inner.rows == inner.cols else self._number(node)
            case Juxtaposed(factors=factors) if _holds_array(node, self.named):
                return self._product(factors, (r"\cdot",) * (len(factors) - 1))
        name = tensor_name(node)
        if name is not None and name in self.named:
            return self.of(self.named[name])
        return self._number(node)

    def _terms(self, terms: tuple[Node, ...]) -> list[ImmutableDenseMatrix]:
        """Terms of a sum; the I of `A - \\lambda I` has the size of the others."""
        known = {at: self.of(term) for at, term in enumerate(terms) if not self._is_multiple_of_one(term)}
        sizes = {part.shape for part in known.values()}
        if len(sizes) != 1 or len(set(*sizes)) != 1:
            return [self.of(term) for term in terms]
        one = ImmutableDenseMatrix.eye(next(iter(sizes))[0])
        return [known[at] if at in known else self._times_one(term, one) for at, term in enumerate(terms)]

    def _is_multiple_of_one(self, term: Node) -> bool:
        return is_identity(term.factors[-1] if isinstance(term, Juxtaposed) else term, self.scope)

    def _times_one(self, term: Node, one: ImmutableDenseMatrix) -> ImmutableDenseMatrix:
        factors = term.factors[:-1] if isinstance(term, Juxtaposed) else ()
        for factor in factors:
            one = _multiplied(one, self.of(factor))
        return one

    def _array(self, rows: tuple[tuple[Node, ...], ...]) -> ImmutableDenseMatrix:
        if len({len(row) for row in rows}) != 1 or len(rows) * len(rows[0]) > _MOST_ENTRIES:
            raise _NoEntries
        return ImmutableDenseMatrix([[self._number(cell)[0] for cell in row] for row in rows])

    def _number(self, node: Node) -> ImmutableDenseMatrix:
        term = interpret(node, self.scope)
        if isinstance(term, NotRead) or term.left or term.doubts:
            raise _NoEntries
        return ImmutableDenseMatrix([[term.expr]])

    def _determinant(self, inner: ImmutableDenseMatrix) -> ImmutableDenseMatrix:
        if inner.rows != inner.cols:
            raise _NoEntries
        return ImmutableDenseMatrix([[inner.det()]])

    def _raised(self, node: Scripted, base: Node) -> ImmutableDenseMatrix:
        inner = self.of(base)
        if node.sub is None and is_transpose(node):
            return inner.T
        whole = [part.text for part in walk(node.sup) if isinstance(part, Number)] if node.sup else []
        is_inverse = whole == ["1"] and isinstance(node.sup, Sum)
        if node.sub is not None or not is_inverse or inner.rows != inner.cols or inner.rows > 3:
            raise _NoEntries
        if inner.det() == 0:
            raise _NoEntries
        return inner.inv()

    def _product(self, factors: tuple[Node, ...], signs: tuple[str, ...]) -> ImmutableDenseMatrix:
        total = self.of(factors[0])
        for sign, factor in zip(signs, factors[1:], strict=True):
            other = self.of(factor)
            if sign in _ENTRYWISE and total.shape == other.shape:
                total = total.multiply_elementwise(other)
            elif sign in _TIMES:
                total = _multiplied(total, other)
            else:
                raise _NoEntries
        return total


def _added(parts: list[ImmutableDenseMatrix]) -> ImmutableDenseMatrix:
    if len({part.shape for part in parts}) != 1:
        raise _NoEntries
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _multiplied(left: ImmutableDenseMatrix, right: ImmutableDenseMatrix) -> ImmutableDenseMatrix:
    if left.shape == (1, 1):
        return right * left[0]
    if right.shape == (1, 1):
        return left * right[0]
    if left.cols != right.rows:
        raise _NoEntries
    return left * right


def _holds_array(node: Node, named: Mapping[str, Node]) -> bool:
    return any(isinstance(inner, Array) or tensor_name(inner) in named for inner in walk(node))


def judge_entries(step: Step, statements: Statements) -> Judgement | None:
    """Judge a step between matrices whose entries are written out.

    Takes the step and all statements of its post. Gives None where a side has no entries or its size is
    another one's.
    """
    left, right = step.left.node, step.right.node
    if left is None or right is None or not letters_of(statements).writes_matrices():
        return None
    named, functions = _written_out(statements, step), functions_above(statements, step)
    if not any(_holds_array(with_calls_put_in(node, functions), named) for node in (left, right)):
        return None
    reader = _Entries(statements.scope, named, functions)
    try:
        sides = _with_identity(reader, left, right)
    except _NoEntries:
        return None
    if sides[0].shape != sides[1].shape:
        return None
    literal = not _uses(named, left, right) and not functions
    return _compared(sides, step, Setting.of(statements, step), literal=literal)


def _with_identity(
    reader: _Entries, left: Node, right: Node
) -> tuple[ImmutableDenseMatrix, ImmutableDenseMatrix]:
    """Both sides; `I` beside a square matrix is the identity of its size."""
    if is_identity(right, reader.scope):
        first = reader.of(left)
        if first.rows == first.cols > 1:
            return first, ImmutableDenseMatrix.eye(first.rows)
    return reader.of(left), reader.of(right)


def _compared(
    sides: tuple[ImmutableDenseMatrix, ImmutableDenseMatrix], step: Step, setting: Setting, *, literal: bool
) -> Judgement | None:
    pairs = [(place, sides[0][place], sides[1][place]) for place in product(*map(range, sides[0].shape))]
    open_ones = [one for one in pairs if prove(setting, one[1], one[2]) is None]
    if not open_ones:
        return Judgement(Verdict.PROVED, "equal in every entry", rule="matrix algebra")
    printed = _printed(step)
    if printed is not None:
        near = all(_is_near(first, second, printed[place]) for place, first, second in open_ones)
        reason = "the entries agree to the digits printed"
        return Judgement(Verdict.CONFIRMED, reason, rule="matrix algebra") if near else None
    (row, column), first, second = open_ones[0]
    if literal and _is_worked_out(sides, step) and _agree_mostly(pairs, open_ones):
        return _differing(open_ones, step, setting, sides_are_matrices=len(pairs) > 1)
    if not literal or first.free_symbols or second.free_symbols:
        return None
    first, second = first.doit(), second.doit()
    if not (first.is_Rational and second.is_Rational):
        return None
    reason = f"entry ({row + 1}, {column + 1}) is {first} on the left, {second} on the right"
    counterexample = Counterexample((), first, second)
    return Judgement(Verdict.REFUTED, reason, counterexample=counterexample, blame=step.right.span)


def _is_worked_out(sides: tuple[ImmutableDenseMatrix, ImmutableDenseMatrix], step: Step) -> bool:
    """Whether a product, inverse or determinant of matrices is said to be one, which is no equation to solve.

    With a column of unknowns it may be one: `\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix} x = 3 x`.
    """
    left, right = _bare(step.left.node), step.right.node
    is_determinant = isinstance(left, Array) and left.environment in _DETERMINANTS
    several = min(sides[0].shape) > 1 and isinstance(left, (Juxtaposed, Product, Scripted))
    symbols = [side.free_symbols for side in sides]
    if not symbols[0] or symbols[0] != symbols[1] or right is None or not (is_determinant or several):
        return False
    arrays = [one for one in walk(right) if isinstance(one, Array)]
    return len(arrays) == (0 if is_determinant else 1)


def _agree_mostly(pairs: Sequence[_Pair], open_ones: Sequence[_Pair]) -> bool:
    """Whether the sides agree but for a slip; those of an equation to solve agree nowhere, or by chance.

    Of several entries with symbols more than half agree; of one, at least half of its terms.
    """
    if len(pairs) == 1:
        ((_, first, second),) = pairs
        terms, others = (set(sympy.Add.make_args(sympy.expand(side))) for side in (first, second))
        return 2 * len(_with_symbols(terms & others)) >= len(_with_symbols(terms)) > 1
    different = [place for place, first, second in open_ones if first.free_symbols | second.free_symbols]
    whole = [place for place, first, second in pairs if first.free_symbols | second.free_symbols]
    return 2 * len(different) < len(whole)


def _with_symbols(terms: Iterable[Expr]) -> list[Expr]:
    return [term for term in terms if term.free_symbols]


def _differing(
    pairs: Sequence[_Pair], step: Step, setting: Setting, *, sides_are_matrices: bool
) -> Judgement | None:
    """A refutation by the first entry that differs at a point."""
    for (row, column), first, second in pairs:
        found = search(setting, first, second, ()).counterexample
        if found is not None:
            reason = reasons.refutation(found, ())
            if sides_are_matrices:
                reason = reason.replace("the sides differ", f"entry ({row + 1}, {column + 1}) differs", 1)
            return Judgement(Verdict.REFUTED, reason, counterexample=found, blame=step.right.span)
    return None


def _printed(step: Step) -> dict[tuple[int, ...], int] | None:
    """To how many decimals each entry of the written result is printed; None where all numbers are exact."""
    nodes = [side.node for side in (step.left, step.right) if side.node is not None]
    if not any(isinstance(inner, Number) and "." in inner.text for node in nodes for inner in walk(node)):
        return None
    result = next((body for body in map(_bare, reversed(nodes)) if isinstance(body, Array)), None)
    if result is None:
        return defaultdict(lambda: _EXACT)
    return {
        (row, column): max((_decimals(inner) for inner in walk(cell)), default=0)
        for row, cells in enumerate(result.rows)
        for column, cell in enumerate(cells)
    }


def _decimals(node: Node) -> int:
    return len(node.text.partition(".")[2]) if isinstance(node, Number) else 0


def _is_near(first: Expr, second: Expr, digits: int) -> bool:
    numbers = value(first, {}), value(second, {})
    if numbers[0] is None or numbers[1] is None:
        return False
    return abs(numbers[0] - numbers[1]) <= mpf(10) ** -digits / 2


def _uses(named: Mapping[str, Node], *nodes: Node) -> bool:
    return any(tensor_name(inner) in named for node in nodes for inner in walk(node))


def _written_out(statements: Statements, step: Step) -> dict[str, Node]:
    """The names whose entries stand above a step."""
    found: dict[str, Node] = {}
    for derivation in statements.derivations:
        for other in derivation.steps:
            if other.sign.span.start >= step.sign.span.start or other.left.node is None:
                continue
            name, body = tensor_name(other.left.node), _bare(other.right.node)
            if name is not None and isinstance(body, Array) and other.sign.symbol == "=":
                found[name] = body
    return found


def _bare(node: Node | None) -> Node | None:
    return _bare(node.body) if isinstance(node, (Annotated, Grouped)) else node
