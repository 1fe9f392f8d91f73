"""Formulas made ready: words joined, the symbol table of a post, and what its author says of names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from litgrad.latex.tree import Formula
from litgrad.meaning.arguments import with_arguments_ended
from litgrad.meaning.counts import with_powers_by_counts
from litgrad.meaning.densities.commas import with_densities
from litgrad.meaning.densities.known import densities_in, variances_of
from litgrad.meaning.deviations import with_deviations
from litgrad.meaning.dots import with_primes_for_dots
from litgrad.meaning.hints import Hints
from litgrad.meaning.increments import with_increments
from litgrad.meaning.means import with_means_bounded
from litgrad.meaning.names import (
    Scope,
    survey,
)
from litgrad.meaning.notation import plain
from litgrad.meaning.prose import is_called_symmetric
from litgrad.meaning.shapes import nonscalars
from litgrad.meaning.tensors.naming import tensor_name
from litgrad.meaning.words import letters_alone, with_rates, with_words
from litgrad.source import Source

_SUMS_REPEATED = re.compile(
    r"Einstein(?:'s|ian)? (?:sum|convention|notation|index)|summation convention"
    r"|repeated ind(?:ices|exes) are sum",
    re.IGNORECASE,
)


def scope_at(formula: Formula, scope: Scope, numbers: int) -> Scope:
    """The symbol table of a formula; above the sections with vectors all names are numbers."""
    return replace(scope, vectors=frozenset()) if formula.span.start < numbers else scope


def prepared(formulas: Sequence[Formula]) -> tuple[list[Formula], Scope]:
    """Formulas without remarks and with words joined, and the symbol table of them all."""
    shown = with_powers_by_counts([plain(formula) for formula in formulas])
    alone = letters_alone(shown)
    joined = [with_words(formula, alone) for formula in shown]
    guessed = {rf"\operatorname{{{word.text}}}" for _, words in joined for word in words if not word.sure}
    called = frozenset(word.text for _, words in joined for word in words)
    rated = [with_rates(plain(formula) if words else formula, called) for formula, words in joined]
    ended = with_deviations(with_means_bounded(with_arguments_ended(with_increments(rated))))
    densities = densities_in(ended)
    read = with_densities(ended, densities)
    variances = variances_of(densities)
    scope = survey(read, frozenset(guessed))
    of_one = {name: of[0] for name, of in scope.parameters.items() if len(of) == 1}
    dotted = with_primes_for_dots(read, of_one)
    scope = scope if dotted == read else survey(dotted, frozenset(guessed))
    return dotted, replace(scope, vectors=nonscalars(dotted), variances=variances)


def hinted(scope: Scope, hints: Hints) -> Scope:
    """A symbol table with what the author says of names."""
    functions = (scope.functions | hints.functions) - hints.values
    kept = {name: given for name, given in scope.parameters.items() if name not in hints.values}
    scalars = {name for name, sizes in hints.shapes.items() if not sizes}
    vectors = (scope.vectors | set(hints.shapes)) - scalars
    return replace(
        scope, functions=functions, parameters=kept, bare=scope.bare | hints.values, vectors=vectors
    )


def symmetric_names(source: Source, formulas: Sequence[Formula]) -> Iterator[str]:
    """The names that the sentences around them call symmetric."""
    for formula in formulas:
        if not formula.display and formula.rows and is_called_symmetric(source, formula.span):
            row = formula.rows[0]
            is_lone = not row.relations or row.relations[0].symbol == r"\in"
            name = tensor_name(row.sides[0]) if is_lone and row.sides[0] is not None else None
            if name is not None:
                yield name


def sums_repeated(source: Source) -> bool:
    """Whether a post says that it sums over indices that stand twice, as Einstein did."""
    return _SUMS_REPEATED.search(source.text) is not None
