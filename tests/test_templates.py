"""A template is compiled once for all processes, and again where what is kept of it will not do."""

import sys
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment

from litgrad.page import bytecode
from litgrad.page.environment import _OWN


class _Counted(Environment):
    """Counts what it compiles."""

    compiled = 0

    def compile(self, *args: Any, **named: Any) -> Any:  # noqa: ANN401 - as its parent
        type(self).compiled += 1
        return super().compile(*args, **named)


def _compiled(folder: Path, *, trim: bool = True) -> int:
    """How many templates a process compiles to show a page of search engines."""
    _Counted.compiled = 0
    kept = bytecode.Compiled(folder)
    environment = _Counted(loader=_OWN, autoescape=True, trim_blocks=trim, bytecode_cache=kept)
    assert environment.get_template("sitemap.xml").render(base="https://a.example/", posts=[])
    return _Counted.compiled


@pytest.fixture(autouse=True)
def _written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def test_a_template_is_compiled_once(tmp_path: Path) -> None:
    assert _compiled(tmp_path) == 1
    assert _compiled(tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 1


def test_a_template_under_other_settings_is_another(tmp_path: Path) -> None:
    assert _compiled(tmp_path) == 1
    assert _compiled(tmp_path, trim=False) == 1
    assert _compiled(tmp_path) == 1


@pytest.mark.parametrize("damage", [lambda data: data[:20], lambda data: data[:-9] + bytes(9), lambda _: b""])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: type) -> None:
    _compiled(tmp_path)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    assert _compiled(tmp_path) == 1
    assert kept.read_bytes() == whole


def test_nothing_is_kept_where_python_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _compiled(tmp_path / "missing") == 1
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert _compiled(tmp_path) == 1
    assert not list(tmp_path.iterdir())


def test_a_theme_s_template_is_not_kept(tmp_path: Path) -> None:
    themes = DictLoader({"post.html": "{{ 1 }}"})
    environment = Environment(loader=themes, autoescape=True, bytecode_cache=bytecode.Compiled(tmp_path))
    assert environment.get_template("post.html").render() == "1"
    assert not list(tmp_path.iterdir())
