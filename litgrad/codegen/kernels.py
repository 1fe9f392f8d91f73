"""The steps of a schedule as NumPy calls into buffers."""

from litgrad.codegen.schedule import Schedule, read_by


def kernel_lines(schedule: Schedule) -> tuple[list[str], int]:
    """The lines of a kernel and the number of its buffers `_0`, `_1`, ...

    A buffer is free again after its last use. Writes `out`, or `out[0]`, `out[1]`, ... for several results.
    """
    several = len(schedule.results) > 1
    held = {step: f"out[{at}]" if several else "out" for at, step in enumerate(schedule.results)}
    last = {
        operand: at
        for at, step in enumerate(schedule.steps)
        for operand in read_by(step, _TWO_PASSES.get(step.ufunc))
    }
    places: dict[int, str] = {}
    free: list[str] = []
    lines: list[str] = []
    count = 0
    for at, step in enumerate(schedule.steps):
        done = [places[each] for each in dict.fromkeys(read_by(step, _TWO_PASSES.get(step.ufunc)))
                if isinstance(each, int) and last[each] == at and each not in held]  # fmt: skip
        if at in held:
            places[at] = held[at]
        elif done and step.ufunc not in _TWO_PASSES:
            places[at] = done.pop()
        elif free:
            places[at] = free.pop()
        else:
            places[at], count = f"_{count}", count + 1
        free.extend(done)
        texts = [places[each] if isinstance(each, int) else each for each in step.operands]
        lines.extend(_call(step.ufunc, texts, places[at]))
    return lines, count


_TWO_PASSES: dict[str, str] = {
    "x log": "np.log({1}, out={place})\nnp.multiply({0}, {place}, out={place})\n_mend({place}, {0})",
    "x log1p": "np.log1p({1}, out={place})\nnp.multiply({0}, {place}, out={place})\n_mend({place}, {0})",
    "ratio": "np.divide({0}, {1}, out={place})\n_mend({place}, {0})",
    "choose": "np.copyto({place}, {2})\nnp.copyto({place}, {1}, where=np.greater_equal({0}, 0))",
    "side": "np.copysign(0.5, {0}, out={place})\nnp.add({place}, 0.5, out={place})",
    "top": "np.maximum({0}, {1}, out={place})",
    "bottom": "np.subtract(1, {0}, out={place})\nnp.maximum({place}, {1}, out={place})",
}
"""Steps of several calls, the first of which writes before the last has read."""


def _call(ufunc: str, operands: list[str], place: str) -> list[str]:
    if ufunc in _TWO_PASSES:
        return _TWO_PASSES[ufunc].format(*operands, place=place).split("\n")
    return [f"np.{ufunc}({', '.join(operands)}, out={place})"]
