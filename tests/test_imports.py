"""Stages import one way, and the heavy library only where it is needed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parent.parent
LITGRAD = ROOT / "litgrad"


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


STANDARD = {
    "litgrad/handover.py",  # loads nothing of litgrad
    "litgrad/checking/setting.py",  # has no slots
    "litgrad/latex/tree.py",
    "litgrad/names.py",
    "litgrad/page/worths.py",
    "litgrad/recall.py",
    "litgrad/shelf.py",
    "litgrad/site/build.py",
    "litgrad/site/manner.py",
    "litgrad/site/post.py",
    "litgrad/standby.py",
}
"""Modules that take the decorator of the standard library, which is slow to import."""


def test_the_classes_of_litgrad_are_quick_to_import() -> None:
    plain = re.compile(r"^from dataclasses import .*\bdataclass\b", re.MULTILINE)
    files = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in LITGRAD.rglob("*.py")}
    assert {path for path, text in files.items() if plain.search(text)} <= STANDARD
