"""The picture of a post's definitions."""

import re

import pytest

from litgrad.compiler import compile_post
from litgrad.page.dependencies import Graph, graph_of
from litgrad.page.glossary import glossary_of
from litgrad.source import Source


def graph(text: str) -> Graph | None:
    post = compile_post(Source("post.md", text))
    return graph_of(post.statements, glossary_of(post.statements, post.module, {}))


CHAIN = r"Let $g(t) = t^2$, $z = wx + b$, $a = g(z)$, $L = (a - y)^2$, and $Q = 7$."


def test_each_name_stands_right_of_what_it_is_made_of() -> None:
    found = graph(CHAIN)
    assert found is not None
    at = {node.text: node.x for node in found.nodes}
    assert at["w"] == at["x"] == at["b"] < at["z"] < at["a"] < at["L"]
    assert (at["g"], at["y"]) == (at["z"], at["a"])  # just before what uses them
    assert "Q" not in at
    assert "t" not in at
    assert len(found.curves) == 7
    assert {node.text for node in found.nodes if node.defined} == {"g", "z", "a", "L"}
    assert len({(node.x, node.y) for node in found.nodes}) == len(found.nodes)


@pytest.mark.parametrize("text", [r"Let $f(x) = x^2$.", "No math.", r"Let $z = x + y$."])
def test_few_definitions_have_no_picture(text: str) -> None:
    assert graph(text) is None


def test_definitions_in_a_circle_have_a_picture() -> None:
    found = graph(r"Let $a = b + c$ and $b = a + d$.")
    assert found is not None
    assert {node.text for node in found.nodes} == {"a", "b", "c", "d"}


def test_its_names_lead_to_the_glossary() -> None:
    page = compile_post(Source("post.md", CHAIN)).page
    (picture,) = re.findall(r'<div class="graph".*?</div>', page, re.DOTALL)
    links = re.findall(r'href="#(sym\d+)"', picture)
    assert len(links) == 8
    assert all(f'<li id="{link}">' in page for link in links)
