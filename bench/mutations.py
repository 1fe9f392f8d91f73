"""How many single wrong strokes in the formulas of a post are caught, so that some step is refuted."""

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from litgrad.checking.verdicts import CheckedStep, Verdict
from litgrad.compiler import check_post
from litgrad.latex.parser import parse_math
from litgrad.latex.tree import (
    Fraction,
    Juxtaposed,
    Letter,
    Node,
    Number,
    Operator,
    Product,
    Scripted,
    Sum,
    walk,
)
from litgrad.markdown import read_markdown
from litgrad.meaning.names import name_of, survey
from litgrad.source import Source, Span


@dataclass(frozen=True, slots=True)
class Mutant:
    """One edit of a post: the text of a place, replaced."""

    kind: str
    span: Span
    text: str

    def of(self, source: Source) -> Source:
        """The post with the edit made."""
        return Source(source.path, source.text[: self.span.start] + self.text + source.text[self.span.end :])


def mutants(source: Source) -> Iterator[Mutant]:
    """All single edits of all formulas with a relation sign, each once."""
    formulas = [parse_math(block) for block in read_markdown(source).math]
    functions = survey(formulas).functions
    seen = set()
    for formula in formulas:
        sides = [side for row in formula.rows if row.relations for side in row.sides if side is not None]
        nodes = [node for side in sides for node in walk(side)]
        letters = sorted({source.slice(node.span) for node in nodes if _is_variable(node, functions)})
        for node in nodes:
            for mutant in _of_node(source, node, letters, functions):
                if mutant not in seen and mutant.text != source.slice(mutant.span):
                    seen.add(mutant)
                    yield mutant


Names = frozenset[str]


def _is_variable(node: Node, functions: Names) -> bool:
    return isinstance(node, Letter) and len(node.name) == 1 and node.name not in {"d", "e", *functions}


def _of_node(source: Source, node: Node, letters: list[str], functions: Names) -> Iterator[Mutant]:
    match node:
        case Sum(terms=terms, signs=signs):
            for term, sign in zip(terms, signs, strict=True):
                if sign is not None:
                    yield Mutant("sign", sign.span, "-" if sign.symbol == "+" else "+")
                if sign is not None and len(terms) > 1:
                    yield Mutant("dropped term", sign.span | term.span, "")
        case Number(text=text):
            yield Mutant("digit", node.span, text[:-1] + str((int(text[-1]) + 1) % 10))
        case Scripted(sup=Number(span=span, text=text)):
            yield Mutant("exponent", span, f"{{{int(text) + 1}}}")
        case Product(factors=factors, signs=signs):
            for sign, factor in zip(signs, factors[1:], strict=True):
                yield Mutant("dropped factor", sign.span | factor.span, "")
        case Juxtaposed(factors=factors):
            yield from _of_factors(source, factors, functions)
        case Fraction(numerator=above, denominator=below):
            swapped = rf"{node.command}{{{_inside(source, below)}}}{{{_inside(source, above)}}}"
            yield Mutant("swapped fraction", node.span, swapped)
        case Letter() if _is_variable(node, functions):
            for other in letters:
                yield Mutant("variable", node.span, other)


def _of_factors(source: Source, factors: tuple[Node, ...], functions: Names) -> Iterator[Mutant]:
    """Each factor dropped or doubled; a function stays with its argument, and a differential is one piece."""
    if isinstance(factors[0], Letter) and factors[0].name in ("d", r"\partial"):
        return
    for before, factor in zip((None, *factors), factors, strict=False):
        if any(_is_head(node, functions) for node in (before, factor)):
            continue
        yield Mutant("dropped factor", factor.span, "")
        text = source.slice(factor.span)
        yield Mutant("doubled factor", factor.span, f"{text} {text}")


def _is_head(node: Node | None, functions: Names) -> bool:
    """The name of a function, which needs an argument, or the operator of a derivative."""
    if isinstance(node, Fraction):
        return _is_derivative_operator(node)
    while isinstance(node, Scripted):
        node = node.base
    return isinstance(node, Operator) or (node is not None and name_of(node) in functions)


def _is_derivative_operator(node: Fraction) -> bool:
    """`\\frac{d}{dx}`, a fraction that is no value."""
    return isinstance(node.numerator, Letter) and node.numerator.name in ("d", r"\partial")


def _inside(source: Source, node: Node) -> str:
    text = source.slice(node.span)
    return text[1:-1] if text.startswith("{") and text.endswith("}") else text


def verdicts(source: Source) -> list[CheckedStep]:
    """The judged steps of a post."""
    return [step for derivation in check_post(source).derivations for step in derivation.steps]


def outcome(source: Source, mutant: Mutant) -> tuple[bool, str]:
    """Whether some step of the edited post is refuted, and if not, what stands on the edited line."""
    try:
        steps = verdicts(mutant.of(source))
    except Exception as fault:  # noqa: BLE001 - the run goes on and the fault is listed
        return False, f"litgrad failed: {type(fault).__name__}"
    if any(step.verdict is Verdict.REFUTED for step in steps):
        return True, "refuted"
    line = source.line(mutant.span.start)
    changed = mutant.of(source)
    here = [step for step in steps if changed.line(step.step.sign.span.start) == line]
    reasons = "; ".join(f"{step.verdict.value}: {step.judgement.reason}" for step in here)
    return False, reasons or "no relation sign is left on this line"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("post", nargs="?", type=Path, default=Path("posts/backpropagation.md"))
    parser.add_argument("--sample", type=int, help="try this many, chosen at random")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    source = Source(str(arguments.post), arguments.post.read_text(encoding="utf-8"))
    already = [step for step in verdicts(source) if step.verdict is Verdict.REFUTED]
    if already:
        parser.error(f"{arguments.post} already has {len(already)} refuted steps")
    tried = list(mutants(source))
    if arguments.sample is not None and arguments.sample < len(tried):
        tried = random.Random(arguments.seed).sample(tried, arguments.sample)  # noqa: S311 - no secret
    run(source, tried)


def run(source: Source, tried: list[Mutant]) -> None:
    """Check every mutant and print what was caught, by kind, and what was not, with the reason."""
    caught, total, missed = Counter(), Counter(), []
    for mutant in tried:
        found, reason = outcome(source, mutant)
        total[mutant.kind] += 1
        caught[mutant.kind] += found
        if not found:
            missed.append((mutant, reason))
    for kind in sorted(total):
        print(f"{kind:18}{caught[kind]:>6} of {total[kind]}")
    print(f"{'all':18}{caught.total():>6} of {total.total()}\n")
    for mutant, reason in missed:
        was = " ".join(source.slice(mutant.span).split())
        place = source.position(mutant.span.start)
        print(f"{place.line}:{place.column} {mutant.kind}: {was!r} -> {mutant.text!r}\n    {reason}")


if __name__ == "__main__":
    main()
