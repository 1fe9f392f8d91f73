"""Times of the workloads at several sizes, of the generated code and of what a user would pick instead."""

import gc
import importlib
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any

import numpy as np
import sympy

from bench.workloads import typed
from bench.workloads.subjects import OPTIONS, has_library, load
from litgrad.compiler import compile_post
from litgrad.source import Source

Call = Callable[[], Any]
Make = Callable[[list[Any]], Call]
"""Takes the inputs, gives what is timed."""

COMPILING = bool(os.environ.get("TORCH_COMPILE"))
"""Whether torch.compile is timed, too; it takes half a minute for each workload and size."""
_HERE = Path(__file__).parent
_FOR_ARRAYS = frozenset(["numba", "litgrad, out=", "numpy, out="])
_LEAST = 2e-4
"""Seconds that one measurement lasts at least."""
_WHOLE = 0.4
"""Seconds that all measurements of a tool last, where there are as few of them as rounds."""
_WARM = 3
"""Calls ahead of each measurement, so that none pays for the tool before it."""
_ROUNDS = (7, 400)
"""At least and at most; of many short ones, some meet a machine that nothing else uses."""


@dataclass(frozen=True, slots=True)
class Workload:
    """A function at a size, and the tools that compute it."""

    name: str
    inputs: Callable[[int], list[Any]]
    tools: dict[str, Make]
    function: Callable[..., Any]
    """The generated function, as it is called."""
    generated: str
    """Its name."""
    text: str
    """The text of its module."""

    def calls(self, inputs: list[Any]) -> dict[str, Call]:
        """What is timed: Python floats go through `math`, too; Numba's loops take arrays alone."""
        left_out = _FOR_ARRAYS if isinstance(inputs[0], float) else {"math"}
        return {name: make(inputs) for name, make in self.tools.items() if name not in left_out}


def best(calls: dict[str, Call], clock: Callable[[], float] = perf_counter) -> dict[str, float]:
    """The least seconds of each call by a clock; the calls take turns, so that all meet the same machine."""
    counts = {name: _count(call) for name, call in calls.items()}
    times = dict.fromkeys(calls, math.inf)
    spent = dict.fromkeys(calls, 0.0)
    gc.disable()
    for number in range(_ROUNDS[1]):
        for name, call in calls.items():
            if number >= _ROUNDS[0] and spent[name] > _WHOLE:
                continue
            for _ in range(min(counts[name] - 1, _WARM)):
                call()
            start = clock()
            for _ in range(counts[name]):
                call()
            taken = clock() - start
            spent[name] += taken
            times[name] = min(times[name], taken / counts[name])
    gc.enable()
    return times


def _count(call: Call) -> int:
    call()
    start = perf_counter()
    call()
    return max(1, int(_LEAST / max(perf_counter() - start, 1e-8)))


def workloads() -> Iterator[Workload]:
    """W1 loss, W2 its slope, W3 a neuron's loss and gradient, W4 the sigmoid's slope, W5 softmax."""
    entropy, neuron = _modules("cross-entropy"), _modules("neuron")
    slope, softmax = _modules("sigmoid-slope"), _modules("softmax-three-classes")
    yield _workload("W1 loss", _probability, entropy, "L", typed.LOSS, _loss)
    yield _workload("W2 slope", _probability, entropy, "dL_dp", typed.SLOPE, _loss, by=1)
    yield _workload("W3 neuron", _neuron, neuron, "value_and_grad_L", typed.NEURON, None)
    yield _workload("W4 sigmoid", _score, slope, "ds_dz", typed.SIGMOID, _sigmoid, by=0)
    yield _workload("W5 softmax", _scores, softmax, "dL_du", typed.SOFTMAX, _softmax, by=0)


def _workload(
    title: str, inputs: Callable[[int], list[Any]], modules: list[ModuleType], name: str,
    by_hand: typed.Typed, formula: Any, by: int | None = None,
) -> Workload:  # fmt: skip
    tools = _tools(modules, name, by_hand, formula, by)
    return Workload(title, inputs, tools, getattr(modules[0], name), name, vars(modules[0])["TEXT"])


