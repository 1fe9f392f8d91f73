"""Random graphs of tensors, rewrites that keep their values, mistakes that do not, and numbers."""

from collections.abc import Callable
from fractions import Fraction
from math import prod
from random import Random

import numpy as np

from litgrad.tensors.build import (
    add,
    broadcast,
    diagonal,
    diagonal_matrix,
    hadamard,
    matmul,
    negate,
    number,
    outer,
    power,
    reciprocal,
    scale,
    total,
    trace,
    transpose,
)
from litgrad.tensors.evaluate import Array, evaluate, shape_of
from litgrad.tensors.expr import (
    Determinant,
    Dim,
    Einsum,
    Elementwise,
    Identity,
    Inverse,
    Number,
    Power,
    Shape,
    Sum,
    Tensor,
    Unknown,
    Variable,
    replaced,
    topological,
    variables,
)
from litgrad.tensors.functions import FUNCTIONS

DIMS: list[Dim] = ["m", "n", "k", 1, 2]
SMOOTH = [name for name, row in FUNCTIONS.items() if row.smooth and name != "log"]


def seeded(seed: int) -> Random:
    """Random choices that can be made again."""
    return Random(seed)  # noqa: S311 - a test needs no secrets


def grown(rng: Random, shape: Shape, depth: int) -> Tensor:
    """A random tensor of a shape of at most two axes."""
    if depth == 0 or rng.random() < 0.1:
        return _leaf(rng, shape)
    makers: list[Callable[[], Tensor]] = [
        lambda: add(grown(rng, shape, depth - 1), grown(rng, shape, depth - 1)),
        lambda: hadamard(grown(rng, shape, depth - 1), grown(rng, shape, depth - 1)),
        lambda: scale(grown(rng, (), depth - 1), grown(rng, shape, depth - 1)),
        lambda: scale(
            number(Fraction(rng.randint(-3, 3) or 1, rng.randint(1, 3))), grown(rng, shape, depth - 1)
        ),
        lambda: Elementwise(rng.choice([*FUNCTIONS, "f"]), grown(rng, shape, depth - 1)),
        lambda: power(
            grown(rng, shape, depth - 1), number(Fraction(rng.choice([2, 3, -1, -2]), rng.choice([1, 1, 2])))
        ),
        lambda: _tangled(rng, shape, depth - 1),
        *_contractions(rng, shape, depth),
    ]
    return rng.choice(makers)()


def _leaf(rng: Random, shape: Shape) -> Tensor:
    if not shape:
        return rng.choice([Variable("s"), Variable("t"), number(rng.randint(1, 3))])
    name = rng.choice("AB" if len(shape) == 2 else "xy")
    symmetric = len(shape) == 2 and shape[0] == shape[1] and rng.random() < 0.3
    if symmetric and rng.random() < 0.3:
        return Identity(shape[0])
    suffix = "".join(map(str, shape))
    return Variable(f"{'S' if symmetric else name}_{suffix}", shape, symmetric)


def _contractions(rng: Random, shape: Shape, depth: int) -> list[Callable[[], Tensor]]:
    d = rng.choice(DIMS)
    n = depth - 1
    if not shape:
        return [
            lambda: total(grown(rng, (d,), n)),
            lambda: matmul(grown(rng, (d,), n), grown(rng, (d,), n)),
            lambda: trace(grown(rng, (d, d), n)),
            lambda: trace(matmul(grown(rng, (d, "n"), n), grown(rng, ("n", d), n))),
            lambda: Determinant(grown(rng, (d, d), n)),
            lambda: Unknown("u", (grown(rng, (d,), n),)),
        ]
    if len(shape) == 1:
        return [
            lambda: matmul(grown(rng, (*shape, d), n), grown(rng, (d,), n)),
            lambda: matmul(grown(rng, (d,), n), grown(rng, (d, *shape), n)),
            lambda: diagonal(grown(rng, (*shape, *shape), n)),
            lambda: broadcast(grown(rng, (), n), shape),
            lambda: Unknown("u", (grown(rng, shape, n),), (), (0,)),
        ]
    p, q = shape
    makers: list[Callable[[], Tensor]] = [
        lambda: matmul(grown(rng, (p, d), n), grown(rng, (d, q), n)),
        lambda: outer(grown(rng, (p,), n), grown(rng, (q,), n)),
        lambda: transpose(grown(rng, (q, p), n)),
    ]
    if p == q:
        makers += [
            lambda: Inverse(grown(rng, shape, n)),
            lambda: diagonal_matrix(grown(rng, (p,), n)),
            lambda: Unknown("u", (grown(rng, (p,), n),), (), (0, 0)),
        ]
    return makers


