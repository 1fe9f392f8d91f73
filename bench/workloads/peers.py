"""The same values by other tools: the formula typed in, differentiated automatically, or a library's own."""

import importlib
import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from sympy import Expr, Symbol

from bench.workloads.subjects import Subject

Evaluate = Callable[..., Any]
"""Takes NumPy arrays, gives one."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool, and how it computes a subject."""

    name: str
    version: str
    of: Callable[[Subject], Evaluate | None]


_HEADS: dict[type, str] = {
    sympy.exp: "exp", sympy.log: "log", sympy.sin: "sin", sympy.cos: "cos", sympy.tan: "tan",
    sympy.tanh: "tanh", sympy.sinh: "sinh", sympy.cosh: "cosh", sympy.Abs: "abs", sympy.sign: "sign",
}  # fmt: skip


def walk(expr: Expr, at: dict[Symbol, Any], space: Any) -> Any:
    """A formula's value with the functions of a library, as it is written."""
    if isinstance(expr, Symbol):
        return at[expr]
    if isinstance(expr, sympy.Rational):
        return int(expr.p) if expr.q == 1 else int(expr.p) / int(expr.q)
    if expr is sympy.pi or expr is sympy.E:
        return float(expr)
    if isinstance(expr, sympy.Mul):
        return _product(expr, at, space)
    if isinstance(expr, sympy.Pow) and expr.base is sympy.E:
        return space.exp(walk(expr.exp, at, space))
    if isinstance(expr, sympy.Pow) and expr.exp == sympy.Rational(1, 2) and expr.base.free_symbols:
        return space.sqrt(walk(expr.base, at, space))
    values = [walk(argument, at, space) for argument in expr.args]
    if isinstance(expr, sympy.Add):
        return sum(values[1:], values[0])
    if isinstance(expr, sympy.Pow):
        return 1 / values[0] if expr.exp == -1 else values[0] ** values[1]
    return getattr(space, _HEADS[type(expr)])(*values)


def _product(product: Expr, at: dict[Symbol, Any], space: Any) -> Any:
    result, divisors = 1, []
    for factor in product.args:
        if (
            isinstance(factor, sympy.Pow)
            and factor.exp.is_Integer
            and factor.exp < 0
            and factor.base != sympy.E
        ):
            divisors.append(walk(sympy.Pow(factor.base, -factor.exp, evaluate=False), at, space))
        else:
            result = result * walk(factor, at, space)
    for divisor in divisors:
        result = result / divisor
    return result


def _literal(space: Any) -> Callable[[Subject], Evaluate]:
    def of(subject: Subject) -> Evaluate:
        return lambda *arrays: walk(subject.literal, dict(zip(subject.symbols, arrays, strict=True)), space)

    return of


def installed() -> list[Peer]:
    """The tools that can be imported here; a line for each that cannot."""
    makers = (_numpy, _scipy, _autograd, _jax, _jax_stable, _torch, _torch_fused)
    peers: list[Peer] = []
    for make in makers:
        try:
            peers.append(make())
        except ImportError as fault:
            print(f"not compared: {make.__name__.strip('_')} ({fault})")
    return peers


def _numpy() -> Peer:
    return Peer("numpy", np.__version__, _literal(np))


def _autograd() -> Peer:
    autograd, space = importlib.import_module("autograd"), importlib.import_module("autograd.numpy")

    def of(subject: Subject) -> Evaluate | None:
        if subject.source is None:
            return None
        whole, by = subject.source
        place = subject.symbols.index(by)

        def value(*arrays: Any) -> Any:
            return walk(whole, dict(zip(subject.symbols, arrays, strict=True)), space)

        return autograd.elementwise_grad(value, place)

    return Peer("autograd", _version("autograd"), of)


def _jax() -> Peer:
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    space = importlib.import_module("jax.numpy")

    def of(subject: Subject) -> Evaluate:
        if subject.source is None:
            value = jax.jit(_literal(space)(subject))
        else:
            whole, by = subject.source
            value = _jax_gradient(jax, space, whole, subject.symbols, subject.symbols.index(by))
        return lambda *arrays: np.asarray(value(*map(space.asarray, arrays)))

    return Peer("jax", jax.__version__, of)


def _jax_gradient(jax: Any, space: Any, whole: Expr, symbols: tuple[Symbol, ...], place: int) -> Evaluate:
    def total(*arrays: Any) -> Any:
        return space.sum(walk(whole, dict(zip(symbols, arrays, strict=True)), space))

    return jax.jit(jax.grad(total, argnums=place))


def _torch() -> Peer:
    torch = importlib.import_module("torch")

    def of(subject: Subject) -> Evaluate:
        if subject.source is None:
            value = _literal(torch)(subject)
            return lambda *arrays: value(*map(torch.from_numpy, arrays)).numpy()
        whole, by = subject.source
        place = subject.symbols.index(by)
        return _torch_gradient(
            torch, lambda *values: walk(whole, dict(zip(subject.symbols, values, strict=True)), torch), place
        )

    return Peer("torch", torch.__version__, of)


def _torch_gradient(torch: Any, value: Evaluate, place: int) -> Evaluate:
    def run(*arrays: Any) -> Any:
        tensors = [torch.from_numpy(array) for array in arrays]
        tensors[place] = tensors[place].clone().requires_grad_()
        return torch.autograd.grad(value(*tensors).sum(), tensors[place])[0].numpy()

    return run


# -------------------------------- what a library has ready --------------------------------


