"""Whole pages: links lead somewhere, ids are unique, nothing of a post becomes markup."""

import json
import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from litgrad.checking.verdicts import Verdict
from litgrad.compiler import compile_post
from litgrad.diagnostics import Severity
from litgrad.page import static_files
from litgrad.page.identity import Identities
from litgrad.page.index import IndexEntry, render_index
from litgrad.page.steps import shortened
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


def test_a_value_first_written_in_braces_is_linked() -> None:
    tags = Tags(compile_post(Source("braces.md", "Let $f({ x }) = { x }^2$.\n")).page)
    ids = set(tags.values("id"))
    links = [href[1:] for href in tags.values("href") if re.match(r"#(m\d+-|c)\d+$", href)]
    assert links
    assert [name for name in links if name not in ids] == []


def test_popovers_exist(page: str) -> None:
    tags = Tags(page)
    targets = tags.values("popovertarget")
    assert len(targets) == 5
    assert set(targets) <= set(tags.values("id"))


def test_formula_and_code_share_identities(page: str) -> None:
    article, _, code = page.partition('<aside class="pane"')
    in_post = set(re.findall(r'href="#(c\d+)"', article))
    in_code = set(re.findall(r'(?:data-t|id)="(c\d+)"', code))
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


ROWS = r"""# Rows

$$
\begin{align}
a &= b, \tag{7} \\
\Rightarrow \\
c &= a.
\end{align}
$$

$$
V^*(s) =
$$

$$
\frac{x}{y}
$$

Here $q$, and $\hat{y} = x$; let $y_{hat} = 3x$. Nothing: $\,$.
"""


@pytest.fixture(scope="module")
def rows() -> str:
    return compile_post(Source("rows.md", ROWS)).page


def test_no_row_of_a_display_is_left_out(rows: str) -> None:
    assert "⇒" in rows
    assert re.search(r"<mi>V</mi>.*?=</mo></math>", rows)
    assert "<mfrac" in rows


def test_punctuation_and_tags_are_kept(rows: str) -> None:
    assert re.search(r"<mi[^>]*>b</mi></math>,</div>", rows)
    assert re.search(r"<mi[^>]*>a</mi></math>\.</div>", rows)
    assert '<span class="tag">(7)</span>' in rows


def test_prose_punctuation_stays_with_its_formula_and_is_not_doubled(rows: str) -> None:
    assert re.search(r"<mi[^>]*>q</mi></math>,</span></span> and", rows)
    assert ",," not in rows
    assert ";;" not in rows


def test_messages_of_every_stage_are_told_and_lead_to_their_formula() -> None:
    post = compile_post(Source("rows.md", ROWS))
    weighty = [one for one in post.diagnostics if one.severity is not Severity.NOTE]
    told = re.findall(r'<li class="(?:error|warning)">.*?href="(#f\d+)"', post.page)
    assert "name-collision" in {one.code for one in weighty}
    assert len(told) == len(weighty)
    assert {link[1:] for link in told} <= set(Tags(post.page).values("id"))


def test_a_formula_that_is_not_drawn_says_why(rows: str) -> None:
    (title,) = re.findall(r'<code class="tex" id="f\d+" title="([^"]*)"', rows)
    assert title


def test_a_post_runs_in_the_direction_of_its_title() -> None:
    assert '<article dir="rtl">' in compile_post(Source("a.md", "# נגזרת\n\n$x$")).page
    assert "<article>" in compile_post(Source("a.md", "# 1. Slopes\n\nנגזרת")).page


def test_the_index_counts_and_links() -> None:
    counts = {Verdict.PROVED: 2, Verdict.REFUTED: 1}
    index = render_index([IndexEntry("A <b>", "a/index.html", "a.md", counts, 3, 1)]).decode()
    assert 'href="a/index.html"' in index
    assert "A &lt;b&gt;" in index
    assert "refuted" in index


def test_static_files_hold_styles_scripts_and_fonts_with_their_licence() -> None:
    names = set(static_files())
    assert {"litgrad.css", "litgrad.js", "fonts/OFL.txt"} <= names
    assert all(b"url(http" not in data for data in static_files().values())


def test_a_page_fetches_no_image_of_others_and_has_no_styles_of_its_own() -> None:
    text = "![A cat](https://x.org/a.png), ![here](a.png)\n\n| a |\n|--:|\n| 1 |\n"
    tags = Tags(compile_post(Source("images.md", text)).page)
    assert tags.values("src") == ["../static/litgrad.js", "a.png"]
    assert "https://x.org/a.png" in tags.values("href")
    assert tags.values("style") == []
    assert tags.values("class").count("to-right") == 2


