"""Suites of formulas with their meaning, and how a reading of one is judged."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from comparison import Meaning, same
from conventions import Convention, convention_of
from readings import Reading
from srepr import from_srepr
from sympy import Basic, Limit, MatrixBase

Kind = Literal["right", "wrong", "refused"]

_ONE_SIDED = re.compile(r"\^\s*\{?\s*[+-]\s*\}?\s*\}")


@dataclass(frozen=True, slots=True)
class Row:
    """A formula, what it means, and who is known to read it so."""

    latex: str
    expected: str
    """The meaning as `srepr` prints it; for a chain the text of a list of its sides."""
    must_fail: bool
    peers_right: tuple[str, ...]
    functions: tuple[str, ...] = ()
    """Names that the rest of the post shows to be functions."""

    @property
    def convention(self) -> Convention | None:
        """The convention that the meaning follows, where litgrad does not share it."""
        return convention_of(self.latex, self.expected)


def read_suite(path: Path) -> list[Row]:
    """The rows of a file of JSON lines."""
    return [_row(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _row(fields: dict[str, Any]) -> Row:
    expected = str(fields.get("srepr") or fields["expected"])
    return Row(
        fields["latex"],
        expected,
        fields.get("must_fail", False),
        tuple(fields.get("peers_right", ())),
        tuple(fields.get("functions", ())),
    )


@cache
def judge(row: Row, reading: Reading) -> Kind:
    """How a reading of a row with a meaning went."""
    if not reading.taken:
        return "refused"
    try:
        found = from_srepr(reading.srepr)
        expected = [from_srepr(text) for text in flat(row.expected)]
    except (ValueError, TypeError, SyntaxError, AttributeError, ArithmeticError):
        return "wrong"
    expected = expected[0] if len(expected) == 1 else expected
    if not _ONE_SIDED.search(row.latex):
        found, expected = two_sided(found), two_sided(expected)
    return "right" if same(found, expected) else "wrong"


def flat(expected: object) -> Iterator[str]:
    """The sides of a row that holds one text, a list of sides, or a list of such lists."""
    if isinstance(expected, str) and expected.startswith("["):
        yield from flat(ast.literal_eval(expected))
    elif isinstance(expected, str):
        yield expected
    elif isinstance(expected, list):
        for part in expected:
            yield from flat(part)


def two_sided(found: Meaning) -> Meaning:
    """The limits of an expression from both sides; SymPy means the right one where nothing is said."""
    if isinstance(found, MatrixBase) or not isinstance(found, Basic):
        return found
    return found.xreplace({limit: Limit(*limit.args[:3], "+-") for limit in found.atoms(Limit)})
