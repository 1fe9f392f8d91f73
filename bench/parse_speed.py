"""How long it takes to read the formulas of a post, with litgrad's reader and with SymPy's, in the same run.

SymPy reads one expression, not a chain over several rows, so both readers get the same sides of relations.
SymPy's reader gives an expression; litgrad's is timed to the tree alone, and to the expression.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from sympy.parsing.latex import parse_latex
from sympy.parsing.latex.errors import LaTeXParsingError

from litgrad.document import MathBlock
from litgrad.latex.parser import parse_math
from litgrad.latex.tree import Formula
from litgrad.markdown import read_markdown
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import survey
from litgrad.meaning.terms import Term
from litgrad.source import Source, Span


def sides(source: Source) -> Iterator[str]:
    """The text of every side of every relation, as the author wrote it."""
    for block in read_markdown(source).math:
        for row in parse_math(block).rows:
            for side in row.sides:
                if side is not None and source.slice(side.span).strip():
                    yield source.slice(side.span)


def _read(latex: str) -> Formula:
    return parse_math(MathBlock(Span(0, len(latex)), latex, ((0, 0),), display=False))


def to_tree(latex: str) -> bool:
    """Whether litgrad reads the text without a complaint."""
    return not _read(latex).diagnostics


def to_term(latex: str) -> bool:
    """Whether litgrad gives the text a meaning as well."""
    formula = _read(latex)
    scope = survey([formula])
    sides = [side for row in formula.rows for side in row.sides if side is not None]
    return not formula.diagnostics and all(isinstance(interpret(side, scope), Term) for side in sides)


def with_sympy(latex: str) -> bool:
    """Whether SymPy's reader takes the whole text; strict, for without it a prefix is enough."""
    try:
        parse_latex(latex, strict=True, backend="antlr")
    except LaTeXParsingError:
        return False
    return True


def timed(read: Callable[[str], bool], latex: str, repeats: int) -> tuple[float, bool]:
    """The median time of a reading in microseconds, and whether it succeeded."""
    read(latex)
    times = []
    for _ in range(repeats):
        start = perf_counter()
        accepted = read(latex)
        times.append(perf_counter() - start)
    return median(times) * 1e6, accepted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("post", nargs="?", type=Path, default=Path("posts/backpropagation.md"))
    parser.add_argument("--repeats", type=int, default=9)
    arguments = parser.parse_args()
    formulas = list(
        dict.fromkeys(sides(Source(str(arguments.post), arguments.post.read_text(encoding="utf-8"))))
    )
    times = {
        name: {latex: timed(read, latex, arguments.repeats) for latex in formulas}
        for name, read in READERS.items()
    }
    print_table(times)


READERS = {"litgrad, tree": to_tree, "litgrad, expression": to_term, "SymPy antlr": with_sympy}


def print_table(times: dict[str, dict[str, tuple[float, bool]]]) -> None:
    """The median of each reader, what it is to SymPy's, and what each reader rejects."""
    accepted = [latex for latex in times["SymPy antlr"] if all(read[latex][1] for read in times.values())]
    everything = list(times["SymPy antlr"])
    for title, chosen in (("all formulas", everything), ("accepted by all readers", accepted)):
        medians = {name: median(read[latex][0] for latex in chosen) for name, read in times.items()}
        print(f"{title}, N = {len(chosen)}")
        for name, value in medians.items():
            ratio = medians["SymPy antlr"] / value
            print(f"  {name:22}{value:>8.0f} us   SymPy takes {ratio:.1f} times as long")
    for name, read in times.items():
        rejected = [latex for latex, (_, read_it) in read.items() if not read_it]
        print(f"rejected by {name}: {len(rejected)} of {len(everything)}")
        for latex in rejected:
            print("   ", " ".join(latex.split()))


if __name__ == "__main__":
    main()
