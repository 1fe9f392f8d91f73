"""The colours of pages: text and marks stand out from what they stand on, in light and in dark."""

import re

import pytest

from litgrad.page import static_files

TEXT, MARK = 4.5, 3.0
"""What WCAG 2.2 AA asks of text, and of graphics that carry meaning."""
_VERDICTS = "proved conditional confirmed refuted unchecked".split()
PAIRS = [
    *((name, ground, TEXT) for name in ("ink", "soft", "link") for ground in ("paper", "pane", "glow")),
    *((name, "paper", TEXT) for name in _VERDICTS),
    *((name, "pane", TEXT) for name in "keyword string number comment function".split()),
    *((name, "glow", TEXT) for name in "keyword string number comment function".split()),
    ("ink", "lit", TEXT),
    *((name, "paper", MARK) for name in ("curve0", "curve1", "curve2", "soft", "confirmed")),
]


def themes() -> dict[str, dict[str, str]]:
    """The colours by name, in light and in dark."""
    css = static_files()["litgrad.css"].decode()
    light, dark = (dict(re.findall(r"--([\w-]+): ?(#\w{3,6})", block)) for block in _roots(css))
    return {"light": light, "dark": {**light, **dark}}


def _roots(css: str) -> list[str]:
    return re.findall(r":root ?\{(.*?)\}", css.partition("@media print")[0], re.DOTALL)


def luminance(color: str) -> float:
    """The relative luminance of `#rrggbb`, as WCAG defines it."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("name", "ground", "least"), PAIRS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_stand_out(theme: str, name: str, ground: str, least: float) -> None:
    colors = themes()[theme]
    assert contrast(colors[name], colors[ground]) >= least


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_colour_that_is_used_is_defined() -> None:
    css = static_files()["litgrad.css"].decode()
    used = set(re.findall(r"var\(--([\w-]+)\)", css))
    assert used - set(re.findall(r"--([\w-]+):", css)) == set()


def test_nothing_is_said_by_opacity_or_an_outline_taken_away() -> None:
    css = static_files()["litgrad.css"].decode()
    assert not re.search(r"outline: *(none|0)", css)
    assert ":focus-visible" in css
    assert "prefers-reduced-motion" in css
