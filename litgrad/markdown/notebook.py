"""Jupyter notebooks: JSON to the text of its cells, one below the other, without their outputs."""

import json
from collections.abc import Mapping
from typing import Any

from litgrad.diagnostics import Diagnostic
from litgrad.source import Cell, Source, Span

SUFFIX = ".ipynb"
_OLDEST = 4
_HELP = "open it in Jupyter and save it again"
_UNREADABLE = (ValueError, RecursionError)
_GAP = "\n\n"


def is_notebook(source: Source) -> bool:
    """Whether a post is the JSON of a notebook that was not opened yet."""
    return source.path.lower().endswith(SUFFIX) and not source.cells


def open_notebook(source: Source) -> tuple[Source, Diagnostic | None]:
    """The text of a notebook's cells.

    Takes the JSON. Gives the cells' text, each with its range and number; or the JSON itself, and what is
    wrong with it at its place.
    """
    try:
        data = json.loads(source.text)
    except json.JSONDecodeError as fault:
        message = f"the notebook is not JSON: {fault.msg[0].lower()}{fault.msg[1:]}"
        return source, _broken(source, fault.pos, message)
    except _UNREADABLE:
        return source, _broken(source, 0, "the notebook is not JSON that can be read")
    fault = _fault(data)
    if fault is not None:
        return source, _broken(source, 0, fault)
    return _joined(source.path, data), None


def _fault(data: object) -> str | None:
    if not isinstance(data, dict):
        return "the notebook is not an object with `cells`"
    version = data.get("nbformat")
    if isinstance(version, int) and version < _OLDEST:
        return f"the notebook is of format {version}; format {_OLDEST} is read"
    if not isinstance(data.get("cells"), list):
        return "the notebook has no list of `cells`"
    return next((fault for fault in map(_cell_fault, data["cells"], range(1, 10**9)) if fault), None)


def _cell_fault(cell: object, number: int) -> str | None:
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        return f"cell {number} of the notebook has no `cell_type`"
    lines = cell.get("source")
    if isinstance(lines, str) or (isinstance(lines, list) and all(isinstance(line, str) for line in lines)):
        return None
    return f"cell {number} of the notebook has no text as its `source`"


def _joined(path: str, data: Mapping[str, Any]) -> Source:
    language = _language(data)
    pieces: list[str] = []
    cells: list[Cell] = []
    start = 0
    for number, cell in enumerate(data["cells"], start=1):
        text = _text(cell["source"])
        kind = cell["cell_type"]
        if kind == "markdown" or (kind == "raw" and number == 1 and text.startswith("---")):
            cells.append(Cell(number, start, start + len(text)))
        elif kind == "code":
            cells.append(Cell(number, start, start + len(text), language))
        else:
            continue
        pieces.append(text)
        start += len(text) + len(_GAP)
    return Source(path, _GAP.join(pieces), tuple(cells) or (Cell(1, 0, 0),))


def _text(lines: str | list[str]) -> str:
    text = lines if isinstance(lines, str) else "".join(lines)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").rstrip("\n")


def _language(data: Mapping[str, Any]) -> str:
    """The language of the notebook's code, from its kernel; Python if it says nothing."""
    found: Any = data
    for key in ("metadata", "kernelspec", "language"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) and found.isalnum() else "python"


def _broken(source: Source, at: int, message: str) -> Diagnostic:
    at = min(at, max(len(source.text) - 1, 0))
    return Diagnostic("bad-notebook", message, Span(at, min(at + 1, len(source.text))), help=_HELP)
