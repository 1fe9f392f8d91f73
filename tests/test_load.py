"""A post as a Python module."""

import inspect
import linecache
import subprocess
import sys
import traceback
from pathlib import Path

import numpy as np
import pytest

import litgrad

POST = "# Squares\n\n$$\nf(x) = x^2\n$$\n\nthen\n\n$$\nf'(x) = 2x\n$$\n"


@pytest.fixture
def post(tmp_path: Path) -> Path:
    path = tmp_path / "squares.md"
    path.write_text(POST, "utf-8")
    return path


def test_a_post_loads_as_a_module_with_its_functions(post: Path) -> None:
    module = litgrad.load(post)
    assert module.__name__ == "squares"
    np.testing.assert_allclose(module.f(np.array([1.0, 3.0])), [1.0, 9.0])
    assert "squares" not in sys.modules


def test_its_source_is_there_for_inspect_and_for_tracebacks(post: Path) -> None:
    module = litgrad.load(post)
    assert inspect.getsource(module.f).startswith("def f(x):")
    linecache.checkcache()
    with pytest.raises(TypeError) as caught:
        module.f(object())
    lines = [frame.line for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert any("return" in (line or "") for line in lines)


def test_an_unreadable_post_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "latin.md"
    path.write_bytes(b"one\ncaf\xe9\n")
    with pytest.raises(litgrad.LitgradError, match=r"latin\.md:2:4"):
        litgrad.load(path)
    with pytest.raises(litgrad.LitgradError, match="cannot be opened"):
        litgrad.load(tmp_path / "missing.md")


def test_the_package_gives_its_names_without_waiting_for_sympy() -> None:
    script = "import sys, litgrad; litgrad.__version__, litgrad.Source; print('sympy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert set(litgrad.__all__) <= set(dir(litgrad))
    assert all(getattr(litgrad, name) is not None for name in litgrad.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        litgrad.nothing  # noqa: B018
