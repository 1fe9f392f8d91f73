"""Definitions in vectors and matrices, built by hand, for the tests of code."""

import types
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import cast

from litgrad.codegen.generated import GeneratedModule, GeneratedTests
from litgrad.codegen.module import write_module
from litgrad.codegen.tests import write_tests
from litgrad.compiler import check_post
from litgrad.gradients.differentiate import differentiate
from litgrad.meaning.tensors.model import Form, TensorDefinition, Tensors, TensorTerm
from litgrad.source import Source, Span
from litgrad.tensors.build import (
    add,
    apply,
    broadcast,
    einsum,
    hadamard,
    matmul,
    negate,
    number,
    power,
    reciprocal,
    scale,
    total,
    trace,
    transpose,
)
from litgrad.tensors.expr import Constant, Determinant, Dim, Inverse, Ones, Tensor, Variable

Definitions = Sequence[tuple[str, Tensor]]


def name(latex: str, *shape: Dim, symmetric: bool = False) -> Variable:
    """A name of the post."""
    return Variable(latex, shape, symmetric)


def tensors(definitions: Definitions) -> tuple[Source, Tensors]:
    """A post that has the names in its lines, and what it says."""
    text, found = "", []
    for line, (latex, body) in enumerate(definitions, start=1):
        span = Span(len(text), len(text) + len(latex))
        node = cast("object", types.SimpleNamespace(span=span))
        term = TensorTerm(node, body, Form.SCALAR)  # ty: ignore[invalid-argument-type]
        variable = Variable(latex, body.shape)
        found.append(TensorDefinition(variable, body, Form.SCALAR, term, span, line))
        text += f"{latex}\n"
    return Source("net.md", text), Tensors(definitions=tuple(found))


def compiled(
    definitions: Definitions, module_name: str = "net", *, fast: bool = False
) -> tuple[GeneratedModule, GeneratedTests]:
    """The module and its tests."""
    source, said = tensors(definitions)
    post = check_post(source)
    statements = replace(post.statements, tensors=said)
    gradients = differentiate(statements, post.derivations)
    module = write_module(statements, gradients, module_name, fast=fast)
    return module, write_tests(module, statements, gradients)


def loaded(module: GeneratedModule) -> types.SimpleNamespace:
    """The module's functions."""
    made: dict[str, object] = {}
    exec(compile(module.text, f"{module.name}.py", "exec"), made)  # noqa: S102
    return types.SimpleNamespace(**made)


def softmax(z: Tensor) -> Tensor:
    """Exponentials over their sum, as an author writes it."""
    e = apply("exp", z)
    return scale(reciprocal(total(e)), e)


def square(vector: Tensor) -> Tensor:
    """A vector with itself."""
    return matmul(vector, vector)


def two_layers() -> Definitions:
    """A network with one hidden layer, softmax and cross entropy, for one example."""
    w1, b1, w2, b2 = name("W_{1}", "h", "d"), name("b_{1}", "h"), name("W_{2}", "k", "h"), name("b_{2}", "k")
    z1, a1, z2, p = name("z_{1}", "h"), name("a_{1}", "h"), name("z_{2}", "k"), name("p", "k")
    return [
        ("z_{1}", add(matmul(w1, name("x", "d")), b1)),
        ("a_{1}", apply("tanh", z1)),
        ("z_{2}", add(matmul(w2, a1), b2)),
        ("p", softmax(z2)),
        ("L", negate(matmul(name("y", "k"), apply("log", p)))),
    ]


def _difference(left: Tensor, right: Tensor) -> Tensor:
    return add(left, negate(right))


def _bias(vector: Tensor) -> Tensor:
    return einsum([(Ones(("N",)), (0,)), (vector, (1,))], (0, 1))


