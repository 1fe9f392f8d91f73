"""The lines that a page gives to run a function of vectors do run, and print what they say."""

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from litgrad.compiler import compile_post
from litgrad.source import Source

POSTS = Path(__file__).parent.parent / "posts"
SHOWN = re.compile(r'<details class="alive example">.*?<pre><code>(.*?)</code></pre>', re.DOTALL)


@pytest.mark.parametrize(
    ("post", "count"), [("two-layer-network", 1), ("ridge-regression", 1), ("gaussian-maximum-likelihood", 1)]
)
def test_the_lines_print_what_they_say(post: str, count: int, tmp_path: Path) -> None:
    compiled = compile_post(Source(f"{post}.md", (POSTS / f"{post}.md").read_text("utf-8")))
    (tmp_path / f"{compiled.module.name}.py").write_text(compiled.module.text, "utf-8")
    texts = [unescape(text) for text in SHOWN.findall(compiled.page)]
    assert len(texts) == count
    for text in texts:
        command = [sys.executable, "-W", "error", "-c", text]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert f"{float(done.stdout):.4g}" == f"{float(text.rpartition('#')[2]):.4g}"
