"""`infer`: the forms and lengths of a post's names, found by reading its formulas until nothing is new."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise

from litgrad.faults import attempt
from litgrad.latex.tree import Formula, Fraction, Juxtaposed, Node, Number, Sum, walk
from litgrad.latex.unparse import unparse
from litgrad.meaning.chains import Chain, chains_of, without_tail
from litgrad.meaning.hints import Hints
from litgrad.meaning.names import Scope
from litgrad.meaning.tensors.derivatives import is_nabla
from litgrad.meaning.tensors.dims import Again, Mismatch
from litgrad.meaning.tensors.evidence import (
    bound_letters,
    bounds,
    entrywise_functions,
    index_letters,
    indexed_vectors,
    matrices_written,
    references,
    sides_of,
    symmetric,
    told,
)
from litgrad.meaning.tensors.iterates import iterate_letters, of_one_kind
from litgrad.meaning.tensors.layers import iterate_of, layer_letters, other_layers, shifted_chains
from litgrad.meaning.tensors.model import Form, TensorTerm
from litgrad.meaning.tensors.naming import (
    Reference,
    function_head,
    is_capital,
    is_greek,
    letter_of,
    reference,
    tensor_name,
)
from litgrad.meaning.tensors.read import read
from litgrad.meaning.tensors.values import order
from litgrad.meaning.tensors.world import Body, Layout, Undecided, World
from litgrad.meaning.terms import NotRead
from litgrad.source import Span
from litgrad.tensors.expr import Dim

_ROUNDS = 60
"""How often the formulas of a post are gone through."""
_NEVER_DEFINED = frozenset(["E", "Var", "Cov", "cov", "var", "P", "Pr", "p", "q", "corr"])
"""Operators on distributions: what is said of them in one place is no definition for others."""
_EQUAL = frozenset(["=", ":=", r"\equiv", r"\triangleq", r"\coloneqq", r"\doteq"])


def infer(formulas: Sequence[Formula], scope: Scope, hints: Hints) -> World | None:
    """What is known of the names of a post.

    Takes its formulas without remarks, its symbol table and what the author says to litgrad. Gives None
    where the post has neither vectors nor indices.
    """
    found = index_letters(formulas)
    iterates = iterate_letters(formulas, found)
    letters = found - iterates.keys()
    world = World(scope, letters)
    _take_hints(world, hints)
    world.layers.update(layer_letters(formulas, letters) | iterates)
    for fact in told(formulas, letters):
        if not (fact.name in world.letters or fact.name in hints.shapes):
            leading = tuple(world.dims.fresh() for _ in range(fact.indices))
            shape = None if fact.shape is None else (*leading, *fact.shape)
            world.decide(fact.name, fact.form, shape, likely=not fact.sure)
            if fact.sure and world.forms[fact.name] is fact.form:
                world.confirm(fact.name)
            if fact.span is not None:
                world.declared.setdefault(fact.name, fact.span)
            for name in other_layers(fact.name, world.layers):
                world.decide(name, fact.form, likely=not fact.sure)
    if not letters and not any(form is not Form.SCALAR for form in world.forms.values()):
        return None
    _take_kinds(world, formulas, iterates)
    world.bare.update(found.base for found in references(formulas, letters) if not found.indices)
    world.fixed = letters - bound_letters(formulas)
    world.used_as_vectors.update(indexed_vectors(formulas, letters))
    world.sizes.update(name for side in sides_of(formulas) for node in walk(side) for name in bounds(node))
    world.sizes.update(dim for shape in world.shapes.values() for dim in shape if isinstance(dim, str))
    _take_functions(world, formulas)
    chains = [without_tail(chain) for formula in formulas for chain in chains_of(formula)]
    chains += [other for chain in chains for other in shifted_chains(chain, world.layers)]
    _settle(world, chains, formulas)
    return world


def _take_kinds(world: World, formulas: Sequence[Formula], iterates: Mapping[str, frozenset[int]]) -> None:
    """Give `x^*`, `x_0` and the iterates `x_k` the form of an x that the post declares."""
    for found in references(formulas, world.letters):
        whole = None if found.indices else of_one_kind(found.base, iterates)
        form = world.forms.get(whole) if whole is not None and whole not in world.likely else None
        if whole is not None and form is not None and form is not Form.SCALAR:
            world.decide(found.base, form, world.shape(Reference(whole, (), styled=False), form))


def is_plain(formulas: Sequence[Formula]) -> bool:
    """Whether some formulas tell of no vectors and no indices by themselves."""
    letters = index_letters(formulas)
    return not letters and all(fact.form is Form.SCALAR for fact in told(formulas, letters))


def _take_hints(world: World, hints: Hints) -> None:
    for name, sizes in hints.shapes.items():
        shape: tuple[Dim, ...] = tuple(int(size) if size.isdigit() else size for size in sizes)
        form = {0: Form.SCALAR, 1: Form.COLUMN, 2: Form.MATRIX}.get(len(shape))
        if form is not None:
            world.decide(name, form, shape)


def _take_functions(world: World, formulas: Sequence[Formula]) -> None:
    for formula in formulas:
        for row in formula.rows:
            for left, sign, right in zip(row.sides, row.relations, row.sides[1:], strict=False):
                head = function_head(left) if left is not None and sign.symbol in _EQUAL else None
                if head is not None and right is not None and letter_of(head[0]) not in _NEVER_DEFINED:
                    _take_function(world, head[0], Body(head[1], right), outright=sign.symbol != "=")
            world.symmetric.update(symmetric(row, world.letters))
            world.closed.update(name for name in matrices_written(row) if name not in world.forms)
    world.entrywise.update(entrywise_functions(formulas))
    for side in sides_of(formulas):
        for node in walk(side):
            if isinstance(node, Juxtaposed) and is_nabla(node.factors[0]) and len(node.factors) > 1:
                name = tensor_name(node.factors[1])
                if name is not None:
                    world.scalar_valued.add(name)


def _take_function(world: World, name: str, body: Body, *, outright: bool) -> None:
    """The first equation defines; one that defines a second time makes both no use."""
    known = world.functions.get(name)
    if outright and known is not None and unparse(known.value) != unparse(body.value):
        world.ambiguous.add(name)
    world.functions.setdefault(name, body)


# -------------------------------- rounds --------------------------------


def _settle(world: World, chains: Sequence[Chain], formulas: Sequence[Formula]) -> None:
    """Read all chains until nothing is new; then take what is usual, then that the rest are scalars."""
    for _ in range(_ROUNDS):
        if _round(world, chains):
            continue
        if _guess(world, formulas):
            continue
        if world.settled:
            return
        _close(world, chains)
        world.settled = True


def _round(world: World, chains: Sequence[Chain]) -> bool:
    """One reading of everything; whether a form or a length was found."""
    before = _state(world)
    for chain in chains:
        attempt(partial(_read_chain, world, chain), _left_open)
    return _state(world) != before


def _left_open(_reason: str) -> None:
    """Nothing is learnt from a chain on which litgrad fails; that is said where its members are read."""


def _state(world: World) -> tuple[int, int]:
    return len(world.forms), len(world.dims.parents)


def _read_chain(world: World, chain: Chain) -> None:
    """The members of a chain are of one form and of the same lengths."""
    terms = [_try(world, side) for side in chain.sides]
    equal = [
        (left, right)
        for left, sign, right in zip(range(len(terms)), chain.signs, range(1, len(terms)), strict=False)
        if sign.symbol in _EQUAL
    ]
    for left, right in [*equal, *((b, a) for a, b in equal)]:
        known, open_side, node = terms[left], terms[right], chain.sides[right]
        if not isinstance(known, TensorTerm) or node is None:
            continue
        if open_side is None:
            _name_like(world, node, known)
        elif isinstance(open_side, TensorTerm):
            if known.letters and not open_side.letters:
                _name_like(world, node, known)
            _unify(world, known, open_side)
            _confirm(world, node, known)


def _try(world: World, node: Node | None) -> TensorTerm | NotRead | None:
    """The term, why there is none, or None where a name is undecided."""
    if node is None:
        return NotRead(Span(0, 0), "nothing")
    try:
        return attempt(partial(read, node, world, Layout()), partial(NotRead, node.span), (Undecided,))
    except Undecided:
        return None


def _name_like(world: World, node: Node, known: TensorTerm) -> None:
    """Give a bare name the form of what it equals."""
    name = reference(node, world.letters)
    if name is None or known.tensor_is_number:
        return
    if not name.indices and known.letters and world.fixed.issuperset(known.letters):
        if world.decide(name.base, known.form, known.tensor.shape):
            world.implied[name.base] = known.letters
        return
    if set(name.indices) != set(known.letters):
        return
    lengths = dict(zip(known.letters, known.tensor.shape, strict=False))
    shape = (*(lengths[letter] for letter in name.indices), *known.tensor.shape[len(known.letters) :])
    world.decide(name.family, known.form, shape)


def _confirm(world: World, node: Node, known: TensorTerm) -> None:
    """A name whose form was a guess and whose value has that form."""
    name = reference(node, world.letters)
    if name is not None and not known.doubts:
        world.confirm(name.family)


def _unify(world: World, left: TensorTerm, right: TensorTerm) -> None:
    """Equal members have equal lengths, where their axes tell."""
    if left.form is not right.form or left.letters != right.letters:
        return
    if len(left.tensor.shape) != len(right.tensor.shape):
        return
    for one, other in zip(left.tensor.shape, right.tensor.shape, strict=True):
        try:
            world.dims.same(one, other)
        except (Again, Mismatch):
            continue


# -------------------------------- what is usual --------------------------------


def _guess(world: World, formulas: Sequence[Formula]) -> bool:
    """One more name by what is usual: beside a matrix or a vector in a product."""
    for side in sides_of(formulas):
        for node in walk(side):
            if isinstance(node, Juxtaposed):
                for fact in _neighbours(world, node.factors):
                    if world.decide(*fact, likely=True):
                        return True
            if isinstance(node, Sum) and any(world.decide(*f, likely=True) for f in _multiples(world, node)):
                return True
    return False


def _multiples(world: World, node: Sum) -> Iterator[tuple[str, Form]]:
    """The v_k of `\\beta v_k + g` with a vector g: a multiple that is added to a vector is of one."""
    terms = [_try(world, term) for term in node.terms]
    model = next((one.form for one in terms if isinstance(one, TensorTerm) and one.form in _AXES), None)
    for term, known in zip(node.terms, terms, strict=True):
        if model is None or known is not None or not isinstance(term, Juxtaposed):
            continue
        *first, last = term.factors
        name, counted = reference(last, world.letters), iterate_of(last)
        if counted is None or counted[0] not in world.layers:
            continue
        if name is not None and _is_open(world, name) and all(_is_number(world, one) for one in first):
            yield name.family, model


_AXES = frozenset([Form.COLUMN, Form.ROW, Form.MATRIX])


def _is_number(world: World, node: Node) -> bool:
    """A number, a fraction, or a name that is one by habit: a small Greek letter."""
    name = reference(node, world.letters)
    if name is None:
        return isinstance(node, (Number, Fraction))
    known = world.forms.get(name.family)
    return known is Form.SCALAR or (known is None and is_greek(name.base) and not is_capital(name.base))


def _neighbours(world: World, factors: tuple[Node, ...]) -> Iterator[tuple[str, Form]]:
    for left, right in pairwise(factors):
        first, second = reference(left, world.letters), reference(right, world.letters)
        if first is None or second is None:
            continue
        if (
            world.forms.get(first.family) is Form.MATRIX
            and _is_open(world, second)
            and not is_capital(second.base)
        ):
            yield second.family, Form.COLUMN
        beside = world.forms.get(second.family)
        picked = beside is Form.MATRIX and f"{first.base}_{{ij}}" in world.forms
        if (
            (beside is Form.COLUMN or picked)
            and _is_open(world, first)
            and is_capital(first.base)
            and not is_greek(first.base)
        ):
            yield first.family, Form.MATRIX


def _is_open(world: World, name: Reference) -> bool:
    taken = name.base in world.letters or name.base in world.sizes or name.base in world.functions
    return name.family not in world.forms and not taken and not world.scope.is_function(name.base)


def _close(world: World, chains: Sequence[Chain]) -> None:
    """Names whose value is not read, and is not of scalars alone, may be anything."""
    for chain in chains:
        head = chain.sides[0]
        name = reference(head, world.letters) if head is not None else None
        if name is None or name.family in world.forms or len(chain.sides) < 2 or chain.sides[1] is None:
            continue
        if chain.signs[0].symbol in _EQUAL and _holds_vectors(world, chain.sides[1]):
            world.closed.add(name.family)


def _holds_vectors(world: World, node: Node) -> bool:
    for part in walk(node):
        name = reference(part, world.letters) if not isinstance(part, Number) else None
        if name is not None and order(world.forms.get(name.family, Form.SCALAR)):
            return True
    return False
