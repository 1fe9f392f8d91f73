"""Edits by chance, one after the other: what a build that remembers gives against one that does not.

    python bench/stale.py posts --seconds 600

A difference in any output or verdict is a stale result, the worst fault that a memory can have.
"""

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from litgrad.memory import remembering
from litgrad.options import Options
from litgrad.outcome import Outcome
from litgrad.source import Source
from litgrad.tasks import compiled

_PIECES = re.compile(r"\\[a-zA-Z]+|[a-zA-Z0-9]|[-+=]")
_INSTEAD = {
    "+": "-",
    "-": "+",
    "=": r"\le ",
    r"\log": r"\exp",
    r"\exp": r"\log",
    r"\sin": r"\cos",
    **{str(digit): str((digit + 1) % 10) for digit in range(10)},
    **dict(zip("xyzabwnij", "yxwbaznji", strict=True)),
}
_MATH = re.compile(r"\$\$.+?\$\$|\$.+?\$", re.DOTALL)
_ENOUGH = 1000.0
"""Seconds of a post; a budget that runs out would be another difference."""


def edited(text: str, chance: random.Random) -> str:
    """The post with one piece of one formula changed, a line of prose added, or a formula left out."""
    found = [match for match in _MATH.finditer(text) if len(match[0]) < 2000]
    if not found or chance.random() < 0.1:
        lines = text.split("\n")
        lines.insert(chance.randrange(len(lines)), "One more line.")
        return "\n".join(lines)
    formula = chance.choice(found)
    if chance.random() < 0.1:
        return text[: formula.start()] + "nothing" + text[formula.end() :]
    pieces = [piece for piece in _PIECES.finditer(text, *formula.span()) if piece[0] in _INSTEAD]
    if not pieces:
        return text
    piece = chance.choice(pieces)
    return text[: piece.start()] + _INSTEAD[piece[0]] + text[piece.end() :]


def outcomes(text: str, path: str, edits: int, chance: random.Random) -> Iterator[tuple[Outcome, Outcome]]:
    """After each edit, the outcome that memory gives and the one without."""
    noted: dict[str, object] = {}
    for _ in range(edits + 1):
        with remembering(noted) as notes:
            quick = compiled(Source(path, text), Options(), "post", _ENOUGH)
        noted = json.loads(json.dumps(notes.new))
        yield quick, compiled(Source(path, text), Options(), "post", _ENOUGH)
        text = edited(text, chance)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--edits", type=int, default=6, help="of one post, each of what the last one left")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    posts, start, compared, stale = sorted(arguments.folder.rglob("*.md")), monotonic(), 0, 0
    seed = arguments.seed
    while monotonic() < start + arguments.seconds:
        chance = random.Random(seed)  # noqa: S311 - edits are no secrets
        path = chance.choice(posts)
        for quick, whole in outcomes(path.read_text("utf-8"), path.name, arguments.edits, chance):
            compared += 1
            if quick != whole:
                stale += 1
                print(f"seed {seed}, {path.name}: after edit {compared} the outcomes differ", flush=True)
                break
        seed += 1
    print(f"{compared} outcomes compared, {stale} stale")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
