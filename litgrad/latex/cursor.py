"""A place in a formula's tokens, and the diagnostics found on the way."""

from dataclasses import field

from litgrad.diagnostics import Diagnostic
from litgrad.document import MathBlock
from litgrad.latex.lexer import Kind, Token
from litgrad.latex.tree import Sign, Unreadable
from litgrad.records import dataclass
from litgrad.source import Span


@dataclass(slots=True)
class Cursor:
    """Reads tokens from `at` up to `end`; hands out spans of the post."""

    block: MathBlock
    tokens: list[Token]
    at: int = 0
    end: int = -1
    depth: int = 0
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.end < 0:
            self.end = len(self.tokens)
        for index, token in enumerate(self.tokens):
            token.at = index

    @property
    def token(self) -> Token | None:
        """The next token, None at the end."""
        return self.tokens[self.at] if self.at < self.end else None

    def next_is(self, kind: Kind, *texts: str) -> bool:
        """Whether the next token is of a kind and, where texts are given, one of them."""
        token = self.token
        return token is not None and token.kind is kind and (not texts or token.text in texts)

    def take(self) -> Token:
        """The next token, stepped over."""
        token = self.tokens[self.at]
        self.at += 1
        return token

    def sign(self, token: Token) -> Sign:
        """A token as a sign of the tree."""
        return Sign(self.span(token.start, token.end), token.text)

    def span(self, start: int, end: int) -> Span:
        """The place in the post of a range of the formula's LaTeX."""
        return self.block.locate(start, end)

    def here(self) -> Span:
        """The empty place just after the last token read."""
        end = self.tokens[self.at - 1].end if self.at else 0
        place = self.span(max(end - 1, 0), end).end if end else self.block.locate(0, 0).start
        return Span(place, place)

    def since(self, start: int) -> Span:
        """From an offset in the LaTeX to the end of the last token read."""
        end = self.tokens[self.at - 1].end if self.at else start
        return self.span(start, max(end, start))

    def report(self, code: str, message: str, span: Span, *, text: str = "", help: str | None = None) -> None:
        """Note a diagnostic."""
        self.diagnostics.append(Diagnostic(code, message, span, text=text, help=help))

    def unreadable(self, code: str, message: str, span: Span, *, help: str | None = None) -> Unreadable:
        """Note a diagnostic and stand for the piece it is about."""
        self.report(code, message, span, help=help)
        return Unreadable(span, message)
