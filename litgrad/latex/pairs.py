"""Which bracket closes which, and what each bar is: half of a pair, a separator, or an evaluation."""

from collections.abc import Sequence
from dataclasses import field, replace
from itertools import pairwise

from litgrad.latex import commands
from litgrad.latex.lexer import Kind, Token
from litgrad.records import dataclass

_OPERAND_ENDS = (
    Kind.LETTER, Kind.NUMBER, Kind.CLOSE, Kind.TEXT, Kind.END, Kind.POSTFIX, Kind.PRIME, Kind.OPERATOR
)  # fmt: skip
_BOUNDARIES = (Kind.RELATION, Kind.NEW_ROW, Kind.ALIGN, Kind.SEPARATOR, Kind.WIDE_SPACE)
"""What no pair of bars reaches across."""
_CONDITIONALS = frozenset([r"\mid", r"\parallel"])
"""Bars that never come in pairs."""
_RIGHT_BARS = frozenset([r"\rvert", r"\rVert"])


@dataclass(slots=True)
class _Frame:
    """What stands between one opening token and its close."""

    opener: Token | None
    hard: bool
    """Braces, environments and `\\left`, which TeX itself pairs."""
    spans_rows: bool = False
    """Brackets in rows may be closed in another row; those in a matrix's cell may not."""
    has_comma: bool = False
    bars: list[int | None] = field(default_factory=list)
    """Places of its bars, None between two that cannot be a pair."""
    breaks: list[int] = field(default_factory=list)
    """Places of the row ends and alignment marks right inside."""


def pair(tokens: Sequence[Token]) -> list[Token]:
    """Give brackets their partners and bars their parts; what stays without a partner has no `match`.

    Row ends and alignment marks inside brackets that span rows are left out, `||` is one bar.
    """
    if not any(token.kind in _PAIRED or token.kind is Kind.BAR for token in tokens):
        return list(tokens)
    bars = [(token, token.text, token.end) for token in tokens if token.kind is Kind.BAR]
    paired = _Pairing(tokens).run()
    lonely = {index for index, token in enumerate(tokens) if _is_lonely(token)}
    if not lonely or not _has_bracket_at_brace(tokens):
        return paired
    fresh = [replace(token, match=None) for token in tokens]
    places = {token: index for index, token in enumerate(tokens)}
    for token, text, end in bars:
        fresh[places[token]] = replace(token, kind=Kind.BAR, text=text, end=end, match=None)
    again = _Pairing(_outside_braces(fresh, lonely)).run()
    if sum(map(_is_lonely, again)) < len(lonely):
        return again
    return paired


_PAIRED = (Kind.OPEN, Kind.CLOSE, Kind.BEGIN, Kind.END)


def _is_lonely(token: Token) -> bool:
    return token.kind in _PAIRED and token.match is None


def _has_bracket_at_brace(tokens: Sequence[Token]) -> bool:
    return any(
        (left.text == "{" and right.text in _SOFT_OPENING)
        or (left.text in _SOFT_CLOSING and right.text == "}")
        for left, right in pairwise(tokens)
    )


def _outside_braces(tokens: list[Token], lonely: set[int]) -> list[Token]:
    """Brackets without a partner at the edge of braces moved out of them: `{(a}_1 + b)` as `({a}_1 + b)`.

    Some formula editors write so.
    """
    moved = list(tokens)
    for at in sorted(lonely):
        place = at
        while place and moved[place - 1].text == "{" and moved[at].text in _SOFT_OPENING:
            place -= 1
        moved.insert(place, moved.pop(at))
    for at in sorted(lonely, reverse=True):
        place = at
        while place + 1 < len(moved) and moved[place + 1].text == "}" and moved[at].text in _SOFT_CLOSING:
            place += 1
        moved.insert(place, moved.pop(at))
    return moved


_SOFT_OPENING = frozenset(["(", "["])
_SOFT_CLOSING = frozenset([")", "]"])


class _Pairing:
    """One pass over the tokens with a stack of open frames."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.stack = [_Frame(None, hard=True, spans_rows=True)]
        self.dropped: set[Token] = set()

    def run(self) -> list[Token]:
        """Pair all tokens."""
        for index, token in enumerate(self.tokens):
            self._take(index, token)
        while len(self.stack) > 1:
            self._give_up()
        self._resolve(self.stack[0])
        if not self.dropped:
            return list(self.tokens)
        return [token for token in self.tokens if token not in self.dropped]

    def _take(self, index: int, token: Token) -> None:
        frame = self.stack[-1]
        match token.kind:
            case Kind.OPEN | Kind.BEGIN:
                self._open(token)
            case Kind.CLOSE | Kind.END:
                self._close(index, token)
            case Kind.BAR:
                frame.bars.append(index)
            case kind if kind in _BOUNDARIES:
                frame.bars.append(None)
                frame.has_comma = frame.has_comma or token.text == ","
                if kind in (Kind.NEW_ROW, Kind.ALIGN):
                    frame.breaks.append(index)

    def _open(self, token: Token) -> None:
        hard = token.kind is Kind.BEGIN or token.stretchy or token.text == "{"
        rows = token.text in commands.ROW_ENVIRONMENTS or token.text == "array"
        self.stack.append(_Frame(token, hard, rows if hard else self.stack[-1].spans_rows))

    def _close(self, index: int, token: Token) -> None:
        depth = self._partner(token)
        if depth is None:
            if token.text in _RIGHT_BARS and _is_scripted(self.tokens, index):
                token.kind = Kind.EVALUATION
            return
        while len(self.stack) - 1 > depth:
            self._give_up()
        frame = self.stack.pop()
        assert frame.opener is not None
        frame.opener.match, token.match = token, frame.opener
        self._resolve(frame)
        if not frame.hard and frame.spans_rows:
            self._drop_breaks(frame.breaks)
        elif not frame.hard:
            self.stack[-1].breaks.extend(frame.breaks)

    def _drop_breaks(self, breaks: list[int]) -> None:
        """Leave out row ends in a bracket, and the space that indents what follows them."""
        for at in breaks:
            end = at + 1
            while self.tokens[end].kind is Kind.WIDE_SPACE:
                end += 1
            self.dropped.update(self.tokens[at:end])

    def _partner(self, token: Token) -> int | None:
        """The index in the stack of the frame that a token closes."""
        if token.kind is Kind.END or token.stretchy or token.text == "}":
            return next((at for at in range(len(self.stack) - 1, 0, -1) if self._fits(at, token)), None)
        for at in range(len(self.stack) - 1, 0, -1):
            if self.stack[at].hard:
                break
            if self._fits(at, token):
                return at
        top = self.stack[-1]
        return len(self.stack) - 1 if not top.hard and top.has_comma else None

    def _fits(self, at: int, token: Token) -> bool:
        opener = self.stack[at].opener
        assert opener is not None
        if opener.kind is Kind.BEGIN or token.kind is Kind.END:
            return opener.kind is Kind.BEGIN and token.kind is Kind.END and opener.text == token.text
        if opener.stretchy or token.stretchy:
            return opener.stretchy and token.stretchy
        return commands.OPENING.get(opener.text.lstrip("\\")) == token.text.lstrip("\\") and (
            (opener.text == "{") == (token.text == "}")
        )

    def _give_up(self) -> None:
        """The innermost frame has no close: what stands in it belongs to the frame around."""
        frame = self.stack.pop()
        around = self.stack[-1]
        around.bars.extend(frame.bars)
        around.breaks.extend(frame.breaks)

    # -------------------------------- bars --------------------------------

    def _resolve(self, frame: _Frame) -> None:
        """Decide on the bars of a frame, part by part."""
        part: list[int] = []
        for index in [*frame.bars, None]:
            if index is not None:
                part.append(index)
            elif part:
                _Bars(self.tokens, self._without_doubles(part)).decide()
                part = []

    def _without_doubles(self, part: list[int]) -> list[int]:
        """`||` as one bar, unless single bars stand among them, as in `||a| - |b||`."""
        runs: list[list[int]] = []
        for index in part:
            before = self.tokens[runs[-1][-1]].text if runs and index == runs[-1][-1] + 1 else ""
            if before == self.tokens[index].text and before in ("|", r"\mid"):
                runs[-1].append(index)
            else:
                runs.append([index])
        if any(len(run) != 2 for run in runs if self.tokens[run[0]].text in ("|", r"\mid")):
            return part
        for run in runs:
            if len(run) == 2:
                first, second = (self.tokens[index] for index in run)
                first.text, first.end = r"\|", second.end
                self.dropped.add(second)
        return [run[0] for run in runs]


class _Bars:
    """The bars of one part, from the left."""

    def __init__(self, tokens: Sequence[Token], part: list[int]) -> None:
        self.tokens = tokens
        self.part = part
        self.open: list[Token] = []

    def decide(self) -> None:
        """Make each bar an opening, a closing, a separator or an evaluation."""
        left: dict[str, int] = {}
        for index in self.part:
            left[self.tokens[index].text] = left.get(self.tokens[index].text, 0) + 1
        for index in self.part:
            token = self.tokens[index]
            self._decide(index, token, left[token.text])
            left[token.text] -= 1

    def _decide(self, index: int, token: Token, left: int) -> None:
        """`left` bars of its kind are left, this one among them."""
        before = self.tokens[index - 1] if index else None
        after_operand = before is not None and before.kind in _OPERAND_ENDS
        if after_operand and any(bar.text == token.text for bar in self.open):
            self._close(token)
        elif token.text in _CONDITIONALS:
            token.kind = Kind.SEPARATOR
        elif after_operand and left % 2 and _is_scripted(self.tokens, index):
            token.kind = Kind.EVALUATION
        elif (after_operand and left % 2) or left < 2:
            token.kind = Kind.SEPARATOR
        else:
            token.kind = Kind.OPEN
            self.open.append(token)

    def _close(self, token: Token) -> None:
        while (bar := self.open.pop()).text != token.text:
            bar.kind = Kind.SEPARATOR
        token.kind = Kind.CLOSE
        token.match, bar.match = bar, token


def _is_scripted(tokens: Sequence[Token], index: int) -> bool:
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    return following is not None and following.kind in (Kind.SUB, Kind.SUP)
