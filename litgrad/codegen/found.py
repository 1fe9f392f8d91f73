"""What the search for forms found, remembered by the formulas and the exact values that it was made on."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sympy import Expr

from litgrad.codegen.accuracy import Sample
from litgrad.codegen.alternatives import ALTERNATIVES
from litgrad.codegen.search import Form, Loss, Row, improved
from litgrad.codegen.special import HEADS
from litgrad.codegen.stability import REWRITES
from litgrad.memory import Untold, digest, notes_here, recalled, told
from litgrad.plain import from_plain, to_plain
from litgrad.termdata import read_term, write_term

Computed = tuple[Expr, tuple[Row, ...], Loss | None, Loss | None]
"""What `Measures.computed` gives."""
_HEADS: Mapping[str, Any] = {head.__name__: head for head in HEADS}
_ROWS: Mapping[str, Row] = {f"{row.pattern} to {row.replacement}": row for row in (*ALTERNATIVES, *REWRITES)}


def found(exprs: Sequence[Expr], sample: Sample, check: Sample) -> Form:
    """`improved`, which is not done again for the same forms and samples."""
    notes = notes_here()
    if notes is None:
        return improved(exprs, sample, check)
    try:
        key = digest("form", *(told(part, notes) for part in (exprs, _values(sample), _values(check))))
    except Untold:
        return improved(exprs, sample, check)
    return recalled(notes, key, partial(improved, exprs, sample, check), _written, partial(_read, sample))


def _values(sample: Sample) -> list[object]:
    """The points of a sample and the values there, without the bounds on these."""
    values = [(*map(str, one.value.mid().man_exp()), one.condition) for one in sample.truths]
    return [sample.points, values]


def write_computed(made: Computed) -> object:
    """A form that is computed, its rows and losses as JSON data; None where that is not possible."""
    expr, rows, *losses = made
    names = {row: name for name, row in _ROWS.items()}
    try:
        term = write_term(expr, _HEADS)
        same = read_term(term, _HEADS) == expr
        return [term, [names[row] for row in rows], *map(to_plain, losses)] if same else None
    except (Untold, KeyError, TypeError, ValueError):
        return None


def read_computed(noted: Any) -> Computed:  # noqa: ANN401 - what JSON gives
    """The inverse."""
    term, rows, *losses = noted
    before, after = (None if one is None else from_plain(Loss, one) for one in losses)
    return read_term(term, _HEADS), tuple(_ROWS[name] for name in rows), before, after


def write_formula(expr: Expr) -> object:
    """A formula in the functions that keep digits as JSON data; None where that is not possible."""
    try:
        term = write_term(expr, _HEADS)
        return term if read_term(term, _HEADS) == expr else None
    except (Untold, TypeError, ValueError):
        return None


def read_formula(noted: Any) -> Expr:  # noqa: ANN401 - what JSON gives
    """The inverse."""
    return read_term(noted, _HEADS)


def _written(form: Form) -> object:
    rows = {row: name for name, row in _ROWS.items()}
    try:
        term = write_term(form.expr, _HEADS)
        same = read_term(term, _HEADS) == form.expr
        return [term, [rows[row] for row in form.rows]] if same else None
    except (Untold, KeyError, TypeError, ValueError):
        return None


def _read(sample: Sample, noted: Any) -> Form:  # noqa: ANN401 - what JSON gives
    term, rows = noted
    expr = read_term(term, _HEADS)
    return Form(expr, tuple(_ROWS[name] for name in rows), sample.errors(expr))
