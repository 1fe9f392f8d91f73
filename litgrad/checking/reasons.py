"""The sentences of judgements."""

from collections.abc import Iterable

from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.needed import needed
from litgrad.checking.premises import conflict
from litgrad.checking.proof import Level, Proof
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import Counterexample, Premise
from litgrad.diagnostics import Label
from litgrad.meaning.definitions import definitions_in_force
from litgrad.meaning.forms import name_of
from litgrad.meaning.statements import Definition, Statements, Step

UNITS = "the words behind the numbers may be their units, which are not read"
BY_A_CONSTANT = "the sides differ by a constant, as two antiderivatives of one function may"


def introduction(step: Step) -> str:
    """What a definition introduces."""
    read = (step.right.indexed, step.right.calculus, step.right.tensor, step.right.chance)
    if step.definition is None and step.right.term is not None:
        return f"introduces `{step.introduces}`"
    if step.definition is None and any(one is not None for one in read):
        return f"introduces `{step.introduces}`"
    if step.definition is None:
        return f"introduces `{step.introduces}`, whose value is not read: {step.right.reason}"
    if step.definition.parameters is None:
        return f"introduces `{step.introduces}`"
    parameters = ", ".join(parameter.name for parameter in step.definition.parameters)
    return f"introduces the function `{step.introduces}({parameters})`"


def proof(
    statements: Statements,
    step: Step,
    found: Proof,
    pairs: Iterable[tuple[Symbol, Symbol]],
    spare: frozenset[str] = frozenset(),
) -> str:
    """Why a step is proved, with the lines it rests on; spare definitions are not among them."""
    pairs = sorted(pairs, key=str)
    if pairs:
        unknown = ", ".join(f"`{name.name}` of `{variable.name}`" for name, variable in pairs)
        return f"holds for any function {unknown}"
    if found.level is Level.IDENTICAL:
        return "both sides are the same expression"
    lines = _lines(statements, step, found, spare)
    return f"{found.level.value if not lines else 'equal'}{_with_lines(lines)}"


def _with_lines(lines: list[int]) -> str:
    if not lines:
        return ""
    return f" by the definition{'s' if len(lines) > 1 else ''} of {_numbered(lines)}"


def joined(words: Iterable[str]) -> str:
    """`a, b and c`.

    >>> joined(["12", "15", "64"])
    '12, 15 and 64'
    """
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _lines(statements: Statements, step: Step, found: Proof, spare: frozenset[str]) -> list[int]:
    """The lines of the definitions that a step's derivatives and calls need."""
    names = needed(step, found) - spare
    lines = {definition.line for definition in _closure(statements, names, step)}
    return sorted(lines)


def _closure(statements: Statements, names: set[str], step: Step) -> list[Definition]:
    in_force = definitions_in_force(statements.definitions, step.sign.span)
    return [definition for definition in in_force if definition.name in names]


def conditional(statements: Statements, premises: tuple[Premise, ...]) -> tuple[str, tuple[Label, ...]]:
    """What a step needs, and where the post says otherwise."""
    needed = joined(f"`{premise.latex}`" for premise in premises)
    clashes: list[str] = []
    labels: list[Label] = []
    for premise in premises:
        found = conflict(statements, premise.symbol)
        if found is None:
            clashes.append(f"the post does not define `{premise.symbol.name}`")
            continue
        latex, line = found
        clashes.append(f"the post defines `{premise.symbol.name}` as `{latex}` in line {line}")
        spans = [d.span | d.body.node.span for d in statements.definitions if d.name == premise.symbol.name]
        labels.extend(Label(span, f"`{premise.symbol.name}` is defined as `{latex}`") for span in spans[:1])
    return f"holds if {needed}; {joined(clashes)}", tuple(labels)


def refutation(counterexample: Counterexample, assumed: tuple[Premise, ...]) -> str:
    """Where and by how much the sides differ."""
    under = f"even with {joined(f'`{premise.latex}`' for premise in assumed)}, " if assumed else ""
    return f"{under}the sides differ{_place(counterexample)}: {counterexample.left} vs {counterexample.right}"


def follows_from(lines: list[int]) -> str:
    """The equations that a step rests on."""
    return f"follows from the equation{'s' if len(lines) > 1 else ''} of {_numbered(lines)}"


def does_not_solve(line: int) -> str:
    """What is wrong with a value that an equation is said to give."""
    return f"the equation of line {line} does not hold with this value"


def holds_if(lines: list[int], how: str) -> str:
    """The equations that a step rests on, and how they were judged."""
    stated = "equation of {} does, which is" if len(lines) == 1 else "equations of {} do, which are"
    return f"holds if the {stated.format(_numbered(lines))} {how}"


def perhaps_from(lines: list[int]) -> str:
    """The equations that may excuse a step whose sides differ."""
    stated = "equation of {} helps" if len(lines) == 1 else "equations of {} help"
    return f"the sides differ unless the {stated.format(_numbered(lines))}"


def _numbered(lines: list[int]) -> str:
    return f"line{'s' if len(lines) > 1 else ''} {joined(map(str, lines))}"


def inequality_fails(counterexample: Counterexample, sign: str) -> str:
    """Where an inequality does not hold."""
    return f"`{sign}` fails{_place(counterexample)}: {counterexample.left} vs {counterexample.right}"


def not_near(counterexample: Counterexample) -> str:
    """Two numbers that differ before the last digit printed."""
    return f"the numbers differ at the digits printed: {counterexample.left} vs {counterexample.right}"


def _place(counterexample: Counterexample) -> str:
    if not counterexample.at:
        return ""
    return f" at {point(counterexample)}"


def point(counterexample: Counterexample) -> str:
    """The point in words: `y = 0 and p = 1/2`; names that are LaTeX commands stand between backticks."""
    shown = ((f"`{name}`" if "\\" in name else name, number) for name, number in counterexample.at)
    return joined(f"{name} = {number}" for name, number in shown)


def too_large(side: str, limit: int) -> str:
    """Why a side is not expanded."""
    return f"with its definitions put in, the {side} side has more than {limit:,} symbols and numbers"


def follows(pairs: Iterable[tuple[Symbol, Symbol]]) -> str:
    """How inputs depend on what they lead to: how `w` depends on `z`."""
    return joined(f"how `{of.name}` depends on `{by.name}`" for of, by in pairs)


def too_few_points(setting: Setting, left: Expr, right: Expr) -> str:
    """Why points did not settle a step."""
    calls = _unknown_functions(setting, left, right)
    circular = [name for name in calls if name in setting.definitions.circular]
    if circular:
        return f"depends on {joined(f'`{name}`' for name in circular)}, defined by what leads back to it"
    if calls:
        return f"depends on {joined(f'`{name}`' for name in calls)}, which the post never defines"
    return "no point of the domain was found where both sides are defined"


def unknown(pairs: Iterable[tuple[Symbol, Symbol]], setting: Setting, left: Expr, right: Expr) -> str:
    """Why a step about unstated dependences was not settled."""
    pairs = sorted(pairs, key=str)
    if pairs:
        return f"the post does not say {follows(pairs)}"
    return too_few_points(setting, left, right)


def _unknown_functions(setting: Setting, left: Expr, right: Expr) -> list[str]:
    calls = {name_of(call) for side in (left, right) for call in setting.expanded(side).atoms(AppliedUndef)}
    return sorted(calls)
