"""A formula of tensors as the author wrote it, one contraction after another, for the generated tests."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from litgrad.codegen.pieces import Unprintable
from litgrad.tensors.expr import (
    Constant,
    Determinant,
    Dim,
    Einsum,
    Elementwise,
    Identity,
    Inverse,
    Number,
    Ones,
    Power,
    Sum,
    Tensor,
    Variable,
    topological,
)

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FUNCTIONS = {
    **{name: f"np.{name}({{0}})" for name in "exp log sin cos tan sinh cosh tanh sign arctan".split()},
    "abs": "np.abs({0})",
    "sigmoid": "1 / (1 + np.exp(-{0}))",
    "relu": "np.where({0} > 0, {0}, 0)",
    "step": "np.where({0} > 0, 1.0, 0.0)",
}
_KINKED = frozenset({"abs", "sign", "relu", "step"})


def literal_lines(root: Tensor, names: Mapping[str, str], size: Callable[[Dim], str]) -> list[str]:
    """The lines of a function's body that compute a formula; raises Unprintable.

    Takes the Python name of each variable and the text of a length.
    """
    texts: dict[Tensor, str] = {}
    lines: list[str] = []
    for node in topological(root):
        text = _text(node, texts, names, size)
        if isinstance(node, Variable | Number | Constant):
            texts[node] = text
            continue
        texts[node] = f"_{len(lines) + 1}"
        lines.append(f"{texts[node]} = {text}")
    return [*lines, f"return {texts[root]}"]


def is_analytic(root: Tensor) -> bool:
    """Whether a formula may be given complex numbers."""
    return not any(isinstance(node, Elementwise) and node.function in _KINKED for node in topological(root))


def _text(
    node: Tensor, texts: Mapping[Tensor, str], names: Mapping[str, str], size: Callable[[Dim], str]
) -> str:
    match node:
        case Variable(name=name):
            return names[name]
        case Number(value=value):
            return _number(value)
        case Constant(name=name):
            return f"np.{name}"
        case Ones(shape=shape):
            return f"np.ones(({', '.join(map(size, shape))}{',' if len(shape) == 1 else ''}))"
        case Identity(size=length):
            return f"np.eye({size(length)})"
        case Sum(terms=terms):
            return " + ".join(texts[term] for term in terms)
        case Einsum():
            return _einsum(node, texts)
        case Elementwise() if node.order == 0 and node.function in _FUNCTIONS:
            return _FUNCTIONS[node.function].format(texts[node.argument])
        case Power(base=base, exponent=exponent):
            return f"({texts[base]}) ** {texts[exponent]}"
        case Inverse(matrix=matrix):
            return f"np.linalg.inv({texts[matrix]})"
        case Determinant(matrix=matrix):
            return f"np.linalg.det({texts[matrix]})"
    raise Unprintable("it has no formula that can be computed")


def _number(value: Fraction) -> str:
    return f"{value.numerator}.0" if value.denominator == 1 else f"({value.numerator} / {value.denominator})"


def _einsum(node: Einsum, texts: Mapping[Tensor, str]) -> str:
    if len(set(node.output)) < len(node.output) or len(node.sizes()) > len(_LETTERS):
        raise Unprintable("it has no formula that can be computed")
    spelled = ["".join(_LETTERS[label] for label in labels) for labels in (*node.subscripts, node.output)]
    factors = ", ".join(texts[factor] for factor in node.factors)
    return f'np.einsum("{",".join(spelled[:-1])}->{spelled[-1]}", {factors})'
