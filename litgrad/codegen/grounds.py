"""What a piece of generated code follows from: all that a post's definitions say of the names it leads to.

Two posts, or a post before and after an edit, that agree in it get the same piece.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sympy import Basic, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.setting import Setting
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import name_of
from litgrad.memory import Untold, digest, notes_here, recalled, told

Value = TypeVar("Value")


@dataclass(slots=True)
class Grounds:
    """The definitions of a post by name, and what it states of its symbols."""

    definitions: Definitions
    setting: Setting
    _values: dict[str, tuple[Symbol, Any]] = field(init=False)
    _stated: tuple[Basic, ...] | None = None

    def __post_init__(self) -> None:
        self._values = {symbol.name: (symbol, value) for symbol, value in self.definitions.values.items()}

    def below(self, exprs: Iterable[Basic]) -> Mapping[str, object]:
        """What is said of each name that some expressions, or the domain of any expression, lead to."""
        if self._stated is None:
            self._stated = self.setting.bounding
        found: dict[str, object] = {}
        waiting = [*exprs, *self._stated]
        while waiting:
            for name in sorted(_names(waiting.pop()) - found.keys()):
                found[name] = said = tuple(self._said_of(name))
                waiting += [part for one in said for part in _terms(one)]
        return dict(sorted(found.items()))

    def _said_of(self, name: str) -> Iterator[object]:
        if name in self._values:
            yield self._values[name]
        if name in self.definitions.functions:
            yield self.definitions.functions[name]
        yield from sorted((pair for pair in self.definitions.unknown if pair[0].name == name), key=str)
        yield name in self.definitions.applied

    def kept(
        self,
        name: str,
        about: object,
        exprs: Iterable[Basic],
        make: Callable[[], Value],
        write: Callable[[Value], object],
        read: Callable[[Any], Value],
    ) -> Value:
        """What `make` gives, which must follow from `about` and the grounds of some expressions alone."""
        notes = notes_here()
        if notes is None:
            return make()
        try:
            key = digest(name, told((about, self.setting.assumed, self.below(exprs)), notes))
        except (Untold, RecursionError):
            return make()
        return recalled(notes, key, make, write, read)


def _names(term: Basic) -> set[str]:
    """The names of symbols, bound ones too, and of unknown functions."""
    symbols = {one.name for one in term.atoms(Symbol)}
    return symbols | {name_of(call) for call in term.atoms(AppliedUndef)}


def _terms(said: object) -> Iterator[Basic]:
    """The terms in a statement on a name."""
    if isinstance(said, Basic):
        yield said
    elif isinstance(said, tuple):
        for part in said:
            yield from _terms(part)
