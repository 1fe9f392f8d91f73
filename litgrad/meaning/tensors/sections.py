"""Where the vectors of a post begin: what stands under the headings above is about numbers."""

from collections.abc import Sequence
from itertools import takewhile

from litgrad.latex.tree import Formula
from litgrad.meaning.sections import heading_between
from litgrad.meaning.shapes import nonscalars
from litgrad.meaning.tensors.evidence import references
from litgrad.meaning.tensors.infer import is_plain
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.world import World
from litgrad.source import Source


def numbers_until(source: Source, formulas: Sequence[Formula], world: World) -> int:
    """The offset up to which the names of a post are numbers, though some are vectors further down.

    It is the end of the first sections, whose formulas tell of no vectors and hold no name that is a matrix
    later; 0 where there are none.
    """
    sections = _sections(source, formulas)
    plain = list(takewhile(lambda section: _is_of_numbers(section, world), sections))
    return plain[-1][-1].span.end if plain and len(plain) < len(sections) else 0


def _sections(source: Source, formulas: Sequence[Formula]) -> list[list[Formula]]:
    sections: list[list[Formula]] = []
    for formula in formulas:
        last = sections[-1][-1].span.end if sections else 0
        if not sections or heading_between(source, last, formula.span.start):
            sections.append([])
        sections[-1].append(formula)
    return sections


def _is_of_numbers(formulas: Sequence[Formula], world: World) -> bool:
    if not is_plain(formulas) or nonscalars(list(formulas)):
        return False
    return all(
        world.forms.get(found.family) is not Form.MATRIX for found in references(formulas, frozenset())
    )
