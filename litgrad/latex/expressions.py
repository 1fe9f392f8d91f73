"""Precedence climbing over a formula's tokens: lists, relations, sums, products, scripts."""

from collections.abc import Callable

from litgrad.latex.atoms import ATOMS, bars_open_here, starts_atom
from litgrad.latex.cursor import Cursor
from litgrad.latex.lexer import Kind, Token
from litgrad.latex.tree import (
    Empty,
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Number,
    Product,
    Related,
    Scripted,
    Sign,
    Sum,
    Unreadable,
)

DEPTH_LIMIT = 60
"""Nesting that no formula of 216 real posts comes near (their maximum is 15)."""

_SCRIPTS = (Kind.SUB, Kind.SUP, Kind.PRIME, Kind.POSTFIX)


class Expressions:
    """Reads one expression at a time from a cursor; always gives a node and steps forward."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.bars: list[str] = []
        """The bars now open, innermost last."""

    def listed(self) -> Node:
        """What brackets may hold: relations separated by commas, semicolons, colons or a lone bar."""
        return self._list_of(self.related)

    def side(self) -> Node:
        """What may stand between two relation signs: a list of sums."""
        return self._list_of(self.sum)

    def _list_of(self, item: Callable[[], Node]) -> Node:
        items, separators = [item()], []
        while (separator := self._separator()) is not None:
            separators.append(separator)
            items.append(item() if self._more() else Empty(self.cursor.here()))
        if not separators:
            return items[0]
        return Listed(items[0].span | items[-1].span, tuple(items), tuple(separators))

    def _more(self) -> bool:
        ends = (Kind.CLOSE, Kind.RELATION, Kind.END)
        return not (self.cursor.token is None or any(map(self.cursor.next_is, ends)) or self._at_right())

    def _at_right(self) -> bool:
        return self.cursor.next_is(Kind.COMMAND, r"\right")

    def _separator(self) -> Sign | None:
        cursor = self.cursor
        lone_bar = cursor.next_is(Kind.BAR) and not self._closes_bars() and not bars_open_here(cursor)
        if cursor.next_is(Kind.SEPARATOR) or cursor.next_is(Kind.WIDE_SPACE) or lone_bar:
            return cursor.sign(cursor.take())
        return None

    def _closes_bars(self) -> bool:
        return bool(self.bars) and self.cursor.token is not None and self.cursor.token.text == self.bars[-1]

    def related(self) -> Node:
        """Sums joined by relation signs, inside brackets and scripts."""
        sides, signs = [self.sum()], []
        while self.cursor.next_is(Kind.RELATION):
            signs.append(self.cursor.sign(self.cursor.take()))
            sides.append(self.sum())
        if not signs:
            return sides[0]
        return Related(sides[0].span | sides[-1].span, tuple(sides), tuple(signs))

    def sum(self) -> Node:
        """Signed terms."""
        first = self._sign()
        terms, signs = [self.product()], [first]
        while (sign := self._sign()) is not None:
            signs.append(sign)
            terms.append(self.product())
        if signs == [None]:
            return terms[0]
        start = first.span if first else terms[0].span
        return Sum(start | terms[-1].span, tuple(terms), tuple(signs))

    def _sign(self) -> Sign | None:
        return self.cursor.sign(self.cursor.take()) if self.cursor.next_is(Kind.SUM_SIGN) else None

    def product(self) -> Node:
        """Factors joined by explicit signs; a factor may carry a sign of its own, as in `\\cdot -1`."""
        factors, signs = [self.juxtaposed()], []
        while self.cursor.next_is(Kind.PRODUCT_SIGN):
            signs.append(self.cursor.sign(self.cursor.take()))
            factors.append(self._signed_factor())
        if not signs:
            return factors[0]
        return Product(factors[0].span | factors[-1].span, tuple(factors), tuple(signs))

    def _signed_factor(self) -> Node:
        sign = self._sign()
        factor = self.juxtaposed()
        return factor if sign is None else Sum(sign.span | factor.span, (factor,), (sign,))

    def juxtaposed(self) -> Node:
        """Pieces side by side."""
        factors = [self.scripted()]
        while self._continues():
            factors.append(self.scripted())
        if len(factors) == 1:
            return factors[0]
        return Juxtaposed(factors[0].span | factors[-1].span, tuple(factors))

    def _continues(self) -> bool:
        if self.cursor.next_is(Kind.BAR):
            return not self._closes_bars() and bars_open_here(self.cursor)
        return starts_atom(self.cursor.token)

    def scripted(self) -> Node:
        """An atom with its scripts and primes."""
        cursor = self.cursor
        token = cursor.token
        node = self.atom()
        start = token.start if token is not None else 0
        while any(cursor.next_is(kind) for kind in _SCRIPTS):
            node = self._attach(node, cursor.take(), start)
        return node

    def _attach(self, base: Node, token: Token, start: int) -> Node:
        sub = sup = None
        primes = 0
        inner = base
        if isinstance(base, Scripted):
            inner, sub, sup, primes = base.base, base.sub, base.sup, base.primes
        script: Node | None = None
        match token.kind:
            case Kind.PRIME:
                primes += 1
            case Kind.POSTFIX:
                return self._factorial(base, token, start)
            case Kind.SUB if sub is None:
                sub = script = self.argument(token)
            case Kind.SUP if sup is None:
                sup = script = self.argument(token)
            case _:
                inner, sub, sup, primes = base, None, None, 0
                script = self._double(token)
                sub, sup = (script, None) if token.kind is Kind.SUB else (None, script)
        if isinstance(sup, Letter) and sup is script and sup.name == "'":
            sup, primes = None, primes + 1
        return Scripted(self.cursor.since(start), inner, sub, sup, primes)

    def _factorial(self, base: Node, token: Token, start: int) -> Node:
        return Juxtaposed(
            self.cursor.since(start), (base, Letter(self.cursor.span(token.start, token.end), "!"))
        )

    def _double(self, token: Token) -> Node:
        script = self.argument(token)
        which = "subscript" if token.kind is Kind.SUB else "superscript"
        span = self.cursor.span(token.start, token.end) | script.span
        return self.cursor.unreadable(
            "double-script", f"a second {which} on the same base", span, help="write {x^a}^b"
        )

    def argument(self, command: Token) -> Node:
        """What a command or script applies to: a braced expression or one token."""
        cursor = self.cursor
        token = cursor.token
        if token is None or token.kind in (Kind.CLOSE, Kind.ALIGN, Kind.NEW_ROW, Kind.END):
            span = cursor.span(command.start, command.end)
            return cursor.unreadable(
                "missing-operand", f"nothing follows `{command.text}`", span, help="write {..}"
            )
        if token.text == "{":
            group = self.atom()
            return group.body if isinstance(group, Grouped) else group
        if token.kind is Kind.NUMBER and len(token.text) > 1:
            return self._digit(token)
        if token.kind is Kind.PRIME:
            cursor.take()
            return Letter(cursor.span(token.start, token.end), "'")
        if token.kind in (Kind.PRODUCT_SIGN, Kind.SUM_SIGN):
            cursor.take()
            return Letter(cursor.span(token.start, token.end), token.text)
        return self.atom()

    def _digit(self, token: Token) -> Node:
        """TeX takes one digit only: `x^23` is `x^2 3`."""
        first = token.start + 1
        self.cursor.tokens[self.cursor.at] = Token(Kind.NUMBER, token.text[1:], first, token.end)
        return Number(self.cursor.span(token.start, first), token.text[0])

    def atom(self) -> Node:
        """The smallest piece; never fails, and steps forward whenever a token is left that it may take."""
        cursor = self.cursor
        token = cursor.token
        if token is None or not (starts_atom(token) or token.kind is Kind.BAR):
            return self._missing(token)
        if cursor.depth >= DEPTH_LIMIT:
            span = cursor.span(token.start, token.end)
            cursor.at = cursor.end
            return cursor.unreadable("too-large", f"nested deeper than {DEPTH_LIMIT} levels", span)
        cursor.depth += 1
        try:
            return ATOMS[token.kind](self, cursor.take())
        finally:
            cursor.depth -= 1

    def _missing(self, token: Token | None) -> Unreadable:
        cursor = self.cursor
        place = cursor.here()
        before = cursor.tokens[cursor.at - 1] if cursor.at else None
        message = f"nothing follows `{before.text}`" if before else "an expression is missing"
        if token is not None and before is None:
            message = f"nothing stands before `{token.text}`"
        span = cursor.span(before.start, before.end) if before else place
        return cursor.unreadable("missing-operand", message, span, help="write an expression there")
