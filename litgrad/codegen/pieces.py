"""Python text with the value of every part by its place."""

from sympy import Expr

from litgrad.records import dataclass

ADD, MUL, UNARY, POWER, ATOM = range(5)
"""Precedences, loosest first."""


class Unprintable(Exception):
    """An expression that has no NumPy text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Python text and the values of its parts: (start, end, expression)."""

    text: str
    links: tuple[tuple[int, int, Expr], ...] = ()
    precedence: int = ATOM

    def within(self, outer: int) -> "Piece":
        """In parentheses where the surroundings bind tighter."""
        if self.precedence >= outer:
            return self
        return Piece.join("(", self, ")")

    @staticmethod
    def join(*parts: "str | Piece", precedence: int = ATOM) -> "Piece":
        """Texts and pieces one after another."""
        text, links = "", []
        for part in parts:
            if isinstance(part, Piece):
                links.extend((start + len(text), end + len(text), expr) for start, end, expr in part.links)
                text += part.text
            else:
                text += part
        return Piece(text, tuple(links), precedence)


def bracketed(piece: Piece, length: int) -> Piece:
    """A piece with its first characters in parentheses."""

    def link(start: int, end: int) -> tuple[int, int]:
        inside = end <= length and not (start == 0 and end == length)
        return (start + (1 if inside else 0 if start == 0 else 2), end + (1 if inside else 2))

    text = f"({piece.text[:length]}){piece.text[length:]}"
    return Piece(text, tuple((*link(start, end), expr) for start, end, expr in piece.links), piece.precedence)
