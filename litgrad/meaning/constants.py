"""Constants by their own names: what only recalls the value of one, and gives its name no other."""

from collections.abc import Iterator

from litgrad.latex.tree import Juxtaposed, Letter, Node, Number, Operator, Related, Scripted, walk

_DIGITS = {r"\pi": "3.1415926535", "e": "2.7182818284"}
_LARGE = frozenset([r"\lim", r"\sum", r"\prod", r"\int"])
_NO_NAMES = frozenset([r"\infty", "!", r"\pi", "e", r"\cdot", r"\times", r"\,"])


def recalls_a_constant(name: str, value: Node | None) -> bool:
    """Whether `\\pi = 3.14` or `e = \\sum_{n=0}^\\infty 1/n!` recalls a constant and defines nothing.

    Digits must be its own; a limit, sum, product or integral must hold no name but those that it binds.
    """
    if value is None or name not in _DIGITS:
        return False
    number = _before_dots(value)
    if isinstance(number, Number):
        return _starts(number.text, _DIGITS[name])
    return _is_worked_out(name, value)


def _starts(text: str, digits: str) -> bool:
    whole, _, decimals = text.partition(".")
    return bool(decimals) and digits.startswith(f"{whole}.{decimals[:-1]}")


def _before_dots(value: Node) -> Node:
    """`2.718` of `2.718\\dots`."""
    match value:
        case Juxtaposed(factors=(first, Letter(name=dots))) if "dots" in dots:
            return first
    return value


def _is_worked_out(name: str, value: Node) -> bool:
    """Whether a value is found by a large operator from numbers alone."""
    large = {node.name for node in walk(value) if isinstance(node, Operator)} & _LARGE
    letters = {node.name for node in walk(value) if isinstance(node, Letter)}
    return bool(large) and letters <= _NO_NAMES - {name} | set(_bound(value))


def _bound(value: Node) -> Iterator[str]:
    """The names that large operators bind: `n` of `\\lim_{n \\to \\infty}`, `d` and `x` of `dx`."""
    for node in walk(value):
        match node:
            case Scripted(base=Operator(), sub=Related(sides=(Letter(name=index), *_))):
                yield index
            case Juxtaposed(factors=(*_, Letter(name="d"), Letter(name=variable))):
                yield from ("d", variable)
