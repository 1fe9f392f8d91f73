"""`understand`: the formulas of a post to its statements."""

from collections.abc import Sequence
from dataclasses import replace

from litgrad.document import Document
from litgrad.latex.tree import Formula
from litgrad.meaning.defining import report_second
from litgrad.meaning.hints import Hints
from litgrad.meaning.noted import Noted
from litgrad.meaning.preparing import hinted, prepared, scope_at, sums_repeated, symmetric_names
from litgrad.meaning.reading import assume, read_formula
from litgrad.meaning.said import consistent, of_families
from litgrad.meaning.sections import ending
from litgrad.meaning.statements import (
    Statements,
)
from litgrad.meaning.tensors.infer import infer
from litgrad.meaning.tensors.members import (
    names_of_vectors,
    tensors_of,
)
from litgrad.meaning.tensors.sections import numbers_until


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
        world.symmetric.update(symmetric_names(document.source, read))
        world.repeated = sums_repeated(document.source)
        scope = replace(scope, vectors=scope.vectors | names_of_vectors(world, read))
    numbers = 0 if world is None or hints.shapes else numbers_until(document.source, read, world)
    noted = Noted(document.source, scope, world, skipped=frozenset(hints.skipped))
    noted.diagnostics.extend(hints.diagnostics)
    for formula in hints.assumptions:
        assume(noted, formula)
    for index, formula in enumerate(read):
        noted.scope = scope_at(formula, scope, numbers)
        read_formula(noted, index, formula)
    report_second(noted)
    noted.assumptions.extend(consistent(noted.said, noted.assumptions))
    noted.assumptions.extend(of_families(noted.assumptions, noted.seen))
    return Statements(
        document.source,
        scope,
        tuple(noted.readings),
        tuple(noted.derivations),
        ending(noted.definitions, document.source),
        tuple(noted.assumptions),
        tuple(noted.conditions),
        tuple(noted.indexed),
        tensors_of(world, noted.tensors),
        tuple(noted.diagnostics),
        tuple(noted.calculus),
    )
