"""Code of vectors and matrices leads to the terms of the post that it computes."""

from functools import cache
from pathlib import Path

import pytest

from litgrad.compiler import compile_post
from litgrad.page.identity import Identities
from litgrad.source import Source

POSTS = Path(__file__).parent.parent / "posts"

LINKS = [
    ("two-layer-network", "x @ W_1.T + b_1", r"W_1 x + b_1"),
    ("two-layer-network", "W_2 @ a_1", r"W_2 a_1"),
    ("two-layer-network", "_sigmoid(z_1)", r"\sigma(z_1)"),
    ("two-layer-network", "_outer(dL_dz_2, a_1)", r"\delta_2 a_1^\top"),
    ("two-layer-network", "dL_dz_2 @ W_2", r"W_2^\top \delta_2"),
    ("two-layer-network", "np.sum(difference * difference, axis=-1)", r"\| a_2 - y \|^2"),
    ("batch-normalisation", "np.sum(x, axis=-1)", r"\sum_{i=1}^{m} x_i"),
    ("batch-normalisation", "np.sqrt(v + epsilon)", r"\sqrt{v + \epsilon}"),
    ("ridge-regression", "X.T @ X", r"X^\top X"),
]
"""A post, code, and the term that is linked to all of it."""


@cache
def _links(post: str) -> dict[str, set[str]]:
    """What the post writes for each linked stretch of its code."""
    compiled = compile_post(Source(f"{post}.md", (POSTS / f"{post}.md").read_text("utf-8")))
    identities = Identities(compiled.statements, compiled.module)
    terms: dict[str, set[str]] = {}
    for formula in range(len(compiled.formulas)):
        for span, mark in identities.marks(formula).items():
            term = compiled.document.source.slice(span)
            terms.setdefault(mark["href"][1:], set()).add(term[1:-1] if term.startswith("(") else term)
    code: dict[str, set[str]] = {}
    for link in identities.links:
        text = compiled.module.text[link.start : link.end]
        code.setdefault(text, set()).update(terms.get(identities.of(link.expr) or "", ()))
    return code


@pytest.mark.parametrize(("post", "code", "term"), LINKS)
def test_code_of_vectors_leads_to_the_term_that_it_computes(post: str, code: str, term: str) -> None:
    assert term in _links(post)[code]


def test_code_of_vectors_does_not_lead_to_a_term_of_another_value() -> None:
    links = _links("two-layer-network")
    assert links["x @ W_1.T + b_1"] == {r"W_1 x + b_1"}
    assert links["1 - a_1"] == {r"1 - a_1"}
