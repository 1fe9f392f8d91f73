"""Verdicts in signs and words, and how many of each there are, for a summary."""

from collections.abc import Mapping

from litgrad.verdict import Verdict

SYMBOLS = {
    Verdict.DEFINITION: "≔",
    Verdict.PROVED: "✓",
    Verdict.CONFIRMED: "≈",
    Verdict.CONDITIONAL: "✓∗",
    Verdict.REFUTED: "✗",
    Verdict.UNCHECKED: "?",
}
WORDS = {
    Verdict.DEFINITION: "definition",
    Verdict.PROVED: "proved",
    Verdict.CONFIRMED: "confirmed numerically",
    Verdict.CONDITIONAL: "holds under a premise",
    Verdict.REFUTED: "refuted",
    Verdict.UNCHECKED: "not checked",
}


def counted(counts: Mapping[Verdict, int]) -> list[tuple[str, str, str, int]]:
    """Class, symbol, word and number of every verdict that occurs, for a summary."""
    return [(verdict.value, SYMBOLS[verdict], _plural(verdict, counts[verdict]), counts[verdict])
            for verdict in Verdict if counts.get(verdict)]  # fmt: skip


def _plural(verdict: Verdict, count: int) -> str:
    return "definitions" if verdict is Verdict.DEFINITION and count != 1 else WORDS[verdict]
