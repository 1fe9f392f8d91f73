"""A graph made smaller without a change of its values: powers and like terms gathered, common factors out."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from fractions import Fraction

from litgrad.tensors.build import add, einsum, is_zero, number, power
from litgrad.tensors.expr import (
    Einsum,
    Identity,
    Inverse,
    Labels,
    Number,
    Ones,
    Power,
    Shape,
    Sum,
    Tensor,
    Variable,
    operands,
    topological,
    with_operands,
)

Pair = tuple[Tensor, Labels]


def tidy(root: Tensor) -> Tensor:
    """The same values with less work, and with equal parts written alike."""
    new: dict[Tensor, Tensor] = {}
    for node in topological(root):
        below = operands(node)
        made = tuple(new[one] for one in below)
        match node:
            case Einsum():
                new[node] = product(zip(made, node.subscripts, strict=True), node.output)
            case Sum():
                new[node] = total(made)
            case Power():
                new[node] = _power(made[0], made[1])
            case _:
                new[node] = with_operands(node, made) if made != below else node
    return new[root]


def pairs_of(node: Tensor) -> tuple[list[Pair], Labels]:
    """A node as a contraction: its factors with their labels, and the labels that stay."""
    if isinstance(node, Einsum):
        return list(zip(node.factors, node.subscripts, strict=True)), node.output
    every = tuple(range(len(node.shape)))
    return [(node, every)], every


def _power(base: Tensor, exponent: Tensor) -> Tensor:
    """A power; of a root, which is there for positive numbers alone, the exponents are multiplied."""
    if isinstance(base, Power) and isinstance(base.exponent, Number) and isinstance(exponent, Number):
        inner = base.exponent.value
        if inner.denominator != 1:
            return power(base.base, number(inner * exponent.value))
    return power(base, exponent)


# -------------------------------- products --------------------------------


def product(factors: Iterable[Pair], output: Sequence[int]) -> Tensor:
    """A contraction with powers of one base gathered and symmetric matrices turned one way."""
    merged = einsum(_summed_identities(list(factors), output), output)
    if not isinstance(merged, Einsum):
        return merged
    pairs, out = pairs_of(merged)
    pairs = [(f, tuple(sorted(n)) if len(n) == 2 and is_symmetric(f) else n) for f, n in pairs]
    gathered = _gathered(pairs)
    if gathered == pairs_of(merged)[0]:
        return merged
    return einsum(_covering(gathered, merged, out), out)


def _summed_identities(pairs: list[Pair], output: Sequence[int]) -> list[Pair]:
    """An identity matrix that is summed along an axis is ones."""
    found: list[Pair] = []
    for place, (factor, labels) in enumerate(pairs):
        others = {n for at, (_, names) in enumerate(pairs) if at != place for n in names}.union(output)
        alone = [label for label in labels if label not in others]
        if isinstance(factor, Identity) and alone and labels[0] != labels[1]:
            found.append((Ones((factor.size,)), (next(n for n in labels if n != alone[0]),)))
        else:
            found.append((factor, labels))
    return found


def _gathered(pairs: list[Pair]) -> list[Pair]:
    """Powers of one base with the same labels made one, where at least one stands as a power."""
    powers = {(f.base, n) for f, n in pairs if isinstance(f, Power) and isinstance(f.exponent, Number)}
    exponents: dict[Pair, Fraction] = {}
    rest: list[Pair] = []
    for factor, labels in pairs:
        base, exponent = _base(factor)
        if (base, labels) in powers:
            exponents[base, labels] = exponents.get((base, labels), Fraction(0)) + exponent
        else:
            rest.append((factor, labels))
    made = [(power(base, number(e)), n) for (base, n), e in exponents.items() if e != 0]
    return [*rest, *made] if len(rest) + len(made) < len(pairs) else pairs


def _base(factor: Tensor) -> tuple[Tensor, Fraction]:
    if isinstance(factor, Power) and isinstance(factor.exponent, Number):
        return factor.base, factor.exponent.value
    return factor, Fraction(1)


def _covering(pairs: list[Pair], before: Einsum, output: Labels) -> list[Pair]:
    """Ones for the labels that nothing has any more."""
    sizes = before.sizes()
    covered = {label for _, labels in pairs for label in labels}
    return [*pairs, *((Ones((sizes[label],)), (label,)) for label in sizes if label not in covered)]


def is_symmetric(node: Tensor) -> bool:
    """Whether a matrix is its own transpose by how it is written."""
    match node:
        case Variable(symmetric=symmetric):
            return symmetric
        case Identity():
            return True
        case Inverse(matrix=matrix):
            return is_symmetric(matrix)
        case Sum(terms=terms):
            return len(node.shape) == 2 and all(is_symmetric(term) for term in terms)
        case Einsum(output=output) if len(set(output)) == 2 == len(output):
            pairs, _ = pairs_of(node)
            return key_of(node) == key_of(einsum(pairs, output[::-1]))
    return False


# -------------------------------- sums --------------------------------


def total(terms: Iterable[Tensor]) -> Tensor:
    """A sum with like terms gathered and common factors taken out."""
    summed = add(*terms)
    if not isinstance(summed, Sum):
        return summed
    found = _like_terms(summed)
    size = abs(found[0][0])
    if size not in {0, 1} and len(found) > 1 and all(abs(coefficient) == size for coefficient, _ in found):
        return _times(size, total(_times(coefficient / size, core) for coefficient, core in found))
    gathered = add(*(_times(coefficient, core) for coefficient, core in found))
    return _factored(gathered) if isinstance(gathered, Sum) else gathered


def _like_terms(node: Sum) -> list[tuple[Fraction, Tensor]]:
    """Numbers, and what each is a multiple of."""
    found: dict[Hashable, tuple[Fraction, Tensor]] = {}
    for term in node.terms:
        coefficient, core = _split(term)
        key = key_of(core)
        before, shown = found.get(key, (Fraction(0), core))
        found[key] = (before + coefficient, shown)
    return list(found.values())


def _split(term: Tensor) -> tuple[Fraction, Tensor]:
    """A term as a number times something."""
    pairs, output = pairs_of(term)
    numbers = [f.value for f, _ in pairs if isinstance(f, Number)]
    if not numbers or len(numbers) == len(pairs):
        return Fraction(1), term
    rest = [(f, n) for f, n in pairs if not isinstance(f, Number)]
    coefficient = Fraction(1)
    for value in numbers:
        coefficient *= value
    return coefficient, einsum(rest, output)


def _times(coefficient: Fraction, core: Tensor) -> Tensor:
    labels = tuple(range(len(core.shape)))
    return einsum([(number(coefficient), ()), (core, labels)], labels)


def key_of(node: Tensor) -> Hashable:
    """Equal for contractions that differ in the order of factors and the names of labels alone.

    Summed labels go by where they stand; where two stand alike, the contraction is its own key.
    """
    if not isinstance(node, Einsum):
        return node
    pairs, output = pairs_of(node)
    colors: dict[int, Hashable] = {}
    for label in node.sizes():
        places = Counter((f, axis) for f, n in pairs for axis, each in enumerate(n) if each == label)
        colors[label] = output.index(label) if label in output else frozenset(places.items())
    summed = [colors[label] for label in colors if label not in output]
    if len(set(summed)) < len(summed):
        return node
    counted = Counter((f, tuple(colors[label] for label in n)) for f, n in pairs)
    return len(output), tuple(output.index(label) for label in output), frozenset(counted.items())


def _factored(node: Sum) -> Tensor:
    """Factors that all terms have, entry by entry, in front of a bracket."""
    parts = [_placed(term) for term in node.terms]
    common: Counter[Pair] = Counter(parts[0])
    for part in parts[1:]:
        common &= Counter(part)
    common = Counter({pair: count for pair, count in common.items() if all(n >= 0 for n in pair[1])})
    taken = list(common.elements())
    if not taken or any(isinstance(factor, Identity) for part in parts for factor, _ in part):
        return node
    rests = [_without(part, common) for part in parts]
    order = len(node.shape)
    kept = tuple(label for label in range(order) if any(label in n for rest in rests for _, n in rest))
    terms = [einsum(_spread(rest, kept, node.shape), kept) for rest in rests]
    bracket = total(terms)
    if is_zero(bracket):
        return bracket if bracket.shape == node.shape else einsum([(bracket, kept), *taken], range(order))
    return product([*taken, (bracket, kept)], tuple(range(order)))


def _placed(term: Tensor) -> list[Pair]:
    """The factors of a term, labels of the output numbered by place and summed ones negative."""
    pairs, output = pairs_of(term)
    if len(set(output)) < len(output):
        return [(term, tuple(range(len(output))))]
    table = {label: place for place, label in enumerate(output)}
    return [(f, tuple(table.get(label, -1 - label) for label in n)) for f, n in pairs]


def _without(part: list[Pair], common: Counter[Pair]) -> list[Pair]:
    left = Counter(common)
    rest: list[Pair] = []
    for pair in part:
        if left[pair] > 0:
            left[pair] -= 1
        else:
            rest.append(pair)
    return rest


def _spread(rest: list[Pair], kept: Labels, shape: Shape) -> list[Pair]:
    """The factors that are left, with ones where a label has none, and non-negative labels."""
    shift = len(shape) - min((label for _, n in rest for label in n), default=0)
    moved = [(f, tuple(label if label >= 0 else shift - label for label in n)) for f, n in rest]
    has = {label for _, n in moved for label in n}
    return [*moved, *((Ones((shape[label],)), (label,)) for label in kept if label not in has)]
