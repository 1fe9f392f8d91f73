"""The command line: exit statuses and what is printed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from litgrad.cli import main

GOOD = "$$\nf(x) = x^2\n$$\n\n$$\nf'(x) = 2x\n$$\n"
WRONG = "$$\nf(x) = x^2\n$$\n\n$$\nf'(x) = 3x\n$$\n"
UNCHECKED = "$$\nf(x) = x^2\n$$\n\n$$\nf(x) \\sim x^2\n$$\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "posts").mkdir()
    for name, text in (("good", GOOD), ("wrong", WRONG), ("unchecked", UNCHECKED)):
        (tmp_path / "posts" / f"{name}.md").write_text(text, "utf-8")
    return tmp_path


def litgrad(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


STATUSES = [
    (["check", "posts/good.md"], 0),
    (["check", "--strict", "posts/good.md"], 0),
    (["check", "posts/unchecked.md"], 0),
    (["check", "--strict", "posts/unchecked.md"], 1),
    (["check", "posts/wrong.md"], 1),
    (["check", "posts"], 1),
    (["check", "missing.md"], 2),
    (["check", "--format", "xml", "posts"], 2),
    (["check", "."], 1),
    (["build", "posts/good.md", "-o", "out"], 0),
    (["build", "posts", "--out", "out"], 1),
    (["build", "--strict", "posts/unchecked.md", "-o", "out"], 1),
    (["build", "missing"], 2),
    (["build", "posts/good.md", "-o", "posts/good.md/out"], 1),
    (["explain"], 2),
]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("arguments", "status"), STATUSES, ids=[" ".join(row[0]) for row in STATUSES])
def test_exit_status(arguments: list[str], status: int) -> None:
    assert litgrad(*arguments).exit_code == status


@pytest.mark.usefixtures("folder")
def test_a_refuted_step_is_printed_with_its_place() -> None:
    output = litgrad("check", "posts").output
    assert "error[refuted-step]" in output
    assert "--> posts/wrong.md:6:" in output
    assert "posts/good.md: ≔ 1 definition, ✓ 1 proved" in output
    assert "✗ 1 refuted" in output
    assert "\x1b" not in output


@pytest.mark.usefixtures("folder")
def test_every_step_is_listed_on_request() -> None:
    quiet = litgrad("check", "posts/good.md").output
    loud = litgrad("check", "-v", "posts/good.md").output
    assert "f'(x) = 2x" not in quiet
    assert "f'(x) = 2x" in loud


@pytest.mark.usefixtures("folder")
def test_json_is_the_report_of_all_posts() -> None:
    data = json.loads(litgrad("check", "--format", "json", "posts").stdout)
    assert [post["path"] for post in data["posts"]] == [
        "posts/good.md",
        "posts/unchecked.md",
        "posts/wrong.md",
    ]
    assert data["posts"][0]["functions"][0]["name"] == "f"


def test_a_bad_file_is_one_located_diagnostic_and_the_others_are_built(folder: Path) -> None:
    (folder / "posts" / "bad.md").write_bytes(b"a\n\xff")
    result = litgrad("build", "posts", "-o", "out")
    assert result.exit_code == 1
    assert "--> posts/bad.md:2:1" in result.output
    assert "not built: posts/bad.md" in result.output
    assert (folder / "out" / "good" / "index.html").is_file()


def test_an_empty_folder_is_wrong_usage(folder: Path) -> None:
    (folder / "empty").mkdir()
    result = litgrad("check", "empty")
    assert result.exit_code == 2
    assert "no posts were found" in result.output


def test_a_site_without_any_post_is_left_as_it_is(folder: Path) -> None:
    (folder / "some").mkdir()
    (folder / "some" / "good.md").write_text("Let $f(x) = x$.\n", "utf-8")
    assert litgrad("build", "some", "-o", "out").exit_code == 0
    (folder / "some" / "good.md").unlink()
    result = litgrad("build", "some", "-o", "out")
    assert result.exit_code == 2
    assert result.output == "litgrad: no posts were found\n"
    assert (folder / "out" / "good" / "index.html").is_file()


def test_help_and_version_do_not_wait_for_sympy() -> None:
    script = (
        "import sys\nfrom litgrad.cli import main\n"
        "main(['{}'], standalone_mode=False)\nprint('sympy' in sys.modules)"
    )
    for option, expected in (("--help", "build"), ("--version", "0.1.0")):
        command = [sys.executable, "-c", script.format(option)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert expected in done.stdout
        assert done.stdout.endswith("False\n")


@pytest.mark.usefixtures("folder")
def test_the_package_runs_as_a_program_in_a_plain_terminal() -> None:
    command = [sys.executable, "-m", "litgrad", "check", "posts/good.md"]
    root = str(Path(__file__).parent.parent)
    environment = {"PYTHONPATH": root, "PYTHONIOENCODING": "ascii", "PATH": ""}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0
    assert "1 proved" in done.stdout
    assert done.stderr == ""


INTERRUPTED = """
import os, signal, sys
from litgrad.cli import main
from litgrad.printing import Printer
Printer.ends = lambda self, outcome: os.kill(os.getpid(), signal.{signal})
main(["build", "posts", "-o", "out", "--jobs", "2"])
"""


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_an_interrupted_build_leaves_whole_files_and_no_process(name: str, status: int) -> None:
    command = [sys.executable, "-c", INTERRUPTED.format(signal=name)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)
    assert done.returncode in (status, -getattr(signal, name))
    assert "Traceback" not in done.stderr
    out = Path("out")
    assert (out / "good/index.html").read_text("utf-8").rstrip().endswith("</html>")
    assert not (out / "wrong").exists()
    assert not list(out.rglob("*.litgrad-tmp"))


@pytest.mark.usefixtures("folder")
def test_the_number_of_jobs_does_not_change_what_comes_out() -> None:
    outputs = []
    for jobs in ("1", "2", "7"):
        out = Path(f"out{jobs}")
        printed = litgrad("build", "posts", "-o", str(out), "-j", jobs).output
        files = sorted(path for path in out.rglob("*") if path.is_file())
        outputs.append((printed.replace(str(out), ""), [(path.name, path.read_bytes()) for path in files]))
    assert outputs[0] == outputs[1] == outputs[2]


def built(out: int) -> "subprocess.CompletedProcess[bytes]":
    """A build whose standard output is a file by its number."""
    command = [sys.executable, "-m", "litgrad", "build", "posts/good.md", "-o", "out"]
    environment = {**os.environ, "LITGRAD_CACHE": "off"}
    return subprocess.run(command, env=environment, stdout=out, stderr=subprocess.PIPE, check=False)


@pytest.mark.usefixtures("folder")
def test_a_build_goes_on_when_nobody_reads_what_it_prints() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = built(writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
    assert Path("out/index.html").is_file()


@pytest.mark.usefixtures("folder")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_behind_the_standard_output_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        done = built(full.fileno())
    assert done.returncode == 1
    assert done.stderr == b"litgrad: cannot write the standard output: No space left on device\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes the streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_standard_streams_may_be_closed(folder: Path, closed: str) -> None:
    command = f'"{sys.executable}" -m litgrad build posts/good.md -o out {closed}'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr == ""
    assert (folder / "out/good/index.html").exists()
