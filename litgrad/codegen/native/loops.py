"""The loops of a kernel: one for each call of the C library, and one for the rest.

A loop over a block that stays in the cache runs fastest with nothing in it but one call.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from litgrad.codegen.native.lines import Kind, Lines

_CONSTANT = re.compile(r"\b_(\d+)\b")
_NAME = re.compile(r"\b[A-Za-z]\w*\b")


def loops(lines: Lines, inputs: Sequence[str], kind: Kind) -> Iterator[str]:
    """The lines inside a kernel, which computes `_n` values in the arrays `_at`, inputs before outputs."""
    apart = lines.calls
    if apart:
        yield f"{kind.name} _called[{len(apart)}][BLOCK];"
    yield "for (ptrdiff_t _start = 0; _start < _n; _start += BLOCK) {"
    yield "    const ptrdiff_t _end = _n - _start < BLOCK ? _n : _start + BLOCK;"
    loop = _Loops(lines, inputs, kind, apart)
    for at in apart:
        yield from loop.over([lines.constants[at]], [loop.place(at)], earlier=at)
    outputs = [f"_at[{at}][_i]" for at in range(len(inputs), len(inputs) + len(lines.results))]
    yield from loop.over(lines.results, outputs, earlier=len(lines.constants))
    yield "}"


class _Loops:
    def __init__(self, lines: Lines, inputs: Sequence[str], kind: Kind, apart: tuple[int, ...]) -> None:
        self.lines = lines
        self.inputs = inputs
        self.kind = kind
        self.apart = apart

    def place(self, at: int) -> str:
        """Where the value of a call lies."""
        return f"_called[{self.apart.index(at)}][_i - _start]"

    def over(self, texts: Sequence[str], places: Sequence[str], *, earlier: int) -> Iterator[str]:
        """A loop that puts values into places, with all that they need of what was called earlier."""
        needed = self._needed(texts, earlier)
        whole = [*texts, *(self.lines.constants[at] for at in needed if at not in self.apart)]
        used = {name for text in whole for name in _NAME.findall(text)}
        yield "#pragma omp simd"
        yield "    for (ptrdiff_t _i = _start; _i < _end; _i++) {"
        for at, name in enumerate(self.inputs):
            if name in used:
                yield self._constant(name, f"_at[{at}][_i]")
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
