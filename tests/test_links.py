"""Code of vectors and matrices leads to the terms of the post that it computes."""

from functools import cache
from pathlib import Path

import pytest

from litgrad.compiler import CompiledPost, compile_post
from litgrad.page.identity import Identities, stretches
from litgrad.page.parts import formula_parts
from litgrad.page.running import Code
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
def _compiled(post: str) -> CompiledPost:
    return compile_post(Source(f"{post}.md", (POSTS / f"{post}.md").read_text("utf-8")))


@cache
def _links(post: str) -> dict[str, set[str]]:
    """What the post writes for each linked stretch of its code."""
    compiled = _compiled(post)
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
    assert links["_sigmoid(-z_1)"] == {r"1 - a_1"}


WHYS = [
    ("two-layer-network", "difference * difference", "multiplied entry by entry, then summed"),
    ("two-layer-network", "da_1_dz_1 @ W_1", "the derivative of a_1 by x"),
    ("two-layer-network", "dz_2_dz_1", "the derivative of z_2 by b_1"),
    ("batch-normalisation", "dy_dx_hat_i", "the derivative of y by x_hat_i, a step of the chain rule"),
    ("batch-normalisation", "0.5", "a number that differentiating or rewriting brings"),
    ("gaussian-maximum-likelihood", "np.eye(d, dtype=x.dtype)",
     "the identity matrix: the derivative of a vector by itself"),
]  # fmt: skip
"""A post, code without a term of its own, and why it is there."""


@pytest.mark.parametrize(("post", "code", "why"), WHYS)
def test_code_without_a_term_of_its_own_says_what_it_is_there_for(post: str, code: str, why: str) -> None:
    compiled = _compiled(post)
    whys = Identities(compiled.statements, compiled.module).whys
    assert why in {words for (start, end), words in whys.items() if compiled.module.text[start:end] == code}


@pytest.mark.parametrize("post", sorted(file.stem for file in POSTS.glob("*.md")))
def test_every_part_of_a_formula_in_code_leads_to_the_post(post: str) -> None:
    compiled = _compiled(post)
    code = Code.of(compiled.module.readable)
    identities = Identities(compiled.statements, compiled.module)
    linked = [(link.start, link.end) for link in identities.links]
    for name in code.functions:
        for part in () if name.startswith("_") else formula_parts(code, name):
            for start, end in stretches(compiled.module.text, *code.place(part)):
                around = [(a, b) for a, b in linked if a <= start and end <= b]
                assert around, compiled.module.text[start:end]
                assert (start, end) in identities.whys or (start, end) in around or len(around) > 1


def test_a_length_does_not_lead_to_a_number_that_it_happens_to_be() -> None:
    links = _links("gaussian-maximum-likelihood")
    assert links["n"] == {"n"}
    assert links["2"] == {"2"}
