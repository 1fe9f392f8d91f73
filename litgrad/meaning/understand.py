"""`understand`: the formulas of a post to its statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import sympy
from sympy import Derivative, Subs, Symbol

from litgrad.diagnostics import Diagnostic, Label
from litgrad.document import Document
from litgrad.faults import attempt
from litgrad.latex.tree import Formula, Node, Sign, children
from litgrad.latex.unparse import unparse
from litgrad.meaning.arguments import with_arguments_ended
from litgrad.meaning.chains import Chain, chains_of, without_tail
from litgrad.meaning.declarations import (
    STATES_VALUES,
    called_in,
    declares,
    head_of_call,
    is_matrix_function,
    is_operator,
)
from litgrad.meaning.densities import with_densities
from litgrad.meaning.domains import stated_domain
from litgrad.meaning.dots import with_primes_for_dots
from litgrad.meaning.forms import symbol
from litgrad.meaning.hints import Hints
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import (
    Scope,
    function_head,
    items_of,
    name_of,
    recalls_a_constant,
    survey,
    without_dots,
)
from litgrad.meaning.notation import plain
from litgrad.meaning.prose import Cue, cue_before, is_called_symmetric
from litgrad.meaning.said import consistent, of_families, said_values
from litgrad.meaning.sections import ending, gives_another_value, heading_between
from litgrad.meaning.shapes import is_space, nonscalars
from litgrad.meaning.statements import (
    Assumption,
    Condition,
    Definition,
    Derivation,
    Member,
    Reading,
    Statements,
    Step,
)
from litgrad.meaning.tensors.infer import infer
from litgrad.meaning.tensors.members import (
    definitions_of,
    faults_of,
    function_of,
    head_of,
    names_of_vectors,
    read_chain,
    tensors_of,
    with_tensor,
)
from litgrad.meaning.tensors.model import TensorDefinition, TensorTerm
from litgrad.meaning.tensors.naming import function_head as function_of_vectors
from litgrad.meaning.tensors.naming import tensor_name
from litgrad.meaning.tensors.world import World
from litgrad.meaning.terms import NOT_YET, NotRead, Term
from litgrad.meaning.words import letters_alone, with_rates, with_words
from litgrad.source import Source, Span
from litgrad.tensors.expr import variables

_DEFINING = frozenset([":=", r"\triangleq", r"\coloneqq", r"\doteq"])
"""Signs that say outright that they define."""
_EQUAL = frozenset(["=", r"\equiv"])


def understand(document: Document, formulas: Sequence[Formula], hints: Hints | None = None) -> Statements:
    """Give every formula of a post its meaning.

    Takes the document, one formula per math segment, in order, and what the post says to litgrad. Gives
    the derivations with their steps numbered over the post, the definitions, what the post says of its
    symbols' values, and diagnostics on symbols that are defined twice.
    """
    hints = hints or Hints()
    read, scope = prepared(formulas)
    scope = hinted(scope, hints)
    world = infer(read, scope, hints)
    if world is not None:
        world.symmetric.update(_symmetric(document.source, read))
        scope = replace(scope, vectors=scope.vectors | names_of_vectors(world, read))
    reader = _Reader(document.source, scope, world, skipped=frozenset(hints.skipped))
    reader.diagnostics.extend(hints.diagnostics)
    for formula in hints.assumptions:
        reader.assume(formula)
    for index, formula in enumerate(read):
        reader.read(index, formula)
    reader.assumptions.extend(consistent(reader.said, reader.assumptions))
    reader.assumptions.extend(of_families(reader.assumptions, reader.seen))
    return Statements(
        document.source,
        reader.scope,
        tuple(reader.readings),
        tuple(reader.derivations),
        ending(reader.definitions, document.source),
        tuple(reader.assumptions),
        tuple(reader.conditions),
        tuple(reader.indexed),
        tensors_of(world, reader.tensors),
        tuple(reader.diagnostics),
        tuple(reader.calculus),
    )


def prepared(formulas: Sequence[Formula]) -> tuple[list[Formula], Scope]:
    """Formulas without remarks and with words joined, and the symbol table of them all."""
    shown = [plain(formula) for formula in formulas]
    alone = letters_alone(shown)
    joined = [with_words(formula, alone) for formula in shown]
    guessed = {rf"\operatorname{{{word.text}}}" for _, words in joined for word in words if not word.sure}
    called = frozenset(word.text for _, words in joined for word in words)
    rated = [with_rates(plain(formula) if words else formula, called) for formula, words in joined]
    read = with_densities(with_arguments_ended(rated))
    scope = survey(read, frozenset(guessed))
    of_one = {name: of[0] for name, of in scope.parameters.items() if len(of) == 1}
    dotted = with_primes_for_dots(read, of_one)
    scope = scope if dotted == read else survey(dotted, frozenset(guessed))
    return dotted, replace(scope, vectors=nonscalars(dotted))


def hinted(scope: Scope, hints: Hints) -> Scope:
    """A symbol table with what the author says of names."""
    functions = (scope.functions | hints.functions) - hints.values
    kept = {name: given for name, given in scope.parameters.items() if name not in hints.values}
    scalars = {name for name, sizes in hints.shapes.items() if not sizes}
    vectors = (scope.vectors | set(hints.shapes)) - scalars
    return replace(
        scope, functions=functions, parameters=kept, bare=scope.bare | hints.values, vectors=vectors
    )


def _symmetric(source: Source, formulas: Sequence[Formula]) -> Iterator[str]:
    """The names that the sentences around them call symmetric."""
    for formula in formulas:
        if not formula.display and formula.rows and is_called_symmetric(source, formula.span):
            row = formula.rows[0]
            is_lone = not row.relations or row.relations[0].symbol == r"\in"
            name = tensor_name(row.sides[0]) if is_lone and row.sides[0] is not None else None
            if name is not None:
                yield name


@dataclass(slots=True)
class _Reader:
    """Goes through the post in order and remembers what it has met."""

    source: Source
    scope: Scope
    world: World | None = None
    """The forms and lengths of the post's names, where it has vectors or indices."""
    skipped: frozenset[int] = frozenset()
    """Formulas that the author asks to leave alone."""
    readings: list[Reading] = field(default_factory=list)
    derivations: list[Derivation] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    said: list[Assumption] = field(default_factory=list)
    """What words say of values, which counts where the post says nothing else."""
    conditions: list[Condition] = field(default_factory=list)
    indexed: list[Definition] = field(default_factory=list)
    tensors: list[TensorDefinition] = field(default_factory=list)
    calculus: list[Definition] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    introduced: dict[str, Span] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    """Functions that earlier formulas apply, also where they are not read."""
    steps: int = 0
    last: Member | None = None
    read_only: list[Term] = field(default_factory=list)
    """Terms of the chain at hand that are read and not judged."""
    faulty: bool = False
    """Whether the formula at hand has faults that were reported already."""

    def assume(self, formula: Formula) -> None:
        """Take in a relation that the author states for the whole post."""
        place = formula.span
        for chain in chains_of(plain(formula)):
            for left, sign, right in zip(chain.sides, chain.signs, chain.sides[1:], strict=False):
                known = left is not None and right is not None
                domain = stated_domain(left, sign, right, self.scope, inline=True) if known else []
                self.assumptions.extend(Assumption(expr, values, place) for expr, values in domain)
                if not domain:
                    message = f"`{formula.latex}` says nothing that litgrad can use"
                    help = "write a relation such as `x > 0`"
                    self.diagnostics.append(Diagnostic("bad-hint", message, place, help=help))

    def read(self, index: int, formula: Formula) -> None:
        """Take in one formula."""
        cue = cue_before(self.source, formula.span)
        self.faulty = bool(formula.diagnostics)
        terms: list[Term] = []
        tensors: list[TensorTerm] = []
        reason = None if formula.rows else "an empty formula"
        for chain in map(without_tail, chains_of(formula)):
            members = self._members(chain)
            terms.extend(member.term for member in members if member.term is not None)
            terms.extend(self.read_only)
            self.read_only.clear()
            tensors.extend(member.tensor for member in members if member.tensor is not None)
            if not chain.signs and not formula.display:
                self._note_said(formula, chain)
            if chain.signs:
                self._derive(index, formula, chain.signs, members, cue)
            reason = reason or next(filter(None, map(_unread, members)), None)
            self.seen.update(*(_names_in(member) for member in members))
            if chain.signs:
                self.called.update(*(called_in(side) for side in chain.sides if side is not None))
        self.readings.append(Reading(index, reason is None, reason, tuple(terms), tuple(tensors)))

    def _note_said(self, formula: Formula, chain: Chain) -> None:
        """Remember "positive $p$"."""
        values = said_values(self.source, formula.span)
        names = map(name_of, without_dots(items_of(chain.sides[0]))) if values and chain.sides[0] else ()
        self.said.extend(Assumption(symbol(name), values, formula.span) for name in names if name and values)

    # -------------------------------- members --------------------------------

    def _members(self, chain: Chain) -> list[Member]:
        variable = None
        members: list[Member] = []
        for side in chain.sides:
            member = self._member(side, variable)
            if variable is None and member.term is not None:
                variable = _variable_of(member.term)
            members.append(member)
        if self.world is None:
            return members
        found = read_chain([member.node for member in members], self.world)
        self.diagnostics.extend(faults_of(found, self.world, self.source))
        self.faulty = self.faulty or any(isinstance(one, NotRead) and one.clash for one in found)
        return list(map(with_tensor, members, found))

    def _member(self, node: Node | None, variable: Symbol | None) -> Member:
        if node is None:
            return self.last or Member(Span(0, 0), None, None, "nothing stands on the left")
        term = attempt(partial(interpret, node, self.scope, variable), partial(NotRead, node.span))
        if isinstance(term, Term) and term.unjudged is None:
            return Member(node.span, node, term)
        indexed = calculus = chance = None
        if isinstance(term, Term):
            self.read_only.append(term)
            indexed = term if term.is_indexed else None
            calculus = term if term.is_calculus else None
            chance = term if term.is_chance else None
            term = term.unjudged or NotRead(node.span, "")
        read = Member(node.span, node, None, term.reason, term.span, indexed, calculus=calculus)
        return replace(read, chance=chance)

    # -------------------------------- steps --------------------------------

    def _derive(
        self, index: int, formula: Formula, signs: tuple[Sign, ...], members: list[Member], cue: Cue | None
    ) -> None:
        steps: list[Step] = []
        for sign, left, right in zip(signs, members, members[1:], strict=False):
            self.steps += 1
            step = Step(f"r{self.steps}", left, sign, right)
            leading = all(earlier.introduces or self._is_known(earlier.left) for earlier in steps)
            if index in self.skipped:
                steps.append(replace(step, aside="the post asks to skip it"))
                continue
            classified = partial(self._classified, step, cue, leading=leading, inline=not formula.display)
            steps.append(attempt(classified, partial(_set_aside, step)))
        self.derivations.append(Derivation(len(self.derivations), index, tuple(steps)))
        self.last = members[-1]

    def _is_known(self, member: Member) -> bool:
        """Whether a member is a name alone that was introduced before."""
        return member.node is not None and name_of(member.node) in self.introduced

    def _classified(self, step: Step, cue: Cue | None, *, leading: bool, inline: bool) -> Step:
        """A step as a definition, an aside, or an identity to judge."""
        if step.left.node is None or step.right.node is None:
            return step
        domain = stated_domain(step.left.node, step.sign, step.right.node, self.scope, inline=inline)
        if domain:
            place = step.left.span | step.right.span
            self.assumptions.extend(Assumption(expr, values, place) for expr, values in domain)
            return replace(step, aside=STATES_VALUES)
        if inline and cue is Cue.SUPPOSES:
            self._note_condition(step)
            return replace(step, aside="it is a condition, not an identity")
        head = _head(step.left.node, self.scope, bold=self.world is not None)
        if head is None or step.sign.symbol not in _DEFINING | _EQUAL or not leading:
            return self._declared(step, leading=leading)
        if recalls_a_constant(head[0], step.right.node) or is_matrix_function(head[0]):
            return self._declared(step, leading=leading)
        return self._declared(self._introduction(step, *head, cue=cue), leading=leading)

    def _declared(self, step: Step, *, leading: bool) -> Step:
        """A step without a value that declares, or names something unread for the first time."""
        if step.introduces is not None or step.aside is not None or step.left.node is None:
            return step
        declared = declares(step.left.node, step.sign.symbol)
        if declared is not None or not leading or step.sign.symbol not in _EQUAL:
            return replace(step, aside=declared)
        name = head_of_call(step.left.node)
        is_new = name is not None and name not in self.called and not is_operator(name)
        if not is_new or step.left.term is not None or step.left.tensor is not None:
            return step
        if step.right.node is None or name in set(called_in(step.right.node)):
            return step
        return replace(step, introduces=unparse(step.left.node))

    def _introduction(
        self, step: Step, name: str, parameters: tuple[str, ...] | None, *, cue: Cue | None
    ) -> Step:
        outright = step.sign.symbol in _DEFINING
        if not outright and parameters is None and self._is_given(step.left):
            return step
        if name in _names_in(step.right) or _updates(step, name):
            return step if parameters else replace(step, aside="it gives a symbol a new value")
        anew = name in self.introduced and self._is_given_anew(step, name, parameters)
        if name in self.introduced and not outright and not anew:
            return step
        if not outright and cue is not Cue.DEFINES and self._is_condition(step, name, cue):
            self._note_condition(step)
            return replace(step, aside=f"it is a condition on `{name}`, not an identity")
        if name in self.introduced and not anew:
            self._report_second(name, step.left.span)
        self.introduced.setdefault(name, step.left.span)
        definition = self._define(step, name, parameters)
        in_tensors = self._define_in_tensors(step, name, parameters)
        if definition is None and not in_tensors and not self.faulty:
            self._report_unread(name, step.right)
        return replace(step, introduces=name, definition=definition)

    def _is_given_anew(self, step: Step, name: str, parameters: tuple[str, ...] | None) -> bool:
        """Whether a section gives a name another value than the sections above it."""
        last = next((one for one in reversed(self.definitions) if one.name == name), None)
        value = step.right.term
        if last is None or value is None or not value.expr.free_symbols:
            return False
        if not heading_between(self.source, last.span.end, step.left.span.start):
            return False
        arguments = None if parameters is None else tuple(map(symbol, parameters))
        return gives_another_value(name, arguments, value.expr, self.definitions)

    def _is_given(self, member: Member) -> bool:
        """Whether a value with these entries was defined before: the z of `z_j`, after `z = W x`."""
        name = head_of(member.tensor) if member.tensor is not None and member.tensor.letters else None
        return name is not None and any(one.variable == name for one in self.tensors)

    def _note_condition(self, step: Step) -> None:
        """Remember `y = 1`."""
        name = name_of(step.left.node) if step.left.node is not None else None
        if name is not None and step.right.term is not None and step.right.term.expr.is_number:
            place = step.left.span | step.right.span
            self.conditions.append(Condition(symbol(name), step.right.term.expr, place))

    def _is_condition(self, step: Step, name: str, cue: Cue | None) -> bool:
        """`if x = 0`, `y = 1` for a y used before, `x = y` for two names used before."""
        if cue is Cue.SUPPOSES:
            return True
        if name not in self.seen or step.right.node is None:
            return False
        value, other = step.right.term, tensor_name(step.right.node)
        is_number = value is not None and not value.expr.free_symbols
        return is_number or (other is not None and other in self.seen)

    def _define(self, step: Step, name: str, parameters: tuple[str, ...] | None) -> Definition | None:
        if step.right.term is None:
            self._define_indexed(step, name, parameters)
            self._define_by_calculus(step, name, parameters)
            return None
        arguments = None if parameters is None else tuple(map(symbol, parameters))
        line = self.source.line(step.left.span.start)
        definition = Definition(name, arguments, step.right.term, step.left.span, line)
        self.definitions.append(definition)
        return definition

    def _define_in_tensors(self, step: Step, name: str, parameters: tuple[str, ...] | None) -> bool:
        """Remember a definition by vectors and matrices; whether it is one."""
        if self.world is None:
            return False
        if parameters is None:
            found = tuple(definitions_of(step.left, step.right, self.source, self.world))
        else:
            found = function_of(name, step.left, step.right, self.source)
        self.tensors.extend(found)
        return bool(found)

    def _define_indexed(self, step: Step, name: str, parameters: tuple[str, ...] | None) -> None:
        """Remember a value or function by a sum; it counts where steps are judged size by size."""
        if step.right.indexed is not None:
            arguments = None if parameters is None else tuple(map(symbol, parameters))
            if arguments is not None and not set(arguments) <= step.right.indexed.expr.free_symbols:
                return  # how it depends on the others is not said
            line = self.source.line(step.left.span.start)
            self.indexed.append(Definition(name, arguments, step.right.indexed, step.left.span, line))

    def _define_by_calculus(self, step: Step, name: str, parameters: tuple[str, ...] | None) -> None:
        """Remember a definition by an integral or a limit; it counts where steps are judged."""
        if step.right.calculus is not None:
            arguments = None if parameters is None else tuple(map(symbol, parameters))
            line = self.source.line(step.left.span.start)
            self.calculus.append(Definition(name, arguments, step.right.calculus, step.left.span, line))

    def _report_unread(self, name: str, value: Member) -> None:
        """A definition that no code can be made of."""
        reason = value.reason or ""
        message = f"the value of `{name}` is not read: {reason}"
        if any(one is not None for one in (value.indexed, value.calculus, value.chance)):
            message = f"no function is made of `{name}` yet: its value is {reason.partition(',')[0]}"
        code = "unread-definition" if reason.endswith(NOT_YET) else "unreadable-math"
        self.diagnostics.append(Diagnostic(code, message, value.fault or value.span))

    def _report_second(self, name: str, span: Span) -> None:
        first = self.introduced[name]
        message = f"`{name}` is defined a second time"
        related = (Label(first, f"defined first in line {self.source.line(first.start)}"),)
        self.diagnostics.append(Diagnostic("symbol-redefined", message, span, related=related))


