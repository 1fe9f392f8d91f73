"""Labelled steps of matrix calculus: the labels hold in numbers, and no verdict contradicts them."""

import json
from pathlib import Path

import pytest
from tensor_labels import ROWS
from tensor_labels.rows import Row, Side, is_true
from tensor_soundness import judge

from litgrad.checking.verdicts import Verdict
from litgrad.compiler import check_post
from litgrad.source import Source

_FILE = Path(__file__).parent / "soundness_tensors" / "roles.jsonl"
POSTS = [json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines()]
"""Posts whose last step is true or false by hand: shadowed indices, names in two roles, premises in words."""

KINDS = ("inverse", "softmax", "pca", "recursion")
FEW = [(row, side) for row in ROWS if row.kind in KINDS for side in (row.sides[0], row.sides[-1])]


def _named(one: object) -> str:
    return one.kind if isinstance(one, Row) else one.latex if isinstance(one, Side) else str(one)


@pytest.mark.parametrize("row", ROWS, ids=_named)
def test_the_labels_hold_in_numbers(row: Row) -> None:
    assert [is_true(row, side) for side in row.sides] == [side.true for side in row.sides]


@pytest.mark.parametrize(("row", "side"), FEW, ids=_named)
def test_no_verdict_contradicts_a_label(row: Row, side: Side) -> None:
    judged = judge(row, side)
    assert not judged.forbidden, judged.reason
    assert judged.verdict != "missing"
    assert judged.settled or not side.true, judged.reason


@pytest.mark.parametrize("post", POSTS[::3], ids=lambda post: post["markdown"][:40])
def test_names_in_several_roles_are_never_misjudged(post: dict) -> None:
    derivations = check_post(Source("roles.md", post["markdown"])).derivations
    verdict = derivations[-1].steps[-1].verdict
    assert verdict not in ((Verdict.REFUTED,) if post["true"] else (Verdict.PROVED, Verdict.CONFIRMED))
