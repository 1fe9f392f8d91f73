"""The formulas of posts, as texts for readers that know nothing of posts."""

import random
from collections.abc import Iterator
from pathlib import Path

from litgrad.latex.parser import parse_math
from litgrad.markdown import read_markdown
from litgrad.source import Source


def read_post(path: Path) -> Source:
    """The text of a post."""
    return Source(str(path), path.read_text(encoding="utf-8"))


def sides(source: Source) -> Iterator[str]:
    """The text of every side of every relation, as the author wrote it."""
    for block in read_markdown(source).math:
        for row in parse_math(block).rows:
            for side in row.sides:
                if side is not None and source.slice(side.span).strip():
                    yield source.slice(side.span)


def displays(folder: Path, count: int, seed: int = 0) -> list[str]:
    """Some displayed formulas of the posts below a folder, chosen at random but always the same ones."""
    posts = sorted(folder.rglob("*.md"))
    found = [block.latex for path in posts for block in read_markdown(read_post(path)).math if block.display]
    every = sorted(set(found))
    return random.Random(seed).sample(every, min(count, len(every)))  # noqa: S311 - no secret
