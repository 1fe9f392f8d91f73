"""True steps made at random, and wrong ones made of them; their truth is known without the checker.

A formula is a tree of tuples such as `("+", ("x",), ("sin", ("y",)))`. What a step claims is decided by
values of these trees at points, worked out here.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import mpmath
from mpmath import mpf

Tree = tuple[Any, ...]
VARIABLES = ("x", "y")
_DIGITS = 60
_POINTS = tuple({"x": mpf(a) / 7, "y": mpf(b) / 11} for a, b in ((3, 5), (9, -4), (-5, 13), (11, 2)))


@dataclass(frozen=True, slots=True)
class Step:
    """A step `left = right`; with `by`, its left side is the derivative of `left` by a variable."""

    rule: str
    left: Tree
    right: Tree
    by: str | None = None

    @property
    def latex(self) -> str:
        """The step in LaTeX."""
        left = latex(self.left)
        if self.by is not None:
            left = rf"\frac{{\partial}}{{\partial {self.by}}} \left( {left} \right)"
        return f"{left} = {latex(self.right)}"

    @property
    def post(self) -> str:
        """A post of this one step."""
        return f"We have\n\n$$\n{self.latex}\n$$\n"

    def is_true(self) -> bool | None:
        """Whether both sides agree at all points; None where they have no values."""
        values = list(self._values())
        if len(values) < 2:
            return None
        apart = [abs(a - b) > mpf(10) ** -30 * (1 + abs(a) + abs(b)) for a, b in values]
        return not any(apart)

    def _values(self) -> Iterator[tuple[mpf, mpf]]:
        with mpmath.workdps(_DIGITS):
            for point in _POINTS:
                try:
                    left = value(self.left, point) if self.by is None else _slope(self.left, self.by, point)
                    yield left, value(self.right, point)
                except (ArithmeticError, ValueError):
                    continue


# -------------------------------- formulas --------------------------------

_CALLS: dict[str, tuple[str, Callable[[mpf], mpf]]] = {
    "sin": (r"\sin", mpmath.sin),
    "cos": (r"\cos", mpmath.cos),
    "exp": ("e", mpmath.exp),
    "log": (r"\log", mpmath.log),
    "tanh": (r"\tanh", mpmath.tanh),
}


def value(tree: Tree, point: dict[str, mpf]) -> mpf:
    """The value of a formula at a point; raises ArithmeticError where it is not real."""
    kind = tree[0]
    if isinstance(kind, int):
        return mpf(kind)
    if kind in VARIABLES:
        return point[kind]
    parts = [value(part, point) for part in tree[1:] if isinstance(part, tuple)]
    match kind:
        case "+":
            return mpmath.fsum(parts)
        case "-":
            return parts[0] - parts[1]
        case "*":
            return parts[0] * parts[1]
        case "/":
            return parts[0] / parts[1]
        case "^":
            return parts[0] ** tree[2]
    result = _CALLS[kind][1](parts[0])
    if isinstance(result, mpmath.mpc):
        raise ArithmeticError  # noqa: TRY004 - no matter of types
    return result


def _slope(tree: Tree, by: str, point: dict[str, mpf]) -> mpf:
    """A derivative's value, by the rules of calculus on values."""
    kind = tree[0]
    if isinstance(kind, int) or kind in VARIABLES:
        return mpf(kind == by)
    first = tree[1]
    u, du = value(first, point), _slope(first, by, point)
    if kind == "^":
        return tree[2] * u ** (tree[2] - 1) * du
    if kind in _CALLS:
        return _OUTER[kind](u) * du
    if kind == "+":
        return mpmath.fsum(_slope(part, by, point) for part in tree[1:])
    v, dv = value(tree[2], point), _slope(tree[2], by, point)
    return {"-": lambda: du - dv, "*": lambda: du * v + u * dv, "/": lambda: (du * v - u * dv) / v**2}[kind]()


_OUTER: dict[str, Callable[[mpf], mpf]] = {
    "sin": mpmath.cos,
    "cos": lambda u: -mpmath.sin(u),
    "exp": mpmath.exp,
    "log": lambda u: 1 / u,
    "tanh": lambda u: 1 - mpmath.tanh(u) ** 2,
}


