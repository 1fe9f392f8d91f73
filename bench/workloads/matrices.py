"""Inputs of the rows of matrices, and how they are computed in NumPy by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The arrays of a row by the names of its post."""

    post: str
    arrays: dict[str, Array]
    by: tuple[str, ...] = ()
    """What is differentiated by."""


def inputs_of(row: str, kind: type) -> Inputs:
    """Seeded inputs of a row."""
    rng = np.random.default_rng(0)

    def normal(*shape: int, scale: float = 1.0) -> Array:
        return (scale * rng.normal(size=shape)).astype(kind)

    def labels(count: int, classes: int) -> Array:
        return np.eye(classes, dtype=kind)[rng.integers(0, classes, count)]

    if row.startswith("dense"):
        return Inputs("dense-layer", {"X": normal(256, 512), "W": normal(512, 512), "G": normal(256, 512)})
    if row.startswith("softmax"):
        count, classes = (100_000, 10) if row.endswith("10") else (256, 1000)
        return Inputs("softmax-rows", {"Z": normal(count, classes), "Y": labels(count, classes)}, ("Z",))
    if row.startswith("two"):
        weights = {"W_1": normal(784, 256, scale=0.03), "b_1": normal(256)}
        weights |= {"W_2": normal(256, 10, scale=0.1), "b_2": normal(10)}
        arrays = {"X": normal(128, 784), **weights, "Y": labels(128, 10)}
        return Inputs("two-layers", arrays, tuple(weights))
    arrays = {"X": normal(1024, 256), "gamma": normal(256), "beta": normal(256), "G": normal(1024, 256)}
    return Inputs("batch-norm", arrays, ("X", "gamma", "beta"))


def by_hand(row: str, given: Inputs) -> Callable[[], list[Any]]:
    """The row as an expert of NumPy would write it, with arrays kept from call to call."""
    a = given.arrays
    if row.startswith("dense"):
        return _dense(a["X"], a["W"], a["G"])
    if row.startswith("softmax"):
        return _softmax(a["Z"], a["Y"], value="value" in row)
    return _two_layers(a) if row.startswith("two") else _batch_norm(a)


def _dense(x: Array, w: Array, g: Array) -> Callable[[], list[Any]]:
    by_w, by_x, ones = np.empty_like(w), np.empty_like(x), np.ones(len(g), g.dtype)
    return lambda: [np.matmul(x.T, g, out=by_w), ones @ g, np.matmul(g, w.T, out=by_x)]


def _softmax(z: Array, y: Array, *, value: bool) -> Callable[[], list[Any]]:
    """Some rows at a time, which stay in the cache; the labels are 0 and 1."""
    found, ones = np.empty_like(z), np.ones(z.shape[1], z.dtype)
    step = max(1, 32_768 // z.shape[1])

    def call() -> list[Any]:
        loss = 0.0
        for start in range(0, len(z), step):
            rows, part, wanted = (each[start : start + step] for each in (z, found, y))
            largest = rows.max(axis=1, keepdims=True) if z.shape[1] > 32 else _largest(rows)
            np.subtract(rows, largest, out=part)
            if value:
                loss -= np.vdot(part, wanted)
            np.exp(part, out=part)
            total = (part @ ones)[:, None]
            if value:
                loss += np.log(total).sum()
            np.divide(part, total, out=part)
            np.subtract(part, wanted, out=part)
        return [loss, found] if value else [found]

    return call


def _largest(rows: Array) -> Array:
    largest = rows[:, 0].copy()
    for column in range(1, rows.shape[1]):
        np.maximum(largest, rows[:, column], out=largest)
    return largest[:, None]


def _two_layers(a: dict[str, Array]) -> Callable[[], list[Any]]:
    x, w1, b1, w2, b2, y = (a[name] for name in ("X", "W_1", "b_1", "W_2", "b_2", "Y"))
    h, z = np.empty((len(x), w1.shape[1]), x.dtype), np.empty(y.shape, x.dtype)
    by_h, by_w1, by_w2, ones = (
        np.empty_like(h),
        np.empty_like(w1),
        np.empty_like(w2),
        np.ones(len(x), x.dtype),
    )

    def call() -> list[Any]:
        np.matmul(x, w1, out=h)
        np.add(h, b1, out=h)
        np.maximum(h, 0, out=h)
        np.matmul(h, w2, out=z)
        np.add(z, b2, out=z)
        np.subtract(z, z.max(axis=1, keepdims=True), out=z)
        loss = -np.vdot(z, y)
        np.exp(z, out=z)
        total = z.sum(axis=1, keepdims=True)
        loss = (loss + np.log(total).sum()) / len(x)
        np.divide(z, total, out=z)
        np.subtract(z, y, out=z)
        np.divide(z, len(x), out=z)
        np.matmul(z, w2.T, out=by_h)
        np.multiply(by_h, h > 0, out=by_h)
        return [loss, np.matmul(x.T, by_h, out=by_w1), ones @ by_h, np.matmul(h.T, z, out=by_w2), ones @ z]

    return call


def _batch_norm(a: dict[str, Array]) -> Callable[[], list[Any]]:
    x, gamma, beta, g = (a[name] for name in ("X", "gamma", "beta", "G"))
    count = len(x)
    normal, found, ones = np.empty_like(x), np.empty_like(x), np.ones(count, x.dtype)

    def call() -> list[Any]:
        np.subtract(x, ones @ x / count, out=normal)
        root = np.sqrt(np.einsum("ij,ij->j", normal, normal) / count + 1e-5)
        np.divide(normal, root.astype(x.dtype), out=normal)
        by_beta = ones @ g
        by_gamma = np.einsum("ij,ij->j", g, normal)
        value = gamma @ by_gamma + beta @ by_beta
        np.multiply(normal, by_gamma / count, out=found)
        np.subtract(g, found, out=found)
        np.subtract(found, by_beta / count, out=found)
        np.multiply(found, (gamma / root).astype(x.dtype), out=found)
        return [value, found, by_gamma, by_beta]

    return call
