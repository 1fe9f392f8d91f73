"""Equations of a post that may make true what differs without them, for steps over indices and in vectors."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sympy import Expr

from litgrad.checking import reasons
from litgrad.checking.contexts import context_of
from litgrad.checking.equations import still_holds
from litgrad.checking.letters import letters_of
from litgrad.checking.stated import stated
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.latex.tree import Node, Number, Scripted
from litgrad.meaning.means import open_means
from litgrad.meaning.names import name_of
from litgrad.meaning.statements import Derivation, Member, Statements, Step

Again = Callable[[Step], Judgement | None]
"""Judges a step anew."""
_INDICES = frozenset("ijklmnT")
"""Letters that are shared by chance."""


def excused(found: Judgement, step: Step, statements: Statements, again: Again | None = None) -> Judgement:
    r"""A judgement, without its refutation where the post states an equation that it was made without.

    Such an equation stands above, alone, introduces nothing and gives a value to a name of the step or to its
    square, as `\sigma^2 = \frac{1}{n} \sum_i (x_i - \mu)^2` does. Numbers such as `\gamma = 0.9` are put in:
    `again` judges a step so changed.
    """
    if found.verdict is not Verdict.REFUTED:
        return found
    context = context_of(step, statements)
    if context is not None:
        return Judgement(Verdict.UNCHECKED, context)
    index, length = next(_open_means(step, statements), ("", ""))
    if index:
        return Judgement(
            Verdict.UNCHECKED, f"the sides differ unless the sum over `{index}` has `{length}` terms"
        )
    given = list(_stated(step, statements))
    changed = _with_numbers(step, given)
    if changed is not None and again is not None and _is_refuted(again(changed)):
        return found
    lines = sorted({statements.source.line(one.sign.span.start) for one in given})
    return Judgement(Verdict.UNCHECKED, reasons.perhaps_from(lines)) if lines else found


def _is_refuted(found: Judgement | None) -> bool:
    return found is not None and found.verdict is Verdict.REFUTED


def _with_numbers(step: Step, given: list[Step]) -> Step | None:
    """A step with the numbers that equations give its names; None where one gives something else."""
    values = {one.left.term.expr: one.right.term.expr for one in given if one.left.term and one.right.term}
    if len(values) < len(given) or not all(
        name.is_Symbol and value.is_number for name, value in values.items()
    ):
        return None
    return replace(step, left=_put_in(step.left, values), right=_put_in(step.right, values))


def _put_in(member: Member, values: Mapping[Expr, Expr]) -> Member:
    term, indexed = (
        one and replace(one, expr=one.expr.xreplace(dict(values))) for one in (member.term, member.indexed)
    )
    return replace(member, term=term, indexed=indexed)


def _open_means(step: Step, statements: Statements) -> Iterator[tuple[str, str]]:
    """The sums above a step, or in it, that are divided by a letter and have no bounds."""
    place, text = step.right.span.end, statements.source.text
    for derivation in statements.derivations:
        for other in derivation.steps:
            if other.sign.span.start > place or not still_holds(other, place, text):
                continue
            for side in (other.left, other.right):
                yield from open_means(side.node) if side.node is not None else ()


def _stated(step: Step, statements: Statements) -> Iterator[Step]:
    letters = letters_of(statements)
    ours = letters.of_step(step) - _INDICES

    def gives_a_value(derivation: Derivation, other: Step) -> bool:
        alone = len(derivation.steps) == 1 and other.sign.symbol == "=" and other.introduces is None
        return alone and bool(letters.of(other.left) & ours) and _is_value_of(other.left.node)

    return stated(step, statements, gives_a_value)


def _is_value_of(node: Node | None) -> bool:
    """Whether a side is a name, or a power of one, of which an equation gives the value."""
    base = node.base if isinstance(node, Scripted) and isinstance(node.sup, Number) else node
    return base is not None and name_of(base) is not None
