"""A built page in a real browser, and what a probe on it saw."""

import html
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_PROBE = Path(__file__).with_name("probe.js")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --allow-file-access-from-files --virtual-time-budget=6000"
).split()
_DUMP = ("--window-size=1500,900", "--dump-dom")
DARK = "--blink-settings=preferredColorScheme=0"
_FRAME = """<!doctype html><body><iframe src="probed.html" width="{width}" height="900"></iframe>
<script>addEventListener("message", (event) => {{ document.body.dataset.probe = event.data; }});</script>
"""
"""A browser's window has a least width; a frame in it has none."""

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")


def probed(page: Path, width: int = 1360, *, dark: bool = False) -> dict[str, Any]:
    """What the probe saw on a page of some width; the page's folder gets some files more."""
    policy, rest = page.read_text("utf-8").split("<title>", 1)
    probe = '<script src="probe.js"></script>'
    page.with_name("probed.html").write_text(f"{policy}{probe}<title>{rest}", "utf-8")
    page.with_name("frame.html").write_text(_FRAME.format(width=width), "utf-8")
    shutil.copy(_PROBE, page.with_name("probe.js"))
    found = re.search(r'data-probe="([^"]*)"', _dom(page.with_name("frame.html"), *([DARK] if dark else [])))
    assert found is not None, "the probe did not finish"
    return json.loads(html.unescape(found[1]))


def _dom(page: Path, *flags: str) -> str:
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory() as profile:
        command = [CHROMIUM, *FLAGS, *_DUMP, *flags, f"--user-data-dir={profile}", page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout
