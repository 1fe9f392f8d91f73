"""Authors' macros: `\\newcommand`, `\\def` and their kin, expanded token by token."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from litgrad.latex import commands
from litgrad.latex.lexer import Kind, Token, tokenize
from litgrad.records import dataclass

TOKEN_LIMIT = 20_000
"""The longest formula, in tokens, that macros may expand to."""
DEPTH_LIMIT = 100
"""How many macros may stand in one another."""
_WORDS_LIMIT = 1_000
"""The longest text in words that macros may put together."""


@dataclass(frozen=True, slots=True)
class Macro:
    """What a macro's name stands for."""

    name: str
    """With its backslash."""
    parameters: int
    body: tuple[Token, ...]
    default: tuple[Token, ...] | None = None
    """The value of the first parameter where no `[..]` is given; None where it is in braces, too."""


Macros = Mapping[str, Macro]
"""Macros by name."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong between two offsets of the LaTeX."""

    code: str
    message: str
    start: int
    end: int
    help: str | None = None


@dataclass(slots=True)
class Expansion:
    """The tokens of a formula without macros, and the macros that it defines."""

    tokens: list[Token] = field(default_factory=list)
    defines: dict[str, Macro] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def expand(tokens: Sequence[Token], macros: Macros) -> Expansion:
    """Carry out a formula's definitions and put every macro's body in its place.

    Takes the tokens and the macros in force before the formula. A token of a body takes the place of
    the macro's use, one of an argument keeps its own.
    """
    if not any(token.kind is Kind.COMMAND or token.text in macros for token in tokens):
        return Expansion(list(tokens))
    return _Expander(tokens, dict(macros)).run()


def macros_in(text: str) -> dict[str, Macro]:
    """The macros that a LaTeX text defines.

    >>> sorted(macros_in(r"\\newcommand{\\w}{\\mathbf{w}} \\def\\R{\\mathbb{R}}"))
    ['\\\\R', '\\\\w']
    """
    return expand(tokenize(text), {}).defines


class _Expander:
    """Reads tokens from a stack that macros push their bodies on."""

    def __init__(self, tokens: Sequence[Token], macros: dict[str, Macro]) -> None:
        self.stack: list[tuple[Token, int]] = [(token, 0) for token in reversed(tokens)]
        self.macros = macros
        self.found = Expansion()

    def run(self) -> Expansion:
        """Go through all tokens."""
        while self.stack:
            token, depth = self.stack.pop()
            if token.kind is Kind.COMMAND and token.text[1:] in commands.DEFINERS:
                self._define(token)
            elif token.text in self.macros and token.kind is not Kind.TEXT:
                self._use(token, depth)
            else:
                self.found.tokens.append(token)
        return self.found

    # -------------------------------- use --------------------------------

    def _use(self, token: Token, depth: int) -> None:
        macro = self.macros[token.text]
        given = self._arguments(macro)
        if depth >= DEPTH_LIMIT or self._length_with(macro, given) > TOKEN_LIMIT:
            self._fault(token, "too-large", f"`{token.text}` expands without end")
            self.stack.clear()
            return
        end = max((token.end, *(part[-1].end for part in given if part and part[-1].start >= token.start)))
        place = {"start": token.start, "end": end}
        for part in reversed(macro.body):
            if part.kind is Kind.PARAMETER:
                self._push(given[int(part.text) - 1] if int(part.text) <= len(given) else [], depth + 1)
            else:
                words = _filled(part.words, given) if part.words else ""
                self.stack.append((replace(part, words=words, match=None, **place), depth + 1))

    def _length_with(self, macro: Macro, given: Sequence[Sequence[Token]]) -> int:
        """How long the formula gets with a body put in."""
        longest = max(map(len, given), default=0)
        uses = sum(part.kind is Kind.PARAMETER for part in macro.body)
        return len(self.found.tokens) + len(self.stack) + len(macro.body) + uses * longest

    def _arguments(self, macro: Macro) -> list[list[Token]]:
        given: list[list[Token]] = []
        if macro.default is not None:
            given.append(self._optional() or list(macro.default))
        while len(given) < macro.parameters:
            given.append(self._argument())
        return given

    def _push(self, tokens: Sequence[Token], depth: int) -> None:
        self.stack.extend((token, depth) for token in reversed(tokens))

    def _next_is(self, text: str) -> bool:
        return bool(self.stack) and self.stack[-1][0].text == text

    def _argument(self) -> list[Token]:
        """A braced group without its braces, else one token."""
        if not self.stack:
            return []
        token, depth = self.stack.pop()
        if token.text == "{":
            return self._until("}")
        if token.kind is Kind.NUMBER and len(token.text) > 1:
            rest = replace(token, text=token.text[1:], start=token.start + 1)
            self.stack.append((rest, depth))
            return [replace(token, text=token.text[0], end=token.start + 1)]
        return [token]

    def _optional(self) -> list[Token]:
        if not self._next_is("["):
            return []
        self.stack.pop()
        return self._until("]")

    def _until(self, closing: str) -> list[Token]:
        """The tokens up to a closing one that is not inside braces."""
        depth = 0
        taken: list[Token] = []
        while self.stack:
            token, _ = self.stack.pop()
            if depth == 0 and token.text == closing:
                break
            depth += (token.text == "{") - (token.text == "}")
            taken.append(token)
        return taken

    # -------------------------------- definition --------------------------------

    def _define(self, definer: Token) -> None:
        macro = self._macro(definer)
        if macro is None:
            self._fault(definer, "unreadable-math", f"`{definer.text}` does not say which macro it defines")
            return
        if definer.text == r"\providecommand" and macro.name in self.macros:
            return
        self.macros[macro.name] = self.found.defines[macro.name] = macro

    def _macro(self, definer: Token) -> Macro | None:
        match definer.text:
            case r"\def" | r"\gdef" | r"\edef" | r"\xdef":
                return self._plain()
            case r"\let":
                return self._alias()
            case r"\DeclareMathOperator":
                return self._operator()
            case r"\DeclarePairedDelimiter":
                return self._paired()
        return self._newcommand()

    def _name(self) -> str | None:
        if self._next_is("*"):
            self.stack.pop()
        name = self._argument()
        return name[0].text if len(name) == 1 and name[0].text.startswith("\\") else None

    def _newcommand(self) -> Macro | None:
        name = self._name()
        count = self._optional()
        parameters = int(count[0].text) if count and count[0].text.isdigit() else 0
        default = tuple(self._optional()) if self._next_is("[") else None
        body = tuple(self._argument())
        return None if name is None else Macro(name, min(parameters, 9), body, default)

    def _plain(self) -> Macro | None:
        """`\\def\\x#1#2{..}`."""
        name = self._name()
        parameters = 0
        while self.stack and self.stack[-1][0].kind is Kind.PARAMETER:
            self.stack.pop()
            parameters += 1
        if name is None or not self._next_is("{"):
            return None
        return Macro(name, parameters, tuple(self._argument()))

    def _alias(self) -> Macro | None:
        """`\\let\\a=\\b`."""
        name = self._name()
        if self._next_is("="):
            self.stack.pop()
        body = [self.stack.pop()[0]] if self.stack else []
        if name is None or not body:
            return None
        known = self.macros.get(body[0].text)
        return replace(known, name=name) if known is not None else Macro(name, 0, tuple(body))

    def _operator(self) -> Macro | None:
        name = self._name()
        words = "".join(_text_of(token) for token in self._argument())
        if name is None:
            return None
        return Macro(name, 0, (Token(Kind.TEXT, r"\operatorname", 0, 0, words),))

    def _paired(self) -> Macro | None:
        name = self._name()
        left, right = self._argument(), self._argument()
        return None if name is None else Macro(name, 1, (*left, Token(Kind.PARAMETER, "1", 0, 0), *right))

    def _fault(self, token: Token, code: str, message: str) -> None:
        self.found.faults.append(Fault(code, message, token.start, token.end))


