"""What a proof or a piece of code follows from: all that the definitions say of the names it leads to.

Two posts, or a post before and after an edit, that agree in it get the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sympy import Basic, Symbol
from sympy.core.function import AppliedUndef

from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import name_of
from litgrad.memory import Untold, digest, notes_here, recalled, told

Value = TypeVar("Value")


@dataclass(slots=True)
class Grounds:
    """The definitions in force by name, and what is stated of symbols."""

    definitions: Definitions
    stated: object
    """What is assumed, and how sides are compared."""
    bounding: Callable[[], tuple[Basic, ...]]
    """The terms that the domain of any expression may follow from."""
    _values: dict[str, list[tuple[Symbol, Any]]] = field(init=False, default_factory=dict)
    _bounding: tuple[Basic, ...] | None = None
    _named: dict[Basic, frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for symbol, value in self.definitions.values.items():
            self._values.setdefault(symbol.name, []).append((symbol, value))

    def below(self, exprs: Iterable[Basic]) -> Mapping[str, object]:
        """What is said of each name that some expressions, or the domain of any expression, lead to."""
        if self._bounding is None:
            self._bounding = self.bounding()
        found: dict[str, object] = {}
        waiting = [*exprs, *self._bounding]
        while waiting:
            for name in sorted(self._names_in(waiting.pop()) - found.keys()):
                found[name] = said = tuple(self._said_of(name))
                waiting += [part for one in said for part in _terms(one)]
        return dict(sorted(found.items()))

    def _names_in(self, term: Basic) -> frozenset[str]:
        if term not in self._named:
            self._named[term] = _names(term)
        return self._named[term]

    def _said_of(self, name: str) -> Iterator[object]:
        yield from self._values.get(name, ())
        if name in self.definitions.functions:
            yield self.definitions.functions[name]
        yield from sorted((pair for pair in self.definitions.unknown if pair[0].name == name), key=str)
        yield name in self.definitions.applied, name in self.definitions.circular

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
            below = self.below(exprs)
            key = digest(name, told((about, self.stated, self._bounding, below), notes))
        except (Untold, RecursionError):
            return make()
        return recalled(notes, key, make, write, read)


def _names(term: Basic) -> frozenset[str]:
    """The names of symbols, bound ones too, and of unknown functions."""
    found = term.atoms(Symbol, AppliedUndef)
    return frozenset(one.name if isinstance(one, Symbol) else name_of(one) for one in found)


def _terms(said: object) -> Iterator[Basic]:
    """The terms in a statement on a name."""
    if isinstance(said, Basic):
        yield said
    elif isinstance(said, tuple):
        for part in said:
            yield from _terms(part)
