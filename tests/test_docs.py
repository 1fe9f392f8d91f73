"""What the documents say exists, and what exists is documented."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from litgrad.checking.verdicts import Verdict
from litgrad.cli import main
from litgrad.diagnostics import CATALOGUE

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DIAGNOSTICS = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
CASES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/cases/diagnostics").glob("*.md"))
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_has_a_section(code: str) -> None:
    heading = f"\n## {code}\n"
    assert heading in DIAGNOSTICS
    section = DIAGNOSTICS.split(heading)[1].split("\n## ")[0]
    assert section.strip().startswith(f"*{CATALOGUE[code].severity.value}*")


def test_no_section_is_about_a_code_that_does_not_exist() -> None:
    assert set(re.findall(r"^## (\S+)$", DIAGNOSTICS, re.MULTILINE)) == set(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_has_a_case_with_its_text(code: str) -> None:
    assert f"{CATALOGUE[code].severity.value}[{code}]: " in CASES


@pytest.mark.parametrize("verdict", [verdict.value for verdict in Verdict])
def test_every_verdict_is_explained(verdict: str) -> None:
    assert f"| {verdict} |" in README
    assert f"\n## {verdict}" in (ROOT / "docs" / "verdicts.md").read_text(encoding="utf-8")


def _commands() -> list[tuple[str, click.Command]]:
    assert isinstance(main, click.Group)
    return sorted(main.commands.items())


@pytest.mark.parametrize(("name", "command"), _commands())
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    heading = f"\n## litgrad {name}\n"
    assert heading in COMMANDS
    section = COMMANDS.split(heading)[1].split("\n## ")[0]
    options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
    assert [option for option in options if f"`{option}" not in section] == []


def test_every_command_in_the_readme_exists() -> None:
    shown = set(re.findall(r"^\$ (?:litgrad|make) (\S+)", README, re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"site", "test", "build", "check"} <= shown
    assert shown - targets - {name for name, _ in _commands()} == set()


def test_the_message_in_the_readme_is_what_the_terminal_shows() -> None:
    (message,) = re.findall(r"^```text\n(error.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert message in CASES


@pytest.mark.parametrize("code", re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL))
def test_the_python_in_the_readme_runs(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []
