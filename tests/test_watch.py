"""Watching posts: what counts as a change, and that only a changed post is worked on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from litgrad.watch import changes

ROOT = Path(__file__).parent.parent
GOOD = "$$\nf(x) = x^2\n$$\n\n$$\nf'(x) = 2x\n$$\n"
CHANGES: dict[str, Callable[[Path], object]] = {
    "a new text": lambda posts: (posts / "a.md").write_text("other text", "utf-8"),
    "a text of the same length": lambda posts: (posts / "a.md").write_text("abcd", "utf-8"),
    "a new post": lambda posts: (posts / "new.md").write_text("", "utf-8"),
    "a post less": lambda posts: (posts / "a.md").unlink(),
    "a post renamed": lambda posts: (posts / "a.md").rename(posts / "b.md"),
    "the folder away": lambda posts: posts.rename(posts.with_name("away")),
}


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "a.md").write_text("text", "utf-8")
    os.utime(folder / "a.md", (1, 1))
    return folder


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_noticed_once_it_has_settled(posts: Path, tmp_path: Path, name: str) -> None:
    looks = []

    def wait(_seconds: float) -> None:
        looks.append(1)
        if len(looks) == 3:
            CHANGES[name](posts)
        if len(looks) == 4 and posts.exists():
            (posts / "late.md").write_text("written in the same save", "utf-8")

    assert len(list(islice(changes([posts], tmp_path / "out", wait), 2))) == 2
    assert len(looks) in (4, 5)


def test_what_is_no_post_and_the_site_itself_are_no_change(posts: Path) -> None:
    class StillWaitingError(Exception):
        pass

    looks = []

    def wait(_seconds: float) -> None:
        looks.append(1)
        (posts / "notes.txt").write_text(str(looks), "utf-8")
        (posts / ".a.md.swp").write_text(str(looks), "utf-8")
        (posts / "out").mkdir(exist_ok=True)
        (posts / "out" / "page.md").write_text(str(looks), "utf-8")
        if len(looks) > 5:
            raise StillWaitingError

    with pytest.raises(StillWaitingError):
        list(islice(changes([posts], posts / "out", wait), 2))


def test_only_a_changed_post_is_built_and_told(posts: Path, tmp_path: Path) -> None:
    (posts / "a.md").write_text(GOOD, "utf-8")
    (posts / "b.md").write_text(GOOD, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "LITGRAD_CACHE": "off"}
    command = [sys.executable, "-m", "litgrad", "watch", "posts", "-o", "out"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        first = [process.stdout.readline() for _ in range(3)]
        (posts / "b.md").write_text(GOOD.replace("2x", "3x"), "utf-8")
        started = time.monotonic()
        second = []
        while not second or "waiting for changes" not in second[-1]:
            second.append(process.stdout.readline())
            assert time.monotonic() - started < 60
        process.send_signal(signal.SIGINT)
        assert process.wait(30) in (130, -signal.SIGINT)
    assert [line.split(":")[0] for line in first] == ["posts/a.md", "posts/b.md", "out"]
    assert second[0].startswith("error[refuted-step]")
    assert not any("posts/a.md" in line for line in second)
