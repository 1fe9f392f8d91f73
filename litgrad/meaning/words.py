"""Letters without a space between them: a word such as `softmax`, or a product such as `mgh`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import Any

from litgrad.latex.commands import OPERATOR_WORDS
from litgrad.latex.tree import (
    NODE_TYPES,
    Formula,
    Fraction,
    Grouped,
    Juxtaposed,
    Letter,
    Node,
    Operator,
    Scripted,
    Text,
    children,
    walk,
)
from litgrad.meaning.notation import SMALL_WORDS
from litgrad.records import dataclass
from litgrad.source import Span

WORDS = frozenset(
    "softmax softplus sigmoid logit relu ReLU LeakyReLU ELU GELU sgn sign diag rank trace span vec dist "
    "score loss cost error mean median mode var Var cov Cov corr Corr std KL JS JSD MSE RMSE MAE BCE NLL "
    "ELBO MLE MAP SVD PCA TP FP FN TN precision recall accuracy sim similarity norm length size count freq "
    "idf input output hidden true false pred target label sum avg Bernoulli Normal Uniform Poisson Binomial "
    "Dir Unif floor ceil round erf const constant total new old next prev train test data model prior "
    "posterior step Attention FFN MLP LSTM GRU concat Concat LayerNorm head MultiHead".split()
)
"""Words that posts write without `\\text`; a run of letters that is one of them is that word."""
_SYLLABLE = re.compile(r"[b-df-hj-np-tv-z][aeiou]", re.IGNORECASE)
_COMMAND = re.compile(r"\\[A-Za-z]+")
_RUN = re.compile(r"[A-Za-z]{2}")
_DIFFERENTIAL = re.compile(r"(?:.*[^aeiou])?d[a-zA-Z]")
"""`xdx`, `dxdy`: letters that end in a differential."""


@dataclass(frozen=True, slots=True)
class Word:
    """A run of letters that was taken for a word, and why."""

    span: Span
    text: str
    reason: str
    sure: bool


def letters_alone(formulas: Iterable[Formula]) -> frozenset[str]:
    """The letters that stand on their own somewhere in a post, outside of runs."""
    return frozenset(name for side in _sides(formulas) for name in _alone(side))


def _sides(formulas: Iterable[Formula]) -> Iterator[Node]:
    for formula in formulas:
        for row in formula.rows:
            yield from (side for side in row.sides if side is not None)


def _alone(node: Node) -> Iterator[str]:
    if isinstance(node, Letter):
        yield node.name
    elif isinstance(node, Juxtaposed):
        held = {letter.span for run in letter_runs(node.factors) for letter in run}
        for before, factor in zip((None, *node.factors), node.factors, strict=False):
            if before is not None and _is_of_matrices(before):
                yield from (inner.name for inner in walk(factor) if isinstance(inner, Letter))
            elif factor.span not in held:
                yield from _alone(factor)
    elif isinstance(node, Scripted):
        yield from _alone(node.base)
    else:
        for child in children(node):
            yield from _alone(child)


def _is_of_matrices(node: Node) -> bool:
    """`\\operatorname{tr}` and `\\det`, behind which letters side by side are a product."""
    if isinstance(node, Operator):
        return node.name in (r"\det", r"\tr")
    return isinstance(node, Text) and node.text.lower() in ("tr", "trace", "det")


def letter_runs(factors: tuple[Node, ...]) -> Iterator[tuple[Letter, ...]]:
    """Two and more plain letters without a space between; the last may carry a script."""
    run: list[Letter] = []
    for factor in (*factors, None):
        letter = factor.base if isinstance(factor, Scripted) else factor
        plain = isinstance(letter, Letter) and letter.name.isalpha() and letter.name.isascii()
        joins = plain and bool(run) and factor is not None and factor.span.start == run[-1].span.end
        if joins:
            assert isinstance(letter, Letter)
            run.append(letter)
            if factor is letter:
                continue
        if len(run) > 1:
            yield tuple(run)
        run = [letter] if plain and not joins and factor is letter and isinstance(letter, Letter) else []


def with_words(formula: Formula, alone: frozenset[str] | None) -> tuple[Formula, tuple[Word, ...]]:
    """A formula whose words are Text or Operator nodes, and which those are.

    Takes the letters that stand alone in the post: a run with a letter that never does may be a word.
    None stands for no post at all.
    """
    if not _RUN.search(_COMMAND.sub(" ", formula.latex)) and not formula.defines:
        return formula, ()
    found: list[Word] = []
    rows = tuple(
        replace(row, sides=tuple(None if side is None else _joined(side, alone, found) for side in row.sides))
        for row in formula.rows
    )
    return (replace(formula, rows=rows) if found else formula), tuple(found)


def with_rates(formula: Formula, known: frozenset[str]) -> Formula:
    """A formula in which `dFL` is the differential of a word FL that the post has elsewhere."""
    if not known:
        return formula
    rows = tuple(
        replace(row, sides=tuple(side and _with_rates(side, known) for side in row.sides))
        for row in formula.rows
    )
    return formula if rows == formula.rows else replace(formula, rows=rows)


def _with_rates(node: Node, known: frozenset[str]) -> Node:
    if isinstance(node, Fraction):
        above, below = (_rate(half, known) for half in (node.numerator, node.denominator))
        node = (
            node
            if (above, below) == (node.numerator, node.denominator)
            else replace(node, numerator=above, denominator=below)
        )
    changed = {}
    for slot in fields(node):
        value = getattr(node, slot.name)
        if isinstance(value, tuple) and value and isinstance(value[0], NODE_TYPES):
            changed[slot.name] = tuple(_with_rates(one, known) for one in value)
        elif isinstance(value, NODE_TYPES):
            changed[slot.name] = _with_rates(value, known)
    kept = all(getattr(node, name) == value for name, value in changed.items())
    return node if kept else replace(node, **changed)


def _rate(node: Node, known: frozenset[str]) -> Node:
    """`dFL` as `d` beside the word FL."""
    if not isinstance(node, Juxtaposed):
        return node
    run = next(letter_runs(node.factors), ())
    text = "".join(letter.name for letter in run)
    if len(run) != len(node.factors) or not text.startswith("d") or text[1:] not in known:
        return node
    word = Word(run[1].span | run[-1].span, text[1:], "it is a word elsewhere", sure=True)
    return replace(node, factors=_replaced(node.factors, run[1:], word))


def _joined(node: Node, alone: frozenset[str] | None, found: list[Word]) -> Node:
    if isinstance(node, Juxtaposed):
        node = _in_row(node, alone, found)
    changed: dict[str, Any] = {}
    for slot in fields(node):
        if isinstance(node, Scripted) and slot.name == "sub":
            continue  # a subscript of several letters is part of a name anyway
        value = getattr(node, slot.name)
        new = _in_value(value, alone, found)
        if new is not value:
            changed[slot.name] = new
    return replace(node, **changed) if changed else node


def _in_value(value: object, alone: frozenset[str] | None, found: list[Word]) -> object:
    if isinstance(value, tuple) and value and not isinstance(value[0], str):
        new = tuple(_in_value(item, alone, found) for item in value)
        return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
    if isinstance(value, NODE_TYPES):
        return _joined(value, alone, found)
    return value


def _in_row(node: Juxtaposed, alone: frozenset[str] | None, found: list[Word]) -> Node:
    factors = node.factors
    for run in tuple(letter_runs(factors)):
        word = _word(run, alone, _is_called(factors, run))
        if word is not None:
            found.append(word)
            factors = _replaced(factors, run, word)
    if factors is node.factors:
        return node
    return factors[0] if len(factors) == 1 else replace(node, factors=factors)


def _is_called(factors: tuple[Node, ...], run: tuple[Letter, ...]) -> bool:
    """Whether a bracket follows a run."""
    at = next(index for index, factor in enumerate(factors) if _letter_span(factor) == run[-1].span)
    after = factors[at + 1] if at + 1 < len(factors) else None
    after = after.base if isinstance(after, Scripted) else after
    return isinstance(after, Grouped) and after.open.symbol in ("(", "[", r"\{")


def _letter_span(factor: Node) -> Span:
    return factor.base.span if isinstance(factor, Scripted) else factor.span


def _word(run: tuple[Letter, ...], alone: frozenset[str] | None, called: bool) -> Word | None:
    """Decide on a run of letters; without a post around it, only common words are words."""
    text = "".join(letter.name for letter in run)
    span = run[0].span | run[-1].span
    if text in OPERATOR_WORDS or text in WORDS:
        return Word(span, text, "it is a common word", sure=True)
    if len(run) > 2 and text.lower() in SMALL_WORDS:
        return Word(span, text, "it is a word of the language", sure=True)
    if alone is None or _DIFFERENTIAL.fullmatch(text):
        return None
    strange = next((letter.name for letter in run if letter.name not in alone), None)
    if called and text.isupper() and (len(run) > 2 or strange is not None):
        return Word(span, text, "capitals before a bracket", sure=len(run) > 2)
    if len(run) > 2 and _SYLLABLE.search(text) and strange is not None:
        return Word(span, text, f"`{strange}` never stands alone in the post", sure=False)
    if len(run) > 3 and _SYLLABLE.search(text) and called:
        return Word(span, text, "a bracket follows it", sure=False)
    return None


def _replaced(factors: tuple[Node, ...], run: tuple[Letter, ...], word: Word) -> tuple[Node, ...]:
    spans = {letter.span for letter in run}
    first = next(index for index, factor in enumerate(factors) if _letter_span(factor) in spans)
    last = first + len(run) - 1
    command = r"\text" if word.text.lower() in SMALL_WORDS else r"\operatorname"
    node: Node = Text(word.span, command, word.text)
    if word.text in OPERATOR_WORDS:
        node = Operator(word.span, rf"\{word.text}")
    carrier = factors[last]
    if isinstance(carrier, Scripted):
        node = replace(carrier, base=node, span=word.span | carrier.span)
    return (*factors[:first], node, *factors[last + 1 :])
