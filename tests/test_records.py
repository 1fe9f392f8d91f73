"""A dataclass of litgrad does what one of the standard library does."""

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any, ClassVar

import pytest

from litgrad import records

Decorator = Callable[..., Any]
MANNERS = [
    {"frozen": True, "slots": True},
    {"slots": True},
    {"frozen": True, "slots": True, "eq": False},
    {"slots": True, "eq": False},
    {"frozen": True, "slots": True, "order": True},
]


def _point(decorator: Decorator, manner: dict[str, bool]) -> Any:  # noqa: ANN401 - a class made here
    @decorator(**manner)
    class Point:
        unit: ClassVar[str] = "m"
        x: int
        y: int = 2
        names: list[str] = field(default_factory=list, compare=False)
        hidden: int = field(default=7, repr=False)
        seen: tuple[int, ...] = field(default=(), init=False)
        late: int = field(init=False)
        found: dict[str, int] = field(init=False, default_factory=dict, compare=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "late", self.x + 1)

    return Point


def _derived(decorator: Decorator, manner: dict[str, bool]) -> Any:  # noqa: ANN401 - as above
    base = _point(decorator, manner)

    @decorator(**manner)
    class Derived(base):  # noqa: PLW1641 - the decorator decides on its hash
        """Has an equality of its own."""

        z: int = 5

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Derived) and self.z == other.z

    return Derived


CALLS: list[tuple[tuple[int, ...], dict[str, Any]]] = [
    ((1,), {}),
    ((1, 2), {}),
    ((), {"x": 1, "y": 3}),
    ((1, 2), {"names": ["a"], "hidden": 8}),
    ((), {}),
    ((1, 2), {"x": 1}),
    ((1,), {"late": 3}),
    ((1,), {"other": 3}),
]


def _told(action: Callable[[], object]) -> str:
    """What an action gives, or its fault."""
    try:
        return repr(action())
    except (TypeError, AttributeError, FrozenInstanceError) as fault:
        return f"{type(fault).__name__}: {fault}"


def _described(cls: Any) -> list[str]:  # noqa: ANN401 - as above
    """What a class does with each call, and what its instances do."""
    lines = [_told(lambda: inspect.signature(cls)), repr(cls.__match_args__)]
    lines += [_told(lambda: [(one.name, one.type, one.init, one.compare) for one in dataclasses.fields(cls)])]
    for args, named in CALLS:
        lines.append(_told(lambda: cls(*args, **named)))  # noqa: B023 - called at once
    one, same, other = cls(1), cls(1, names=["n"]), cls(1, 3)
    lines += [repr((one == same, one == other, one != other, one == 1, {type(one)} == {cls}))]
    lines += [_told(lambda: hash(one) == hash(same)) if cls.__eq__ is not object.__eq__ else "by identity"]
    lines += [_told(lambda: hash(one) == hash((1, 2, 7, (), 2)))]
    lines += [_told(lambda: (one < same, one <= same, one < other, one > other, one >= other))]
    lines += [_told(lambda: one < 1), _told(lambda: sorted([other, one]))]
    lines += [_told(lambda: setattr(one, "x", 4)), _told(lambda: delattr(other, "y"))]
    lines += [_told(lambda: vars(one))]
    lines += [_told(lambda: dataclasses.replace(same, y=9)), _told(lambda: dataclasses.asdict(same))]
    return [*lines, repr(copy.deepcopy(same)), repr(copy.copy(same).names is same.names)]


@pytest.mark.parametrize("manner", MANNERS, ids=" ".join)
@pytest.mark.parametrize("made", [_point, _derived])
def test_a_record_is_the_dataclass_of_the_same_text(made: Decorator, manner: dict[str, bool]) -> None:
    expected = _described(made(dataclasses.dataclass, manner))
    assert _described(made(records.dataclass, manner)) == expected


@records.dataclass(frozen=True, slots=True)
class _Kept:
    x: int
    names: tuple[str, ...] = ()


def test_a_frozen_record_travels_to_another_process() -> None:
    one = _Kept(1, ("a",))
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - what this test wrote


def test_a_method_is_compiled_when_it_is_first_called() -> None:
    @records.dataclass(frozen=True, slots=True)
    class Fresh:
        x: int

    before = Fresh.__init__
    assert Fresh(1) == Fresh(1)
    assert Fresh.__init__ is not before
    assert Fresh.__init__.__qualname__.endswith("Fresh.__init__")
    assert Fresh(2) != Fresh(1)
