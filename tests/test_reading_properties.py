"""A random expression, written in one of the many ways that authors write it, is read as what it is worth."""

from random import Random

import mpmath
import sympy
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from mpmath import mpf
from spelling import Pen
from sympy.core.function import AppliedUndef
from trees import (
    FUNCTIONS,
    NAMES,
    NUMBERS,
    Applied,
    Name,
    Number,
    Outside,
    Over,
    Raised,
    Root,
    Series,
    Size,
    Times,
    Total,
    Tree,
    Values,
    own,
    value,
)

from litgrad import parse_latex

numbers = st.sampled_from(NUMBERS).map(Number)
names = st.sampled_from(NAMES).map(Name)
exponents = st.one_of(st.sampled_from(("2", "3", "0.5")).map(Number), names)


def _has_name(tree: Tree) -> bool:
    """Whether the base holds a name: powers of numbers alone are bounded, since they can be carried out."""
    return "Name(" in repr(tree.base) if isinstance(tree, Raised) else True


def _nested(inside: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    several = st.lists(inside, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.lists(inside, min_size=1, max_size=3)
        .map(tuple)
        .flatmap(
            lambda terms: st.tuples(*[st.booleans()] * len(terms)).map(lambda signs: Total(terms, signs))
        ),
        several.map(Times),
        st.builds(Over, inside, inside),
        st.builds(Raised, inside, st.one_of(exponents, inside)).filter(_has_name),
        st.builds(Root, st.sampled_from((2, 2, 3)), inside),
        st.builds(Applied, st.sampled_from((*FUNCTIONS, "f", "f")), inside),
        st.builds(Size, inside),
        st.builds(Series, st.sampled_from((r"\sum", r"\prod")), st.integers(2, 4), inside),
    )


trees = st.recursive(st.one_of(numbers, names), _nested, max_leaves=6)


FOLDS = {sympy.Add: mpmath.fsum, sympy.Mul: mpmath.fprod, sympy.Sum: mpmath.fsum, sympy.Product: mpmath.fprod}
HEADS = {
    sympy.sin: mpmath.sin, sympy.cos: mpmath.cos, sympy.tanh: mpmath.tanh, sympy.exp: mpmath.exp,
    sympy.log: mpmath.log, sympy.atan: mpmath.atan, sympy.Abs: abs, sympy.re: mpmath.re, sympy.im: mpmath.im,
}  # fmt: skip


def numeric(expr: sympy.Basic, point: Values) -> mpf:
    """What an expression that was read is worth; SymPy itself would first look for exact powers."""
    match expr:
        case sympy.Symbol(name=name):
            return point[_bare(name)]
        case sympy.Rational(p=above, q=below):
            return mpf(above) / below
        case sympy.Sum(args=(body, limits)) | sympy.Product(args=(body, limits)):
            index, first, last = limits
            steps = range(int(numeric(first, point)), int(numeric(last, point)) + 1)
            return FOLDS[expr.func](numeric(body, {**point, _bare(index.name): mpf(step)}) for step in steps)
        case sympy.Add() | sympy.Mul():
            return FOLDS[expr.func](numeric(arg, point) for arg in expr.args)
        case sympy.Pow(base=base, exp=exponent):
            return numeric(base, point) ** numeric(exponent, point)
        case AppliedUndef(args=(argument,)):
            return own(numeric(argument, point))
        case sympy.Function(args=(argument,)) | sympy.Abs(args=(argument,)):
            return HEADS[expr.func](numeric(argument, point))
    assert isinstance(expr, sympy.NumberSymbol), expr
    return mpmath.mpmathify(expr.evalf(30))


def _bare(name: str) -> str:
    return "".join(character for character in name if character not in "\\{} ")


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
@given(
    tree=trees,
    choices=st.randoms(use_true_random=False),
    worths=st.lists(st.integers(101, 300), min_size=len(NAMES), max_size=len(NAMES)),
)
def test_an_expression_is_worth_the_same_however_it_is_written(
    tree: Tree, choices: Random, worths: list[int]
) -> None:
    values = {name: mpf(worth) / 100 for name, worth in zip(NAMES, worths, strict=True)}
    with mpmath.workdps(30):
        try:
            expected = value(tree, values)
        except Outside:
            assume(False)
        latex = Pen(choices).tree(tree)
        point = {_bare(name): worth for name, worth in values.items()}
        found = numeric(parse_latex(latex, functions=("f",)), point)
        assert mpmath.almosteq(found, expected, rel_eps=1e-12, abs_eps=1e-12), (
            f"{latex!r} is {found}, not {expected}"
        )