def _modules(stem: str) -> list[ModuleType]:
    """The module of a workload without and with its library."""
    path = _HERE / f"{stem}.md"
    post = compile_post(Source(str(path), path.read_text(encoding="utf-8")), OPTIONS)
    both = [load(post), load(post, native=True)]
    vars(both[0])["TEXT"] = post.module.text
    return both


# -------------------------------- inputs: y, p; w, x, b, y; z; u, v, t --------------------------------


def _generator() -> np.random.Generator:
    return np.random.default_rng(1)


def _probability(count: int) -> list[Any]:
    generator = _generator()
    return _single([(generator.random(count) < 0.5) * 1.0, generator.uniform(0.001, 0.999, count)])


def _neuron(count: int) -> list[Any]:
    generator = _generator()
    labels = (generator.random(count) < 0.5) * 1.0
    return _single([*(generator.normal(0, scale, count) for scale in (1, 2, 1)), labels])


def _score(count: int) -> list[Any]:
    return _single([_generator().normal(0, 3, count)])


def _scores(count: int) -> list[Any]:
    generator = _generator()
    return _single([generator.normal(0, 3, count) for _ in range(3)])


def _single(arrays: list[np.ndarray]) -> list[Any]:
    return [float(array[0]) for array in arrays] if len(arrays[0]) == 1 else list(arrays)


# -------------------------------- formulas, typed in --------------------------------


def _loss(space: Any, y: Any, p: Any) -> Any:
    return -y * space.log(p) - (1 - y) * space.log(1 - p)


def _sigmoid(space: Any, z: Any) -> Any:
    return 1 / (1 + space.exp(-z))


def _softmax(space: Any, u: Any, v: Any, t: Any) -> Any:
    return space.log(space.exp(u) + space.exp(v) + space.exp(t)) - u


def _chain(space: Any, w: Any, x: Any, b: Any, y: Any) -> Any:
    return _loss(space, y, _sigmoid(space, w * x + b))


# -------------------------------- tools --------------------------------


def _value(function: Callable[..., Any]) -> Make:
    return lambda inputs: lambda: function(*inputs)


def _tools(
    modules: list[ModuleType], name: str, by_hand: typed.Typed, formula: Any, by: int | None = None
) -> dict[str, Make]:
    ours, compiled = [getattr(module, name) for module in modules]
    plain = vars(modules[0])["_PLAIN"]
    tools: dict[str, Make] = {"litgrad": _value(ours), "readable": _value(partial(ours, out=plain))}
    tools |= {"native": _value(compiled)} if has_library(modules[1]) else {}
    tools |= {"litgrad, out=": _into(ours), "numpy, out=": _tuned(by_hand)}
    tools |= {"numpy": _value(by_hand.numpy), "lambdify": _lambdify(by_hand, formula, by)}
    tools |= {"math": _value(by_hand.math)}
    others: list[tuple[str, Callable[[], Make]]] = [
        ("numba", lambda: _numba(by_hand)), ("numexpr", lambda: _numexpr(by_hand)),
        ("autograd", lambda: _autograd(formula, by)), ("jax", lambda: _jax(formula, by)),
        ("torch", lambda: _torch(formula, by)), ("torch.compile", lambda: _torch(formula, by, fused=True)),
    ]  # fmt: skip
    for other, make in others:
        try:
            tools[other] = make()
        except ImportError:
            continue
    return tools


def _into(ours: Callable[..., Any]) -> Make:
    """Results into arrays that are there."""

    def make(inputs: list[Any]) -> Call:
        found = ours(*inputs)
        out = {name: np.empty_like(each) for name, each in found[1].items()} if type(found) is tuple else None
        out = np.empty_like(found) if out is None else out
        return lambda: ours(*inputs, out=out)

    return make


def _tuned(by_hand: typed.Typed) -> Make:
    """Results and all that is in between into arrays that are there."""

    def make(inputs: list[Any]) -> Call:
        values = 4 if len(by_hand.texts) > 1 else 1
        room = [np.empty_like(inputs[0]) for _ in range(values + 2)]
        return lambda: by_hand.tuned(*inputs, *room)

    return make