def _of_table(table: dict[str, Evaluate]) -> Callable[[Subject], Evaluate | None]:
    return lambda subject: table.get(f"{subject.post} {subject.name}")


def _scipy() -> Peer:
    special = importlib.import_module("scipy.special")
    expit, log_expit = special.expit, special.log_expit

    def loss(y: Any, p: Any) -> Any:
        return -special.xlogy(y, p) - special.xlog1py(1 - y, -p)

    def slope(z: Any, y: Any) -> Any:
        return (1 - y) * expit(z) - y * expit(-z)

    def whole(w: Any, x: Any, b: Any, y: Any) -> Any:
        return -y * log_expit(w * x + b) - (1 - y) * log_expit(-(w * x + b))

    table = {
        "cross-entropy L": loss, "softmax-two-classes L": loss, "backpropagation L": loss,
        "backpropagation sigma": expit, "softmax-two-classes sigma": expit, "neuron sigma": expit,
        "sigmoid-slope s": expit, "sigmoid-slope ds_dz": lambda z: expit(z) * expit(-z),
        "backpropagation dsigma_dx": lambda x: expit(x) * expit(-x),
        "softmax-two-classes p": lambda u, v: expit(u - v),
        "cancellation g": special.exprel, "cancellation ell": special.logit,
        "cancellation H": lambda p: special.entr(p) + special.entr(1 - p),
        **_neuron(whole, slope, "neuron"), **_neuron(whole, slope, "backpropagation"),
    }  # fmt: skip
    return Peer("scipy.special", _version("scipy"), _of_table(table))


def _neuron(whole: Evaluate, slope: Evaluate, post: str) -> dict[str, Evaluate]:
    head = f"{post} value_and_grad_L"
    return {
        f"{head}: value": whole,
        f"{head}: w": lambda w, x, b, y: slope(w * x + b, y) * x,
        f"{head}: b": lambda w, x, b, y: slope(w * x + b, y),
        f"{head}: x": lambda w, x, b, y: slope(w * x + b, y) * w,
    }


def _jax_stable() -> Peer:
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    space, nn = jax.numpy, jax.nn

    def loss(w: Any, x: Any, b: Any, y: Any) -> Any:
        z = w * x + b
        return nn.softplus(z) - y * z

    def entropy(u: Any, v: Any, t: Any) -> Any:
        return -nn.log_softmax(space.stack([u, v, t]), axis=0)[0]

    def gradient(value: Evaluate, place: int) -> Evaluate:
        return jax.jit(jax.grad(lambda *arrays: value(*arrays).sum(), argnums=place))

    table = {f"{post} value_and_grad_L: value": jax.jit(loss) for post in ("neuron", "backpropagation")}
    for post in ("neuron", "backpropagation"):
        for place, name in enumerate("wxb"):
            table[f"{post} value_and_grad_L: {name}"] = gradient(loss, place)
    table |= {
        "softmax-three-classes L": jax.jit(entropy),
        "softmax-three-classes dL_du": gradient(entropy, 0),
        "softmax-three-classes dL_dv": gradient(entropy, 1),
        "sigmoid-slope ds_dz": gradient(nn.sigmoid, 0), "backpropagation dsigma_dx": gradient(nn.sigmoid, 0),
        "sigmoid-slope s": jax.jit(nn.sigmoid), "backpropagation sigma": jax.jit(nn.sigmoid),
        "cancellation q": jax.jit(nn.silu),
    }  # fmt: skip

    def run(evaluate: Evaluate) -> Evaluate:
        return lambda *arrays: np.asarray(evaluate(*map(space.asarray, arrays)))

    return Peer("jax.nn", jax.__version__, _of_table({name: run(each) for name, each in table.items()}))


def _torch_fused() -> Peer:
    torch = importlib.import_module("torch")
    functional = torch.nn.functional

    def loss(w: Any, x: Any, b: Any, y: Any) -> Any:
        return functional.binary_cross_entropy_with_logits(w * x + b, y, reduction="none")

    def entropy(u: Any, v: Any, t: Any) -> Any:
        scores = torch.stack([u, v, t], dim=1)
        first = torch.zeros(len(u), dtype=torch.long)
        return functional.cross_entropy(scores, first, reduction="none")

    def value(evaluate: Evaluate) -> Evaluate:
        return lambda *arrays: evaluate(*map(torch.from_numpy, arrays)).numpy()

    table = {f"{post} value_and_grad_L: value": value(loss) for post in ("neuron", "backpropagation")}
    for post in ("neuron", "backpropagation"):
        for place, name in enumerate("wxb"):
            table[f"{post} value_and_grad_L: {name}"] = _torch_gradient(torch, loss, place)
    table |= {
        "softmax-three-classes L": value(entropy),
        "softmax-three-classes dL_du": _torch_gradient(torch, entropy, 0),
        "softmax-three-classes dL_dv": _torch_gradient(torch, entropy, 1),
        "sigmoid-slope ds_dz": _torch_gradient(torch, torch.sigmoid, 0),
        "backpropagation dsigma_dx": _torch_gradient(torch, torch.sigmoid, 0),
        "sigmoid-slope s": value(torch.sigmoid), "backpropagation sigma": value(torch.sigmoid),
        "cancellation q": value(functional.silu),
    }  # fmt: skip
    return Peer("torch fused", torch.__version__, _of_table(table))


def _version(name: str) -> str:
    return importlib.metadata.version(name)