def _set_aside(step: Step, reason: str) -> Step:
    return replace(step, aside=reason)


def _head(node: Node, scope: Scope, *, bold: bool) -> tuple[str, tuple[str, ...] | None] | None:
    """`L` as (L, None), `f(x)` as (f, (x,)); bold names where the post's vectors are read."""
    name = tensor_name(node) if bold else name_of(node)
    if name is not None:
        return name, None
    head = function_head(node)
    if head is None and bold:
        return function_of_vectors(node)
    return head if head is not None and scope.is_function(head[0]) else None


def _updates(step: Step, name: str) -> bool:
    """`\\mathbf{w} = \\mathbf{w} - \\eta \\mathbf{g}`, of which no scalar term is read."""
    if step.right.term is not None or step.right.node is None:
        return False
    return any(tensor_name(part) == name for part in _names_and_others(step.right.node))


def _names_and_others(node: Node) -> Iterator[Node]:
    """The pieces of a tree, names whole: the x of `x_{1}` is no piece."""
    yield node
    if tensor_name(node) is None:
        for child in children(node):
            yield from _names_and_others(child)


def _unread(member: Member) -> str | None:
    """Why a member has no meaning; None where it has one, or is a space such as `\\mathbb{R}^n`."""
    is_read = member.tensor is not None or (member.node is not None and is_space(member.node))
    return None if is_read else member.reason


def _names_in(member: Member) -> set[str]:
    """The names of values and functions in a member."""
    if member.term is None and member.tensor is not None:
        return {name.name for name in variables(member.tensor.tensor)}
    term = member.term or member.chance
    if term is None:
        return set()
    expr = term.expr
    calls = {call.func.__name__ for call in expr.atoms(sympy.core.function.AppliedUndef)}
    return calls | {free.name for free in expr.free_symbols if isinstance(free, Symbol)}


def _variable_of(term: Term) -> Symbol | None:
    """The variable of the first derivative in a term."""
    for part in sympy.preorder_traversal(term.expr):
        if isinstance(part, Derivative):
            return part.variables[0]
        if isinstance(part, Subs):
            return None
    return None
