"""Samples as JSON data and back, so that the exact values of a formula are computed once."""

from collections.abc import Mapping, Sequence
from typing import Any

from flint import arb
from sympy import Expr, Symbol

from litgrad.codegen.accuracy import Sample
from litgrad.codegen.exact import Truth
from litgrad.memory import remembered

Json = dict[str, Any]


def write_sample(sample: Sample) -> Json | None:
    """A sample as lists and numbers; None for one whose names are not plain real symbols.

    >>> read_sample(write_sample(Sample(({Symbol("x", real=True): 0.5},), (Truth(arb(1) / 3, 2.0),)))).points
    ({x: 0.5},)
    """
    names = [symbol.name for symbol in sample.points[0]] if sample.points else []
    symbols = _symbols(names)
    if any(list(point) != symbols for point in sample.points):
        return None
    points = [list(point.values()) for point in sample.points]
    return {"names": names, "points": points, "truths": list(map(_write_truth, sample.truths))}


def read_sample(data: Json) -> Sample:
    """The inverse."""
    symbols = _symbols(data["names"])
    points = tuple(dict(zip(symbols, map(float, point), strict=True)) for point in data["points"])
    return Sample(points, tuple(map(_read_truth, data["truths"])))


@remembered("sample", write_sample, read_sample)
def sample_of(exprs: Sequence[Expr], points: Sequence[Mapping[Symbol, float]]) -> Sample:
    """The points at which one of several forms of a value has one, with the exact values there."""
    return Sample.of(exprs, points)


def _symbols(names: Sequence[str]) -> list[Symbol]:
    return [Symbol(name, real=True) for name in names]


def _write_truth(truth: Truth) -> list[Any]:
    middle, radius = truth.value.mid().man_exp(), truth.value.rad().man_exp()
    return [*map(str, (*middle, *radius)), truth.condition]


def _read_truth(data: Sequence[Any]) -> Truth:
    middle, middle_exponent, radius, radius_exponent = map(int, data[:4])
    return Truth(arb((middle, middle_exponent), (radius, radius_exponent)), float(data[4]))
