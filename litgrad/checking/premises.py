"""The premise that a step needs and the post does not state, read off the derivation itself."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sympy import Derivative, Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.proof import prove
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import Premise
from litgrad.meaning.forms import atoms_of, symbol, text_of
from litgrad.meaning.statements import Derivation, Statements, Step
from litgrad.source import Source


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expression that may be what a symbol stands for, and its LaTeX in the post."""

    value: Expr
    latex: str


def candidates(derivation: Derivation, source: Source) -> tuple[Candidate, ...]:
    """Expressions that the derivation differentiates as they stand, such as `(1/(1 + e^{-z}))'`."""
    found: dict[Expr, Candidate] = {}
    for member in derivation.members:
        if member.term is None:
            continue
        for operand in _operands(member.term.expr):
            span = next((span for span, expr in member.term.parts if expr == operand), None)
            if span is not None:
                found.setdefault(operand, Candidate(operand, _tidy(source.slice(span))))
    return tuple(found.values())


def _operands(expr: Expr) -> Iterator[Expr]:
    for derivative in atoms_of(expr, Derivative):
        if not isinstance(derivative.expr, AppliedUndef):
            yield derivative.expr


def _tidy(latex: str) -> str:
    """The author's LaTeX on one line, outer brackets off."""
    latex = " ".join(latex.split())
    for left, right in ((r"\left(", r"\right)"), (r"\left[", r"\right]"), ("[", "]"), ("(", ")")):
        inner = latex.removeprefix(left).removesuffix(right)
        if latex.startswith(left) and latex.endswith(right) and left not in inner:
            return inner.strip()
    return latex


def missing_premise(
    setting: Setting, step: Step, pool: tuple[Candidate, ...], names: Iterator[Symbol] | tuple[Symbol, ...]
) -> Premise | None:
    """The first premise `symbol = candidate` under which the step is proved."""
    assert step.left.term is not None
    assert step.right.term is not None
    for name in names:
        for candidate in pool:
            if _holds(candidate.value, name):
                continue
            changed = setting.with_value(name, candidate.value)
            sides = step.left.term.expr, step.right.term.expr
            if any(map(changed.is_too_large, sides)):
                continue
            if prove(changed, *sides) is not None and changed.has_points(*sides):
                return Premise(name, candidate.value, f"{name.name} = {candidate.latex}")
    return None


def _holds(value: Expr, name: Symbol) -> bool:
    """Whether a value speaks of the name itself, as a symbol or a call."""
    called = {call.func.__name__ for call in value.atoms(AppliedUndef)}
    return name in value.free_symbols or name.name in called


def names_in(step: Step, setting: Setting) -> tuple[Symbol, ...]:
    """The plain symbols of a step that may stand for something else, aliases by the last of their kind."""
    assert step.left.term is not None
    assert step.right.term is not None
    exprs = (step.left.term.expr, step.right.term.expr)
    calls = [symbol(call.func.__name__) for expr in exprs for call in atoms_of(expr, AppliedUndef)]
    free = [
        name for expr in exprs for name in sorted(expr.free_symbols, key=text_of) if isinstance(name, Symbol)
    ]
    known = [
        name for name in dict.fromkeys([*calls, *free]) if name.name not in setting.definitions.functions
    ]
    return tuple(dict.fromkeys(setting.aliases.get(name, name) for name in known))


def suspects(setting: Setting, pairs: Iterable[tuple[Symbol, Symbol]]) -> tuple[Symbol, ...]:
    """The symbols whose definition may not be meant: those that lead nowhere, and those behind them."""
    found = [name for name, _ in sorted(pairs, key=str)]
    for name in found:
        value = setting.definitions.values.get(name)
        behind = atoms_of(value, Symbol) if value is not None else []
        named = (setting.aliases.get(symbol, symbol) for symbol in behind)
        found.extend(
            symbol for symbol in named if symbol in setting.definitions.values and symbol not in found
        )
    return tuple(found)


def innermost(setting: Setting, names: tuple[Symbol, ...]) -> list[Symbol]:
    """The names behind which no other of them stands."""

    def behind(name: Symbol) -> set[Symbol]:
        value = setting.definitions.values.get(name)
        symbols = atoms_of(value, Symbol) if value is not None else []
        return {setting.aliases.get(symbol, symbol) for symbol in symbols}

    return [name for name in names if not behind(name) & set(names) - {name}]


def under(setting: Setting, premises: Mapping[Symbol, Premise]) -> Setting:
    """A setting with premises taken as true."""
    for premise in premises.values():
        setting = setting.with_value(premise.symbol, premise.value)
    return setting


def conflict(statements: Statements, name: Symbol) -> tuple[str, int] | None:
    """The post's own definition of a symbol: its LaTeX and line."""
    for definition in statements.definitions:
        if definition.name == name.name and definition.parameters is None:
            latex = " ".join(statements.source.slice(definition.body.node.span).split())
            return latex, definition.line
    return None
