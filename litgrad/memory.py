"""What is remembered of the last run on a post: values of pure functions, by digests of their arguments."""

import functools
import hashlib
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")
Place = Callable[[object], object]


class Untold(Exception):
    """A value that has no text of its own, such as a dummy symbol; nothing is remembered of it."""


@dataclass(slots=True)
class Notes:
    """What earlier runs noted, and what this one used or added."""

    old: Mapping[str, Any]
    new: dict[str, Any] = field(default_factory=dict)
    terms: dict[object, str] = field(default_factory=dict)
    """Digests of SymPy terms that were told already."""

    within: list[list[str]] = field(default_factory=list)
    """The keys asked for by each value that is being made, the outermost first."""

    def find(self, key: str) -> object:
        """What is noted under a key, kept for the next run; None if there is nothing."""
        if self.within:
            self.within[-1].append(key)
        if key not in self.new and key in self.old:
            self._take_over(key)
        return self.new.get(key)

    def _take_over(self, key: str) -> None:
        """Keep what is noted, and what was noted while it was made: it may be asked for after an edit."""
        self.new[key] = self.old[key]
        below = self.old.get(f"{key} below")
        if isinstance(below, list):
            self.new[f"{key} below"] = below
            for one in below:
                if isinstance(one, str) and one in self.old and one not in self.new:
                    self._take_over(one)

    def move(self, key: str, to: str) -> None:
        """Note under another key what is noted under one."""
        for end in ("", " below"):
            if f"{key}{end}" in self.new:
                self.new[f"{to}{end}"] = self.new.pop(f"{key}{end}")

    def made(self, key: str, make: Callable[[], Value]) -> Value:
        """A value, with a note of what was asked for while it was made."""
        self.within.append([])
        try:
            return make()
        finally:
            below = self.within.pop()
            if below:
                self.new[f"{key} below"] = list(dict.fromkeys(below))


_NOTES: ContextVar[Notes | None] = ContextVar("notes", default=None)


@contextmanager
def remembering(old: Mapping[str, Any]) -> Generator[Notes]:
    """Let the work below look up what earlier runs noted, and note what it finds."""
    notes = Notes(old)
    token = _NOTES.set(notes)
    try:
        yield notes
    finally:
        _NOTES.reset(token)


def notes_here() -> Notes | None:
    """The notes of the work that is going on; None where nothing is remembered."""
    return _NOTES.get()


def remembered(
    name: str, write: Callable[[Value], object], read: Callable[[Any], Value]
) -> Callable[[Callable[Arguments, Value]], Callable[Arguments, Value]]:
    """Remember what a function gives for its arguments, which must be all that it depends on.

    Takes a name for it, and what turns a value into JSON data and back. What cannot be read, or told, is
    computed.
    """

    def decorate(function: Callable[Arguments, Value]) -> Callable[Arguments, Value]:
        @functools.wraps(function)
        def found(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Value:
            notes = _NOTES.get()
            if notes is None:
                return function(*args, **kwargs)
            try:
                key = digest(name, told((args, kwargs), notes))
            except (Untold, RecursionError):
                return function(*args, **kwargs)
            return recalled(notes, key, functools.partial(function, *args, **kwargs), write, read)

        return found

    return decorate


def recalled(
    notes: Notes,
    key: str,
    make: Callable[[], Value],
    write: Callable[[Value], object],
    read: Callable[[Any], Value],
) -> Value:
    """The value under a key: read from the notes, else made and noted."""
    noted = notes.find(key)
    if noted is not None:
        try:
            return read(noted)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError):
            del notes.new[key]
    value = notes.made(key, make)
    written = write(value)
    if written is not None:
        notes.new[key] = written
    return value


def digest(*texts: str) -> str:
    """A short name for some texts."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def told(value: Any, notes: Notes, place: Place | None = None) -> str:  # noqa: ANN401 - any argument
    """A value as text that is the same for equal values only; Untold for what has none.

    Takes data, SymPy terms, and dataclasses of both; `place` says what stands for a span.
    """
    return _teller(type(value))(value, notes, place)


Teller = Callable[[Any, Notes, Place | None], str]


@functools.cache
def _teller(kind: type) -> Teller:
    """What tells the values of a type."""
    from fractions import Fraction

    if kind is type(None) or issubclass(kind, (str, int, float, bytes, Fraction)):
        return lambda value, _notes, _place: repr(value)
    if issubclass(kind, (tuple, list)):
        return _several
    if issubclass(kind, (set, frozenset)):
        return lambda value, notes, place: (
            f"{{{','.join(sorted(told(each, notes, place) for each in value))}}}"
        )
    if hasattr(kind, "_hashable_content"):
        return lambda value, notes, _place: _term(value, notes)
    if issubclass(kind, Enum):
        return lambda value, _notes, _place: f"{kind.__qualname__}.{value.name}"
    if is_dataclass(kind):
        return _placed if kind.__name__ == "Span" else _dataclass
    if issubclass(kind, Mapping):
        return lambda value, notes, place: _several(tuple(value.items()), notes, place)
    return _untold


def _untold(_value: Any, _notes: Notes, _place: Place | None) -> str:  # noqa: ANN401 - as above
    raise Untold


def _several(values: Any, notes: Notes, place: Place | None) -> str:  # noqa: ANN401 - as above
    return f"({','.join([_teller(type(each))(each, notes, place) for each in values])})"


def _placed(value: Any, notes: Notes, place: Place | None) -> str:  # noqa: ANN401 - as above
    return _dataclass(value, notes, place) if place is None else repr(place(value))


def _dataclass(value: Any, notes: Notes, place: Place | None) -> str:  # noqa: ANN401 - as above
    parts = [getattr(value, name) for name in _compared(type(value))]
    return f"{type(value).__qualname__}{_several(parts, notes, place)}"


@functools.cache
def _compared(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - a dataclass
    return tuple(one.name for one in fields(kind) if one.compare)


def _term(term: Any, notes: Notes) -> str:  # noqa: ANN401 - SymPy is not imported here
    """What SymPy itself compares two terms by: their kind and their parts, down to names and numbers."""
    known = notes.terms.get(term)
    if known is None:
        if hasattr(term, "dummy_index"):
            raise Untold
        assumed = getattr(type(term), "_kwargs", None)
        kind = f"{type(term).__module__}.{type(term).__qualname__} {assumed}"
        known = notes.terms[term] = digest(kind, told(term._hashable_content(), notes))  # noqa: SLF001
    return known
