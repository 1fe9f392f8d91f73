"""TeX's spaces between atoms, as explicit attributes, so that any run of siblings can be wrapped."""

from litgrad.page.elements import Atom, Element

THIN, MEDIUM, THICK = ".1667em", ".2222em", ".2778em"
BRACKETS = frozenset("()[]{}")
"""Signs that stretch and take no space without being told, wherever they stand."""
_PLUS = frozenset("+−±∓")
"""Signs that the browser's own table gives a medium space where they stand between operands."""
_OPENERS = (Atom.BIN, Atom.OP, Atom.REL, Atom.OPEN, Atom.PUNCT)


def spaced(atoms: list[Element], *, script: bool) -> list[Element]:
    """Atoms with the space that TeX's table (TeXbook, p. 170) puts between them.

    Signs carry their own space; a named function gets a thin space beside its neighbours. In
    scripts only the thin spaces of functions stay.
    """
    _demote(atoms)
    result: list[Element] = []
    for index, atom in enumerate(atoms):
        before = atoms[index - 1] if index else None
        if before is not None and _function_space(before, atom):
            result.append(Element("mspace", attributes={"width": THIN}))
        if atom.tag == "mo":
            if atom.text not in BRACKETS:
                atom.attributes.setdefault("lspace", "0")
                atom.attributes.setdefault("rspace", "0")
            _sign_space(atom, script=script)
        result.append(atom)
    return result


def _demote(atoms: list[Element]) -> None:
    """A sign without an operand on its left, or before a relation, is no operator between operands."""
    before: Element | None = None
    for atom in atoms:
        if atom.atom is Atom.BIN and (before is None or before.atom in _OPENERS):
            atom.atom = Atom.ORD
        if before is not None and before.atom is Atom.BIN and atom.atom in (Atom.REL, Atom.CLOSE, Atom.PUNCT):
            before.atom = Atom.ORD
        before = atom
    if atoms and atoms[-1].atom is Atom.BIN:
        atoms[-1].atom = Atom.ORD


def _function_space(before: Element, after: Element) -> bool:
    if before.atom is Atom.OP:
        return after.atom in (Atom.ORD, Atom.OP, Atom.INNER)
    return after.atom is Atom.OP and before.atom in (Atom.ORD, Atom.CLOSE, Atom.INNER)


def _sign_space(sign: Element, *, script: bool) -> None:
    if script:
        return
    match sign.atom:
        case Atom.BIN if sign.text in _PLUS:
            del sign.attributes["lspace"], sign.attributes["rspace"]
            sign.attributes["form"] = "infix"
        case Atom.BIN:
            sign.attributes.update(lspace=MEDIUM, rspace=MEDIUM)
        case Atom.REL:
            sign.attributes.update(lspace=THICK, rspace=THICK)
        case Atom.PUNCT:
            sign.attributes.update(rspace=THIN)
