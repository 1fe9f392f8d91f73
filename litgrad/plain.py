"""Frozen dataclasses to JSON data and back, by their annotations."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Data = TypeVar("Data")
Json = dict[str, Any]


def to_plain(value: object) -> Any:  # noqa: ANN401 - JSON data is of any kind
    """A dataclass of texts, numbers, enumerations, tuples and dataclasses as what `json` can write.

    >>> from litgrad.source import Span
    >>> to_plain((Span(1, 2), None))
    [{'start': 1, 'end': 2}, None]
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: to_plain(getattr(value, one.name)) for one in fields(value)}
    return value


def from_plain(kind: type[Data], plain: Any) -> Data:  # noqa: ANN401 - as above
    """The inverse: data of a type, from JSON data.

    Raises TypeError, ValueError or KeyError where the data is not what the annotations say.

    >>> from litgrad.source import Span
    >>> from_plain(Span, {"start": 1, "end": 2})
    Span(start=1, end=2)
    """
    return cast("Data", _read(kind, plain))


def _read(kind: Any, plain: Any) -> object:  # noqa: ANN401 - as above
    origin = get_origin(kind)
    if origin is tuple:
        return tuple(_read(get_args(kind)[0], item) for item in plain)
    if origin in (UnionType, Union):
        return None if plain is None else _read(_present(kind), plain)
    if is_dataclass(kind):
        return _dataclass(kind, plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    if not isinstance(plain, kind):
        message = f"expected {kind}"
        raise TypeError(message)
    return plain


def _dataclass(kind: Any, plain: Mapping[str, object]) -> object:  # noqa: ANN401 - as above
    hints = _hints(kind)
    return kind(**{name: _read(hints[name], value) for name, value in plain.items()})


_hints = cache(get_type_hints)


def _present(kind: object) -> object:
    """The one type of an optional one that is not None."""
    (present,) = (one for one in get_args(kind) if one is not NoneType)
    return present
