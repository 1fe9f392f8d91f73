"""The rows of matrices in autograd, PyTorch and JAX, differentiated by these."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from bench.workloads.matrices import Inputs
from bench.workloads.speed import COMPILING

Call = Callable[[], list[Any]]
Loss = Callable[..., Any]


def loss_of(row: str, space: Any, log_softmax: Callable[[Any], Any], relu: Callable[[Any], Any]) -> Loss:
    """The value of a row by the arrays of its post, in the functions of a library."""
    if row.startswith("softmax"):
        return lambda a: -(a["Y"] * log_softmax(a["Z"])).sum()
    if row.startswith("two"):
        return lambda a: (
            -(a["Y"] * log_softmax(relu(a["X"] @ a["W_1"] + a["b_1"]) @ a["W_2"] + a["b_2"])).sum()
            / a["X"].shape[0]
        )

    def batch_norm(a: dict[str, Any]) -> Any:
        mean = a["X"].mean(0)
        variance = ((a["X"] - mean) ** 2).mean(0)
        return (a["G"] * (a["gamma"] * (a["X"] - mean) / space.sqrt(variance + 1e-5) + a["beta"])).sum()

    return batch_norm


def autograd_calls(row: str, given: Inputs) -> dict[str, Call]:
    """By autograd."""
    autograd, anp = import_module("autograd"), import_module("autograd.numpy")
    a = given.arrays

    def log_softmax(z: Any) -> Any:
        z -= anp.max(z, axis=1, keepdims=True)
        return z - anp.log(anp.sum(anp.exp(z), axis=1, keepdims=True))

    if row.startswith("dense"):
        grad = autograd.grad(lambda w, b, x: anp.sum((anp.dot(x, w) + b) * a["G"]), argnum=(0, 1, 2))
        zeros = a["W"][0] * 0
        return {"autograd": lambda: list(grad(a["W"], zeros, a["X"]))}
    loss = loss_of(row, anp, lambda z: log_softmax(z + 0), lambda z: anp.maximum(z, 0))
    both = autograd.value_and_grad(lambda by: loss({**a, **by}))
    by = {name: a[name] for name in given.by}
    return {"autograd": lambda: _flat(both(by), given, value="gradient" not in row or "value" in row)}


def _flat(found: tuple[Any, Any], given: Inputs, *, value: bool) -> list[Any]:
    return [*([found[0]] if value else []), *(found[1][name] for name in given.by)]


def torch_calls(row: str, given: Inputs) -> dict[str, Call]:
    """By PyTorch: as written, and compiled."""
    torch = import_module("torch")
    a = {name: torch.from_numpy(each) for name, each in given.arrays.items()}
    if row.startswith("dense"):
        x, w, g = a["X"], a["W"], a["G"]
        return {"torch": lambda: [x.T @ g, g.sum(0), g @ w.T]}
    if row.startswith("softmax gradient"):
        z, y = a["Z"], a["Y"]
        fused = torch.compile(lambda z, y: torch.softmax(z, 1) - y)
        compiled: dict[str, Call] = {"torch.compile": lambda: [fused(z, y)]} if COMPILING else {}
        return {"torch": lambda: [torch.softmax(z, 1) - y], **compiled}
    loss = loss_of(row, torch, lambda z: torch.log_softmax(z, 1), torch.relu)
    if row.startswith("batch"):
        loss = _torch_batch_norm(torch)
    fused = torch.compile(loss)

    def call(loss: Loss) -> list[Any]:
        by = [a[name].detach().requires_grad_() for name in given.by]
        value = loss({**a, **dict(zip(given.by, by, strict=True))})
        return [value.detach(), *torch.autograd.grad(value, by)]

    compiled: dict[str, Call] = {"torch.compile": lambda: call(fused)} if COMPILING else {}
    return {"torch": lambda: call(loss), **compiled}


def _torch_batch_norm(torch: Any) -> Loss:
    norm = torch.nn.functional.batch_norm
    return lambda a: (norm(a["X"], None, None, a["gamma"], a["beta"], training=True, eps=1e-5) * a["G"]).sum()


def jax_calls(row: str, given: Inputs) -> dict[str, Call]:
    """By JAX, compiled."""
    jax, jnp = import_module("jax"), import_module("jax.numpy")
    jax.config.update("jax_enable_x64", True)
    a = {name: jnp.asarray(each) for name, each in given.arrays.items()}
    wait = jax.block_until_ready
    if row.startswith("dense"):
        dense = jax.jit(lambda x, w, g: (x.T @ g, g.sum(0), g @ w.T))
        return {"jax jit": lambda: wait(dense(a["X"], a["W"], a["G"]))}
    if row.startswith("softmax gradient"):
        slope = jax.jit(lambda z, y: jax.nn.softmax(z, 1) - y)
        return {"jax jit": lambda: [wait(slope(a["Z"], a["Y"]))]}
    loss = loss_of(row, jnp, lambda z: jax.nn.log_softmax(z, 1), jax.nn.relu)
    both = jax.jit(jax.value_and_grad(lambda by, rest: loss({**rest, **by})))
    by = {name: a[name] for name in given.by}
    rest = {name: each for name, each in a.items() if name not in by}
    return {"jax jit": lambda: _flat(wait(both(by, rest)), given, value=True)}
