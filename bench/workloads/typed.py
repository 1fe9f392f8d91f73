"""The workloads as a user would type them in: with NumPy, with `math`, as a loop for Numba, for numexpr."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Typed:
    """One workload, typed in for each tool."""

    names: str
    """Its inputs, a letter each."""
    numpy: Callable[..., Any]
    tuned: Callable[..., Any]
    """The same in as few calls as it takes, into arrays that are there: inputs, results, room for two."""
    math: Callable[..., Any]
    """For Python floats."""
    loop: Callable[..., Any]
    """For Numba, one element after another."""
    texts: tuple[str, ...]
    """For numexpr, one per value."""


# -------------------------------- W1: the loss --------------------------------


def _numpy_loss(y: Any, p: Any) -> Any:
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def _tuned_loss(y: Any, p: Any, out: Any, room: Any, more: Any) -> None:
    np.subtract(y, 1, out)
    np.subtract(1, p, room)
    np.log(room, room)
    np.multiply(out, room, out)
    np.log(p, room)
    np.multiply(y, room, room)
    np.subtract(out, room, out)


def _math_loss(y: float, p: float) -> float:
    return -y * math.log(p) - (1 - y) * math.log(1 - p)


def _loop_loss(y: Any, p: Any) -> Any:
    out = np.empty_like(p)
    for i in range(len(p)):
        out[i] = -y[i] * math.log(p[i]) - (1 - y[i]) * math.log1p(-p[i])
    return out


LOSS = Typed("yp", _numpy_loss, _tuned_loss, _math_loss, _loop_loss, ("-y * log(p) - (1 - y) * log1p(-p)",))

# -------------------------------- W2: its slope --------------------------------


def _slope(y: Any, p: Any) -> Any:
    return -y / p + (1 - y) / (1 - p)


def _tuned_slope(y: Any, p: Any, out: Any, room: Any, more: Any) -> None:
    np.subtract(p, y, out)
    np.subtract(1, p, room)
    np.multiply(p, room, room)
    np.divide(out, room, out)


def _loop_slope(y: Any, p: Any) -> Any:
    out = np.empty_like(p)
    for i in range(len(p)):
        out[i] = (p[i] - y[i]) / (p[i] * (1 - p[i]))
    return out


SLOPE = Typed("yp", _slope, _tuned_slope, _slope, _loop_slope, ("(p - y) / (p * (1 - p))",))

# -------------------------------- W3: a neuron's loss and gradient --------------------------------


def _numpy_neuron(w: Any, x: Any, b: Any, y: Any) -> Any:
    a = 1 / (1 + np.exp(-(w * x + b)))
    rate = (-y / a + (1 - y) / (1 - a)) * a * (1 - a)
    return _numpy_loss(y, a), {"w": rate * x, "x": rate * w, "b": rate}


def _tuned_neuron(
    w: Any, x: Any, b: Any, y: Any, value: Any, by_w: Any, by_x: Any, by_b: Any, room: Any, more: Any
) -> None:
    np.multiply(w, x, room)
    np.add(room, b, room)
    np.negative(room, more)
    np.exp(more, more)
    np.add(more, 1, more)
    np.log(more, value)
    np.subtract(1, y, by_b)
    np.multiply(by_b, room, by_b)
    np.add(value, by_b, value)
    np.divide(1, more, by_b)
    np.subtract(by_b, y, by_b)
    np.multiply(by_b, x, by_w)
    np.multiply(by_b, w, by_x)


def _math_neuron(w: float, x: float, b: float, y: float) -> Any:
    z = w * x + b
    e = math.exp(-abs(z))
    rate = ((1 - y) * (1.0 if z >= 0 else e) - y * (e if z >= 0 else 1.0)) / (1 + e)
    return math.log1p(e) + max(z, 0.0) - y * z, {"w": rate * x, "x": rate * w, "b": rate}


def _loop_neuron(w: Any, x: Any, b: Any, y: Any) -> Any:
    value, by_w, by_x, by_b = np.empty_like(w), np.empty_like(w), np.empty_like(w), np.empty_like(w)
    for i in range(len(w)):
        z = w[i] * x[i] + b[i]
        e = math.exp(-abs(z))
        rate = ((1 - y[i]) * (1.0 if z >= 0 else e) - y[i] * (e if z >= 0 else 1.0)) / (1 + e)
        value[i] = math.log1p(e) + max(z, 0.0) - y[i] * z
        by_w[i], by_x[i], by_b[i] = rate * x[i], rate * w[i], rate
    return value, by_w, by_x, by_b


_RATE = "(1 / (1 + exp(-(w * x + b))) - y)"
NEURON = Typed(
    "wxby", _numpy_neuron, _tuned_neuron, _math_neuron, _loop_neuron,
    ("log1p(exp(-abs(w * x + b))) + where(w * x + b > 0, w * x + b, 0) - y * (w * x + b)",
     f"{_RATE} * x", f"{_RATE} * w", _RATE),
)  # fmt: skip

# -------------------------------- W4: the slope of the sigmoid --------------------------------


def _numpy_sigmoid(z: Any) -> Any:
    value = 1 / (1 + np.exp(-z))
    return value * (1 - value)


def _tuned_sigmoid(z: Any, out: Any, room: Any, more: Any) -> None:
    np.negative(z, out)
    np.exp(out, out)
    np.add(out, 1, room)
    np.square(room, room)
    np.divide(out, room, out)


def _math_sigmoid(z: float) -> float:
    e = math.exp(-abs(z))
    return e / ((1 + e) * (1 + e))


def _loop_sigmoid(z: Any) -> Any:
    out = np.empty_like(z)
    for i in range(len(z)):
        e = math.exp(-abs(z[i]))
        out[i] = e / ((1 + e) * (1 + e))
    return out


SIGMOID = Typed(
    "z",
    _numpy_sigmoid,
    _tuned_sigmoid,
    _math_sigmoid,
    _loop_sigmoid,
    ("exp(-abs(z)) / (1 + exp(-abs(z))) ** 2",),
)

# -------------------------------- W5: the slope of a softmax loss --------------------------------


def _numpy_softmax(u: Any, v: Any, t: Any) -> Any:
    top, e, f = np.exp(u), np.exp(v), np.exp(t)
    return top / (top + e + f) - 1


def _tuned_softmax(u: Any, v: Any, t: Any, out: Any, room: Any, more: Any) -> None:
    np.subtract(v, u, out)
    np.exp(out, out)
    np.subtract(t, u, room)
    np.exp(room, room)
    np.add(out, room, room)
    np.subtract(-1, room, out)
    np.divide(room, out, out)


def _math_softmax(u: float, v: float, t: float) -> float:
    e, f = math.exp(v - u), math.exp(t - u)
    return -(e + f) / (1 + e + f)


def _loop_softmax(u: Any, v: Any, t: Any) -> Any:
    out = np.empty_like(u)
    for i in range(len(u)):
        e, f = math.exp(v[i] - u[i]), math.exp(t[i] - u[i])
        out[i] = -(e + f) / (1 + e + f)
    return out


SOFTMAX = Typed(
    "uvt", _numpy_softmax, _tuned_softmax, _math_softmax, _loop_softmax,
    ("-(exp(v - u) + exp(t - u)) / (1 + exp(v - u) + exp(t - u))",),
)  # fmt: skip
