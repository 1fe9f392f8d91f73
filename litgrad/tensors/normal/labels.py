"""The canonical numbers of summed labels: colours refined over the graph of factors, ties tried in turn."""

from collections.abc import Sequence

from litgrad.tensors.expr import Labels
from litgrad.tensors.normal.atoms import BOUND, Factor, Monomial, Table

Colours = dict[int, int]


def least(table: Table, atom: int, labels: Labels) -> Labels:
    """The labels of a factor in the smallest order that its symmetries allow."""
    symmetries = table.atoms[atom].symmetries
    if not symmetries:
        return labels
    return min(labels, *(tuple(labels[axis] for axis in order) for order in symmetries))


def renamed(table: Table, factors: Sequence[Factor], names: dict[int, int]) -> list[Factor]:
    """Factors with other labels."""
    return [
        (atom, least(table, atom, tuple([names.get(label, label) for label in labels])), exponent)
        for atom, labels, exponent in factors
    ]


def numbered(table: Table, factors: Sequence[Factor], bound: Sequence[int]) -> Monomial:
    """The factors in canonical order, with their summed labels numbered from BOUND on."""
    if not bound:
        return tuple(sorted(factors))
    if len(bound) == 1:
        return tuple(sorted(renamed(table, factors, {bound[0]: BOUND})))
    return _least_form(table, factors, bound, _refined(table, factors, bound, dict.fromkeys(bound, 0)))


def _least_form(table: Table, factors: Sequence[Factor], bound: Sequence[int], colours: Colours) -> Monomial:
    """The smallest of the forms that the colours leave."""
    table.spend()
    tied = _tied(colours)
    if tied is None:
        names = {label: BOUND + colour for label, colour in colours.items()}
        return tuple(sorted(renamed(table, factors, names)))
    forms = []
    for label in tied:
        split = {one: 2 * colour for one, colour in colours.items()}
        split[label] -= 1
        forms.append(_least_form(table, factors, bound, _refined(table, factors, bound, split)))
    return min(forms)


def _tied(colours: Colours) -> list[int] | None:
    """The labels of the first colour that several have."""
    cells: dict[int, list[int]] = {}
    for label, colour in colours.items():
        cells.setdefault(colour, []).append(label)
    return next((cells[colour] for colour in sorted(cells) if len(cells[colour]) > 1), None)


def _refined(table: Table, factors: Sequence[Factor], bound: Sequence[int], colours: Colours) -> Colours:
    """Labels coloured by where they stand and by the colours around, until no more are told apart."""
    count = 0
    while True:
        table.spend(len(factors) // 4)
        seen: dict[int, list] = {label: [] for label in bound}
        for atom, labels, exponent in factors:
            _look(table, atom, labels, exponent, colours, seen)
        keys = {label: (colours[label], sorted(seen[label])) for label in bound}
        ordered = sorted(bound, key=lambda label: keys[label])
        colours = {}
        for place, label in enumerate(ordered):
            same = place and keys[label] == keys[ordered[place - 1]]
            colours[label] = colours[ordered[place - 1]] if same else place
        found = len(set(colours.values()))
        if found in {count, len(bound)}:
            return colours
        count = found


def _look(table: Table, atom: int, labels: Labels, exponent: object, colours: Colours, seen: dict) -> None:
    """Tell each label of a factor what the factor looks like from its place."""
    shown = tuple([(1, colours[label]) if label in colours else (0, label) for label in labels])
    symmetries = table.atoms[atom].symmetries
    for axis, label in enumerate(labels):
        if label not in seen:
            continue
        views = [(order.index(axis), tuple(shown[one] for one in order)) for order in symmetries]
        views.append((axis, shown))
        seen[label].append((atom, exponent, min(views)))
