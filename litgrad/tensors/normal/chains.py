"""Products of square matrices as they are written, before sums in them are multiplied out."""

from litgrad.tensors.expr import Einsum, Labels, Tensor

Link = tuple[Tensor, bool]
"""A square matrix, and whether it stands transposed."""


def square_chain(matrix: Tensor) -> tuple[list[Tensor], list[Link]] | None:
    """Scalars and square matrices whose product a matrix is, in this order; None where it is no product.

    >>> from litgrad.tensors.build import matmul, transpose
    >>> from litgrad.tensors.expr import Variable
    >>> x, y = Variable("X", ("n", "n")), Variable("Y", ("n", "n"))
    >>> [(link.name, turned) for link, turned in square_chain(matmul(x, transpose(y)))[1]]
    [('X', False), ('Y', True)]
    """
    if not isinstance(matrix, Einsum) or len(set(matrix.output)) != 2:
        return None
    parts = list(zip(matrix.factors, matrix.subscripts, strict=True))
    scalars = [factor for factor, labels in parts if not labels]
    left = [part for part in parts if part[1]]
    if any(factor.shape != matrix.shape for factor, _ in left):
        return None
    links: list[Link] = []
    at, end = matrix.output
    while left:
        here = [part for part in left if at in part[1]]
        if len(here) != 1 or here[0][1][0] == here[0][1][1]:
            return None
        factor, labels = here[0]
        left.remove(here[0])
        links.append((factor, labels[1] == at))
        at = _other(labels, at)
    return (scalars, links) if at == end else None


def _other(labels: Labels, label: int) -> int:
    return labels[0] if labels[1] == label else labels[1]