def _tangled(rng: Random, shape: Shape, depth: int) -> Tensor:
    """A contraction of vectors and matrices along any labels, also thrice on two axes."""
    inner = [rng.choice([*shape, "n", "m"]) for _ in range(rng.randint(1, 2))]
    dims = [*shape, *inner]
    labels = list(range(len(dims)))
    chosen = [tuple(rng.choices(labels, k=rng.randint(1, 2))) for _ in range(rng.randint(1, 3))]
    missing = [label for label in labels if not any(label in names for names in chosen)]
    chosen += [(label,) for label in missing]
    factors = [_entry(rng, tuple(dims[label] for label in names), depth) for names in chosen]
    return Einsum(tuple(factors), tuple(chosen), tuple(range(len(shape))))


def _entry(rng: Random, shape: Shape, depth: int) -> Tensor:
    if len(shape) == 2 and shape[0] == shape[1] and rng.random() < 0.4:
        leaf = _leaf(rng, shape)
        return Inverse(rng.choice([leaf, matmul(transpose(leaf), leaf), add(leaf, Identity(shape[0]))]))
    return grown(rng, shape, max(depth - 1, 0))


# -------------------------------- rewrites --------------------------------


def _shuffled(rng: Random, node: Einsum) -> Tensor:
    """Factors in another order, labels with other names."""
    labels = sorted(node.sizes())
    names = dict(zip(labels, rng.sample(range(50), len(labels)), strict=True))
    places = rng.sample(range(len(node.factors)), len(node.factors))
    subscripts = tuple(tuple(names[label] for label in node.subscripts[place]) for place in places)
    output = tuple(names[label] for label in node.output)
    return Einsum(tuple(node.factors[place] for place in places), subscripts, output)


def _distributed(node: Einsum) -> Tensor | None:
    for place, factor in enumerate(node.factors):
        if isinstance(factor, Sum):
            parts = [(*node.factors[:place], term, *node.factors[place + 1 :]) for term in factor.terms]
            return Sum(tuple(Einsum(part, node.subscripts, node.output) for part in parts))
    return None


def _through_identity(node: Tensor) -> Tensor | None:
    if not node.shape:
        return None
    last = len(node.shape) - 1
    labels = tuple(range(len(node.shape)))
    return Einsum((node, Identity(node.shape[-1])), (labels, (last, last + 1)), (*labels[:-1], last + 1))


def _times_quotient(node: Tensor) -> Tensor:
    denominator = add(number(1), power(Variable("s"), number(2)))
    return hadamard_scalar(node, denominator, reciprocal(denominator))


def hadamard_scalar(node: Tensor, *scalars: Tensor) -> Tensor:
    """A tensor times scalars, as one product."""
    labels = tuple(range(len(node.shape)))
    return Einsum((node, *scalars), (labels, *([()] * len(scalars))), labels)


def _other_way(node: Tensor) -> Tensor | None:
    match node:
        case Elementwise(function="exp", argument=Sum(terms=terms)):
            return hadamard(*(Elementwise("exp", term) for term in terms))
        case Elementwise(function="sigmoid", argument=x):
            return add(broadcast(number(1), x.shape), negate(Elementwise("sigmoid", negate(x))))
        case Elementwise(function="tanh", argument=x):
            double = Elementwise("sigmoid", scale(number(2), x))
            return add(scale(number(2), double), broadcast(number(-1), x.shape))
        case Elementwise(function="relu", argument=x):
            return scale(number(Fraction(1, 2)), add(x, Elementwise("abs", x)))
        case Elementwise(function="abs", argument=x):
            return power(hadamard(x, x), number(Fraction(1, 2)))
        case Elementwise(function="sin", argument=x):
            return negate(Elementwise("sin", negate(x)))
        case Inverse(matrix=x):
            return scale(number(2), transpose(Inverse(scale(number(2), transpose(x)))))
        case Determinant(matrix=x):
            return Determinant(transpose(x))
        case Power(base=base, exponent=Number(value=v)) if v == 2:
            return hadamard(base, base)
    return None


def rewritten(rng: Random, root: Tensor, times: int = 4) -> Tensor:
    """A tensor of equal value, written in another way."""
    for _ in range(times):
        node = rng.choice(list(topological(root)))
        choices: list[Tensor | None] = [
            _other_way(node),
            _through_identity(node),
            _times_quotient(node),
            add(scale(number(3), node), scale(number(-2), node)),
        ]
        if isinstance(node, Einsum):
            choices += [_shuffled(rng, node), _distributed(node)]
        if isinstance(node, Sum):
            choices.append(Sum(tuple(rng.sample(node.terms, len(node.terms)))))
        root = replaced(root, {node: rng.choice([one for one in choices if one is not None])})
    return root


