"""Definitions in vectors and matrices, built by hand, for the tests of code."""

import types
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from litgrad.codegen.generated import GeneratedModule, GeneratedTests
from litgrad.codegen.module import write_module
from litgrad.codegen.tests import write_tests
from litgrad.compiler import check_post
from litgrad.gradients.differentiate import differentiate
from litgrad.meaning.tensors.model import Form, TensorDefinition, Tensors, TensorTerm
from litgrad.source import Source, Span
from litgrad.tensors.build import add, apply, matmul, negate, reciprocal, scale, total
from litgrad.tensors.expr import Dim, Tensor, Variable

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


def compiled(definitions: Definitions, module_name: str = "net") -> tuple[GeneratedModule, GeneratedTests]:
    """The module and its tests."""
    source, said = tensors(definitions)
    post = check_post(source)
    statements = replace(post.statements, tensors=said)
    gradients = differentiate(statements, post.derivations)
    module = write_module(statements, gradients, module_name, fast=False)
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
