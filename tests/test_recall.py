"""What a build recalls of the last one: nothing that was touched since, and what comes out is the same."""

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from litgrad import posts as posts_on_disk
from litgrad import recall
from litgrad.options import Options
from litgrad.outcome import Outcome
from litgrad.printing import described
from litgrad.recall import Recall
from litgrad.shelf import open_shelf
from litgrad.site import Manner, Watcher, build_site, files, work

GOOD = "# Good\n\n$$\nf(x) = x^2\n$$\n\n$$\nf'(x) = 2x\n$$\n"
WRONG = GOOD.replace("2x", "3x")
THIRD = GOOD.replace("2x", "3x^2").replace("= x^2", "= x^3")


def same_size_and_time(path: Path) -> None:
    """What a tool that restores times does: only the time of the last change of any kind tells it."""
    found = path.stat()
    path.write_bytes(path.read_bytes().replace(b"2x", b"4x").replace(b"Good", b"Evil"))
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def copied(path: Path) -> None:
    shutil.copy2(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a new text": lambda at: (at / "posts/good.md").write_text(WRONG, "utf-8"),
    "a text of the same size at the same time": lambda at: same_size_and_time(at / "posts/good.md"),
    "a copy of a post in its place": lambda at: copied(at / "posts/good.md"),
    "another post in its place": lambda at: (at / "posts/wrong.md").replace(at / "posts/good.md"),
    "a post less": lambda at: (at / "posts/good.md").unlink(),
    "a post more": lambda at: (at / "posts/new.md").write_text("# New", "utf-8"),
    "a page changed": lambda at: same_size_and_time(at / "out/good/index.html"),
    "a module away": lambda at: (at / "out/python/good.py").unlink(),
    "the index changed": lambda at: (at / "out/index.html").write_text("no", "utf-8"),
    "the feed of another site": lambda at: (at / "out/sitemap.xml").write_text("no", "utf-8"),
    "the style away": lambda at: (at / "out/static/litgrad.css").unlink(),
    "the manifest away": lambda at: shutil.rmtree(at / "out"),
    "nothing": lambda _at: None,
}


@pytest.fixture
def posts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(recall, "_SETTLED", 0)
    monkeypatch.setenv("LITGRAD_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "posts"
    folder.mkdir()
    for name, text in (
        ("good", GOOD),
        ("wrong", WRONG),
        ("third", GOOD.replace("2x", "3x^2").replace("= x^2", "= x^3")),
    ):
        (folder / f"{name}.md").write_text(text, "utf-8")
    return folder


def built(posts: Path, out: Path, *, recalls: bool = True) -> tuple[list[str], dict[str, bytes]]:
    """What is printed of the posts, and all files."""
    told: list[str] = []

    class Told(Watcher):
        def ends(self, outcome: Outcome) -> None:
            told.extend(described(outcome, verbose=False, color=False))

    shelf = open_shelf(Options(), cached=recalls)
    known = Recall(enabled=recalls)
    build_site([posts], out, manner=Manner(shelf=shelf, watcher=Told(), recall=known), base_url="http://a.b/")
    return told, {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", CHANGES)
def test_after_any_change_the_site_is_that_of_a_clean_build(posts: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    built(posts, out)
    built(posts, out)
    time.sleep(0.02)  # the clock of a file system may tick a hundred times a second
    CHANGES[name](tmp_path)
    assert built(posts, out) == built(posts, tmp_path / "clean", recalls=False)


def test_after_one_change_upon_another_little_is_kept_and_the_site_is_that_of_a_clean_build(
    posts: Path, tmp_path: Path
) -> None:
    out, shelf = tmp_path / "out", open_shelf(Options())
    built(posts, out)
    base = list(shelf.recalled(os.fspath(out.resolve()), "base"))
    for number, name in enumerate(("good", "new", "good", "third", "new", "fourth")):
        time.sleep(0.02)
        (posts / f"{name}.md").write_text(GOOD.replace("2x", f"{number % 3}x"), "utf-8")
        if number == 3:
            (posts / "wrong.md").unlink()
        after = built(posts, out)
        assert after == built(posts, out)
        assert after == built(posts, tmp_path / f"clean{number}", recalls=False)
    assert list(shelf.recalled(os.fspath(out.resolve()), "base")) == base
    _, *kept = shelf.recalled(os.fspath(out.resolve()), "since")
    assert {Path(post).stem: bool(known) for post, *known in kept} == {
        "good": True, "new": True, "third": True, "wrong": False, "fourth": True,
    }  # fmt: skip


def test_the_work_on_a_changed_post_begins_before_the_others_are_looked_at(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(posts, tmp_path / "out")
    looked: list[str] = []
    find = Recall.find
    monkeypatch.setattr(
        Recall, "find", lambda self, post, *rest: looked.append(post.stem) or find(self, post, *rest)
    )
    time.sleep(0.02)
    (posts / "third.md").write_text(GOOD, "utf-8")
    assert built(posts, tmp_path / "out") == built(posts, tmp_path / "clean", recalls=False)
    assert looked[:3] == ["third", "good", "wrong"]


def test_an_unchanged_post_is_not_read(posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    original = posts_on_disk.read_post
    for module in (work, files):
        monkeypatch.setattr(
            module, "read_post", lambda path, options: read.append(path.name) or original(path, options)
        )
    built(posts, tmp_path / "out")
    assert sorted(read) == ["good.md", "third.md", "wrong.md"]
    read.clear()
    built(posts, tmp_path / "out")
    assert read == ["wrong.md"], "its diagnostics show its text"


def test_a_post_that_was_just_written_is_read_again(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall, "_SETTLED", 10**12)
    known = Recall(enabled=True)
    build_site([posts], tmp_path / "out", manner=Manner(recall=known))
    assert not known.changed


@pytest.mark.parametrize("part", ["base", "since"])
@pytest.mark.parametrize(
    "damage",
    [
        [],
        [1],
        [["name", ["", []]], ["posts/a.md", 1]],
        [["name", ["", []]], [{}]],
        [["name", 1]],
        [["name", ["", []]], ["posts/a.md", [1, 1, 1, 1], [None], []]],
    ],
)
def test_damaged_memories_are_none(posts: Path, tmp_path: Path, damage: list[object], part: str) -> None:
    out, shelf = tmp_path / "out", open_shelf(Options())
    first = built(posts, out)
    name, _ = next(shelf.recalled(os.fspath(out.resolve()), "base"))
    renamed = json.loads(json.dumps(damage).replace('"name"', json.dumps(name)))
    shelf.keep_recalled(renamed, os.fspath(out.resolve()), part)
    assert built(posts, out) == first


@pytest.mark.parametrize("head", [{}, {"path": "posts/third.md"}, {"path": 1, "counts": 3}])
def test_a_damaged_outcome_is_none(posts: Path, tmp_path: Path, head: dict[str, object]) -> None:
    out, shelf = tmp_path / "out", open_shelf(Options())
    built(posts, out)
    site_of = os.fspath(out.resolve())
    first, *known = shelf.recalled(site_of, "base")
    shelf.keep_recalled([first, *([*one[:3], head] for one in known)], site_of, "base")
    assert built(posts, out) == built(posts, tmp_path / "clean", recalls=False)
