"""Standing by: what a command gives is the same, whoever carries it out, and nobody else's process does."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from litgrad import handover
from litgrad.standby import StandbyError, standing_by

ROOT = Path(__file__).parent.parent
LITGRAD = [sys.executable, "-m", "litgrad"]
GOOD = "$$\nf(x) = x^2\n$$\n\n$$\nf'(x) = 2x\n$$\n"
WRONG = "$$\nf(x) = x^2\n$$\n\n$$\nf'(x) = 3x\n$$\n"

if not hasattr(socket, "AF_UNIX") or not hasattr(os, "fork"):
    pytest.skip("this system has no sockets between processes of one user", allow_module_level=True)


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "XDG_RUNTIME_DIR": str(folder), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def started(folder: Path, command: list[str]) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=environment(folder), stdout=pipe, stderr=pipe, text=True)


def litgrad(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [*LITGRAD, *arguments]
    given = {**environment(folder), **more}
    return subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("standby")
    folder.chmod(0o700)
    (folder / "posts").mkdir()
    (folder / "posts/good.md").write_text(GOOD, "utf-8")
    (folder / "posts/wrong.md").write_text(WRONG, "utf-8")
    return folder


@pytest.fixture(scope="module")
def process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with started(folder, [*LITGRAD, "standby"]) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("standing by")
        yield process
        process.terminate()
        process.wait(20)


COMMANDS = [
    ["build", "posts", "-o", "out"],
    ["build", "posts/good.md", "-o", "out", "--no-cache"],
    ["check", "posts", "--format", "json"],
    ["check", "missing.md"],
    ["explain", "posts/good.md:2"],
]


def carried_out(folder: Path, arguments: list[str], **more: str) -> tuple[int, str, str, dict[str, bytes]]:
    shutil.rmtree(folder / "out", ignore_errors=True)
    done = litgrad(folder, *arguments, **more)
    files = {str(path.relative_to(folder)): path.read_bytes() for path in (folder / "out").rglob("*.*")}
    return done.returncode, done.stdout, done.stderr, files


@pytest.mark.usefixtures("process")
@pytest.mark.parametrize("arguments", COMMANDS, ids=[" ".join(one) for one in COMMANDS])
def test_a_command_gives_what_it_gives_alone(folder: Path, arguments: list[str]) -> None:
    first = carried_out(folder, arguments)
    again = carried_out(folder, arguments, XDG_RUNTIME_DIR=str(folder / "nothing here"))
    assert again == first


def test_a_command_is_carried_out_by_the_process_that_stands_by(
    folder: Path, process: subprocess.Popen[str]
) -> None:
    start = children(process)
    litgrad(folder, "check", "posts")
    assert children(process) > start


def children(process: subprocess.Popen[str]) -> int:
    """The processor time of the ended children, in ticks."""
    fields = Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[13:15]))


def test_a_command_under_which_libraries_load_otherwise_is_not_taken(
    folder: Path, process: subprocess.Popen[str]
) -> None:
    start = children(process)
    assert litgrad(folder, "check", "posts/good.md", SYMPY_USE_CACHE="no").returncode == 0
    assert children(process) == start


@pytest.mark.usefixtures("process")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_command_can_be_stopped(folder: Path, number: int, status: int) -> None:
    (folder / "slow").mkdir(exist_ok=True)
    for index in range(40):
        (folder / f"slow/{index}.md").write_text(GOOD.replace("x^2", f"x^{{{index + 2}}} e^x"), "utf-8")
    with started(folder, [*LITGRAD, "check", "slow", "--no-cache"]) as build:
        assert build.stdout is not None
        time.sleep(1)
        build.send_signal(number)
        _, errors = build.communicate(timeout=30)
        assert build.returncode == status
        assert "Traceback" not in errors


@pytest.mark.usefixtures("process")
def test_only_one_process_stands_by(folder: Path) -> None:
    done = litgrad(folder, "standby")
    assert done.returncode == 1
    assert "another process stands by already" in done.stderr


def test_a_folder_that_others_can_write_to_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o777)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with pytest.raises(StandbyError, match="others can write to"), standing_by(lambda _: None):
        pass
    assert handover.hand_over(["build"]) is None
