"""What a kernel holds: what it is written from, how that is used, the names and the arrays given so far."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from litgrad.codegen.tensors.passes import Passes
from litgrad.codegen.tensors.printer import TensorPrinter
from litgrad.codegen.tensors.storage import Buffers, Guard, Registers
from litgrad.records import dataclass
from litgrad.tensors.expr import Dim, Tensor, Variable


@dataclass(frozen=True, slots=True)
class Output:
    """A result of the function."""

    node: Tensor
    key: str = ""
    """The parameter that it is the derivative by; empty for the value."""
    like: str = ""
    """The parameter's name, for an array of its shape."""
    rows: bool = False
    """Whether it is by a vector that examples may share; the derivatives of theirs are then added up."""

    @property
    def guard(self) -> Guard:
        """What it is computed for."""
        return frozenset([self.key] if self.key else [])


@dataclass(frozen=True, slots=True)
class Usage:
    """What is computed, and what for."""

    order: Sequence[Tensor]
    """The values, each behind those that it is computed from."""
    uses: Counter[Tensor]
    """How many others are computed from a value."""
    needs: Mapping[Tensor, Guard]
    """For which derivatives a value is needed; the empty set for all."""
    within: frozenset[Tensor]
    """What statements within passes read."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that stand in the text, as they are given."""

    local: dict[Tensor, str]
    """Those of values that stand already, which the printer writes."""
    ones: dict[Dim, str] = field(default_factory=dict)
    arrays: dict[Output, str] = field(default_factory=dict)
    """Those of the arrays that large results are computed into."""
    kept: dict[Tensor, str] = field(default_factory=dict)
    """Those of arrays of values that several passes need."""
    blocks: dict[str, str] = field(default_factory=dict)
    """What the rows of an array within a block are called."""
    sums: dict[Output, str] = field(default_factory=dict)
    """Those of the derivatives by shared vectors, as they are added up."""
    results: dict[Output, str] = field(default_factory=dict)
    """Those of small results that stand already."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Where large values are kept."""

    registers: Registers = field(default_factory=Registers)
    buffers: Buffers = field(default_factory=Buffers)
    owners: dict[int, str] = field(default_factory=dict)
    """The derivatives whose arrays registers have."""

    def key_of(self, register: int) -> str:
        """The derivative whose array a register has; empty for the value."""
        return self.owners.get(register, "")


@dataclass(frozen=True, slots=True)
class Kernel:
    """One fast form, as it is written."""

    printer: TensorPrinter
    passes: Passes
    leaves: Mapping[Variable, str]
    """The parameters by their leaves."""
    outputs: Sequence[Output]
    free: Callable[[str], str]
    """A wanted name as one that is free."""
    usage: Usage
    names: Names
    storage: Storage = field(default_factory=Storage)
