"""How the time of reading grows with the length of the text, for texts of several shapes.

Prints the times from 100 B to 100 kB, what was refused, and the exponent k of a fit of time = c *
length^k over the texts of 1 kB and more, where starting costs nothing any more: about 1 is linear. Ends
with status 1 beyond `--limit`.
"""

import argparse
import gc
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time

from litgrad.document import MathBlock
from litgrad.latex.parser import parse_math
from litgrad.markdown import read_markdown
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import survey
from litgrad.meaning.terms import NotRead
from litgrad.source import Source, Span

LENGTHS = (100, 316, 1_000, 3_162, 10_000, 31_623, 100_000)
TOO_LONG = 20
"""No longer text is read once one has taken so many seconds."""
FITTED = 1_000
"""The shortest text that the fit takes in."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Texts that grow by one more piece."""

    name: str
    text: Callable[[int], str]
    """The text with so many pieces."""
    post: bool = False
    """A whole post rather than one formula."""

    def of_length(self, length: int) -> str:
        """A text of at most so many characters; its pieces are of about one length."""
        each = len(self.text(101)) - len(self.text(100))
        pieces = max(1, (length - len(self.text(1))) // each)
        while len(self.text(pieces)) > length and pieces > 1:
            pieces -= 1 + pieces // 50
        return self.text(pieces)


def _names(count: int) -> list[str]:
    return [f"x_{{{number}}}" for number in range(count)]


SHAPES = (
    Shape("a sum", lambda n: " + ".join(_names(n))),
    Shape("a sum of one name", lambda n: "x" + " - x" * n),
    Shape("a product with dots", lambda n: r" \cdot ".join(_names(n))),
    Shape("a product without", lambda n: " ".join(_names(n))),
    Shape("a sum of fractions", lambda n: " + ".join([r"\frac{a}{b + x^2}"] * n)),
    Shape("a sum of functions", lambda n: " + ".join([r"\sin(2 x) e^{-x}"] * n)),
    Shape("one chain", lambda n: " = ".join(["a + b"] * n)),
    Shape("rows of align", lambda n: r"\begin{align} a &= b \\" + r" &= c + d \\" * n + r" &= e \end{align}"),
    Shape("open brackets", lambda n: "(" * n + "x"),
    Shape("nested fractions", lambda n: r"\frac{1}{" * n + "x" + "}" * n),
    Shape("nested braces", lambda n: "{" * n + "x" + "}" * n),
    Shape("scripts", lambda n: "x" + "^{a" * n + "}" * n),
    Shape("bars", lambda n: "|x" * n),
    Shape("unknown commands", lambda n: r"\unknown x + " * n + "1"),
    Shape("inline formulas", lambda n: "Let $x$ be it. " * n, post=True),
    Shape("displayed formulas", lambda n: "$$\ny = x\n$$\n\nand\n\n" * n, post=True),
    Shape("dollars without an end", lambda n: "$ " * n, post=True),
    Shape("displays without an end", lambda n: "$$ x\n\n" * n, post=True),
)


def read_formula(latex: str) -> str:
    """Read one formula to its meaning; the reason of a refusal, or nothing."""
    formula = parse_math(MathBlock(Span(0, len(latex)), latex, ((0, 0),), display=True))
    if formula.diagnostics:
        return formula.diagnostics[0].message
    scope = survey([formula])
    sides = [side for row in formula.rows for side in row.sides if side is not None]
    terms = [interpret(side, scope) for side in sides]
    return next((term.reason for term in terms if isinstance(term, NotRead)), "")


def read_post(markdown: str) -> str:
    """Read a post with all its formulas; the first complaint, or nothing."""
    formulas = [parse_math(block) for block in read_markdown(Source("post.md", markdown)).math]
    return next((each.message for formula in formulas for each in formula.diagnostics), "")


def timed(shape: Shape, text: str, repeats: int) -> tuple[float, str]:
    """The least time of some readings in seconds, and the reason of a refusal."""
    read = read_post if shape.post else read_formula
    times = []
    for _ in range(repeats):
        gc.collect()
        start = process_time()
        refused = read(text)
        times.append(process_time() - start)
    return min(times), refused


def exponent(lengths: list[int], times: list[float]) -> float:
    """The k of the best fit of time = c * length^k.

    >>> exponent([1, 10, 100], [3.0, 300.0, 30000.0])
    2.0
    """
    xs, ys = [math.log(length) for length in lengths], [math.log(time) for time in times]
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    return round(above / sum((x - x_mean) ** 2 for x in xs), 6)


def measured(shape: Shape, repeats: int) -> float:
    """Print the times of one shape; the exponent of its growth."""
    lengths, times, refused = [], [], ""
    for wanted in LENGTHS:
        if times and times[-1] > TOO_LONG:
            break
        text = shape.of_length(wanted)
        seconds, refused = timed(shape, text, repeats)
        lengths.append(len(text))
        times.append(seconds)
    fitted = [place for place, length in enumerate(lengths) if length > 0.9 * FITTED]
    found = exponent([lengths[place] for place in fitted], [times[place] for place in fitted])
    row = "".join(f"{seconds * 1e3:>10.2f}" for seconds in times)
    print(f"  {shape.name:24}{row}{found:>8.2f}  {refused[:60]}", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shapes", nargs="*", help="some of the shapes, by the start of their names")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--limit", type=float, default=1.2, help="the largest exponent that is still linear")
    arguments = parser.parse_args()
    chosen = [
        shape for shape in SHAPES if not arguments.shapes or shape.name.startswith(tuple(arguments.shapes))
    ]
    print(f"  {'ms at a length of':24}{''.join(f'{length:>10}' for length in LENGTHS)}{'k':>8}")
    worst = max(measured(shape, arguments.repeats) for shape in chosen)
    print(f"\nthe largest exponent is {worst:.2f}")
    sys.exit(worst > arguments.limit)


if __name__ == "__main__":
    main()
