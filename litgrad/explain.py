"""`explain`: how the formulas of a line were read, as text."""

from collections.abc import Iterator

from litgrad.checking.verdicts import CheckedStep
from litgrad.compiler import CheckedPost
from litgrad.latex.tree import Formula, Node, Row, children
from litgrad.latex.unparse import unparse
from litgrad.meaning.statements import Reading
from litgrad.meaning.tensors.model import Tensors, TensorTerm
from litgrad.meaning.tensors.words import described_term, kind_of
from litgrad.meaning.terms import Decision, Term
from litgrad.source import Source
from litgrad.tensors.expr import variables

_WIDE = 72
"""The longest piece of LaTeX beside a node."""


def explain(post: CheckedPost, line: int) -> str:
    """How each formula that touches a line was read.

    Takes a checked post and a 1-based line. Gives, for each formula, its LaTeX, its tree, what every side
    became in SymPy, the decisions on ambiguous notations with their reasons, and the verdicts; empty where
    no formula touches the line.
    """
    source = post.document.source
    touching = [
        (index, formula)
        for index, formula in enumerate(post.formulas)
        if source.line(formula.span.start) <= line <= source.line(max(formula.span.end - 1, 0))
    ]
    return "\n".join("".join(f"{text}\n" for text in _formula(post, *pair)) for pair in touching)


def _formula(post: CheckedPost, index: int, formula: Formula) -> Iterator[str]:
    source = post.document.source
    place = source.position(formula.span.start)
    yield f"{source.path}:{place.line}:{place.column}: {'display' if formula.display else 'inline'} formula"
    for row in formula.rows:
        yield from _row(source, row)
    reading = next((one for one in post.statements.readings if one.formula == index), None)
    if reading is not None:
        yield from _meaning(source, reading, post.statements.tensors)
    yield from _verdicts(source, post, index)
    for diagnostic in formula.diagnostics:
        yield f"  not read: {diagnostic.message}"


# -------------------------------- trees --------------------------------


def _row(source: Source, row: Row) -> Iterator[str]:
    signs = ["", *(sign.symbol for sign in row.relations)]
    for sign, side in zip(signs, row.sides, strict=True):
        if sign:
            yield f"  {sign}"
        if side is not None:
            yield from _tree(source, side, 2)


def _tree(source: Source, node: Node, depth: int) -> Iterator[str]:
    """A line per node: its kind and the piece of the post that it stands for."""
    shown = " ".join(source.slice(node.span).split())
    shown = shown if len(shown) <= _WIDE else shown[: _WIDE - 1] + "…"
    yield f"{'  ' * depth}{type(node).__name__.lower()}  {shown}"
    for child in children(node):
        yield from _tree(source, child, depth + 1)


# -------------------------------- meaning --------------------------------


def _meaning(source: Source, reading: Reading, tensors: Tensors) -> Iterator[str]:
    in_vectors = [tensor for tensor in reading.tensors if tensor.has_axes]
    for tensor in in_vectors:
        yield from _of_vectors(source, tensor, tensors)
    for term in reading.terms:
        if any(term.node == tensor.node for tensor in in_vectors):
            continue
        yield f"  {_short(unparse(term.node))}"
        yield f"    means  {_short(str(term.expr))}"
        if term.unjudged is not None:
            yield f"    but    {term.unjudged.reason}"
        for decision in term.decisions:
            yield f"    {_decision(source, decision)}"
        yield from _doubts(term)
    if reading.reason is not None:
        yield f"  not judged: {reading.reason}"


def _of_vectors(source: Source, term: TensorTerm, tensors: Tensors) -> Iterator[str]:
    """A side in vectors and matrices: what it is, what its names are, and what was decided on the way."""
    yield f"  {_short(unparse(term.node))}"
    yield f"    is     {described_term(term)}"
    for name in dict.fromkeys(variable.name for variable in variables(term.tensor)):
        kind = kind_of(name, tensors)
        if kind is not None:
            yield f"    where  {name}: {kind}"
    for decision in term.decisions:
        yield f"    {_decision(source, decision)}"
    yield from _doubts(term)


def _short(text: str) -> str:
    return text if len(text) <= 4 * _WIDE else text[: 4 * _WIDE - 1] + "…"


def _decision(source: Source, decision: Decision) -> str:
    where = f" in line {source.line(decision.because.start)}" if decision.because is not None else ""
    return f"{decision.reading}, because {decision.reason}{where}"


def _doubts(term: Term | TensorTerm) -> Iterator[str]:
    for doubt in term.doubts:
        yield f"    in doubt: {doubt}; so the step is never called wrong"


# -------------------------------- verdicts --------------------------------


def _verdicts(source: Source, post: CheckedPost, index: int) -> Iterator[str]:
    for derivation in post.derivations:
        if derivation.derivation.formula == index:
            for checked in derivation.steps:
                yield _verdict(source, checked)


def _verdict(source: Source, checked: CheckedStep) -> str:
    place = source.position(checked.step.sign.span.start)
    judgement = checked.judgement
    rule = f" ({judgement.rule})" if judgement.rule else ""
    return f"  {place.line}:{place.column} {judgement.verdict.value}: {judgement.reason}{rule}"
