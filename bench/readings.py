"""What a reader in a process of its own takes a list of formulas for, and how long each took it."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from environments import ADAPTERS


@dataclass(frozen=True, slots=True)
class Reading:
    """What one formula was taken for."""

    srepr: str
    """The expression as SymPy's `srepr` writes it; empty where the reader refused."""
    seconds: float | None
    error: str

    @property
    def taken(self) -> bool:
        """Whether the reader gave an expression at all."""
        return bool(self.srepr)


def readings(python: Path, adapter: str, formulas: Sequence[str], repeats: int) -> list[Reading]:
    """One reading for each formula; a reader that ends on one refuses it, and is started again."""
    found: list[Reading] = []
    while len(found) < len(formulas):
        requests = [json.dumps({"latex": latex, "repeats": repeats}) for latex in formulas[len(found) :]]
        ended = subprocess.run(
            [python, ADAPTERS / adapter],
            input="\n".join(requests),
            capture_output=True,
            text=True,
            check=False,
        )
        before = len(found)
        found += [_reading(line) for line in ended.stdout.splitlines()]
        if len(found) == before == 0:
            raise RuntimeError(f"{adapter} does not start: {ended.stderr.strip()[-2000:]}")
        if len(found) < len(formulas):
            found.append(Reading("", None, f"the process ended with status {ended.returncode}"))
    return found


def _reading(line: str) -> Reading:
    reply = json.loads(line)
    return Reading(reply["srepr"], reply["seconds"], reply["error"])
