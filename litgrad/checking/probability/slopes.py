r"""Gradients in the common form: `\\nabla_\\theta` goes under totals, and of a logarithm it is a quotient."""

import re
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.probability.atoms import Beyond, Joint, Moment, Rate, Whole
from litgrad.meaning.forms import name_of
from litgrad.records import dataclass

if TYPE_CHECKING:
    from litgrad.checking.probability.canonical import Reader

_TOKEN = re.compile(r"\\[A-Za-z]+|[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Slopes:
    """The gradient by one name."""

    reader: "Reader"
    by: str

    def of(self, value: Expr) -> Expr:
        """The gradient of a value in the common form; raises Beyond."""
        held = [*value.atoms(AppliedUndef), *value.atoms(sympy.Sum)]
        outer = [one for one in held if not any(one is not other and other.has(one) for other in held)]
        slots = {one: sympy.Dummy(f"u{at}", positive=True) for at, one in enumerate(outer)}
        flat = value.xreplace(slots)
        rates = {free: self._of_symbol(free) for free in flat.free_symbols - set(slots.values())}
        rates |= {slot: self._of_held(one) for one, slot in slots.items()}
        total = sympy.Add(*(sympy.diff(flat, free) * rate for free, rate in rates.items() if rate != 0))
        return total.xreplace({slot: one for one, slot in slots.items()})

    def _of_held(self, held: Expr) -> Expr:
        if isinstance(held, sympy.Sum):
            if len(held.limits) != 1:
                raise Beyond
            return self.reader.summed(self.of(held.function), held.limits[0])
        assert isinstance(held, AppliedUndef)
        inner = {name_of(one) for one in held.atoms(AppliedUndef)}
        names = inner | {free.name for free in held.free_symbols if isinstance(free, Symbol)}
        return self._rate(held) if any(map(self._is_of, names)) else sympy.Integer(0)

    def _of_symbol(self, free: Symbol) -> Expr:
        atom = self.reader.atoms.get(free)
        if isinstance(atom, Joint):
            return self._rate(free) if self._is_of(atom.law) or self.by in atom.events else sympy.Integer(0)
        if isinstance(atom, Whole):
            inner = self.of(atom.of)
            for name in sorted(atom.over):
                inner = self.reader.total(name, inner)
            return inner
        if isinstance(atom, (Moment, Rate)) or free.name == self.by:
            raise Beyond
        if self._is_of(free.name):
            return self._rate(free)
        if not self._is_variable(free.name):
            raise Beyond  # a plain name may depend on what is differentiated by
        return sympy.Integer(0)

    def _is_variable(self, name: str) -> bool:
        """Whether a name is what some law is of."""
        return any(isinstance(one, Joint) and name in one.events for one in self.reader.atoms.values())

    def _is_of(self, name: str) -> bool:
        """Whether a name is the one that is differentiated by, or has it in its scripts: `p_\\theta`."""
        scripts = re.split("[_^]", name, maxsplit=1)
        return name == self.by or (len(scripts) > 1 and self.by in _TOKEN.findall(scripts[1]))

    def _rate(self, of: Expr) -> Expr:
        found = Symbol(f"slope by {self.by} of {of}", real=True)
        self.reader.atoms[found] = Rate(of, self.by)
        return found
