"""The timeline of a build, and what `litgrad doctor` finds."""

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from click.testing import CliRunner

from litgrad import doctor
from litgrad.cli import main
from litgrad.doctor import LIBRARIES, examine
from litgrad.trace import STAGES, Stretch, as_trace

GOOD = "$$\nf(x) = x^2\n$$\n\n$$\nf'(x) = 2x\n$$\n"
ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("command", [["build", "-o", "out"], ["check", "--format", "json"]])
def test_each_stage_of_each_post_is_in_the_timeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.md").write_text(GOOD, "utf-8")
    done = CliRunner().invoke(main, [*command, "a.md", "b.md", "--trace", "trace.json"])
    assert done.exit_code == 0
    events = json.loads((tmp_path / "trace.json").read_text("utf-8"))["traceEvents"]
    for post in ("a.md", "b.md"):
        own = [event for event in events if event["args"]["post"] == post]
        assert {event["name"] for event in own} == {post, *STAGES.values()}
        (whole,) = (event for event in own if event["cat"] == "post")
        for event in own:
            assert event["ph"] == "X"
            assert whole["ts"] <= event["ts"]
            assert event["ts"] + event["dur"] <= whole["ts"] + whole["dur"]
            assert event["tid"] == whole["tid"]


def test_a_timeline_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(GOOD, "utf-8")
    (tmp_path / "file").write_text("", "utf-8")
    trace = tmp_path / "file" / "trace.json"
    done = CliRunner().invoke(main, ["check", str(tmp_path / "a.md"), "--trace", str(trace)])
    assert done.exit_code == 1
    assert f"cannot write {trace}" in done.output


def test_posts_at_the_same_time_stand_in_different_rows() -> None:
    times = [(0, 10), (2, 5), (6, 12), (10, 11)]
    posts = [[Stretch("post", f"{start}", start, end)] for start, end in times]
    events = json.loads(as_trace(posts))["traceEvents"]
    assert [event["tid"] for event in events] == [1, 2, 2, 1]


def test_the_doctor_knows_every_library_that_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {re.split(r"[<>=]", requirement)[0] for requirement in project["dependencies"]}
    assert {library.name for library in LIBRARIES if library.required} == named


def test_the_doctor_finds_this_installation_well() -> None:
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 0
    assert re.search(r"^✓ sympy +\d", done.output, re.MULTILINE)
    assert "\n- cache            off" in done.output


def test_the_doctor_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "version", missing)
    found = {one.subject: one for one in examine()}
    assert found["sympy"].fine is False
    assert found["gmpy2"].fine is None
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 1
    assert "✗ sympy            not installed: algebra" in done.output


@pytest.mark.parametrize("place", ["cache", "file/cache"])
def test_the_doctor_tells_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("LITGRAD_CACHE", str(tmp_path / place))
    (cache,) = (one for one in examine() if one.subject == "cache")
    assert ("0 results" in cache.found) == (place == "cache")
    assert ("cannot be written" in cache.found) == (place != "cache")
