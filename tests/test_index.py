"""The index of a site: search, links to functions, feed and sitemap."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from litgrad.cli import main
from litgrad.site import build_site

POSTS = {
    "old.md": "---\ntitle: Old & <b>bold</b>\ndate: 2024-05-06\n---\n\nLet $f(x) = x^2$ be a parabola.\n",
    "new.md": "---\ntitle: New\ndate: 2025-01-02T10:00:00Z\n---\n\nWords alone.\n",
    "undated.md": "# Undated\n\nSee $\\theta = 1$.\n",
}
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    for name, text in POSTS.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_a_search_finds_words_symbols_and_functions(posts: Path, tmp_path: Path) -> None:
    build_site([posts], tmp_path / "out")
    index = (tmp_path / "out/index.html").read_text("utf-8")
    words = re.findall(r'<li data-words="([^"]*)">', index)
    assert [("parabola" in each, "theta" in each) for each in words] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    links = re.findall(r'<a href="(old/index.html)#(L\d+)"><code>f</code></a>', index)
    assert len(links) == 1
    page = (tmp_path / "out" / links[0][0]).read_text("utf-8")
    assert re.search(rf'id="{links[0][1]}">.*<span class="nf">f</span>', page)


def test_a_site_with_an_address_has_a_feed_and_a_sitemap(posts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build_site([posts], out, base_url="https://example.org/notes")
    feed = ET.fromstring((out / "feed.xml").read_bytes())  # noqa: S314 - written a line above
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles == ["New", "Old & <b>bold</b>"]
    assert feed.findtext(f"{ATOM}updated") == "2025-01-02T00:00:00Z"
    assert [link.get("href") for link in feed.iter(f"{ATOM}link")][
        -1
    ] == "https://example.org/notes/old/index.html"
    sitemap = ET.fromstring((out / "sitemap.xml").read_bytes())  # noqa: S314 - as above
    places = [place.text for place in sitemap.iter(f"{SITEMAP}loc")]
    assert places == [
        f"https://example.org/notes/{name}index.html" for name in ("", "new/", "old/", "undated/")
    ]
    assert 'type="application/atom+xml" href="feed.xml"' in (out / "index.html").read_text("utf-8")


def test_feed_and_sitemap_go_when_the_address_does(posts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build_site([posts], out, base_url="https://example.org/")
    assert build_site([posts], out).removed == 2
    assert not (out / "feed.xml").exists()
    assert "atom+xml" not in (out / "index.html").read_text("utf-8")


def test_an_address_must_be_one(posts: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["build", str(posts), "-o", str(tmp_path / "out"), "--base-url", "javascript:0"]
    )
    assert done.exit_code == 2
    assert "javascript:0 is no address of a site; write it as https://example.org/notes/" in done.output
    assert not (tmp_path / "out").exists()


def test_the_code_begins_with_the_first_function(posts: Path, tmp_path: Path) -> None:
    build_site([posts], tmp_path / "out")
    page = (tmp_path / "out/old/index.html").read_text("utf-8")
    folded, _, rest = page.partition('</details>\n<div class="lines">')
    assert "lines: imports and helpers</summary>" in folded
    assert "__all__" in folded
    assert re.match(r'<a class="back"[^>]*>\d+</a><code id="L\d+"><b>def', rest)
