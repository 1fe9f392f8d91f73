"""The build of many posts: names, files, and what stays when something fails."""

import json
import multiprocessing
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from litgrad import tasks
from litgrad.compiler import CompiledPost
from litgrad.names import name_posts
from litgrad.options import Options
from litgrad.output import MANIFEST, OutputError, open_folder
from litgrad.posts import find_posts, read_post
from litgrad.site import build_site
from litgrad.source import Source
from litgrad.workers import Job, Known, Limits, Pool

GOOD = "# Good\n\n$$\nf(x) = x^2\n$$\n\nthen\n\n$$\nf'(x) = 2x\n$$\n"


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "good.md").write_text(GOOD, "utf-8")
    return folder


def files(out: Path) -> set[str]:
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}


def test_a_post_gets_its_page_report_module_and_tests(posts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = build_site([posts], out)
    assert [one.built for one in result.outcomes] == [True]
    assert {path for path in files(out) if not path.startswith("static/")} == {
        MANIFEST,
        "index.html",
        "good/index.html",
        "good/report.json",
        "good/good.py",
        "python/good.py",
        "python/tests/test_good.py",
    }
    assert (out / "good/good.py").read_bytes() == (out / "python/good.py").read_bytes()
    assert json.loads((out / "good/report.json").read_text("utf-8"))["posts"][0]["path"].endswith("good.md")
    assert "good/index.html" in (out / "index.html").read_text("utf-8")


def test_a_second_build_writes_nothing_and_a_change_only_what_it_touches(posts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (posts / "other.md").write_text("text", "utf-8")
    assert build_site([posts], out).written > 5
    assert build_site([posts], out).written == 0
    (posts / "other.md").write_text("changed", "utf-8")
    assert build_site([posts], out).written == 2  # its page, and its words in the index


def test_outputs_of_a_deleted_post_are_removed_and_other_files_stay(posts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / ".gitignore").write_text("*\n", "utf-8")
    (out / "notes.txt").write_text("mine", "utf-8")
    (posts / "old.md").write_text("old", "utf-8")
    build_site([posts], out)
    (posts / "old.md").unlink()
    assert build_site([posts], out).removed == 5
    assert not (out / "old").exists()
    assert (out / "good/index.html").exists()
    assert (out / ".gitignore").read_text("utf-8") == "*\n"
    assert (out / "notes.txt").read_text("utf-8") == "mine"


def test_a_file_that_litgrad_did_not_write_is_not_overwritten(posts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "good").mkdir(parents=True)
    (out / "good/index.html").write_text("mine", "utf-8")
    with pytest.raises(OutputError, match="was not written by litgrad"):
        build_site([posts], out)
    assert (out / "good/index.html").read_text("utf-8") == "mine"


def test_a_link_in_the_output_leads_nowhere(posts: Path, tmp_path: Path) -> None:
    out, victim = tmp_path / "out", tmp_path / "victim"
    out.mkdir()
    victim.mkdir()
    (out / "good").symlink_to(victim)
    with pytest.raises(OutputError, match="is a link"):
        build_site([posts], out)
    assert list(victim.iterdir()) == []


def test_a_manifest_cannot_name_files_outside(posts: Path, tmp_path: Path) -> None:
    out, victim = tmp_path / "out", tmp_path / "victim.txt"
    build_site([posts], out)
    manifest = (out / MANIFEST).read_bytes()
    victim.write_text("mine", "utf-8")
    (out / "link").symlink_to(tmp_path)
    (tmp_path / ".half.litgrad-tmp").touch()
    strange = [
        "../victim.txt",
        str(victim),
        "link/victim.txt",
        "link",
        "",
        ".",
        "..",
        "a\0b",
        "static",
        "a" * 999,
    ]
    files = {**json.loads(manifest)["files"], **dict.fromkeys(strange, "")}
    (out / MANIFEST).write_text(json.dumps({"files": files}), "utf-8")
    build_site([posts], out)
    assert victim.exists()
    assert (tmp_path / ".half.litgrad-tmp").exists()
    assert (out / MANIFEST).read_bytes() == manifest


@pytest.mark.parametrize(
    "text", ["", "null", "[" * 100_000, '{"files": [1]}', '{"files": 5}', "9" * 9999, "\0\0"]
)
def test_a_damaged_manifest_makes_the_files_foreign(text: str, posts: Path, tmp_path: Path) -> None:
    build_site([posts], tmp_path / "out")
    (tmp_path / "out" / MANIFEST).write_text(text, "utf-8")
    with pytest.raises(OutputError, match="was not written by litgrad"):
        build_site([posts], tmp_path / "out")


def test_a_manifest_that_is_a_pipe_is_not_waited_for(posts: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    os.mkfifo(tmp_path / "out" / MANIFEST)
    build_site([posts], tmp_path / "out")
    assert (tmp_path / "out" / MANIFEST).is_file()


def test_a_folder_in_the_place_of_a_page_is_named(posts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build_site([posts], out)
    (out / "good/index.html").unlink()
    (out / "good/index.html").mkdir()
    (out / ".a.litgrad-tmp").mkdir()
    with pytest.raises(OutputError, match=r"/index\.html: Is a directory"):
        build_site([posts], out)


def test_a_post_that_becomes_unreadable_keeps_its_page(posts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (posts / "next.md").write_text("text", "utf-8")
    build_site([posts], out)
    page = (out / "good/index.html").read_bytes()
    (posts / "good.md").write_bytes(b"\xff\xfe")
    result = build_site([posts], out)
    assert [one.built for one in result.outcomes] == [False, True]
    assert result.outcomes[0].diagnostics[0].code == "unreadable-file"
    assert (out / "good/index.html").read_bytes() == page


def test_a_fault_of_litgrad_names_the_post_and_spares_the_others(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (posts / "bad.md").write_text("bad", "utf-8")
    compile_post = tasks.compile_post

    def compile_or_raise(source: Source, options: Options, name: str) -> CompiledPost:
        if "bad.md" in source.path:
            message = "secret text of the post"
            raise ZeroDivisionError(message)
        return compile_post(source, options, name)

    monkeypatch.setattr(tasks, "compile_post", compile_or_raise)
    bad, good = build_site([posts], tmp_path / "out").outcomes
    assert good.built
    assert "please report it (ZeroDivisionError in " in (bad.failure or "")
    assert "secret" not in (bad.failure or "")


def test_a_folder_that_cannot_be_made_is_one_line(posts: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(OutputError, match=r"^cannot write .*$"):
        build_site([posts], tmp_path / "file" / "out")


def test_a_full_disk_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_folder(tmp_path) as folder:
        folder.claim(["a.txt"])
        folder.write({"a.txt": b"old"})

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"), open_folder(tmp_path) as folder:
        folder.write({"a.txt": b"new"})
    assert (tmp_path / "a.txt").read_bytes() == b"old"
    assert files(tmp_path) == {MANIFEST, "a.txt"}


def test_what_a_killed_build_left_is_swept(posts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build_site([posts], out)
    before = files(out)
    (out / ".litgrad-unfinished").touch()
    (out / "good" / ".index.html.1.litgrad-tmp").write_text("half", "utf-8")
    build_site([posts], out)
    assert files(out) == before


def test_two_builds_of_one_folder_take_turns(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with open_folder(tmp_path):
            order.append("second")

    thread = threading.Thread(target=second)
    with open_folder(tmp_path):
        thread.start()
        time.sleep(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


# -------------------------------- names --------------------------------


def test_names_are_safe_and_never_shared() -> None:
    paths = [
        "p/a b.md",
        "p/a-b.md",
        "p/A_B.md",
        "q/a-b.md",
        "p/random.md",
        "p/3.md",
        "p/因此.md",
        "p/static.md",
    ]
    paths += [
        "p/class.md",
        "p/.._..md",
        'p/"><script>.md',
        "p/" + "x" * 300 + ".md",
        "p/numpy.md",
        "p/../con.md",
    ]
    names = name_posts(paths)
    assert len({name.slug for name in names.values()}) == len(paths)
    assert len({name.module for name in names.values()}) == len(paths)
    for name in names.values():
        assert name.module.isidentifier()
        assert set(name.slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert len(name.slug) < 80
    assert names["p/random.md"].module != "random"
    assert names["p/static.md"].slug != "static"


def test_a_name_does_not_depend_on_posts_with_other_names() -> None:
    some = name_posts(["p/a-b.md", "q/a-b.md"])
    assert name_posts(["p/0.md", "p/a-b.md", "p/c.md", "q/a-b.md"])["q/a-b.md"] == some["q/a-b.md"]


def test_a_changed_name_is_told(posts: Path, tmp_path: Path) -> None:
    (posts / "Good.md").write_text("text", "utf-8")
    result = build_site([posts], tmp_path / "out")
    assert len(result.outcomes) == 2
    assert len(result.notices) == 1
    assert "another post is named `good`" in result.notices[0]


# -------------------------------- posts --------------------------------


def test_posts_are_found_sorted_without_hidden_files_and_links_that_lead_out(tmp_path: Path) -> None:
    root = tmp_path / "posts"
    (root / "b").mkdir(parents=True)
    (root / ".hidden").mkdir()
    for name in ("b/z.md", "a.md", ".c.md", ".hidden/d.md", "e.txt", "F.MD"):
        (root / name).write_text("", "utf-8")
    (tmp_path / "outside.md").write_text("", "utf-8")
    (root / "out.md").symlink_to(tmp_path / "outside.md")
    (root / "gone.md").symlink_to(tmp_path / "nothing.md")
    (root / "in.md").symlink_to(root / "a.md")
    os.mkfifo(root / "pipe.md")
    found = find_posts([root, root / "a.md"])
    assert [path.relative_to(root).as_posix() for path in found.posts] == ["F.MD", "a.md", "b/z.md", "in.md"]
    assert len(found.notices) == 3


UNREADABLE = [
    (b"ab\ncd\xe9", "unreadable-file", (2, 3)),
    (b"ab\n\0", "unreadable-file", (2, 1)),
    ("h\u00e9".encode("utf-16"), "unreadable-file", (1, 1)),
    (b"x" * 101, "too-large", (1, 1)),
]


@pytest.mark.parametrize(("data", "code", "place"), UNREADABLE)
def test_a_file_that_is_no_post_is_reported_with_its_place(
    tmp_path: Path, data: bytes, code: str, place: tuple[int, int]
) -> None:
    path = tmp_path / "p.md"
    path.write_bytes(data)
    source, found = read_post(path, Options(file_bytes=100))
    assert found is not None
    assert found.code == code
    position = source.position(found.span.start)
    assert (position.line, position.column) == place


def test_line_ends_and_a_byte_order_mark_are_normalised(tmp_path: Path) -> None:
    path = tmp_path / "p.md"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    source, found = read_post(path, Options())
    assert (source.text, found) == ("a\nb\nc\n", None)


# -------------------------------- workers --------------------------------


def late(_seconds: float) -> str:
    time.sleep(60)
    return "late"


def dead(_seconds: float) -> str:
    os._exit(3)


def late_unless_short(seconds: float) -> str:
    return late(seconds) if seconds else "without what takes long"


def done(value: str, _seconds: float) -> str:
    time.sleep(0.1 if value == "a" else 0)
    return value


def starved(_seconds: float) -> str:
    """Get no time from the system for longer than the deadline."""
    subprocess.Popen(["/bin/sh", "-c", f"sleep 1.5; kill -CONT {os.getpid()}"])
    os.kill(os.getpid(), signal.SIGSTOP)
    return "through"


def hungry(_seconds: float) -> str:
    return str(len(bytearray(300_000_000)))  # more than a process that freed a lot has left


LIMITS = Limits(1.0, 4_000_000_000)


def test_jobs_give_their_results_in_order_and_late_or_dead_ones_a_reason() -> None:
    jobs: list[Job[str] | Known[str]] = [
        Job(work, str) for work in (partial(done, "a"), late, dead, partial(done, "b"), late_unless_short)
    ]
    started = time.monotonic()
    first, second, third, fourth, fifth, sixth = Pool(2, LIMITS).run([*jobs, Known("known")])
    assert time.monotonic() - started < 20
    assert (first, fourth, fifth, sixth) == ("a", "b", "without what takes long", "known")
    assert "after 1 seconds" in second
    assert "exit status 3" in third


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not tell who computed")
def test_a_worker_that_other_programs_hold_up_gets_the_time_it_did_not_have() -> None:
    assert list(Pool[str](1, LIMITS).run([Job(starved, str)])) == ["through"]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not tell who takes what")
def test_a_worker_may_take_so_much_memory_beyond_what_the_program_takes() -> None:
    (told,) = Pool[str](1, Limits(10, 200_000_000)).run([Job(hungry, str)])
    assert told == "litgrad was stopped on this post at 200 MB of memory"
    assert list(Pool[str](1, Limits(10, 400_000_000)).run([Job(hungry, str)])) == ["300000000"]


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_many_jobs_are_taken_as_they_are_needed(at_once: int) -> None:
    taken: list[int] = []

    def jobs() -> Iterator[Job[str] | Known[str]]:
        for index in range(600):
            taken.append(index)
            yield Known(str(index)) if index % 100 else Job(partial(done, str(index)), str)

    results = Pool[str](at_once, LIMITS).run(jobs())
    assert next(results) == "0"
    assert len(taken) < 40 * at_once
    assert list(results) == [str(index) for index in range(1, 600)]


@pytest.mark.parametrize("at_once", [1, 2])
@pytest.mark.parametrize("forks", [True, False])
def test_a_few_jobs_may_come_before_their_turn(
    at_once: int, monkeypatch: pytest.MonkeyPatch, *, forks: bool
) -> None:
    if not forks:
        monkeypatch.delattr(os, "fork")
    first = [250, 120][:at_once]
    order = [*first, *(index for index in range(300) if index not in first)]
    begun: list[int] = []
    pool = Pool[str](at_once, LIMITS, started=begun.append)
    jobs = (
        (index, Known(str(index)) if index % 100 else Job(partial(done, str(index)), str)) for index in order
    )
    with_work = (
        (index, Job(partial(done, str(index)), str) if index in first else job) for index, job in jobs
    )
    assert list(pool.run_numbered(with_work)) == [str(index) for index in range(300)]
    assert begun[:at_once] == first


def test_workers_are_gone_when_nobody_wants_their_results() -> None:
    results = Pool[str](2, Limits(60, 4_000_000_000)).run([Job(partial(done, "a"), str), Job(late, str)])
    assert next(results) == "a"
    results.close()
    assert multiprocessing.active_children() == []
