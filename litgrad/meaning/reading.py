"""One formula after another: its members, its steps, and what its words say."""

from dataclasses import replace
from functools import partial

import sympy
from sympy import Derivative, Integral, Subs, Symbol

from litgrad.diagnostics import Diagnostic
from litgrad.faults import attempt
from litgrad.latex.tree import Formula, Node, Sign
from litgrad.meaning.chains import Chain, chains_of, without_tail
from litgrad.meaning.classifying import classified, is_known
from litgrad.meaning.declarations import (
    called_in,
)
from litgrad.meaning.domains import stated_domain
from litgrad.meaning.forms import symbol
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import (
    items_of,
    name_of,
    without_dots,
)
from litgrad.meaning.notation import plain
from litgrad.meaning.noted import Noted, names_in
from litgrad.meaning.prose import Cue, cue_before
from litgrad.meaning.said import said_values, said_whole
from litgrad.meaning.shapes import is_space
from litgrad.meaning.statements import (
    Assumption,
    Derivation,
    Member,
    Reading,
    Step,
)
from litgrad.meaning.tensors.members import (
    faults_of,
    read_chain,
    with_tensor,
)
from litgrad.meaning.tensors.model import Form, TensorTerm
from litgrad.meaning.terms import NotRead, Term
from litgrad.meaning.whole import read_as_chance
from litgrad.source import Span


def assume(noted: Noted, formula: Formula) -> None:
    """Take in a relation that the author states for the whole post."""
    place = formula.span
    for chain in chains_of(plain(formula)):
        for left, sign, right in zip(chain.sides, chain.signs, chain.sides[1:], strict=False):
            known = left is not None and right is not None
            domain = stated_domain(left, sign, right, noted.scope, inline=True) if known else []
            noted.assumptions.extend(Assumption(expr, values, place) for expr, values in domain)
            if not domain:
                message = f"`{formula.latex}` says nothing that litgrad can use"
                help = "write a relation such as `x > 0`"
                noted.diagnostics.append(Diagnostic("bad-hint", message, place, help=help))


def read_formula(noted: Noted, index: int, formula: Formula) -> None:
    """Take in one formula."""
    cue = cue_before(noted.source, formula.span)
    noted.faulty = bool(formula.diagnostics)
    terms: list[Term] = []
    tensors: list[TensorTerm] = []
    reason = None if formula.rows else "an empty formula"
    for chain in map(without_tail, chains_of(formula)):
        members = members_of(noted, chain)
        terms.extend(member.term for member in members if member.term is not None)
        terms.extend(noted.read_only)
        noted.read_only.clear()
        tensors.extend(member.tensor for member in members if member.tensor is not None)
        if not chain.signs and not formula.display:
            note_said(noted, formula, chain)
        if chain.signs:
            derive(noted, index, formula, chain.signs, members, cue)
        reason = reason or next(filter(None, map(_unread, members)), None)
        noted.seen.update(*(names_in(member) for member in members))
        if chain.signs:
            noted.called.update(*(called_in(side) for side in chain.sides if side is not None))
    noted.readings.append(Reading(index, reason is None, reason, tuple(terms), tuple(tensors)))


def note_said(noted: Noted, formula: Formula, chain: Chain) -> None:
    """Remember "positive $p$"."""
    found = [said_values(noted.source, formula.span)]
    found += [sympy.S.Integers] if said_whole(noted.source, formula.span) else []
    sets = [values for values in found if values is not None]
    names = map(name_of, without_dots(items_of(chain.sides[0]))) if sets and chain.sides[0] else ()
    noted.said.extend(
        Assumption(symbol(name), values, formula.span) for name in names if name for values in sets
    )


def members_of(noted: Noted, chain: Chain) -> list[Member]:
    """The sides of a chain, read as numbers and, where the post has them, as vectors."""
    variable = None
    members: list[Member] = []
    for side in chain.sides:
        member = member_of(noted, side, variable)
        term = member.term or member.calculus
        if variable is None and term is not None:
            variable = _variable_of(term)
        members.append(member)
    members = list(map(partial(_with_chance, noted), members))
    if noted.world is None:
        return members
    found = read_chain([member.node for member in members], noted.world)
    noted.diagnostics.extend(faults_of(found, noted.world, noted.source))
    noted.faulty = noted.faulty or any(isinstance(one, NotRead) and one.clash for one in found)
    return list(map(with_tensor, members, found))


def _with_chance(noted: Noted, member: Member) -> Member:
    """A member with its meaning in probabilities of vectors, where it has no other."""
    if member.node is None or member.term is not None or member.chance is not None:
        return member
    forms = {} if noted.world is None else noted.world.forms
    vectors = {name: form for name, form in forms.items() if form is not Form.SCALAR}
    return replace(member, chance=read_as_chance(member.node, noted.scope, vectors))


def member_of(noted: Noted, node: Node | None, variable: Symbol | None) -> Member:
    """One side as numbers; the side above it where nothing is written."""
    if node is None:
        return noted.last or Member(Span(0, 0), None, None, "nothing stands on the left")
    term = attempt(partial(interpret, node, noted.scope, variable), partial(NotRead, node.span))
    if isinstance(term, Term) and term.unjudged is None:
        return Member(node.span, node, term)
    indexed = calculus = chance = None
    if isinstance(term, Term):
        noted.read_only.append(term)
        indexed = term if term.is_indexed else None
        calculus = term if term.is_calculus else None
        chance = term if term.is_chance else None
        term = term.unjudged or NotRead(node.span, "")
    read = Member(node.span, node, None, term.reason, term.span, indexed, calculus=calculus)
    return replace(read, chance=chance)


def derive(
    noted: Noted,
    index: int,
    formula: Formula,
    signs: tuple[Sign, ...],
    members: list[Member],
    cue: Cue | None,
) -> None:
    """Note the steps of a chain."""
    steps: list[Step] = []
    for sign, left, right in zip(signs, members, members[1:], strict=False):
        noted.steps += 1
        step = Step(f"r{noted.steps}", left, sign, right)
        leading = all(earlier.introduces or is_known(noted, earlier.left) for earlier in steps)
        if index in noted.skipped:
            steps.append(replace(step, aside="the post asks to skip it"))
            continue
        work = partial(classified, noted, step, cue, leading=leading, inline=not formula.display)
        steps.append(attempt(work, partial(_set_aside, step)))
    noted.derivations.append(Derivation(len(noted.derivations), index, tuple(steps)))
    noted.last = members[-1]


def _set_aside(step: Step, reason: str) -> Step:
    return replace(step, aside=reason)


def _unread(member: Member) -> str | None:
    """Why a member has no meaning; None where it has one, or is a space such as `\\mathbb{R}^n`."""
    is_read = member.tensor is not None or (member.node is not None and is_space(member.node))
    return None if is_read else member.reason


def _variable_of(term: Term) -> Symbol | None:
    """The variable of the first derivative or integral in a term."""
    for part in sympy.preorder_traversal(term.expr):
        if isinstance(part, Integral) and len(part.limits) == 1 and isinstance(part.limits[0][0], Symbol):
            return part.limits[0][0]
        if isinstance(part, Derivative):
            return part.variables[0]
        if isinstance(part, Subs):
            return None
    return None
