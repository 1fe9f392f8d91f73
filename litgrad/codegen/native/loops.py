"""The loops of a kernel: one for each call of the C library, and one for the rest.

A loop over a block that stays in the cache runs fastest with nothing in it but one call.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from litgrad.codegen.native.lines import Kind, Lines

_CONSTANT = re.compile(r"\b_(\d+)\b")
_NAME = re.compile(r"\b[A-Za-z]\w*\b")


def loops(lines: Lines, inputs: Sequence[str], kind: Kind, quick: Lines | None = None) -> Iterator[str]:
    """The lines inside a kernel, which computes `_n` values in the arrays `_at`, inputs before outputs.

    With `quick`, a form with less work comes first. Behind its results it has values that are finite where it
    holds; only a block in which some are not goes through the other loops, for the places of those.
    """
    outputs = [f"_at{at}[_i]" for at in range(len(inputs), len(inputs) + len(lines.results))]
    yield from (f"{kind.name} *const _at{at} = _at[{at}];" for at in range(len(inputs) + len(outputs)))
    most = max(len(lines.calls), len(quick.calls) if quick else 0)
    if most:
        yield f"{kind.name} _called[{most}][BLOCK];"
    if quick:
        yield f"{kind.name} _quick[{len(outputs)}][BLOCK], _lost[BLOCK];"
    yield "for (ptrdiff_t _start = 0; _start < _n; _start += BLOCK) {"
    yield "    const ptrdiff_t _end = _n - _start < BLOCK ? _n : _start + BLOCK;"
    texts, places = list(lines.results), outputs
    if quick:
        yield from _quick(_Loops(quick, inputs, kind, quick.calls), outputs)
        places = [*(f"const {kind.name} _value{at}" for at in range(len(texts))), *outputs]
        texts += [f"_lost[_i - _start] == 0 ? {_kept(at)} : _value{at}" for at in range(len(texts))]
    loop = _Loops(lines, inputs, kind, lines.calls)
    yield from loop.called()
    yield from loop.over(texts, places, len(lines.constants))
    yield "}"


def _quick(loop: "_Loops", outputs: Sequence[str]) -> Iterator[str]:
    """The quick form of a block into its place, and, where some of it does not hold, also into `_quick`.

    `_lost` is 0 where it holds, else no number.
    """
    yield f"    {loop.kind.name} _any = 0;"
    yield from loop.called()
    count, name = len(outputs), loop.kind.name
    called = {text: f"_value{at}" for at, text in enumerate(dict.fromkeys(loop.lines.results))}
    values = [called[text] for text in loop.lines.results]
    made = [f"const {name} {each}" for each in called.values()]

    def over(places: Sequence[str], told: str, start: str, reduction: str = "") -> Iterator[str]:
        lost = [f"{told if at else start} + ({each} - {each})" for at, each in enumerate(values[count:])]
        texts = [*called, *values[:count], *lost]
        every = [*made, *places, *[told] * len(lost)]
        yield from loop.over(texts, every, len(loop.lines.constants), reduction)

    yield from over(outputs, "_any", "_any", " reduction(+:_any)")
    yield "    if (_any == 0)"
    yield "        continue;"
    yield from over([*map(_kept, range(count))], "_lost[_i - _start]", "0")


def _kept(at: int) -> str:
    return f"_quick[{at}][_i - _start]"


class _Loops:
    def __init__(self, lines: Lines, inputs: Sequence[str], kind: Kind, apart: tuple[int, ...]) -> None:
        self.lines = lines
        self.inputs = inputs
        self.kind = kind
        self.apart = apart

    def place(self, at: int) -> str:
        """Where the value of a call lies."""
        return f"_called[{self.apart.index(at)}][_i - _start]"

    def called(self) -> Iterator[str]:
        """A loop for each call."""
        for at in self.apart:
            yield from self.over([self.lines.constants[at]], [self.place(at)], at)

    def over(
        self, texts: Sequence[str], places: Sequence[str], earlier: int, reduction: str = ""
    ) -> Iterator[str]:
        """A loop that puts values into places, with all that they need of what was called earlier."""
        needed = self._needed(texts, earlier)
        whole = [*texts, *(self.lines.constants[at] for at in needed if at not in self.apart)]
        used = {name for text in whole for name in _NAME.findall(text)}
        yield f"#pragma omp simd{reduction}"
        yield "    for (ptrdiff_t _i = _start; _i < _end; _i++) {"
        for at, name in enumerate(self.inputs):
            if name in used:
                yield self._constant(name, f"_at{at}[_i]")
        for at in needed:
            text = self.place(at) if at in self.apart else self.lines.constants[at]
            yield self._constant(f"_{at}", text)
        yield from (f"        {place} = {text};" for place, text in zip(places, texts, strict=True))
        yield "    }"

    def _constant(self, name: str, text: str) -> str:
        return f"        const {self.kind.name} {name} = {text};"

    def _needed(self, texts: Iterable[str], earlier: int) -> list[int]:
        """The constants that lead to some texts, in order; not what led to calls that are done."""
        found: set[int] = set()
        waiting = list(texts)
        while waiting:
            for at in map(int, _CONSTANT.findall(waiting.pop())):
                if at not in found and at < earlier:
                    found.add(at)
                    waiting += [] if at in self.apart else [self.lines.constants[at]]
        return sorted(found)
