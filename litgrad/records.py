"""Slotted dataclasses that are quick to import: a method is compiled when it is first called.

There are some hundreds of such classes. The standard library's decorator compiles up to six methods for
each of them at once, which was a quarter of the time that a build waited for its imports.
"""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import MISSING, FrozenInstanceError, fields
from functools import partial
from inspect import Signature, signature
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar

Class = TypeVar("Class", bound=type)
Text = Callable[[type[Any], dict[str, object]], str]
"""Writes a method of a class; what the text names is put into the dictionary."""

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        *, slots: Literal[True], frozen: bool = False, eq: bool = True, order: bool = False
    ) -> Callable[[Class], Class]:
        """The standard library's decorator of this name, as far as it is used here.

        >>> @dataclass(frozen=True, slots=True)
        ... class Point:
        ...     x: int
        ...     y: int = 0
        >>> Point(1), Point(1) == Point(1, 0), {Point(1): "found"}[Point(x=1)]
        (Point(x=1, y=0), True, 'found')
        """

        def made(given: Class) -> Class:
            given.__doc__ = given.__doc__ or given.__name__  # the standard library would write its signature
            own = vars(given).keys() - {"__hash__" if vars(given).get("__hash__") is None else ""}
            cls = dataclasses.dataclass(slots=slots, init=False, repr=False, eq=False)(given)
            for name, method in _methods(cls, frozen=frozen, eq=eq, order=order).items():
                if name not in own:
                    setattr(cls, name, method)
            return cls

        return made


def _methods(cls: type[Any], *, frozen: bool, eq: bool, order: bool) -> dict[str, object]:
    init = _set if frozen else _assigned
    found: dict[str, object] = {"__repr__": _shown, "__signature__": _Signature(cls, init)}
    found["__init__"] = _later(cls, "__init__", init)
    if eq:
        found["__eq__"] = _later(cls, "__eq__", partial(_compared, "__eq__", "=="))
        found["__hash__"] = _later(cls, "__hash__", _hashed) if frozen else None
    if order:
        found |= {name: _later(cls, name, partial(_compared, name, sign)) for name, sign in _ORDER.items()}
    return {**found, **_FROZEN} if frozen else found


def _later(cls: type[Any], name: str, text: Text) -> Callable[..., Any]:
    """A method that puts the compiled one in its place when it is called."""

    def first(self: object, /, *args: object, **kwargs: object) -> object:
        method = _compiled(cls, name, text)
        setattr(cls, name, method)
        return method(self, *args, **kwargs)

    return first


def _compiled(cls: type[Any], name: str, text: Text) -> Callable[..., Any]:
    scope: dict[str, Any] = {}
    exec(text(cls, scope), scope)  # noqa: S102 - it names fields of our own classes, and nothing else
    method = scope[name]
    method.__qualname__, method.__module__ = f"{cls.__qualname__}.{name}", cls.__module__
    return method


class _Signature:
    """What the standard library shows of a class, worked out when it asks."""

    __slots__ = ("_init", "_of")

    def __init__(self, of: type[Any], init: Text) -> None:
        self._of, self._init = of, init

    def __get__(self, _instance: object, cls: type[Any]) -> Signature | None:
        if cls is not self._of:
            return None
        method = _compiled(cls, "__init__", self._init)
        method.__annotations__ = {one.name: one.type for one in fields(cls)} | {"return": None}
        return signature(partial(method, None))


class _Factory:
    """Stands in a signature for a value that is made at each call."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY = _Factory()


def _set(cls: type[Any], scope: dict[str, object]) -> str:
    """The `__init__` of a class whose instances cannot be assigned to."""
    scope |= {f"__set_{one.name}": getattr(cls, one.name).__set__ for one in fields(cls)}
    return _initial(cls, scope, "__set_{0}(self, {1})")


def _assigned(cls: type[Any], scope: dict[str, object]) -> str:
    return _initial(cls, scope, "self.{0} = {1}")


def _initial(cls: type[Any], scope: dict[str, object], assignment: str) -> str:
    parameters, lines = ["self"], ["pass"]
    scope["__factory"] = _FACTORY
    for one in fields(cls):
        default, maker = f"__default_{one.name}", f"__make_{one.name}"
        scope |= {default: one.default, maker: one.default_factory}
        value = one.name if one.init else default
        if one.default_factory is not MISSING:
            scope[default] = _FACTORY
            value = f"{maker}() if {value} is __factory else {value}"
        given = one.default is not MISSING or one.default_factory is not MISSING
        if one.init:
            parameters.append(f"{one.name}={default}" if given else one.name)
        if one.init or given:
            lines.append(assignment.format(one.name, value))
    lines += ["self.__post_init__()"] if hasattr(cls, "__post_init__") else []
    return f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines)


def _compared(name: str, sign: str, cls: type[Any], _scope: dict[str, object]) -> str:
    test = f"{_listed('self', cls)} {sign} {_listed('other', cls)}"
    same = "other.__class__ is self.__class__"
    return f"def {name}(self, other):\n return {test} if {same} else NotImplemented"


def _hashed(cls: type[Any], _scope: dict[str, object]) -> str:
    return f"def __hash__(self):\n return hash({_listed('self', cls)})"


def _listed(of: str, cls: type[Any]) -> str:
    return f"({''.join(f'{of}.{one.name}, ' for one in fields(cls) if one.compare)})"


@recursive_repr()
def _shown(self: Any) -> str:  # noqa: ANN401 - an instance of any dataclass
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse_to_set(_self: object, name: str, _value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _values(self: Any) -> list[object]:  # noqa: ANN401 - as above
    return [getattr(self, one.name) for one in fields(self)]


def _restore(self: Any, values: Iterable[object]) -> None:  # noqa: ANN401 - as above
    for one, value in zip(fields(self), values, strict=True):
        object.__setattr__(self, one.name, value)


_ORDER = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}
_FROZEN = {
    "__setattr__": _refuse_to_set,
    "__delattr__": _refuse_to_delete,
    "__getstate__": _values,
    "__setstate__": _restore,
}
