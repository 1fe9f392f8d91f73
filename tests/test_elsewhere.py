"""Arrays of other libraries stay arrays of that library, with the same values."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from generate import load, readable

POST = """
$$\\sigma(z) = \\frac{1}{1 + e^{-z}}$$

Let $z = wx + b$ and $a = \\sigma(z)$.

$$L = -y \\log a - (1 - y) \\log (1 - a)$$

$$n(x) = \\sqrt{1 + x^2} - x$$

$$g(x) = \\arcsin x + |x|$$

$$h(x) = e^x$$
"""
ARGUMENTS = {"sigma": 1, "L": 2, "n": 1, "g": 1, "h": 1}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return load(tmp_path_factory.mktemp("elsewhere"), POST)


def columns(count: int) -> list[np.ndarray]:
    return [np.random.default_rng(at).uniform(0.01, 0.99, 40) for at in range(count)]


class Foreign:
    """An array that NumPy must not touch, of a library with the standard's names alone."""

    def __init__(self, values: Any) -> None:  # noqa: ANN401 - what an array library takes
        self.values = np.asarray(values)
        self.dtype = self.values.dtype

    def __array_namespace__(self, *, api_version: str | None = None) -> ModuleType:
        return STANDARD

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        raise AssertionError("an array of another library was made one of NumPy")

    def __getitem__(self, key: tuple[()]) -> "Foreign":
        return Foreign(self.values[key])


def lifted(function: Any) -> Any:  # noqa: ANN401 - a function of arrays
    """The function on the values inside."""

    def call(*arguments: object) -> Foreign:
        return Foreign(function(*(each.values if isinstance(each, Foreign) else each for each in arguments)))

    return call


def own(function: Any) -> Any:  # noqa: ANN401 - a function of arrays
    """A function of the library, which takes arrays alone."""

    def call(*arguments: Foreign) -> Foreign:
        assert all(isinstance(each, Foreign) for each in arguments)
        return lifted(function)(*arguments)

    return call


for operator in "add radd sub rsub mul rmul truediv rtruediv pow neg ge".split():
    setattr(Foreign, f"__{operator}__", lifted(getattr(np.ndarray, f"__{operator}__")))
FUNCTIONS = "exp log log1p sqrt abs where maximum equal not_equal hypot".split()
STANDARD = ModuleType("standard")
vars(STANDARD).update(
    asarray=lambda values, dtype: Foreign(np.asarray(values, dtype)),
    asin=own(np.arcsin),
    **{name: own(getattr(np, name)) for name in FUNCTIONS},
)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_library_by_the_standard_is_used_throughout(module: ModuleType, name: str) -> None:
    inputs = columns(ARGUMENTS[name])
    function = getattr(module, name)
    got = function(*map(Foreign, inputs))
    assert isinstance(got, Foreign)
    np.testing.assert_allclose(got.values, readable(function)(*inputs), rtol=1e-14)


def test_numbers_beside_arrays_take_their_kind(module: ModuleType) -> None:
    (inputs,) = columns(1)
    got = module.L(1.0, Foreign(inputs.astype(np.float32)))
    assert got.dtype == np.float32
    np.testing.assert_allclose(got.values, -np.log(inputs), rtol=1e-5)


def test_a_gradient_is_of_the_library_too(module: ModuleType) -> None:
    inputs = columns(4)
    value, gradient = module.value_and_grad_L(*map(Foreign, inputs))
    wanted, rates = readable(module.value_and_grad_L)(*inputs)
    np.testing.assert_allclose(value.values, wanted, rtol=1e-13)
    np.testing.assert_allclose(gradient["w"].values, rates["w"], rtol=1e-13)


# -------------------------------- libraries, where they are installed --------------------------------

LIBRARIES = {
    "torch": lambda library, array: library.from_numpy(array),
    "jax.numpy": lambda library, array: library.asarray(array),
    "dask.array": lambda library, array: library.from_array(array, chunks=10),
}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", ARGUMENTS)
def test_installed_libraries(module: ModuleType, library: str, name: str) -> None:
    pytest.importorskip("array_api_compat")
    make = pytest.importorskip(library)
    inputs = columns(ARGUMENTS[name])
    function = getattr(module, name)
    arrays = [LIBRARIES[library](make, each) for each in inputs]
    got = function(*arrays)
    assert type(got) is type(arrays[0])
    np.testing.assert_allclose(np.asarray(got), readable(function)(*inputs), rtol=1e-5)


def test_torch_differentiates_the_readable_form(module: ModuleType) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("array_api_compat")
    inputs = [torch.from_numpy(each).requires_grad_() for each in columns(4)]
    value, gradient = module.value_and_grad_L(*inputs)
    value.sum().backward()
    for array, rate in zip(inputs, gradient.values(), strict=True):
        np.testing.assert_allclose(array.grad.numpy(), rate.detach().numpy(), rtol=1e-12)


def test_nothing_else_is_imported(tmp_path: Path) -> None:
    text = (Path(load(tmp_path, POST).__file__ or "")).read_text(encoding="utf-8")
    assert text.count("import ") == text.count("    import array_api_compat") + 4
