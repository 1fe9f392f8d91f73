"""Sums over indices: what is called proved for every size holds for sizes that were not tried."""

from itertools import product

import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from litgrad.checking.indexed.instance import Instance
from litgrad.checking.indexed.world import free_letters, term_of, world_of
from litgrad.checking.verdicts import Verdict
from litgrad.compiler import CheckedPost, check_post
from litgrad.source import Source

FACTORS = (
    "x_{I}",
    "y_{I}",
    "a",
    r"\delta_{Ij}",
    "w_{Ij}",
    "x_{I}^2",
    r"e^{x_{I}}",
    "x_{j}",
    "2",
    "(x_{I} + b)",
)


def _sum(index: str, factors: tuple[str, ...], sign: str) -> str:
    body = " ".join(factor.replace("I", index) for factor in factors)
    return rf"{sign} \sum_{{{index}=1}}^{{n}} {body}"


SUMS = st.builds(
    _sum,
    st.sampled_from("ik"),
    st.lists(st.sampled_from(FACTORS), min_size=1, max_size=3, unique=True).map(tuple),
    st.sampled_from("+-"),
)
SIDES = st.lists(SUMS, min_size=1, max_size=2).map(" ".join)


def _judged(left: str, right: str) -> CheckedPost:
    return check_post(Source("post.md", f"$${left} = {right}$$\n"))


def _holds(post: CheckedPost, size: int) -> bool:
    """Whether a step holds with its sums written out for a size, at one point in numbers."""
    (step,) = post.statements.derivations[0].steps
    world = world_of(post.statements)
    sides = [term.expr for term in map(term_of, (step.left, step.right)) if term is not None]
    letters = free_letters(world, sides)
    for values in product(range(1, size + 1), repeat=len(letters)):
        instance = Instance(world, dict.fromkeys(world.sizes, size), dict(zip(letters, values, strict=True)))
        left, right = (instance.written_out(side) for side in sides)
        names = sorted(left.free_symbols | right.free_symbols, key=str)
        point = {name: sympy.Rational(3 * place + 1, 7) for place, name in enumerate(names)}
        if abs(sympy.N((left - right).xreplace(point), 30)) > 1e-20:
            return False
    return True


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SIDES, SIDES)
def test_what_is_proved_for_every_size_holds_for_others(left: str, right: str) -> None:
    post = _judged(left, right)
    verdict = post.derivations[0].steps[0].verdict
    if verdict is Verdict.PROVED:
        assert _holds(post, 4)
        assert _holds(post, 5)
    if verdict is Verdict.REFUTED:
        assert not all(_holds(post, size) for size in (1, 2, 3))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(SIDES)
def test_a_sum_with_its_index_renamed_is_proved(side: str) -> None:
    renamed = side.replace("i=1", "l=1").replace("_{i}", "_{l}").replace("_{ij}", "_{lj}")
    renamed = renamed.replace(r"\delta_{ij}", r"\delta_{lj}")
    assert _judged(side, renamed).derivations[0].steps[0].verdict is Verdict.PROVED
