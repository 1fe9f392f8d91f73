"""Tokens of one formula without what says nothing, and with what belongs together in one token."""

from collections.abc import Sequence
from dataclasses import replace

from litgrad.latex import commands
from litgrad.latex.lexer import Kind, Token
from litgrad.latex.macros import Fault, never_closed
from litgrad.latex.pairs import pair

_SIGNS = (Kind.RELATION, Kind.PRODUCT_SIGN, Kind.SUM_SIGN)
_DELIMITERS = (Kind.OPEN, Kind.CLOSE, Kind.BAR)
_OTHER_DELIMITERS = frozenset(
    r". / < > \setminus \uparrow \downarrow \updownarrow \Uparrow \Downarrow \ulcorner \urcorner".split()
)
_DEFINING = frozenset(["def", "Def", "definition", "Delta", r"\Delta", r"\triangle", "defn"])
"""Notes over an equals sign that make it one that defines."""


def tidy(tokens: Sequence[Token], faults: list[Fault]) -> list[Token]:
    """Join what makes one sign, drop what prints nothing.

    `\\left(` becomes one token, and so do `\\not\\in`, `\\arg\\max`, `{=}` and a relation with a note
    over it; `\\phantom{..}` and the like are left out. Faults are added to the list.
    """
    if not any(token.kind is Kind.COMMAND or token.text in _WATCHED for token in tokens):
        return list(tokens)
    return _Tidier(tokens, faults).run()


_WATCHED = frozenset(["{", r"\arg", *(rf"\{name}" for name in commands.EXTENSIBLE_ARROWS)])


class _Tidier:
    """Goes through tokens once."""

    def __init__(self, tokens: Sequence[Token], faults: list[Fault]) -> None:
        self.tokens = tokens
        self.faults = faults
        self.at = 0
        self.kept: list[Token] = []

    def run(self) -> list[Token]:
        """All tokens, in order."""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.kind is Kind.COMMAND:
                self._command(token)
            elif token.text in _WATCHED:
                self._watched(token)
            else:
                self.kept.append(token)
        return self.kept

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _command(self, token: Token) -> None:
        name = token.text[1:]
        if name in commands.IGNORED_ARGUMENTS:
            for _ in range(commands.IGNORED_ARGUMENTS[name]):
                self._argument()
        elif name in commands.DIMENSIONED:
            self._skip_length()
        elif name in ("left", "right", "middle"):
            self._delimiter(token)
        elif name == "not":
            self._negated(token)
        elif name in commands.NOTED:
            self._noted(token)
        elif name in commands.COLORED:
            self._colored(token)
        else:
            self.kept.append(token)

    # -------------------------------- arguments --------------------------------

    def _argument(self) -> list[Token]:
        """A braced or bracketed group without its braces, else one token."""
        first = self._peek()
        if first is None or first.kind is Kind.CLOSE:
            return []
        self.at += 1
        if first.text == "[":
            self._until(first, "]")
            return self._argument()
        return self._until(first, "}") if first.text == "{" else [first]

    def _until(self, opening: Token, closing: str) -> list[Token]:
        depth, start = 1, self.at
        while self.at < len(self.tokens) and depth:
            depth += (self.tokens[self.at].text == opening.text) - (self.tokens[self.at].text == closing)
            self.at += 1
        if depth:
            self.faults.append(never_closed(opening, closing))
        return list(self.tokens[start : self.at - (depth == 0)])

    def _skip_length(self) -> None:
        """`1em`, `-2mu`."""
        while (token := self._peek()) is not None and token.text in ("-", "+"):
            self.at += 1
        if token is not None and token.kind is Kind.NUMBER:
            self.at += 1
            for _ in range(2):
                unit = self._peek()
                self.at += unit is not None and unit.kind is Kind.LETTER

    # -------------------------------- one sign of several --------------------------------

    def _delimiter(self, token: Token) -> None:
        delimiter = self._peek()
        if delimiter is None:
            message = f"no delimiter follows `{token.text}`"
            self.faults.append(Fault("missing-operand", message, token.start, token.end))
            return
        if delimiter.kind not in _DELIMITERS and delimiter.text not in _OTHER_DELIMITERS:
            message = f"`{delimiter.text}` is no delimiter"
            self.faults.append(Fault("unreadable-math", message, token.start, delimiter.end))
        self.at += 1
        text = {"<": r"\langle", ">": r"\rangle"}.get(delimiter.text, delimiter.text)
        kind = {r"\left": Kind.OPEN, r"\right": Kind.CLOSE}.get(token.text, Kind.SEPARATOR)
        self.kept.append(Token(kind, text, token.start, delimiter.end, stretchy=kind is not Kind.SEPARATOR))

    def _negated(self, token: Token) -> None:
        relation = self._peek()
        if relation is None or relation.kind is not Kind.RELATION:
            return
        self.at += 1
        text = commands.NEGATED.get(relation.text, rf"\not{relation.text}")
        self.kept.append(Token(Kind.RELATION, text, token.start, relation.end))

    def _noted(self, token: Token) -> None:
        """`\\overset{!}{=}`: a relation with a note; anything else stays a command."""
        before, faults = self.at, len(self.faults)
        note, carrier = self._argument(), self._argument()
        if len(carrier) != 1 or carrier[0].kind not in _SIGNS:
            self.at = before
            del self.faults[faults:]
            self.kept.append(token)
            return
        words = "".join(part.words or part.text for part in note).strip()
        defines = words in _DEFINING and carrier[0].text == "="
        self._sign(token, replace(carrier[0], text=":=" if defines else carrier[0].text), note)

    def _sign(self, token: Token, sign: Token, note: list[Token]) -> None:
        end = self.tokens[self.at - 1].end
        self.kept.append(
            replace(
                sign, start=token.start, end=max(end, sign.end), note=tuple(pair(tidy(note, self.faults)))
            )
        )

    def _colored(self, token: Token) -> None:
        """The color as words of the command; a colored sign is the sign."""
        words = "".join(part.words or part.text for part in self._argument())
        if words in ("RGB", "rgb", "HTML", "named"):
            words = "".join(part.text for part in self._argument())
        following = self.tokens[self.at : self.at + 3]
        if [part.text for part in following[::2]] == ["{", "}"] and following[1].kind in _SIGNS:
            self.at += 3
            self.kept.append(following[1])
            return
        end = self.tokens[self.at - 1].end if self.at else token.end
        self.kept.append(replace(token, words=words, end=max(end, token.end)))

    def _watched(self, token: Token) -> None:
        following = self._peek()
        if token.text == r"\arg" and following is not None and following.text in (r"\max", r"\min"):
            self.at += 1
            self.kept.append(Token(Kind.OPERATOR, rf"\arg{following.text[1:]}", token.start, following.end))
        elif token.kind is Kind.RELATION:
            self._sign(token, token, self._argument())
        elif token.text == "{" and self._is_braced_sign():
            self.kept.append(self.tokens[self.at])
            self.at += 2
        else:
            self.kept.append(token)

    def _is_braced_sign(self) -> bool:
        """`a {=} b`; a sign in braces behind a script or a command is its argument."""
        inner = self.tokens[self.at : self.at + 2]
        if len(inner) < 2 or inner[0].kind is not Kind.RELATION or inner[1].text != "}":
            return False
        before = self.kept[-1] if self.kept else None
        return before is None or before.kind not in (Kind.SUB, Kind.SUP, Kind.COMMAND)
