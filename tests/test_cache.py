"""The cache: what is kept, what makes it stale, and that no damage to it is ever believed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from litgrad.cache import Cache
from litgrad.diagnostics import Diagnostic, Label
from litgrad.fingerprint import fingerprint
from litgrad.options import Options
from litgrad.outcome import Outcome
from litgrad.plain import from_plain, to_plain
from litgrad.printing import described
from litgrad.shelf import Shelf, open_shelf
from litgrad.site import Manner, Watcher, build_site, check_posts
from litgrad.source import Source, Span
from litgrad.verdict import Verdict

ROOT = Path(__file__).parent.parent
GOOD = "# Good\n\n$$\nf(x) = x^2\n$$\n\n$$\nf'(x) = 2x\n$$\n"
WRONG = GOOD.replace("2x", "3x")
KEY = "ab" + "0" * 62


@pytest.fixture
def posts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LITGRAD_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "good.md").write_text(GOOD, "utf-8")
    (folder / "wrong.md").write_text(WRONG, "utf-8")
    return folder


def built(posts: Path, out: Path, *, shelf: Shelf | None = None) -> tuple[list[str], dict[str, bytes]]:
    """Build a site; which posts were worked on, and all files."""
    worked: list[str] = []

    class Started(Watcher):
        def starts(self, path: str) -> None:
            worked.append(Path(path).name)

    build_site([posts], out, manner=Manner(shelf=shelf or open_shelf(Options()), watcher=Started()))
    files = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    return worked, files


# -------------------------------- posts --------------------------------


def test_only_what_changed_is_built_and_the_site_is_that_of_a_clean_build(
    posts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert built(posts, out)[0] == ["good.md", "wrong.md"]
    assert built(posts, out)[0] == []
    (posts / "good.md").write_text(GOOD.replace("Good", "Better"), "utf-8")
    worked, files = built(posts, out)
    assert worked == ["good.md"]
    assert files == built(posts, tmp_path / "clean", shelf=Shelf(None))[1]


def test_a_site_that_was_removed_is_written_without_work(posts: Path, tmp_path: Path) -> None:
    _, first = built(posts, tmp_path / "out")
    worked, second = built(posts, tmp_path / "other")
    assert worked == []
    assert second == first


def test_a_file_that_was_changed_by_hand_is_mended(posts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    _, first = built(posts, out)
    (out / "good/good.py").write_text("changed", "utf-8")
    (out / "wrong/index.html").unlink()
    assert built(posts, out) == ([], first)


def test_an_upgrade_makes_every_result_stale(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(posts, tmp_path / "out")
    monkeypatch.setenv("LITGRAD_FAKE_VERSION", "9.9.9")
    worked, files = built(posts, tmp_path / "out")
    assert worked == ["good.md", "wrong.md"]
    assert b'"litgrad": "9.9.9"' in files["good/report.json"]
    assert files == built(posts, tmp_path / "clean", shelf=Shelf(None))[1]


def test_an_option_is_part_of_the_key(posts: Path, tmp_path: Path) -> None:
    built(posts, tmp_path / "out")
    assert built(posts, tmp_path / "out", shelf=open_shelf(Options(depth=100)))[0] == ["good.md", "wrong.md"]


def test_diagnostics_of_a_post_come_from_the_cache_as_from_the_work(posts: Path) -> None:
    manner = Manner(shelf=open_shelf(Options()), whole=True)
    fresh = list(check_posts([posts], manner=manner, functions=True))
    again = list(check_posts([posts], manner=manner, functions=True))
    assert again == fresh
    assert [one.fails(strict=False) for one in again] == [False, True]
    assert again[1].report["relations"][1]["verdict"] == "refuted"


def test_places_in_a_notebook_come_from_the_cache_as_from_the_work(posts: Path) -> None:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in ("# Notes", WRONG)]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (posts / "notes.ipynb").write_text(json.dumps(notebook), "utf-8")
    manner = Manner(shelf=open_shelf(Options()))
    fresh, again = (list(check_posts([posts / "notes.ipynb"], manner=manner)) for _ in range(2))
    shown = [described(one, verbose=False, color=False) for one in (*fresh, *again)]
    assert shown[0] == shown[1]
    assert "refuted-step" in shown[0][0]


def test_what_was_cut_short_or_failed_is_not_kept(tmp_path: Path) -> None:
    shelf = Shelf(Cache(tmp_path, "stamp"))
    source = Source("p.md", "text")
    for outcome in (
        Outcome(source, complete=False),
        Outcome(source, failure="why"),
        Outcome(source, read=False),
    ):
        shelf.keep(outcome, source, "p")
        assert shelf.find(source, "p", whole=False) is None
    shelf.keep(Outcome(source), source, "p")
    assert shelf.find(source, "p", whole=False) == Outcome(source)


_FOR_WORK = {
    "multiprocessing",
    "concurrent",
    "subprocess",
    "logging",
    "tempfile",
    "zipfile",
    "fractions",
    "html",
}
"""Of the standard library, what only work on a post asks for."""


def test_a_build_in_which_nothing_changed_loads_no_heavy_library(posts: Path, tmp_path: Path) -> None:
    script = (
        "import sys\nfrom litgrad.cli import main\n"
        f"main(['build', {str(posts)!r}, '-o', {str(tmp_path / 'out')!r}], standalone_mode=False)"
    )
    probe = (
        "import atexit, sys\natexit.register(lambda: print(*{n.partition('.')[0] for n in sys.modules}))\n"
    )
    for loaded in (True, False):
        done = subprocess.run(
            [sys.executable, "-c", probe + script], capture_output=True, text=True, check=False, cwd=ROOT
        )
        modules = set(done.stdout.splitlines()[-1].split())
        found = {"sympy", "flint", "markdown_it", "jinja2", "numpy"} & modules
        assert bool(found) == loaded, found
        if not loaded:
            assert not _FOR_WORK & modules


# -------------------------------- entries --------------------------------


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda data: data[:-1],
    "cut in the head": lambda data: data[: data.index(b"\n") + 3],
    "a bit in the magic": lambda data: flipped(data, 0),
    "a bit in the head": lambda data: flipped(data, data.index(b"\n") + 3),
    "a bit in the body": lambda data: flipped(data, len(data) - 5),
    "something else": lambda _: b"\x80\x04\x95 pickled\n.",
    "more": lambda data: data + b"x",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_is_no_entry(tmp_path: Path, damage: str) -> None:
    cache = Cache(tmp_path, "stamp")
    cache.put(KEY, {"title": "a head"}, {"text": "a body"})
    assert (cache.head(KEY), cache.body(KEY)) == ({"title": "a head"}, {"text": "a body"})
    (place,) = (path for path in tmp_path.rglob("*") if path.is_file())
    place.write_bytes(DAMAGES[damage](place.read_bytes()))
    assert cache.body(KEY) is None
    if "body" not in damage and damage not in ("cut", "more"):
        assert cache.head(KEY) is None


def test_an_entry_under_another_key_is_no_entry(tmp_path: Path) -> None:
    cache = Cache(tmp_path, "stamp")
    cache.put(KEY, {}, {"text": "a body"})
    (place,) = (path for path in tmp_path.rglob("*") if path.is_file())
    place.rename(place.with_name("1" * 62))
    assert cache.head("ab" + "1" * 62) is None


def test_an_entry_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    cache = Cache(tmp_path, "stamp")
    (tmp_path / KEY[:2]).mkdir()
    os.mkfifo(tmp_path / KEY[:2] / KEY[2:])
    assert (cache.head(KEY), cache.body(KEY)) == (None, None)


def test_damaged_entries_are_built_anew(posts: Path, tmp_path: Path) -> None:
    _, first = built(posts, tmp_path / "out")
    for place in (tmp_path / "cache").rglob("*"):
        if place.is_file():
            place.write_bytes(flipped(place.read_bytes(), place.stat().st_size - 5))
    assert built(posts, tmp_path / "other") == (["good.md", "wrong.md"], first)
    assert built(posts, tmp_path / "third") == ([], first)


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give files away")
def test_an_entry_of_another_user_is_no_entry(tmp_path: Path) -> None:
    cache = Cache(tmp_path, "stamp")
    cache.put(KEY, {}, {"text": "a body"})
    (place,) = (path for path in tmp_path.rglob("*") if path.is_file())
    os.chown(place, 12345, -1)
    assert cache.head(KEY) is None


def test_a_cache_that_cannot_be_written_is_none(posts: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    shelf = Shelf(Cache(tmp_path / "file" / "cache", "stamp"))
    assert built(posts, tmp_path / "out", shelf=shelf)[0] == ["good.md", "wrong.md"]


def test_the_bound_removes_what_was_used_least_lately(tmp_path: Path) -> None:
    keys = [f"{number:02}" + "0" * 62 for number in range(10)]
    cache = Cache(tmp_path, "stamp", bound=1000)
    for number, key in enumerate(keys):
        cache.put(key, {"number": number}, {"text": "a body"})
        (place,) = (tmp_path / key[:2]).iterdir()
        os.utime(place, (number, number))
    assert cache.head(keys[0]) is not None  # reading it makes it the last one used
    cache.trim()
    left = [number for number, key in enumerate(keys) if cache.head(key) is not None]
    assert left == [0, *range(10 - len(left) + 1, 10)]
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) <= 1000


def test_what_a_killed_build_left_in_the_cache_goes_after_an_hour(tmp_path: Path) -> None:
    cache = Cache(tmp_path, "stamp")
    cache.put(KEY, {}, {})
    old, new = (tmp_path / "ab" / f"{number}.tmp" for number in (1, 2))
    old.write_text("half", "utf-8")
    new.write_text("half", "utf-8")
    os.utime(old, (1, 1))
    cache.trim()
    assert (old.exists(), new.exists(), cache.head(KEY)) == (False, True, {})


def test_the_fingerprint_is_stable_and_follows_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint()
    assert fingerprint() == before
    monkeypatch.setenv("LITGRAD_FAKE_VERSION", "9.9.9")
    assert fingerprint() != before


def test_a_key_keeps_its_parts_apart(tmp_path: Path) -> None:
    cache = Cache(tmp_path, "stamp")
    assert len({cache.key("ab", "c"), cache.key("a", "bc"), cache.key("abc"), cache.key("abc", "")}) == 4
    assert Cache(tmp_path, "other").key("abc") != cache.key("abc")


# -------------------------------- data --------------------------------


def test_a_diagnostic_goes_to_plain_data_and_back() -> None:
    diagnostic = Diagnostic(
        "refuted-step", "a message", Span(1, 2), "words", (Label(Span(3, 4), "there"),), None
    )
    plain = to_plain((diagnostic, Verdict.PROVED))
    assert plain[1] == "proved"
    assert from_plain(Diagnostic, plain[0]) == diagnostic


@pytest.mark.parametrize(
    "plain", [{"start": 1}, {"start": "1", "end": 2}, {"start": 1, "end": 2, "more": 3}, []]
)
def test_plain_data_of_another_shape_is_refused(plain: object) -> None:
    with pytest.raises((TypeError, ValueError, KeyError, AttributeError)):
        from_plain(Span, plain)
