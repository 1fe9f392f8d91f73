"""Themes: templates and colors in the place of litgrad's, and faults of a theme before anything is built."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from litgrad.cli import main
from litgrad.page import static_files
from litgrad.page.environment import faults

DOCUMENT = (Path(__file__).parent.parent / "docs" / "themes.md").read_text("utf-8")
TEMPLATES = Path(__file__).parent.parent / "litgrad" / "page" / "templates"
FOOTER = re.findall(r"```html\n(.*?)```", DOCUMENT, re.DOTALL)[0]
COLORS = re.findall(r"```css\n(.*?)```", DOCUMENT, re.DOTALL)[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "a.md").write_text("# A && B\n\nLet $f(x) = x^2$.\n", "utf-8")
    (tmp_path / "theme").mkdir()
    return tmp_path


def built(folder: Path, *options: str) -> tuple[int, str]:
    arguments = ["build", str(folder / "posts"), "-o", str(folder / "out"), *options]
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output


def test_a_theme_changes_every_page_and_leaving_it_changes_them_back(folder: Path) -> None:
    (folder / "theme" / "base.html").write_text(FOOTER, "utf-8")
    (folder / "theme" / "theme.css").write_text(COLORS, "utf-8")
    assert built(folder, "--theme", str(folder / "theme"))[0] == 0
    for page, root in (("index.html", ""), ("a/index.html", "../")):
        text = (folder / "out" / page).read_text("utf-8")
        assert "<footer><p>Written by Ada.</p></footer>" in text
        assert f'<link rel="stylesheet" href="{root}static/theme.css">' in text
        assert "A &amp;&amp; B" in text
    assert (folder / "out" / "static" / "theme.css").read_text("utf-8") == COLORS
    assert built(folder)[0] == 0
    assert "footer" not in (folder / "out" / "a" / "index.html").read_text("utf-8")
    assert not (folder / "out" / "static" / "theme.css").exists()


def test_a_theme_that_was_edited_is_taken(folder: Path) -> None:
    for word in ("one", "two"):
        (folder / "theme" / "base.html").write_text(FOOTER.replace("Ada", word), "utf-8")
        built(folder, "--theme", str(folder / "theme"))
        assert f"Written by {word}." in (folder / "out" / "a" / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("base.html", "a\n{% block %}", "base.html:2: "),
        ("bass.html", "a", "bass.html: there is no such template; there are alive.html, base.html"),
    ],
)
def test_a_fault_of_a_theme_is_told_before_anything_is_built(
    folder: Path, name: str, text: str, told: str
) -> None:
    (folder / "theme" / name).write_text(text, "utf-8")
    status, output = built(folder, "--theme", str(folder / "theme"))
    assert status == 2
    assert told in output
    assert not (folder / "out").exists()


def test_litgrads_own_templates_have_no_fault() -> None:
    assert faults({file.name: file.read_text("utf-8") for file in TEMPLATES.iterdir()}) == []


def test_all_templates_and_variables_are_documented_and_no_others() -> None:
    named = set(re.findall(r"`([\w.]+\.(?:html|xml))`", DOCUMENT))
    assert named == {file.name for file in TEMPLATES.iterdir()}
    css = static_files()["litgrad.css"].decode()
    defined = set(re.findall(r"(--[a-z0-9]+):", css.partition("@media")[0]))
    assert set(re.findall(r"`(--[a-z0-9]+)`", DOCUMENT)) - {"--theme"} == defined
