"""Parts of formulas in the code, and why some of them are no term of the post."""

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping

from litgrad.page.running import Code, Place, is_bookkeeping, names_of
from litgrad.records import dataclass

_RATE = re.compile(r"d(?P<of>\w+)_d(?P<by>\w+)")
_GRADIENT = re.compile(r"^(?:value_and_grad|grad|jacobian)_")
_LONGEST = 48
"""Code that a sentence quotes is no longer."""


def formula_parts(code: Code, name: str) -> Iterator[ast.expr]:
    """All parts of a function's formulas that have a value, outer ones first.

    Shapes, axes and indices are none, nor is the dict that holds gradients.

    >>> code = Code.of("def f(x):\\n  return np.sum(x[:, None], axis=0)")
    >>> [ast.unparse(part) for part in formula_parts(code, "f")]
    ['np.sum(x[:, None], axis=0)', 'x[:, None]', 'x']
    """
    for statement in code.functions[name].body:
        if isinstance(statement, ast.Return | ast.Assign) and is_formula(statement.value):
            assert statement.value is not None
            yield from _values(statement.value)


def is_formula(value: ast.expr | None) -> bool:
    """Whether something is worked out, not only passed on."""
    match value:
        case None | ast.Name(id="gradient" | "jacobian") | ast.Tuple():
            return False
        case ast.Call(func=ast.Name(id=name)):
            return not name.startswith("value_and_grad_") and not is_bookkeeping(value)
    return not is_bookkeeping(value)


def _values(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Dict(values=values):
            parts = values
        case ast.Tuple() | ast.Constant(value=str()):
            parts = []
        case ast.Name(id=name) if name.endswith("_shape"):
            parts = []
        case ast.Call(args=args):
            yield node
            parts = args
        case ast.Subscript(value=value) | ast.Attribute(attr="T", value=value):
            yield node
            parts = [value]
        case ast.Attribute():
            yield node
            parts = []
        case _:
            yield node
            parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    for part in parts:
        yield from _values(part)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a function gives names to."""

    parameters: frozenset[str]
    locals: Mapping[str, ast.expr]
    others: frozenset[str]
    """The functions of the module."""
    entries: Mapping[int, str]
    """For the values of dicts, by the `id` of their node, what they are."""
    summed: frozenset[int]
    """The `id` of products that are summed."""
    whole: frozenset[int]
    """The `id` of what is returned as it stands: the post's own left side."""

    @staticmethod
    def of(code: Code, name: str) -> "Surroundings":
        """The surroundings of a function's formulas."""
        own = code.functions[name]
        given = {
            target.id: statement.value
            for statement in own.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        }
        parts = list(formula_parts(code, name))
        return Surroundings(
            frozenset(names_of(own)),
            given,
            frozenset(code.functions),
            dict(_entries(own)),
            frozenset(id(product) for part in parts for product in _summed(part)),
            frozenset(id(one.value) for one in own.body if isinstance(one, ast.Return)),
        )

    def names(self, word: str) -> bool:
        """Whether code or post calls something so."""
        return word in self.parameters or word in self.locals or word in self.others


def whys(code: Code, linked: Collection[Place]) -> dict[Place, str]:
    """For parts of formulas without a term of their own, a clause that says what they are there for.

    Takes the places that have one.
    """
    found: dict[Place, str] = {}
    for name in code.functions:
        if not name.startswith("_"):
            around = Surroundings.of(code, name)
            for part in formula_parts(code, name):
                place = code.place(part)
                if place not in linked and id(part) not in around.whole:
                    found.setdefault(place, _why(part, around))
    return found


def _summed(part: ast.expr) -> Iterator[ast.expr]:
    match part:
        case ast.Call(func=ast.Attribute(attr="sum"), args=[ast.BinOp(op=ast.Mult()) as product, *_]):
            yield product


def _entries(function: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    """The derivatives that a dict holds."""
    of = _GRADIENT.sub("", function.name)
    for node in ast.walk(function):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant):
                    yield id(value), f"the derivative of {of} by {key.value}"


def _why(part: ast.expr, around: Surroundings) -> str:
    found = (row(part, around) for row in _ROWS)
    return next((words for words in found if words), "the post does not write this part on its own")


def _of_an_entry(part: ast.expr, around: Surroundings) -> str:
    return around.entries.get(id(part), "")


def _of_a_product(part: ast.expr, around: Surroundings) -> str:
    return "multiplied entry by entry, then summed" if id(part) in around.summed else ""


def _of_a_rate(part: ast.expr, around: Surroundings) -> str:
    found = _RATE.fullmatch(part.id) if isinstance(part, ast.Name) else None
    if found is None or not around.names(found["by"]):
        return ""
    return f"the derivative of {found['of']} by {found['by']}, a step of the chain rule"


def _of_a_length(part: ast.expr, around: Surroundings) -> str:
    match around.locals.get(part.id) if isinstance(part, ast.Name) else None:
        case ast.Subscript(value=ast.Attribute(attr="shape", value=ast.Name(id=array))):
            return f"a length of {array}"
    return ""


def _of_a_name(part: ast.expr, around: Surroundings) -> str:
    value = around.locals.get(part.id) if isinstance(part, ast.Name) else None
    if value is None:
        return ""
    written = ast.unparse(value)
    return f"{written}, worked out once" if len(written) <= _LONGEST else "worked out once, above"


def _of_a_number(part: ast.expr, _: Surroundings) -> str:
    match part:
        case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return "a number that differentiating or rewriting brings"
    return ""


def _of_an_identity(part: ast.expr, _: Surroundings) -> str:
    match part:
        case ast.Call(func=ast.Attribute(attr="eye")):
            return "the identity matrix: the derivative of a vector by itself"
    return ""


def _of_a_shape(part: ast.expr, around: Surroundings) -> str:
    match part:
        case ast.Attribute(attr="T", value=value):
            return f"turned: {words}" if (words := _why(value, around)) else ""
        case ast.Subscript(value=value):
            return _why(value, around)
    return ""


_ROWS: tuple[Callable[[ast.expr, Surroundings], str], ...] = (
    _of_an_entry, _of_a_product, _of_a_rate, _of_a_length, _of_a_name, _of_a_number, _of_an_identity,
    _of_a_shape,
)  # fmt: skip
"""What a part may be, the most telling first."""
