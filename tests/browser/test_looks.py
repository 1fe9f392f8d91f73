"""Pages look as they did: screenshots against `references/`, which `LITGRAD_UPDATE=1` takes anew."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from chromium import needs_chromium
from pictures import difference, read, shot

from litgrad.site import build_site

pytestmark = needs_chromium

REFERENCES = Path(__file__).with_name("references")
POST = Path(__file__).with_name("pictured.md")
VIEWS = [(width, dark) for width in (1360, 768, 375) for dark in (False, True)]
HEIGHT = 1200
ALLOWED = 0.02


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("looks")
    build_site([POST], out)
    return out / "pictured" / "index.html"


def reference(width: int, *, dark: bool) -> Path:
    return REFERENCES / f"{width}-{'dark' if dark else 'light'}.png"


@pytest.mark.parametrize(("width", "dark"), VIEWS)
def test_a_page_looks_as_it_did(page: Path, tmp_path: Path, width: int, *, dark: bool) -> None:
    taken = tmp_path / "taken.png"
    shot(page, width, HEIGHT, taken, dark=dark)
    if os.environ.get("LITGRAD_UPDATE") == "1":
        REFERENCES.mkdir(exist_ok=True)
        taken.replace(reference(width, dark=dark))
        return
    assert difference(read(taken, width), read(reference(width, dark=dark), width)) <= ALLOWED


def test_what_looks_different_is_told_apart() -> None:
    light, dark = (read(reference(375, dark=each), 375) for each in (False, True))
    moved = light.copy()
    moved[40:] = light[:-40]
    assert difference(light, light) == 0
    assert difference(light, dark) > 0.5
    assert difference(light, moved) > 5 * ALLOWED