def test_places_in_a_notebook_are_told_with_their_cell() -> None:
    texts = ("# A", r"$$x = \frac{1}$$")
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in texts]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    page = compile_post(Source("n.ipynb", json.dumps(notebook))).page
    assert "post cell 2, line 1</small>" in page
    assert ">cell 2, line 1</a>" in page


STABLE = r"""# Another form

Let $p = \frac{e^u}{e^u + e^v}$ and $L = -y \log p - (1 - y) \log(1 - p)$.

$$ \frac{\partial p}{\partial v} = -p (1 - p) $$
"""


def test_code_in_another_form_leads_to_the_term_that_it_computes() -> None:
    compiled = compile_post(Source("stable.md", STABLE))
    text = compiled.module.text
    links = Identities(compiled.statements, compiled.module).links
    found = {text[link.start : link.end]: str(link.expr) for link in links}
    assert found["_xlogy(y, p)"] == "y*log(p)"
    assert found["_xlog1py(1 - y, -p)"] == "(1 - y)*log(1 - p)"
    assert 'title="exp(u) / (exp(u) + exp(v)) as ' in compiled.page


def test_tags_in_the_code_are_nested() -> None:
    pane = compile_post(Source("stable.md", STABLE)).page.partition('<aside class="pane"')[2]
    for line in re.findall(r"<code id=.*?</code>", pane):
        open_tags: list[str] = []
        for closing, tag in re.findall(r"<(/?)(\w+)[^>]*>", line):
            assert not closing or open_tags.pop() == tag
            open_tags += [] if closing else [tag]
        assert open_tags == []


def test_a_refuted_step_shows_both_sides_and_its_repair_in_the_open() -> None:
    page = compile_post(Source("sign.md", "$$ f(x) = (x - 1)^2 = x^2 + 2x + 1 $$\n")).page
    found = re.search(r'<div class="gap">.*?</div>\n<div popover', page, re.DOTALL)
    assert found is not None
    assert "<svg" in found[0]
    words = re.sub(r"<[^>]*>", "", found[0][found[0].index("<p>") :])
    assert words.startswith(
        "At x = 1, the left side is 0 and the right side 4.With − for + the step is proved."
    )


def test_a_page_of_a_notebook_counts_lines_within_cells() -> None:
    cells = ["# T\n\ntext", "Let $f(x) = x^2$.", "More\n\nthen\n\n$$ f'(x) = 2 x $$"]
    notebook = {"cells": [{"cell_type": "markdown", "metadata": {}, "source": text} for text in cells]}
    page = compile_post(Source("n.ipynb", json.dumps(notebook))).page
    article, _, pane = page.partition('<aside class="pane"')
    words = re.sub(r"<[^>]*>", "", article)
    assert "defined in cell 2, line 1" in words
    assert not re.search(r"(?<!, )\blines? \d+(?!:)\b", words)
    assert re.findall(r'class="back"[^>]*>([^<]*)', pane) == ["2:1", "3:5"]
    assert 'aria-label="Formula in cell 3, line 5"' in article


def test_a_post_without_functions_says_so() -> None:
    page = compile_post(Source("p.md", "$$ P(A \\mid B) = 1 $$\n")).page
    assert "No formula of this post became a function." in page
    assert "__all__" not in page


def test_the_gutter_holds_no_long_formula() -> None:
    found = shortened(r"`\begin{pmatrix} a & b \\ c & d \end{pmatrix}`, which litgrad does not judge")
    assert found == "…, which litgrad does not judge"


def test_warnings_are_folded_and_errors_are_not() -> None:
    texts = ("$$ f(x) = x^2, \\quad f'(x) = 3x $$", "$$ g(x) = \\sqrt{x^2} = x $$")
    pages = [compile_post(Source("p.md", text)).page for text in texts]
    assert ['<details class="told" open>' in page for page in pages] == [True, False]
    assert all('class="told"' in page for page in pages)


def test_definitions_of_macros_are_not_typed_out() -> None:
    page = compile_post(Source("p.md", "$$\n\\def\\R{\\mathbb{R}}\n$$\n\n$x \\in \\R$\n")).page
    assert re.search(r'<span class="away" id="f0" title="[^"]*def[^"]*">macros</span>', page)


def test_punctuation_stands_behind_a_formula_in_either_direction() -> None:
    left, right = (compile_post(Source("a.md", f"# {title}\n\n$x$, b")).page for title in ("A", "נגזרת"))
    assert "</math>,</span>" in left
    assert "</math></span></span>, b" in right
