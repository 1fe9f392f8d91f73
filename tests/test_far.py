"""Posts and sites behind URLs, built by threads here or by a cluster of which a process is killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
POST = "---\ntitle: Post {0}\n---\n\nLet $f(x) = {0} x^2$, then\n\n$$\nf'(x) = {1} x\n$$\n"
fsspec = pytest.importorskip("fsspec", reason="litgrad[distributed] is not installed")


def write_posts(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(2, count + 2):
        (folder / f"post-{number}.md").write_text(POST.format(number, 2 * number), "utf-8")


def build(posts: str, site: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "litgrad", "build", posts, "-o", site, *options]
    environment = {**os.environ, "LITGRAD_CACHE": "off", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def files(site: Path) -> dict[str, bytes]:
    """The site without what only litgrad reads."""
    found = (path for path in site.rglob("*") if path.is_file())
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in found
        if ".litgrad" not in path.relative_to(site).parts[0]
    }


def test_a_site_behind_a_url_is_the_one_that_a_folder_gets(tmp_path: Path) -> None:
    write_posts(tmp_path / "posts", 3)
    near, far = tmp_path / "near", tmp_path / "far"
    assert build(str(tmp_path / "posts"), str(near)).returncode == 0
    done = build((tmp_path / "posts").as_uri(), far.as_uri(), "--jobs", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert files(far) == files(near)


def test_only_what_changed_is_written_and_what_is_gone_is_removed(tmp_path: Path) -> None:
    write_posts(tmp_path / "posts", 3)
    posts, far = (tmp_path / "posts").as_uri(), (tmp_path / "far").as_uri()
    build(posts, far)
    (tmp_path / "posts" / "post-2.md").write_text(POST.format(7, 14), "utf-8")
    (tmp_path / "posts" / "post-3.md").unlink()
    last = build(posts, far).stdout.splitlines()[-1]
    assert last == f"{far}: 5 files written, 5 removed"
    assert not list((tmp_path / "far" / "post-3").glob("*"))


def test_a_refuted_step_makes_the_exit_status_1(tmp_path: Path) -> None:
    write_posts(tmp_path / "posts", 1)
    (tmp_path / "posts" / "wrong.md").write_text(POST.format(3, 5), "utf-8")
    done = build((tmp_path / "posts").as_uri(), (tmp_path / "far").as_uri())
    assert done.returncode == 1
    assert "refuted-step" in done.stdout


def test_a_url_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    done = build("nothing://posts", (tmp_path / "far").as_uri())
    assert done.returncode == 1
    assert done.stderr.startswith("litgrad: cannot open nothing://posts: ")
    assert done.stderr.count("\n") == 1


def test_a_record_leads_nowhere_else(tmp_path: Path) -> None:
    write_posts(tmp_path / "posts", 1)
    site = tmp_path / "far"
    (site / ".litgrad").mkdir(parents=True)
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "index.html").write_text("mine", "utf-8")
    record = {"key": "", "name": {"slug": "../victim", "module": "victim"}}
    (site / ".litgrad" / "old.json").write_text(json.dumps(record), "utf-8")
    build((tmp_path / "posts").as_uri(), site.as_uri())
    assert (tmp_path / "victim" / "index.html").exists()


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_of_which_a_process_is_killed_builds_the_same_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    distributed = pytest.importorskip("distributed", reason="litgrad[distributed] is not installed")
    write_posts(tmp_path / "posts", 12)
    near, far = tmp_path / "near", tmp_path / "far"
    assert build(str(tmp_path / "posts"), str(near)).returncode == 0
    killed: list[int] = []
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:

        def kill_one() -> None:
            while len(list(far.glob("post-*/index.html"))) < 3:
                time.sleep(0.01)
            worker = next(iter(cluster.workers.values()))
            killed.append(len(list(far.glob("post-*/index.html"))))
            os.kill(worker.pid, signal.SIGKILL)

        killer = threading.Thread(target=kill_one, daemon=True)
        killer.start()
        done = build(str(tmp_path / "posts"), str(far), "--scheduler", cluster.scheduler_address)
        killer.join(5)
    assert done.returncode == 0, done.stderr
    assert killed
    assert killed[0] < 12, "nothing was left to do when the process was killed"
    assert files(far) == files(near)
