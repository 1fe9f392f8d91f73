"""Stages import one way, and the heavy library only where it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parent.parent


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == EXIT_STATUS_SUCCESS


def _loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after running some code."""
    script = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.splitlines()[-1].split())


def test_help_does_not_wait_for_sympy() -> None:
    loaded = _loaded_after("from litgrad.cli import main\nmain(['--help'], standalone_mode=False)")
    assert "litgrad" in loaded
    assert "sympy" not in loaded


def test_reading_formulas_does_not_wait_for_sympy() -> None:
    loaded = _loaded_after("import litgrad.markdown, litgrad.latex.parser")
    assert "litgrad" in loaded
    assert "sympy" not in loaded