def batch_network() -> Definitions:
    """The network in matrix form, one row for each example."""
    z1, a1, z2 = name("Z_{1}", "N", "h"), name("A_{1}", "N", "h"), name("Z_{2}", "N", "k")
    e, p = apply("exp", z2), name("P", "N", "k")
    sums = reciprocal(einsum([(e, (0, 1))], (0,)))
    loss = total(hadamard(name("Y", "N", "k"), apply("log", p)))
    return [
        ("Z_{1}", add(matmul(name("X", "N", "d"), name("W_{1}", "d", "h")), _bias(name("b_{1}", "h")))),
        ("A_{1}", apply("relu", z1)),
        ("Z_{2}", add(matmul(a1, name("W_{2}", "h", "k")), _bias(name("b_{2}", "k")))),
        ("P", einsum([(e, (0, 1)), (sums, (0,))], (0, 1))),
        ("L", scale(negate(reciprocal(name("N"))), loss)),
    ]


def batch_norm() -> Definitions:
    """Batch normalisation, weighed by what comes from above."""
    x, mean = name("X", "N", "d"), name("\\mu", "d")
    centred = _difference(x, _bias(mean))
    deviation = add(name("v", "d"), broadcast(name("\\epsilon"), ("d",)))
    root = power(deviation, number(Fraction(-1, 2)))
    normal, above = name("\\hat{X}", "N", "d"), name("G", "N", "d")
    return [
        ("\\mu", scale(reciprocal(name("N")), einsum([(x, (0, 1))], (1,)))),
        ("v", scale(reciprocal(name("N")), einsum([(centred, (0, 1)), (centred, (0, 1))], (1,)))),
        ("\\hat{X}", einsum([(centred, (0, 1)), (root, (1,))], (0, 1))),
        ("Y", add(einsum([(name("\\gamma", "d"), (1,)), (normal, (0, 1))], (0, 1)), _bias(name("b", "d")))),
        ("L", total(hadamard(above, name("Y", "N", "d")))),
    ]


_A, _S = name("A", "n", "n"), name("S", "n", "n", symmetric=True)
_x, _y, _X = name("x", "n"), name("y", "n"), name("X", "N", "n")
_mu = name("\\mu", "n")
_from_mean = _difference(_x, _mu)

CASES: dict[str, Definitions] = {
    "two_layers": two_layers(),
    "batch_network": batch_network(),
    "batch_norm": batch_norm(),
    "quadratic": [("f", matmul(_x, matmul(_A, _x)))],
    "symmetric": [("f", matmul(_x, matmul(_S, _y)))],
    "ridge": [
        ("r", _difference(matmul(_X, name("w", "n")), name("t", "N"))),
        ("L", add(square(name("r", "N")), scale(name("\\lambda"), square(name("w", "n"))))),
    ],
    "gaussian": [
        (
            "L",
            scale(
                number(Fraction(1, 2)),
                add(
                    apply("log", Determinant(_S)),
                    matmul(_from_mean, matmul(Inverse(_S), _from_mean)),
                    scale(name("n"), apply("log", scale(number(2), Constant("pi")))),
                ),
            ),
        )
    ],
    "traces": [("f", trace(matmul(Inverse(_A), matmul(name("C", "n", "n"), _A))))],
    "norm": [
        ("u", scale(power(square(_x), number(Fraction(-1, 2))), _x)),
        ("f", matmul(_y, name("u", "n"))),
    ],
    "logistic": [
        ("z", matmul(name("w", "n"), _x)),
        ("p", apply("sigmoid", name("z"))),
        ("L", negate(hadamard(name("t"), apply("log", name("p"))))),
    ],
    "reciprocals": [
        ("f", scale(number(Fraction(-1, 2)), total(power(_x, number(Fraction(-3, 2)))))),
        ("u", scale(number(3), reciprocal(_y))),
    ],
    "divergence": [("D", matmul(_x, _difference(apply("log", _x), apply("log", _y))))],
    "order_three": [("u", einsum([(name("T", "m", "n", "n"), (0, 1, 2)), (_x, (1,)), (_x, (2,))], (0,)))],
    "penalty": [
        ("L", add(matmul(_y, apply("tanh", matmul(_A, _x))), trace(matmul(transpose(_A), _A)))),
    ],
    "mean": [
        ("m", scale(reciprocal(name("n")), total(_x))),
        ("v", square(_difference(_x, broadcast(name("m"), ("n",))))),
    ],
}
"""Definitions of many kinds."""