def latex(tree: Tree) -> str:
    """A formula in LaTeX, brackets wherever they may be needed."""
    kind = tree[0]
    if isinstance(kind, int):
        return str(kind)
    if kind in VARIABLES:
        return kind
    match kind:
        case "+":
            return " + ".join(_factor(part) if part[0] == "-" else latex(part) for part in tree[1:])
        case "-":
            return f"{latex(tree[1])} - {_factor(tree[2])}"
        case "*":
            return rf"{_factor(tree[1])} \cdot {_factor(tree[2])}"
        case "/":
            return rf"\frac{{{latex(tree[1])}}}{{{latex(tree[2])}}}"
        case "^":
            return f"{_base(tree[1])}^{{{tree[2]}}}"
        case "exp":
            return f"e^{{{latex(tree[1])}}}"
    return rf"{_CALLS[kind][0]}\left( {latex(tree[1])} \right)"


def _factor(tree: Tree) -> str:
    negative = isinstance(tree[0], int) and tree[0] < 0
    return rf"\left( {latex(tree)} \right)" if tree[0] in ("+", "-") or negative else latex(tree)


def _base(tree: Tree) -> str:
    plain = tree[0] in VARIABLES or (isinstance(tree[0], int) and tree[0] >= 0)
    return latex(tree) if plain else rf"\left( {latex(tree)} \right)"


# -------------------------------- true steps --------------------------------


def true_step(source: random.Random) -> Step:
    """A true step, by one of the rules."""
    name = source.choice(sorted(_RULES))
    return _RULES[name](source)


def _tree(source: random.Random, depth: int) -> Tree:
    if depth == 0 or source.random() < 0.2:
        return (source.choice(VARIABLES),) if source.random() < 0.75 else (source.randint(1, 5),)
    kind = source.choice(["+", "-", "*", "/", "^", "sin", "cos", "exp", "tanh", "log"])
    if kind == "^":
        return ("^", _tree(source, depth - 1), source.randint(2, 3))
    if kind == "log":
        return ("log", _above_one(_tree(source, depth - 1)))
    if kind == "/":
        return ("/", _tree(source, depth - 1), _above_one(_tree(source, depth - 1)))
    if kind in _CALLS:
        return (kind, _tree(source, depth - 1))
    return (kind, _tree(source, depth - 1), _tree(source, depth - 1))


def _above_one(tree: Tree) -> Tree:
    return ("+", (1,), ("^", tree, 2))


def _derivative(tree: Tree, by: str) -> Tree:
    """The derivative as it is written on paper."""
    kind = tree[0]
    if isinstance(kind, int) or kind in VARIABLES:
        return (int(kind == by),)
    first = tree[1]
    if kind == "^":
        return _times(_times((tree[2],), _raised(first, tree[2] - 1)), _derivative(first, by))
    if kind in _CALLS:
        return _times(_outer(kind, first), _derivative(first, by))
    if kind == "+":
        return _plus([_derivative(part, by) for part in tree[1:]])
    u, v = first, tree[2]
    du, dv = _derivative(u, by), _derivative(v, by)
    if kind == "-":
        return _minus(du, dv)
    if kind == "*":
        return _plus([_times(du, v), _times(u, dv)])
    return ("/", _minus(_times(du, v), _times(u, dv)), ("^", v, 2))


def _outer(kind: str, u: Tree) -> Tree:
    return {
        "sin": ("cos", u),
        "cos": ("*", (-1,), ("sin", u)),
        "exp": ("exp", u),
        "log": ("/", (1,), u),
        "tanh": ("-", (1,), ("^", ("tanh", u), 2)),
    }[kind]


def _times(a: Tree, b: Tree) -> Tree:
    if (0,) in (a, b):
        return (0,)
    return b if a == (1,) else a if b == (1,) else ("*", a, b)


def _plus(parts: list[Tree]) -> Tree:
    kept = [part for part in parts if part != (0,)]
    return ("+", *kept) if len(kept) > 1 else kept[0] if kept else (0,)


def _minus(a: Tree, b: Tree) -> Tree:
    if b == (0,):
        return a
    return ("*", (-1,), b) if a == (0,) else ("-", a, b)


