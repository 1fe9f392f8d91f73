"""In which pass over the rows of the examples each value of a program is computed."""

from collections.abc import Iterable, Sequence
from dataclasses import field

from litgrad.gradients.tensors import primitives
from litgrad.gradients.tensors.lean.names import LARGEST
from litgrad.records import dataclass
from litgrad.tensors.expr import (
    Determinant,
    Dim,
    Einsum,
    Elementwise,
    Inverse,
    Ones,
    Power,
    Tensor,
    Unknown,
    Variable,
    operands,
    topological,
)

_LIGHT = frozenset({"relu", "step", "abs", "sign"})


class _Mixed(Exception):
    """A value depends on several rows at once, and is no sum over them."""


@dataclass(frozen=True, slots=True)
class Passes:
    """The passes of a program; one where its rows are not told apart."""

    letter: Dim | None
    """The length of the axis of rows; None where everything is computed at once."""
    at: dict[Tensor, int]
    """For a value of each row the first pass that can have it, for a sum over rows the pass that adds it
    up, for others how many passes come before them."""
    totals: frozenset[Tensor] = frozenset()
    """The sums over rows."""
    stored: frozenset[Tensor] = field(default=frozenset())
    """Values of each row that a later pass needs and that cost too much to compute again."""

    @property
    def count(self) -> int:
        """How many passes there are."""
        return 1 + max((at for node, at in self.at.items() if self.is_inside(node)), default=0)

    def is_each(self, node: Tensor) -> bool:
        """Whether a value has a row for each example."""
        return self.letter is not None and self.letter in node.shape

    def is_inside(self, node: Tensor) -> bool:
        """Whether a value is computed within a pass."""
        return self.letter is None or self.is_each(node) or node in self.totals


def passes_of(roots: Sequence[Tensor], letters: Iterable[Dim]) -> Passes:
    """The passes by the first of some letters that is the length of the first axis alone wherever it stands.

    Where no value of more than one axis is computed row by row, blocks of rows gain nothing.
    """
    for letter in letters:
        try:
            found = _by_rows(roots, letter)
        except _Mixed:
            continue
        if any(found.is_each(node) and len(node.shape) > 1 and operands(node) for node in found.at):
            return found
    return Passes(None, dict.fromkeys(topological(*roots), 0))


def _by_rows(roots: Sequence[Tensor], letter: Dim) -> Passes:
    level: dict[Tensor, int] = {}
    totals: set[Tensor] = set()
    for node in topological(*roots):
        if letter in node.shape[1:]:
            raise _Mixed
        level[node] = max((level[one] + (one in totals) for one in operands(node)), default=0)
        if isinstance(node, Einsum) and _sums_rows(node, letter):
            totals.add(node)
        elif _mixes_rows(node, letter):
            raise _Mixed
    passes = Passes(letter, level, frozenset(totals))
    _delay(roots, passes)
    return Passes(letter, level, frozenset(totals), _stored(roots, passes))


def _sums_rows(node: Einsum, letter: Dim) -> bool:
    """Whether a contraction is a sum over rows; raises _Mixed where it pairs each row with each."""
    first = {n[0] for one, n in zip(node.factors, node.subscripts, strict=True) if letter in one.shape}
    if len(first) > 1:
        raise _Mixed
    return bool(first) and not first <= set(node.output)


def _mixes_rows(node: Tensor, letter: Dim) -> bool:
    if not any(letter in one.shape for one in operands(node)) or isinstance(node, Einsum):
        return False
    if isinstance(node, Inverse | Determinant):
        return True
    if isinstance(node, Unknown):
        own = primitives.kind_of(node) == LARGEST and int(node.name.rsplit(" ", 1)[1]) < len(
            node.arguments[0].shape
        )
        return not own
    return letter not in node.shape


def _delay(roots: Sequence[Tensor], passes: Passes) -> None:
    """Sums over rows in the last pass before they are needed, which reads more of the same arrays."""
    due: dict[Tensor, int] = {}
    for node in reversed(list(topological(*roots))):
        if node in passes.totals and node in due:
            passes.at[node] = max(passes.at[node], due[node] - 1)
        here = passes.at[node]
        for one in operands(node):
            if passes.is_each(node) or node in passes.totals:
                due[one] = min(due.get(one, here), here)
            elif node in due:
                due[one] = min(due.get(one, due[node]), due[node])
    for node in topological(*roots):
        if not passes.is_inside(node):
            passes.at[node] = max(
                (passes.at[one] + (one in passes.totals) for one in operands(node)), default=0
            )


def _stored(roots: Sequence[Tensor], passes: Passes) -> frozenset[Tensor]:
    heavy: dict[Tensor, bool] = {}
    for node in topological(*roots):
        heavy[node] = passes.is_each(node) and (_is_heavy(node) or any(heavy[one] for one in operands(node)))
    found: set[Tensor] = set()
    wanted = [(node, passes.at[node]) for node in {*roots, *passes.totals} if passes.is_inside(node)]
    seen: set[tuple[Tensor, int]] = set()
    while wanted:
        node, at = wanted.pop()
        if (node, at) in seen or not passes.is_inside(node):
            continue
        seen.add((node, at))
        if passes.at[node] < at and heavy[node]:
            found.add(node)
            continue
        wanted += [(one, at) for one in operands(node) if passes.is_each(one)]
    return frozenset(found)


def _is_heavy(node: Tensor) -> bool:
    if isinstance(node, Elementwise):
        return node.function not in _LIGHT
    if isinstance(node, Einsum):
        return len([n for n in node.subscripts if n]) > 1 and any(
            not set(n) <= set(node.output) for n in node.subscripts
        )
    return isinstance(node, Unknown | Power) and not isinstance(node, Variable | Ones)
