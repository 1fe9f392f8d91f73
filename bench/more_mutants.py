"""True and wrong steps of cases, series, remainders, double signs and extrema, made at random.

Run as `python bench/more_mutants.py --count 60`. A wrong step that is proved or confirmed and a true one
that is refuted are faults. That the steps are right or wrong follows from how they are made.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from unittest.mock import patch

from mutants import no_repair

from litgrad.checking import refuting
from litgrad.compiler import check_post
from litgrad.source import Source

Made = tuple[str, bool]
"""A post whose last step is judged, and whether that is true."""


def number(value: Fraction | int) -> str:
    """A number in LaTeX, in brackets where it is negative."""
    value = Fraction(value)
    text = (
        str(value.numerator)
        if value.denominator == 1
        else rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
    )
    return f"({text})" if value < 0 else text


def changed(source: random.Random, values: Sequence[int | Fraction]) -> list[int | Fraction]:
    """The same numbers but for one, which is another."""
    at = source.randrange(len(values))
    shift = source.choice([1, -1, 2, Fraction(1, 2)])
    return [value + shift if index == at else value for index, value in enumerate(values)]


def post(*formulas: str) -> str:
    """A post of displayed formulas."""
    return "".join(f"We have\n\n$$\n{formula}\n$$\n\n" for formula in formulas)


def cases(source: random.Random) -> Iterator[Made]:
    """A line with a kink at c, and the same with a maximum."""
    a, b, c, s = (source.choice([-3, -2, -1, 1, 2, 3]) for _ in range(4))
    left = f"{number(a + s)} x + {number(b - s * c)} & x > {c}"
    head = rf"f(x) = \begin{{cases}} {left} \\ {number(a)} x + {number(b)} & x \le {c} \end{{cases}}"
    for values, truth in (([a, b, s, c], True), (changed(source, [a, b, s, c]), False)):
        a1, b1, s1, c1 = map(number, values)
        yield post(head, rf"2 f(x) = 2 ({a1} x + {b1} + {s1} \max(0, x - {c1}))"), truth


def slopes(source: random.Random) -> Iterator[Made]:
    """The derivative of two parabolas, case by case."""
    a, b, c = (source.choice([-3, -2, 2, 3, 4]) for _ in range(3))
    rows = rf"{number(a)} x^2 & x > {c} \\ {number(b)} x & \text{{otherwise}}"
    head = rf"f(x) = \begin{{cases}} {rows} \end{{cases}}"
    for values, truth in (([2 * a, b], True), (changed(source, [2 * a, b]), False)):
        a1, b1 = map(number, values)
        yield post(head, rf"f'(x) = \begin{{cases}} {a1} x & x > {c} \\ {b1} & x < {c} \end{{cases}}"), truth


def taylor(source: random.Random) -> tuple[str, list[Fraction]]:
    """A function and its Taylor coefficients up to the third."""
    a, b = (source.choice([1, 2, 3, -1, -2]) for _ in range(2))
    kind = source.choice(["exp", "sin", "geometric"])
    if kind == "exp":
        return rf"{number(a)} e^{{{b} x}}", [Fraction(a * b**n, (1, 1, 2, 6)[n]) for n in range(4)]
    if kind == "sin":
        terms = [Fraction(0), Fraction(a * b), Fraction(0), Fraction(-a * b**3, 6)]
        return rf"{number(a)} \sin({b} x)", terms
    return rf"\frac{{{a}}}{{1 - {number(b)} x}}", [Fraction(a * b**n) for n in range(4)]


def polynomial(terms: Sequence[int | Fraction]) -> str:
    """Terms by rising powers, those that are 0 left out."""
    powers = ["", "x", "x^2", "x^3"]
    return " + ".join(f"{number(c)} {power}" for c, power in zip(terms, powers, strict=True) if c != 0)


def remainders(source: random.Random) -> Iterator[Made]:
    """A series up to a remainder."""
    function, terms = taylor(source)
    for shown, truth in ((list(terms), True), (changed(source, list(terms)), False)):
        yield post(f"{function} = {polynomial(shown)} + O(x^4)"), truth


def begun(source: random.Random) -> Iterator[Made]:
    """A series that ends in dots."""
    function, terms = taylor(source)
    for shown, truth in ((list(terms), True), (changed(source, list(terms)), False)):
        yield post(rf"{function} = {polynomial(shown)} + \cdots"), truth


def sums(source: random.Random) -> Iterator[Made]:
    """`sum (an + b) x^n`, and `sum (an + b) x^n / n!`."""
    a, b = (source.choice([1, 2, 3, -1, -2]) for _ in range(2))
    factorial = source.choice([True, False])
    below = "{n!}" if factorial else "{1}"
    whole = rf"\sum_{{n=0}}^\infty \frac{{({a} n + {number(b)}) x^n}}{below}"
    for values, truth in (([a, b], True), (changed(source, [a, b]), False)):
        a1, b1 = map(number, values)
        value = (
            f"({a1} x + {b1}) e^x" if factorial else rf"\frac{{{a1} x}}{{(1 - x)^2}} + \frac{{{b1}}}{{1 - x}}"
        )
        yield "For $|x| < 1$, " + post(f"{whole} = {value}"), truth


def signs(source: random.Random) -> Iterator[Made]:
    """`(pa \\pm qb)^2`."""
    p, q = (source.choice([1, 2, 3, 4]) for _ in range(2))
    for values, truth in (
        ([p * p, 2 * p * q, q * q], True),
        (changed(source, [p * p, 2 * p * q, q * q]), False),
    ):
        first, middle, last = map(number, values)
        yield post(rf"({p} a \pm {q} b)^2 = {first} a^2 \pm {middle} ab + {last} b^2"), truth


def extrema(source: random.Random) -> Iterator[Made]:
    """A positive multiple and a constant leave the place of a maximum, a negative one does not."""
    c, d = source.choice([1, 2, 3]), source.choice([-2, -1, 1, 2])
    for factor, truth in ((c, True), (-c, False)):
        body = f"{number(factor)} f(\\theta) + {number(d)}"
        yield post(rf"\arg\max_\theta {body} = \arg\max_\theta f(\theta)"), truth
    yield post(r"\arg\max_\theta f(\theta) + g(\theta) = \arg\max_\theta f(\theta)"), False


KINDS: dict[str, Callable[[random.Random], Iterator[Made]]] = {
    "cases": cases,
    "slopes": slopes,
    "remainders": remainders,
    "begun": begun,
    "sums": sums,
    "signs": signs,
    "extrema": extrema,
}


def verdict_of(text: str) -> str:
    """The verdict on the last step of a post."""
    return check_post(Source("step.md", text)).derivations[-1].steps[-1].verdict.value


def main() -> int:
    """Make the steps and print how those of each kind were judged; the number of faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60, help="how many times each kind is made")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    source = random.Random(given.seed)  # noqa: S311 - posts, no secrets
    counts, faults = Counter[tuple[str, bool, str]](), list[str]()
    start = time.process_time()
    with patch.object(refuting, "find_repair", no_repair):
        for name, make in KINDS.items():
            for text, truth in (made for _ in range(given.count) for made in make(source)):
                verdict = verdict_of(text)
                counts[name, truth, verdict] += 1
                if verdict in (("refuted",) if truth else ("proved", "confirmed")):
                    faults.append(f"  {verdict}, though {'true' if truth else 'wrong'}:\n{text}")
    for (name, truth, verdict), number_of in sorted(counts.items()):
        print(f"{name:12}{'true' if truth else 'wrong':7}{verdict:12}{number_of:>6}")
    total = sum(counts.values())
    print(f"{len(faults)} faults among {total} steps, {time.process_time() - start:.0f} s of processor time")
    print(*faults, sep="\n")
    return len(faults)


if __name__ == "__main__":
    raise SystemExit(main())