def _text_of(token: Token) -> str:
    return token.words if token.kind is Kind.TEXT else token.text


def _filled(words: str, given: Sequence[Sequence[Token]]) -> str:
    """Words with the parameters in them put in."""
    for index, tokens in enumerate(given, start=1):
        words = words.replace(f"#{index}", "".join(map(_text_of, tokens))[:_WORDS_LIMIT])
    return words[:_WORDS_LIMIT]


# -------------------------------- what sites usually define --------------------------------

_USUAL = r"""
\def\R{\mathbb{R}} \def\N{\mathbb{N}} \def\Z{\mathbb{Z}} \def\Q{\mathbb{Q}} \def\C{\mathbb{C}}
\def\RR{\mathbb{R}} \def\NN{\mathbb{N}} \def\ZZ{\mathbb{Z}} \def\QQ{\mathbb{Q}} \def\CC{\mathbb{C}}
\def\EE{\mathbb{E}} \def\PP{\mathbb{P}} \def\E{\mathbb{E}} \def\reals{\mathbb{R}} \def\Reals{\mathbb{R}}
\DeclareMathOperator{\Var}{Var} \DeclareMathOperator{\Cov}{Cov} \DeclareMathOperator{\KL}{KL}
\DeclareMathOperator{\diag}{diag} \DeclareMathOperator{\sign}{sgn} \DeclareMathOperator{\rank}{rank}
\DeclareMathOperator{\softmax}{softmax} \DeclareMathOperator{\sigmoid}{sigmoid}
\DeclareMathOperator{\relu}{ReLU}
\DeclareMathOperator{\ReLU}{ReLU} \DeclareMathOperator{\Tr}{tr} \DeclareMathOperator{\trace}{tr}
\DeclareMathOperator{\vect}{vec} \DeclareMathOperator{\supp}{supp} \DeclareMathOperator{\tg}{tan}
\DeclareMathOperator{\ctg}{cot} \DeclareMathOperator{\arctg}{arctan} \DeclareMathOperator{\sh}{sinh}
\DeclareMathOperator{\ch}{cosh} \DeclareMathOperator{\th}{tanh}
\newcommand{\abs}[1]{\lvert #1\rvert} \newcommand{\norm}[1]{\lVert #1\rVert} \newcommand{\given}{\mid}
\newcommand{\set}[1]{\{#1\}} \newcommand{\floor}[1]{\lfloor #1\rfloor} \newcommand{\ceil}[1]{\lceil #1\rceil}
\newcommand{\bra}[1]{\langle #1 |} \newcommand{\ket}[1]{| #1 \rangle} \newcommand{\dd}{\mathrm{d}}
\newcommand{\dv}[2]{\frac{\mathrm{d} #1}{\mathrm{d} #2}} \newcommand{\pdv}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\differentialD}{\mathrm{d}} \newcommand{\exponentialE}{e} \newcommand{\imaginaryI}{i}
\newcommand{\vb}[1]{\mathbf{#1}} \newcommand{\grad}{\nabla} \newcommand{\defeq}{:=} \newcommand{\eqdef}{:=}
\newcommand{\indep}{\perp} \newcommand{\half}{\frac{1}{2}} \newcommand{\lparen}{(} \newcommand{\rparen}{)}
"""

USUAL = macros_in(_USUAL)
"""Macros that many sites define for all their posts; a post's own come first."""