def _raised(tree: Tree, exponent: int) -> Tree:
    return tree if exponent == 1 else ("^", tree, exponent)


def _differentiated(source: random.Random) -> Step:
    tree, by = _tree(source, 2), source.choice(VARIABLES)
    return Step("differentiate", tree, _derivative(tree, by), by)


def _identity(
    rule: str, build: Callable[[Tree, Tree, Tree], tuple[Tree, Tree]]
) -> Callable[[random.Random], Step]:
    def make(source: random.Random) -> Step:
        left, right = build(*(_tree(source, 1) for _ in range(3)))
        return Step(rule, *((left, right) if source.random() < 0.5 else (right, left)))

    return make


_RULES: dict[str, Callable[[random.Random], Step]] = {
    "differentiate": _differentiated,
    "distribute": _identity(
        "distribute", lambda a, b, c: (("*", a, ("+", b, c)), ("+", ("*", a, b), ("*", a, c)))
    ),
    "square": _identity(
        "square",
        lambda a, b, _: (
            ("^", ("-", a, b), 2),
            ("+", ("-", ("^", a, 2), ("*", (2,), ("*", a, b))), ("^", b, 2)),
        ),
    ),
    "difference of squares": _identity(
        "difference of squares",
        lambda a, b, _: (("-", ("^", a, 2), ("^", b, 2)), ("*", ("-", a, b), ("+", a, b))),
    ),
    "exponents": _identity(
        "exponents", lambda a, b, _: (("exp", ("+", a, b)), ("*", ("exp", a), ("exp", b)))
    ),
    "logarithms": _identity(
        "logarithms",
        lambda a, b, _: (
            ("log", ("*", _above_one(a), _above_one(b))),
            ("+", ("log", _above_one(a)), ("log", _above_one(b))),
        ),
    ),
    "fractions": _identity(
        "fractions",
        lambda a, b, c: (
            ("+", ("/", a, _above_one(b)), c),
            ("/", ("+", a, ("*", c, _above_one(b))), _above_one(b)),
        ),
    ),
    "circle": _identity(
        "circle",
        lambda a, b, _: (("*", b, ("-", (1,), ("^", ("sin", a), 2))), ("*", b, ("^", ("cos", a), 2))),
    ),
    "angles": _identity(
        "angles",
        lambda a, b, _: (
            ("sin", ("+", a, b)),
            ("+", ("*", ("sin", a), ("cos", b)), ("*", ("cos", a), ("sin", b))),
        ),
    ),
}


# -------------------------------- wrong steps --------------------------------


def mutants(step: Step) -> Iterator[Step]:
    """All steps whose right side is changed in one place, those that stay true among them."""
    for changed in _changes(step.right):
        yield replace(step, right=changed)


def _changes(tree: Tree) -> Iterator[Tree]:
    kind = tree[0]
    if isinstance(kind, int):
        yield from ((kind + 1,), (2 * kind,), (-kind,))
        return
    if kind in VARIABLES:
        yield (VARIABLES[1 - VARIABLES.index(kind)],)
        return
    yield from _here(tree)
    for at, part in enumerate(tree):
        if isinstance(part, tuple):
            yield from ((*tree[:at], changed, *tree[at + 1 :]) for changed in _changes(part))


def _here(tree: Tree) -> Iterator[Tree]:
    match tree:
        case ("+", a, b):
            yield from (("-", a, b), a, b)
        case ("-", a, b):
            yield from (("+", a, b), a, ("-", b, a))
        case ("*", a, b):
            yield from (a, b, ("+", a, b), ("*", (2,), tree))
        case ("/", a, b):
            yield from (("/", b, a), a, ("*", a, b))
        case ("^", a, n):
            yield from (a, ("^", a, n + 1))
        case (kind, a):
            other = {"sin": "cos", "cos": "sin", "exp": "tanh", "tanh": "exp", "log": "sin"}[kind]
            yield from ((other, a), a)


def wrong_step(source: random.Random) -> Step | None:
    """A step that is certainly false, one change away from a true one; None where none is found."""
    step = true_step(source)
    candidates = list(mutants(step))
    source.shuffle(candidates)
    return next((one for one in candidates if one.is_true() is False), None)
