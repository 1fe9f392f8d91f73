"""Whole pages: links lead somewhere, ids are unique, nothing of a post becomes markup."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from litgrad.checking.verdicts import Verdict
from litgrad.compiler import compile_post
from litgrad.page import static_files
from litgrad.page.index import IndexEntry, render_index
from litgrad.source import Source

POST = r"""---
title: Squares & <b>more</b>
---

## One

Let $L = (y - a)^2$ and $a = wx$.

$$
\begin{align}
\frac{\partial L}{\partial w} &= \frac{dL}{da} \frac{da}{dw} \\
&= -2 x (y - a) \\
&= 2 x (y - a)
\end{align}
$$

<script>alert(1)</script> [bad](javascript:alert(1)) and $\text{</math><script>alert(2)</script>}$.
"""


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag with its attributes."""
        self.tags.append((tag, dict(attrs)))

    def values(self, name: str) -> list[str]:
        """All values of an attribute."""
        return [value for _, attributes in self.tags if (value := attributes.get(name)) is not None]


@pytest.fixture(scope="module")
def page() -> str:
    return compile_post(Source("squares.md", POST)).page


def test_ids_are_unique(page: str) -> None:
    twice = [name for name, count in Counter(Tags(page).values("id")).items() if count > 1]
    assert twice == []


def test_links_within_the_page_lead_somewhere(page: str) -> None:
    tags = Tags(page)
    ids = set(tags.values("id"))
    inner = [href[1:] for href in tags.values("href") if href.startswith("#")]
    assert inner
    assert [name for name in inner if name not in ids] == []


def test_popovers_exist(page: str) -> None:
    tags = Tags(page)
    targets = tags.values("popovertarget")
    assert len(targets) == 5
    assert set(targets) <= set(tags.values("id"))


def test_formula_and_code_share_identities(page: str) -> None:
    article, _, code = page.partition('<aside class="pane"')
    in_post = set(re.findall(r'data-t="(t\d+)"', article))
    in_code = set(re.findall(r'data-t="(t\d+)"', code))
    assert in_code
    assert in_code <= in_post


def test_verdicts_are_said_in_words(page: str) -> None:
    for word in ("definition", "proved", "refuted"):
        assert f", {word}" in page
    assert "without the `-`" not in page


def test_nothing_of_the_post_becomes_markup(page: str) -> None:
    tags = Tags(page)
    scripts = [attributes for tag, attributes in tags.tags if tag == "script"]
    assert scripts == [{"src": "../static/litgrad.js", "defer": None}]
    assert not any(value.lower().startswith("javascript:") for value in tags.values("href"))
    assert not any(name.startswith("on") for _, attributes in tags.tags for name in attributes)
    assert tags.values("style") == []
    assert "Squares &amp; &lt;b&gt;more&lt;/b&gt;" in page


def test_the_page_forbids_what_it_does_not_need(page: str) -> None:
    (policy,) = [v for v in Tags(page).values("content") if "default-src" in v]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_index_counts_and_links() -> None:
    counts = {Verdict.PROVED: 2, Verdict.REFUTED: 1}
    index = render_index([IndexEntry("A <b>", "a/index.html", "a.md", counts, 3, 1)])
    assert 'href="a/index.html"' in index
    assert "A &lt;b&gt;" in index
    assert "refuted" in index


def test_static_files_hold_styles_scripts_and_fonts_with_their_licence() -> None:
    names = set(static_files())
    assert {"litgrad.css", "litgrad.js", "fonts/OFL.txt"} <= names
    assert all(b"url(http" not in data for data in static_files().values())
