"""`check`, with verdicts remembered per derivation: the same for what a derivation depends on and no more."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from litgrad.checking import checker
from litgrad.checking.indexed.world import known_world
from litgrad.checking.letters import letters_of
from litgrad.checking.resting import settled
from litgrad.checking.verdicts import CheckedDerivation, CheckedStep, Counterexample, Judgement, Premise
from litgrad.diagnostics import Diagnostic
from litgrad.meaning.statements import Derivation, Statements
from litgrad.memory import Notes, Untold, digest, notes_here, recalled, told
from litgrad.plain import from_plain, to_plain
from litgrad.source import Source, Span
from litgrad.termdata import read_term, write_term

Json = dict[str, Any]

_BEFORE, _AFTER = 320, 80
"""How much of the text around a derivation its judgement may look at."""


def check_all(statements: Statements) -> tuple[CheckedDerivation, ...]:
    """Judge every sign of a post, each derivation that did not change as it was judged before."""
    notes = notes_here()
    if notes is None:
        judged = tuple(checker.check(derivation, statements) for derivation in statements.derivations)
        return settled(judged, statements)
    memory = _Memory(notes, replace(statements, derivations=_Watched(statements.derivations)))
    return settled(tuple(map(memory.check, statements.derivations)), statements)


class _Watched(tuple[Derivation, ...]):  # noqa: SLOT001 - it holds what a tuple does not
    """Derivations that remember whether somebody looked at them."""

    seen = False

    def __iter__(self) -> Iterator[Derivation]:
        self.seen = True
        return super().__iter__()

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - as a tuple has it
        self.seen = True
        return super().__getitem__(index)


@dataclass(slots=True)
class _Memory:
    notes: Notes
    statements: Statements
    _around: str = ""
    _everything: str = ""
    _told: dict[int, str] = field(default_factory=dict)

    def check(self, derivation: Derivation) -> CheckedDerivation:
        """The judgements on a derivation.

        Those for which only this derivation, the definitions and the words around it were looked at are found
        under these three; others, such as refutations, are found only as long as no other derivation changes,
        nor the words around it.
        """
        try:
            narrow = digest("verdicts", self.around(), self.told_of(derivation))
            wide = digest("verdicts of all", narrow, self.everything())
        except (Untold, RecursionError):
            return checker.check(derivation, self.statements)
        read = _reader(derivation, self.statements.source)
        if self.notes.find(narrow) is None and self.notes.find(wide) is not None:
            return recalled(self.notes, wide, self._judge(derivation), self._written, read)
        watched = self.statements.derivations
        assert isinstance(watched, _Watched)
        watched.seen = False
        found = recalled(self.notes, narrow, self._judge(derivation), self._written, read)
        if (watched.seen or _in_vectors(derivation)) and narrow in self.notes.new:
            self.notes.move(narrow, wide)
        return found

    def around(self) -> str:
        """What every derivation is judged under."""
        if not self._around:
            post = self.statements
            defined = (*post.definitions, *post.indexed, *post.calculus)
            texts = [post.source.slice(one.span | one.body.node.span) for one in defined]
            texts += [post.source.slice(one.span) for one in post.conditions]
            stated = (defined, post.assumptions, post.conditions, post.scope, post.tensors)
            matrices = letters_of(post).writes_matrices()
            self._around = digest(self.tell((stated, known_world(post), matrices, texts)))
        return self._around

    def everything(self) -> str:
        """All derivations and the words around them."""
        if not self._everything:
            self._everything = digest(*map(self.told_of, self.statements.derivations))
        return self._everything

    def told_of(self, derivation: Derivation) -> str:
        """A derivation as text, once."""
        if derivation.index not in self._told:
            self._told[derivation.index] = self.tell(derivation)
        return self._told[derivation.index]

    def tell(self, value: object) -> str:
        """A value as text, spans as lines and columns: an edit within a line leaves the other lines alone."""
        text, source = "", self.statements.source
        if isinstance(value, Derivation):
            whole = value.members[0].span | value.members[-1].span
            text = source.text[max(whole.start - _BEFORE, 0) : whole.end + _AFTER]
        return f"{text}\0{told(value, self.notes, _positions(source))}"

    def _judge(self, derivation: Derivation) -> Callable[[], CheckedDerivation]:
        return lambda: checker.check(derivation, self.statements)

    def _written(self, checked: CheckedDerivation) -> Json | None:
        """The judgements as JSON data; None for what would not be the same when it is read again."""
        source = self.statements.source
        try:
            written = _write(checked, source)
            return written if _reader(checked.derivation, source)(written) == checked else None
        except (Untold, RecursionError, TypeError, ValueError, KeyError):
            return None


def _in_vectors(derivation: Derivation) -> bool:
    """Whether it is judged in the layout of derivatives that fits most of the post's derivations."""
    return any(member.tensor is not None for member in derivation.members)


