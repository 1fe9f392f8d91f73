"""Steps made at random: none that is wrong is proved or confirmed, none that is true is refuted."""

import random

import pytest
from derivations import Step, true_step, wrong_step
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mutants import no_repair

from litgrad.checking import refuting
from litgrad.compiler import check_post
from litgrad.source import Source
from litgrad.verdict import Verdict

SOURCES = st.randoms(use_true_random=False)


def verdict_of(step: Step) -> Verdict:
    return check_post(Source("step.md", step.post)).derivations[0].steps[0].verdict


@pytest.fixture(autouse=True)
def without_repairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refuting, "find_repair", no_repair)


@given(SOURCES)
@settings(max_examples=30, deadline=None)
def test_no_wrong_step_is_proved(source: random.Random) -> None:
    step = wrong_step(source)
    assume(step is not None)
    assert step is not None
    assert verdict_of(step) not in (Verdict.PROVED, Verdict.CONFIRMED), step.latex


@given(SOURCES)
@settings(max_examples=20, deadline=None)
def test_no_true_step_is_refuted(source: random.Random) -> None:
    step = true_step(source)
    assert step.is_true() is not False
    assert verdict_of(step) is not Verdict.REFUTED, step.latex
