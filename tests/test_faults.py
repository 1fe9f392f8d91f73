"""A fault of litgrad in one piece of a post costs that piece and is told as what it is."""

from collections.abc import Callable
from types import ModuleType

import pytest

from litgrad.checking import checker, unproved
from litgrad.checking.verdicts import Verdict
from litgrad.compiler import CheckedPost, check_post, compile_post
from litgrad.meaning import classifying, reading
from litgrad.meaning.tensors import infer, members
from litgrad.source import Source
from litgrad.tensors import evaluate

POST = r"""Let $A \in \mathbb{R}^{n \times n}$ and $x, y \in \mathbb{R}^n$.

$$\nabla_x (x^T A x) = (A + A^T) x$$

$$\nabla_x (x^T y) = y$$

$$(u + 1)^2 = u^2 + 2u + 1$$
"""
TOLD = "litgrad fails here (LookupError in "
KINDS = (LookupError, AssertionError, AttributeError, RuntimeError, RecursionError, ZeroDivisionError)


def failing_once(function: Callable[..., object], fault: type[Exception]) -> Callable[..., object]:
    """The function, but for its first call."""
    calls: list[None] = []

    def called(*args: object, **kwargs: object) -> object:
        calls.append(None)
        if len(calls) == 1:
            raise fault
        return function(*args, **kwargs)

    return called


def verdicts(post: CheckedPost) -> list[Verdict]:
    return [step.verdict for each in post.derivations for step in each.steps]


def test_without_a_fault_all_is_proved() -> None:
    assert verdicts(check_post(Source("post.md", POST)))[-3:] == [Verdict.PROVED] * 3


@pytest.mark.parametrize("fault", KINDS)
@pytest.mark.parametrize(
    ("module", "name"), [(evaluate, "_value"), (checker, "judge_tensors"), (unproved, "search")]
)
def test_a_fault_in_a_judge_costs_one_step(
    module: ModuleType, name: str, fault: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    post = POST.replace("2u + 1", "2u - 1")
    monkeypatch.setattr(module, name, failing_once(getattr(module, name), fault))
    found = check_post(Source("post.md", post))
    steps = [step for each in found.derivations for step in each.steps]
    lost = [step for step in steps if "please report it" in step.judgement.reason]
    assert [step.verdict for step in lost] == [Verdict.UNCHECKED]
    assert len(verdicts(found)) == len(verdicts(check_post(Source("post.md", post))))


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (reading, "interpret"),
        (members, "read"),
        (infer, "read"),
        (infer, "_unify"),
        (classifying, "stated_domain"),
    ],
)
def test_a_fault_in_a_reader_costs_one_formula(
    module: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, failing_once(getattr(module, name), LookupError))
    assert verdicts(compile_post(Source("post.md", POST)))[-1] is Verdict.PROVED


def test_a_fault_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "judge_tensors", failing_once(checker.judge_tensors, LookupError))
    derivations = check_post(Source("post.md", POST)).derivations
    reasons = [step.judgement.reason for each in derivations for step in each.steps]
    assert [reason for reason in reasons if reason.startswith(TOLD)]