# -------------------------------- judgements as data --------------------------------


def _write(checked: CheckedDerivation, source: Source) -> Json:
    plain = {
        "steps": [_write_judgement(step.judgement) for step in checked.steps],
        "diagnostics": to_plain(checked.diagnostics),
    }
    places = _positions(source)
    return _mapped(plain, lambda span: {"start": places(span)[:2], "end": places(span)[2:]})


def _reader(derivation: Derivation, source: Source) -> Callable[[Json], CheckedDerivation]:
    def offset(place: list[int]) -> int:
        line, column = place
        return source.line_start(line) + column - 1

    def read(written: Json) -> CheckedDerivation:
        plain = _mapped(written, lambda span: {"start": offset(span["start"]), "end": offset(span["end"])})
        judgements = [_read_judgement(one) for one in plain["steps"]]
        steps = tuple(
            CheckedStep(step, judgement) for step, judgement in zip(derivation.steps, judgements, strict=True)
        )
        diagnostics = tuple(from_plain(Diagnostic, one) for one in plain["diagnostics"])
        return CheckedDerivation(derivation, steps, diagnostics)

    return read


def _write_judgement(judgement: Judgement) -> Json:
    example = judgement.counterexample
    plain: Json = to_plain(replace(judgement, premises=(), counterexample=None))
    plain["premises"] = [
        [write_term(one.symbol), write_term(one.value), one.latex] for one in judgement.premises
    ]
    if example is not None:
        at = [[name, write_term(number)] for name, number in example.at]
        plain["counterexample"] = [at, write_term(example.left), write_term(example.right)]
    return plain


def _read_judgement(plain: Json) -> Judgement:
    premises = tuple(
        Premise(read_term(symbol), read_term(value), str(latex)) for symbol, value, latex in plain["premises"]
    )
    rest = from_plain(Judgement, {**plain, "premises": [], "counterexample": None})
    return replace(rest, premises=premises, counterexample=_read_example(plain["counterexample"]))


def _read_example(plain: Any) -> Counterexample | None:  # noqa: ANN401 - JSON data
    if plain is None:
        return None
    at, left, right = plain
    pairs = tuple((str(name), read_term(number)) for name, number in at)
    return Counterexample(pairs, read_term(left), read_term(right))


def _positions(source: Source) -> Callable[[Any], list[int]]:
    """Spans, or what JSON data has for one, as lines and columns."""
    known: dict[tuple[int, int], list[int]] = {}

    def place(span: Any) -> list[int]:  # noqa: ANN401 - as above
        ends = (span.start, span.end) if isinstance(span, Span) else (span["start"], span["end"])
        if ends not in known:
            found = map(source.position, ends)
            known[ends] = [number for end in found for number in (end.line, end.column)]
        return known[ends]

    return place


def _mapped(plain: Any, change: Callable[[Json], Json]) -> Any:  # noqa: ANN401 - as above
    """JSON data with every span changed."""
    if isinstance(plain, list):
        return [_mapped(one, change) for one in plain]
    if isinstance(plain, Mapping):
        if set(plain) == {"start", "end"}:
            return change(dict(plain))
        return {name: _mapped(one, change) for name, one in plain.items()}
    return plain
