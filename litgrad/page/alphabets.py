"""Unicode's mathematical alphabets: bold, script, fraktur, double-struck, sans-serif, typewriter."""

from litgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Where a style's letters begin in Unicode; 0 where it has none."""

    upper: int
    lower: int
    digits: int = 0
    greek_upper: int = 0
    greek_lower: int = 0


_BOLD = Alphabet(0x1D400, 0x1D41A, 0x1D7CE, greek_upper=0x1D6A8)
_BOLD_ITALIC = Alphabet(0x1D468, 0x1D482, 0x1D7CE, greek_upper=0x1D6A8, greek_lower=0x1D736)
_ITALIC = Alphabet(0x1D434, 0x1D44E, greek_upper=0x1D6E2, greek_lower=0x1D6FC)
_SCRIPT = Alphabet(0x1D49C, 0x1D4B6)

ALPHABETS = {
    r"\mathbf": _BOLD, r"\bf": _BOLD, r"\boldsymbol": _BOLD_ITALIC, r"\bm": _BOLD_ITALIC,
    r"\pmb": _BOLD_ITALIC,
    r"\mathcal": _SCRIPT, r"\cal": _SCRIPT, r"\mathscr": _SCRIPT,
    r"\mathit": _ITALIC, r"\mathnormal": _ITALIC,
    r"\mathfrak": Alphabet(0x1D504, 0x1D51E), r"\mathbb": Alphabet(0x1D538, 0x1D552, 0x1D7D8),
    r"\mathsf": Alphabet(0x1D5A0, 0x1D5BA, 0x1D7E2), r"\mathtt": Alphabet(0x1D670, 0x1D68A, 0x1D7F6),
}  # fmt: skip
UPRIGHT = frozenset([r"\mathbf", r"\bf", r"\mathrm", r"\rm", r"\mathsf", r"\mathtt"])
"""Styles whose letters do not lean."""

_HOLES = {
    0x1D455: "ℎ", 0x1D49D: "ℬ", 0x1D4A0: "ℰ", 0x1D4A1: "ℱ", 0x1D4A3: "ℋ", 0x1D4A4: "ℐ", 0x1D4A7: "ℒ",
    0x1D4A8: "ℳ", 0x1D4AD: "ℛ", 0x1D4BA: "ℯ", 0x1D4BC: "ℊ", 0x1D4C4: "ℴ", 0x1D506: "ℭ", 0x1D50B: "ℌ",
    0x1D50C: "ℑ", 0x1D515: "ℜ", 0x1D51D: "ℨ", 0x1D53A: "ℂ", 0x1D53F: "ℍ", 0x1D545: "ℕ", 0x1D547: "ℙ",
    0x1D548: "ℚ", 0x1D549: "ℝ", 0x1D551: "ℤ",
}  # fmt: skip
"""Places of the mathematical alphabets that Unicode fills elsewhere."""

_GREEK_SIGNS = {"∂": 25, "ϵ": 26, "ϑ": 27, "ϰ": 28, "ϕ": 29, "ϱ": 30, "ϖ": 31}
"""Signs that follow a Greek alphabet's 25 small letters."""
_NABLA = 25


def styled(style: str, text: str) -> str:
    """Text in a mathematical alphabet; what the alphabet lacks stays as it is.

    >>> styled(r"\\mathbb", "R"), styled(r"\\mathbf", "x"), styled(r"\\boldsymbol", "θ")
    ('ℝ', '𝐱', '𝜽')
    """
    alphabet = ALPHABETS.get(style)
    return "".join(_styled(character, alphabet) for character in text) if alphabet else text


def _styled(character: str, alphabet: Alphabet) -> str:
    place = _place(character, alphabet)
    return character if place is None else _HOLES.get(place, chr(place))


def _place(character: str, alphabet: Alphabet) -> int | None:
    rows = (
        ("A", "Z", alphabet.upper), ("a", "z", alphabet.lower), ("0", "9", alphabet.digits),
        ("Α", "Ω", alphabet.greek_upper), ("α", "ω", alphabet.greek_lower),
    )  # fmt: skip
    for first, last, base in rows:
        if base and first <= character <= last:
            return base + ord(character) - ord(first)
    if character == "∇" and alphabet.greek_upper:
        return alphabet.greek_upper + _NABLA
    if character in _GREEK_SIGNS and alphabet.greek_lower:
        return alphabet.greek_lower + _GREEK_SIGNS[character]
    return None
