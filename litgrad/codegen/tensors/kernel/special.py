"""Texts that a kernel has in place of the usual ones: sums as products with ones, largest entries."""

import re
from collections.abc import Sequence

from litgrad.codegen.pieces import MUL, Piece
from litgrad.codegen.tensors.kernel.kinds import is_largest
from litgrad.codegen.tensors.kernel.names import ones_of
from litgrad.codegen.tensors.kernel.parts import Kernel
from litgrad.gradients.tensors.tidy import Pair, pairs_of
from litgrad.tensors.expr import Einsum, Labels, Ones, Tensor, Unknown


def special(kernel: Kernel, node: Tensor) -> Piece | None:
    """Sums over one axis as products with ones, over both as inner products; None for others."""
    if is_largest(node):
        return Piece(_largest(kernel, node))
    if not isinstance(node, Einsum):
        return None
    pairs, output = pairs_of(node)
    if len(output) > 1 or not _are_entries(pairs):
        return None
    texts = [kernel.printer.piece(factor).text for factor, _ in pairs]
    if any(not re.fullmatch(r"[\w\[\]]+", text) for text in texts):
        return None
    if len(pairs) == 2:
        return Piece(f"np.vdot({texts[0]}, {texts[1]})") if not output else None
    return _by_ones(kernel, pairs[0], texts[0], output) if len(pairs) == 1 and output else None


def _are_entries(pairs: Sequence[Pair]) -> bool:
    """Whether a contraction is of products of entries of matrices."""
    if any(not n or len(n) != 2 or len(set(n)) < 2 or isinstance(f, Ones) for f, n in pairs):
        return False
    return all(n == pairs[0][1] for _, n in pairs)


def _by_ones(kernel: Kernel, pair: Pair, text: str, output: Labels) -> Piece:
    """A sum over one axis of a matrix as its product with ones."""
    factor, labels = pair
    gone = next(at for at, label in enumerate(labels) if label not in output)
    ones = ones_of(kernel, factor.shape[gone])
    return Piece(f"{ones} @ {text}" if gone == 0 else f"{text} @ {ones}", precedence=MUL)


def _largest(kernel: Kernel, node: Tensor) -> str:
    """The largest entry along an axis."""
    assert isinstance(node, Unknown)
    (argument,) = node.arguments
    text, back = kernel.printer.full(argument).text, int(node.name.rsplit(" ", 1)[1])
    if back == 1 and len(argument.shape) == 2:
        return f"_largest({text})"
    return f"np.max({text}, axis={-back})"