# -------------------------------- mistakes --------------------------------


def mutated(rng: Random, root: Tensor) -> Tensor:
    """A tensor with one mistake: a sign, a factor, transpose, order, lost term, other name or index."""
    for _ in range(50):
        node = rng.choice(list(topological(root)))
        wrong = rng.choice([one for one in _mistakes(rng, node) if one.shape == node.shape])
        mutant = replaced(root, {node: wrong})
        if mutant != root:
            return mutant
    return negate(root)


def _mistakes(rng: Random, node: Tensor) -> list[Tensor]:
    found = [negate(node), scale(number(2), node), transpose(node)]
    match node:
        case Sum(terms=terms):
            found += [add(*terms[1:]), add(*terms[:-1], negate(terms[-1]))]
        case Einsum(factors=factors, subscripts=subscripts, output=output):
            place = rng.randrange(len(factors))
            turned = subscripts[place][::-1]
            if factors[place].shape == factors[place].shape[::-1]:
                changed = (*subscripts[:place], turned, *subscripts[place + 1 :])
                found.append(Einsum(factors, changed, output))
            other = rng.randrange(len(factors))
            if factors[place].shape == factors[other].shape:
                swapped = list(factors)
                swapped[place], swapped[other] = factors[other], factors[place]
                found.append(Einsum(tuple(swapped), subscripts, output))
        case Variable(name=name, shape=shape, symmetric=symmetric):
            found.append(Variable(name.translate(str.maketrans("ABxyst", "BAyxts")), shape, symmetric))
        case Elementwise(argument=argument):
            found += [Elementwise(rng.choice([*FUNCTIONS, "f"]), argument), argument]
        case Power(base=base, exponent=exponent):
            found += [Power(base, add(exponent, number(1))), base]
        case Inverse(matrix=matrix):
            found.append(matrix)
    return found


# -------------------------------- numbers --------------------------------


def point(rng: Random, roots: list[Tensor], sizes: dict[str, int], low: float = -1.5) -> dict[str, Array]:
    """Random values of all variables of some tensors."""
    values: dict[str, Array] = {}
    for one in variables(*roots):
        shape = shape_of(one.shape, sizes)
        array = np.array([rng.uniform(low, 1.5) for _ in range(prod(shape))]).reshape(shape)
        values[one.name] = (array + array.T) / 2 if one.symmetric else array
    return values


def differs(left: Tensor, right: Tensor, rng: Random, trials: int = 12) -> bool:
    """Whether two tensors differ at some small sizes and values where both are defined."""
    for trial in range(trials):
        sizes = {letter: rng.randint(1, 4) for letter in "mnk"}
        values = point(rng, [left, right], sizes, 0.3 if trial % 3 == 0 else -1.5)
        if _is_singular([left, right], values, sizes):
            continue
        a, b = (np.asarray(one, float) for one in evaluate([left, right], values, sizes))
        defined = np.isfinite(a) & np.isfinite(b) & (np.abs(a) < 1e8) & (np.abs(b) < 1e8)
        a, b = a[defined], b[defined]
        if (np.abs(a - b) > 1e-5 * (1 + np.abs(a) + np.abs(b))).any():
            return True
    return False


def _is_singular(roots: list[Tensor], values: dict[str, Array], sizes: dict[str, int]) -> bool:
    """Whether some inverse is one that rounding makes up."""
    matrices = [node.matrix for node in topological(*roots) if isinstance(node, Inverse)]
    found = evaluate(matrices, values, sizes)
    return any(not np.isfinite(one).all() or np.linalg.cond(one) > 1e7 for one in found)


def central(
    value: Tensor, by: Variable, values: dict[str, Array], sizes: dict[str, int], h: float = 1e-5
) -> Array:
    """The derivative of a tensor by each entry of a variable, by central differences."""
    shape = shape_of(by.shape, sizes)
    columns = []
    for place in np.ndindex(*shape):
        sides = []
        for step in (h, -h):
            moved = values[by.name].copy()
            moved[place] += step
            sides.append(evaluate([value], {**values, by.name: moved}, sizes)[0])
        columns.append(np.asarray(sides[0] - sides[1]) / (2 * h))
    return np.stack(columns, -1).reshape((*shape_of(value.shape, sizes), *shape))