def _lambdify(by_hand: typed.Typed, formula: Any, by: int | None) -> Make:
    """SymPy's own way to NumPy, with common subexpressions computed once."""
    symbols = sympy.symbols(list(by_hand.names))
    value = _chain(sympy, *symbols) if formula is None else formula(sympy, *symbols)
    wanted = symbols[:3] if formula is None else [] if by is None else [symbols[by]]
    rates = [value.diff(each) for each in wanted]
    found = [value, *rates] if formula is None else rates or [value]
    return _value(sympy.lambdify(symbols, found if len(found) > 1 else found[0], "numpy", cse=True))


def _numba(by_hand: typed.Typed) -> Make:
    return _value(importlib.import_module("numba").njit(by_hand.loop))


def _numexpr(by_hand: typed.Typed) -> Make:
    numexpr = importlib.import_module("numexpr")
    numexpr.set_num_threads(1)

    def make(inputs: list[Any]) -> Call:
        at = dict(zip(by_hand.names, inputs, strict=True))
        return lambda: [numexpr.evaluate(text, at) for text in by_hand.texts]

    return make


def _autograd(formula: Any, by: int | None) -> Make:
    autograd, space = importlib.import_module("autograd"), importlib.import_module("autograd.numpy")
    if formula is None:
        return lambda inputs: _autograd_chain(autograd, space, inputs)
    if by is None:
        return _value(lambda *inputs: formula(space, *inputs))
    return _value(autograd.elementwise_grad(lambda *inputs: formula(space, *inputs), by))


def _autograd_chain(autograd: Any, space: Any, inputs: list[Any]) -> Call:
    def total(three: Any) -> Any:
        return space.sum(_chain(space, three[0], three[1], three[2], inputs[3]))

    both = autograd.value_and_grad(total)
    return lambda: both(tuple(inputs[:3]))


def _jax(formula: Any, by: int | None) -> Make:
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    space = jax.numpy
    if formula is None:

        def run(w: Any, x: Any, b: Any, y: Any) -> Any:
            def total(*three: Any) -> Any:
                values = _chain(space, *three, y)
                return values.sum(), values

            return jax.value_and_grad(total, argnums=(0, 1, 2), has_aux=True)(w, x, b)
    elif by is None:

        def run(*inputs: Any) -> Any:
            return formula(space, *inputs)
    else:

        def run(*inputs: Any) -> Any:
            return jax.grad(lambda *each: formula(space, *each).sum(), argnums=by)(*inputs)

    compiled = jax.jit(run)

    def make(inputs: list[Any]) -> Call:
        placed = [space.asarray(each) for each in inputs]
        return lambda: jax.block_until_ready(compiled(*placed))

    return make


def _torch(formula: Any, by: int | None, *, fused: bool = False) -> Make:
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    if fused:
        if not COMPILING:
            raise ImportError
        return _torch_compiled(torch, formula, by)

    def make(inputs: list[Any]) -> Call:
        tensors = [torch.as_tensor(each, dtype=torch.float64) for each in inputs]
        if formula is not None and by is None:
            return lambda: formula(torch, *tensors)
        places = range(3) if formula is None else [by or 0]

        def run() -> Any:
            own = [each.detach().requires_grad_(at in places) for at, each in enumerate(tensors)]
            values = _chain(torch, *own) if formula is None else formula(torch, *own)
            return values, torch.autograd.grad(values.sum(), [own[at] for at in places])

        return run

    return make


def _torch_compiled(torch: Any, formula: Any, by: int | None) -> Make:
    """The value compiled, its gradient by the tape of what was compiled."""
    whole = torch.compile(lambda *each: _chain(torch, *each) if formula is None else formula(torch, *each))

    def make(inputs: list[Any]) -> Call:
        tensors = [torch.as_tensor(each, dtype=torch.float64) for each in inputs]
        if formula is not None and by is None:
            return lambda: whole(*tensors)
        places = range(3) if formula is None else [by or 0]

        def run() -> Any:
            own = [each.detach().requires_grad_(at in places) for at, each in enumerate(tensors)]
            values = whole(*own)
            return values, torch.autograd.grad(values.sum(), [own[at] for at in places])

        return run

    return make
