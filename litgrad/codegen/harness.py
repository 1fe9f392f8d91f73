"""The head of a generated test file: the module under test, its inputs, and how values are compared."""

HARNESS = '''\
"""Holds {module}.py against the formulas of {path}, the derivation and numerical differentiation."""

import importlib.util

import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("error")

STEP = 1e-30
COUNT = 20_000


@pytest.fixture(scope="module", params=["as called", "readable"{blocks}])
def module(request):
    """The module from the folder above this file's: as it is called, in its forms."""
    path = request.path.parent.parent / "{module}.py"
    spec = importlib.util.spec_from_file_location("{module}", path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
{readable}    return loaded


def nothing(*arguments):
    """In the place of a fast function: the one that reads well computes the values."""
    return None


def points(seed, names, reach=4.0):
    """Seeded random values for each name, most of them within a quarter of the reach."""
    rng = np.random.default_rng(seed)
    scale = rng.choice([reach / 4, reach / 4, reach / 4, reach], COUNT)
    return [rng.uniform(-1, 1, COUNT) * scale for _ in names]


def inside(values, conditions):
    """The values at the points that all conditions keep; enough must be left to mean something."""
    keep = np.all(conditions, axis=0)
    assert keep.sum() >= 50
    return [value[keep] for value in values]


def agree(got, wanted, tolerance):
    """Equal within a tolerance relative to the value and to 1."""
    np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=tolerance)


def complex_step(formula, at):
    """The derivative of an analytic formula: nothing is subtracted, so no digits are lost."""
    return np.imag(formula(at + 1j * STEP)) / STEP


def central_difference(formula, at):
    """The derivative of a formula that takes no complex numbers, to a few digits."""
    return (formula(at + 1e-6) - formula(at - 1e-6)) / 2e-6
'''
