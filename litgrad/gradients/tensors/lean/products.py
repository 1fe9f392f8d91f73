"""Contractions: what has none of the summed labels stands before the sum, what has all is the core."""

from collections.abc import Sequence

from litgrad.gradients.tensors.lean.splitting import split
from litgrad.gradients.tensors.lean.sums import summed
from litgrad.gradients.tensors.lean.writing import Scaled, Writing
from litgrad.gradients.tensors.tidy import Pair
from litgrad.tensors.build import einsum, number
from litgrad.tensors.expr import Elementwise, Labels, Number, Ones, Power, Tensor, Variable


def contracted(writing: Writing, pairs: list[Pair], output: Labels) -> Scaled:
    """What has none of the summed labels multiplies the sum."""
    sums = {label for _, labels in pairs for label in labels} - set(output)
    if not sums:
        return _entrywise(writing, pairs, output)
    inner = [pair for pair in pairs if sums & set(pair[1])]
    outer = [pair for pair in pairs if not sums & set(pair[1])]
    kept = tuple(label for label in dict.fromkeys(output) if any(label in n for _, n in inner))
    found = _sum(writing, inner, kept)
    if not outer and kept == output:
        return found
    own = [(f, tuple(kept[at] for at in n)) for f, n in found.factors]
    return _entrywise(writing, [(found.core, kept), *own, *outer], output)


def _sum(writing: Writing, pairs: list[Pair], output: Labels) -> Scaled:
    """A contraction all of whose factors have summed labels."""
    terms = split(writing, pairs)
    if terms is not None:
        return summed(writing, [contracted(writing, term, output) for term in terms])
    factors = _limits_together(writing, _squares_apart(writing, pairs))
    return Scaled(writing.named(einsum(factors, output)))


def _entrywise(writing: Writing, pairs: list[Pair], output: Labels) -> Scaled:
    """A product of entries: what has every label is the core."""
    if len(set(output)) < len(output) or len(output) < 2:
        return Scaled(writing.named(einsum(pairs, output)))
    large = [(f, n) for f, n in pairs if set(n) == set(output) and not isinstance(f, Ones)]
    small = [(f, n) for f, n in pairs if set(n) != set(output) and not isinstance(f, Ones)]
    if large:
        core = writing.named(einsum(_limits_together(writing, large), output))
    elif any(isinstance(f, Ones) for f, _ in pairs):
        core = _ones(pairs, output)
        small = _together(writing, small, output)
    else:
        core = writing.named(einsum([pair for pair in pairs if pair[1]], output))
        small = [pair for pair in small if not pair[1]]
    return Scaled(core, tuple((f, tuple(output.index(label) for label in n)) for f, n in small))


def _ones(pairs: Sequence[Pair], output: Labels) -> Tensor:
    sizes = {label: size for f, n in pairs for label, size in zip(n, f.shape, strict=True)}
    return Ones(tuple(sizes[label] for label in output))


def _together(writing: Writing, pairs: Sequence[Pair], output: Labels) -> list[Pair]:
    """What is repeated along an axis as one product, but for numbers."""
    numbers = [pair for pair in pairs if isinstance(pair[0], Number)]
    rest = [pair for pair in pairs if not isinstance(pair[0], Number)]
    axes = tuple(label for label in output if any(label in n for _, n in rest))
    if len(rest) < 2 or len(axes) == len(output):
        return list(pairs)
    return [*numbers, (writing.named(einsum(rest, axes)), axes)]


def _limits_together(writing: Writing, pairs: Sequence[Pair]) -> list[Pair]:
    """The factors with x log u made one, which is 0 where x is."""
    for x, labels in pairs:
        for other, names in pairs:
            if names == labels and _is_limit(writing, x, other):
                rest = [pair for pair in pairs if pair not in ((x, labels), (other, names))]
                every = tuple(range(len(labels)))
                return [(writing.named(einsum([(x, every), (other, every)], every)), labels), *rest]
    return list(pairs)


def _is_limit(writing: Writing, x: Tensor, other: Tensor) -> bool:
    """Whether a product is x log u."""
    if not isinstance(x, Variable) or not x.shape or x == other:
        return False
    body = writing.body_of(other)
    return isinstance(body, Elementwise) and body.function == "log"


def _squares_apart(writing: Writing, pairs: list[Pair]) -> list[Pair]:
    """A square that is summed as two factors."""
    found: list[Pair] = []
    for factor, labels in pairs:
        body = writing.body_of(factor)
        if isinstance(body, Power) and body.exponent == number(2) and labels:
            found += [(body.base, labels)] * 2
        else:
            found.append((factor, labels))
    return found
