"""Two other ways to check an equality, as it is done without a checker: SymPy on its own, and fixed points.

Each takes the sides in LaTeX and the post's definitions, and says `accepted`, `accused` or `open`; it runs in
a process of its own that is stopped when its time is up.
"""

import itertools
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from multiprocessing.connection import Connection

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef
from sympy.parsing.latex import parse_latex

_SECONDS = 10.0
_POINTS = (sympy.Rational(-1, 2), sympy.Rational(1, 2), sympy.Rational(-3, 2), sympy.Rational(3, 2), -2, 2)
"""Where LaCASt's numerical tests look."""
_TOLERANCE = 1e-3
_MOST = 216
"""How many combinations of these points are looked at."""

Sides = tuple[Expr, Expr]


def naive_sympy(sides: Sides) -> str:
    """`simplify` and `equals` on the difference, as it comes."""
    gap = sides[0] - sides[1]
    if sympy.simplify(gap) == 0:
        return "accepted"
    equal = gap.equals(0)
    return {True: "accepted", False: "accused", None: "open"}[equal]


def sampler(sides: Sides) -> str:
    """The difference at all combinations of six points, as LaCASt takes it: zero to three digits."""
    gap = sides[0] - sides[1]
    symbols = sorted(gap.free_symbols, key=str)
    if gap.has(AppliedUndef):
        return "open"
    seen = 0
    for choice in itertools.islice(itertools.product(_POINTS, repeat=len(symbols)), _MOST):
        number = sympy.N(gap.subs(dict(zip(symbols, choice, strict=True))))
        if number.is_number and number.is_finite:
            seen += 1
            if abs(complex(number)) >= _TOLERANCE:
                return "accused"
    return "accepted" if seen else "open"


WAYS: dict[str, Callable[[Sides], str]] = {"SymPy alone": naive_sympy, "sampled": sampler}


def verdict(way: str, left: str, right: str, definitions: Sequence[str]) -> str:
    """What one way says of an equality; `open` where it fails, cannot read a side, or needs too long."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    worker = multiprocessing.Process(target=_answer, args=(way, left, right, tuple(definitions), sender))
    worker.start()
    sender.close()
    try:
        return receiver.recv() if receiver.poll(_SECONDS) else "open"
    except EOFError:
        return "open"
    finally:
        worker.kill()
        worker.join()
        receiver.close()


def _answer(way: str, left: str, right: str, definitions: Sequence[str], sender: Connection) -> None:
    try:
        known = dict(_known(definitions))
        sides = [_put_in(_read(side), known) for side in (left, right)]
        sender.send(WAYS[way]((sides[0], sides[1])))
    except Exception:  # noqa: BLE001 - whatever a parser or SymPy raises, the equality stays open
        sender.send("open")


def _read(latex: str) -> Expr:
    """SymPy's own parser; `e` is Euler's number and `\\pi` is pi, which it leaves to its caller."""
    return parse_latex(latex).subs({Symbol("e"): sympy.E, Symbol("pi"): sympy.pi})


def _known(definitions: Sequence[str]) -> Iterator[tuple[Expr, Expr]]:
    """The definitions that SymPy reads, each as a pair."""
    for definition in definitions:
        left, _, right = definition.partition("=")
        yield _read(left), _read(right)


def _put_in(expr: Expr, known: dict[Expr, Expr]) -> Expr:
    """Definitions put in, calls of functions by name, then derivatives, sums and integrals carried out."""
    for _ in range(len(known) + 1):
        for head, body in known.items():
            if isinstance(head, AppliedUndef):
                expr = expr.replace(head.func, partial(_at, head.args[0], body))
            else:
                expr = expr.subs(head, body)
    return expr.doit()


def _at(parameter: Expr, body: Expr, argument: Expr) -> Expr:
    return body.subs(parameter, argument)
