"""Precedence climbing over a formula's tokens: lists, relations, sums, products, scripts."""

from collections.abc import Callable

from litgrad.latex import commands
from litgrad.latex.atoms import ATOMS, starts_atom
from litgrad.latex.cursor import Cursor
from litgrad.latex.lexer import Kind, Token
from litgrad.latex.tree import (
    Empty,
    Fraction,
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Number,
    Operator,
    Product,
    Related,
    Scripted,
    Sign,
    Sum,
    Unreadable,
)

DEPTH_LIMIT = 36
"""Nesting that no formula of 216 real posts comes near (their maximum is 15)."""

_SCRIPTS = (Kind.SUB, Kind.SUP, Kind.PRIME, Kind.POSTFIX)
_SEPARATORS = (Kind.SEPARATOR, Kind.WIDE_SPACE)


class Expressions:
    """Reads one expression at a time from a cursor; always gives a node and steps forward."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor

    # -------------------------------- groups --------------------------------

    def within(self, close: Token, read: Callable[[], Node]) -> Node:
        """What stands before a closing token, which is stepped over; what is left there is reported."""
        cursor = self.cursor
        limit, cursor.end = cursor.end, close.at
        body = Empty(cursor.here()) if cursor.token is None else read()
        if cursor.token is not None:
            body = self.leftover()
        cursor.at, cursor.end = close.at + 1, limit
        return body

    def leftover(self) -> Unreadable:
        """Report a token that nothing here can take; all that is left goes with it."""
        cursor = self.cursor
        token = cursor.take()
        cursor.at = cursor.end
        span = cursor.span(token.start, token.end)
        return cursor.unreadable("unreadable-math", f"`{token.text}` cannot stand here", span)

    def rest(self) -> Node:
        """What is left of a group: a plain TeX fraction, or what brackets may hold."""
        cursor = self.cursor
        split = self._infix()
        if split is None:
            return self.listed()
        infix = cursor.tokens[split]
        start = cursor.tokens[cursor.at].start
        above = self.within(infix, self.listed)
        below = self.listed() if cursor.token is not None else Empty(cursor.here())
        name = commands.INFIX_FRACTIONS[infix.text[1:]]
        return Fraction(cursor.since(start), rf"\{name}", above, below)

    def _infix(self) -> int | None:
        """The place of `\\over` in this group, not in one inside."""
        cursor, at = self.cursor, self.cursor.at
        while at < cursor.end:
            token = cursor.tokens[at]
            if token.kind is Kind.COMMAND and token.text[1:] in commands.INFIX_FRACTIONS:
                return at
            at = token.match.at + 1 if token.match is not None and token.match.at > at else at + 1
        return None

    # -------------------------------- lists and relations --------------------------------

    def listed(self) -> Node:
        """What brackets may hold: relations separated by commas, semicolons, colons or a bar."""
        return self._list_of(self.related)

    def side(self) -> Node:
        """What may stand between two relation signs: a list of sums."""
        return self._list_of(self.sum)

    def _list_of(self, item: Callable[[], Node]) -> Node:
        cursor = self.cursor
        items, separators = [self._item(item)], []
        while cursor.token is not None and cursor.token.kind in _SEPARATORS:
            separators.append(cursor.sign(cursor.take()))
            items.append(self._item(item))
        if not separators:
            return items[0]
        span = (separators[0].span if isinstance(items[0], Empty) else items[0].span) | separators[-1].span
        if not isinstance(items[-1], Empty):
            span |= items[-1].span
        return Listed(span, tuple(items), tuple(separators))

    def _item(self, item: Callable[[], Node]) -> Node:
        """An item, which may be left out: `X_{:,i}`."""
        token = self.cursor.token
        if token is None or token.kind in _SEPARATORS:
            return Empty(self.cursor.here())
        return item()

    def related(self) -> Node:
        """Sums joined by relation signs, inside brackets and scripts; a side may be left out: `{=1}`."""
        sides, signs = [self._side()], []
        while self.cursor.next_is(Kind.RELATION):
            signs.append(self.relation())
            sides.append(self._side())
        if not signs:
            return sides[0]
        spans = [part.span for part in (*sides, *signs) if not isinstance(part, Empty)]
        span = spans[0]
        for other in spans:
            span |= other
        return Related(span, tuple(sides), tuple(signs))

    def _side(self) -> Node:
        token = self.cursor.token
        if token is None or token.kind is Kind.RELATION or token.kind in _SEPARATORS:
            return Empty(self.cursor.here())
        return self.sum()

    def relation(self) -> Sign:
        """A relation sign with what stands above it."""
        cursor = self.cursor
        token = cursor.take()
        sign = cursor.sign(token)
        if not token.note:
            return sign
        note = Cursor(cursor.block, list(token.note), diagnostics=cursor.diagnostics)
        return Sign(sign.span, sign.symbol, Expressions(note).rest())

    # -------------------------------- sums and products --------------------------------

    def sum(self) -> Node:
        """Signed terms; a sign alone stands for itself, as in `x^{+}`."""
        first = self._sign()
        if first is not None and self._is_over():
            return Letter(first.span, first.symbol)
        terms, signs = [self._term(first)], [first]
        while (sign := self._sign()) is not None:
            signs.append(sign)
            terms.append(self._term(sign))
        if signs == [None]:
            return terms[0]
        start = first.span if first else terms[0].span
        return Sum(start | terms[-1].span, tuple(terms), tuple(signs))

    def _term(self, before: Sign | None) -> Node:
        """A product; behind a sign it may carry one of its own, as in `a - -b`."""
        sign = self._sign() if before is not None else None
        if sign is None:
            return self.product()
        term = self._term(sign)
        return Sum(sign.span | term.span, (term,), (sign,))

    def _sign(self) -> Sign | None:
        return self.cursor.sign(self.cursor.take()) if self.cursor.next_is(Kind.SUM_SIGN) else None

    def _is_over(self) -> bool:
        """Whether no operand can follow."""
        token = self.cursor.token
        return token is None or token.kind in _SEPARATORS or token.kind is Kind.RELATION

    def product(self) -> Node:
        """Factors joined by explicit signs; a factor may carry a sign of its own, as in `\\cdot -1`."""
        if self.cursor.next_is(Kind.PRODUCT_SIGN):
            return self._lone_sign()
        return self._product(self.juxtaposed())

    def _lone_sign(self) -> Node:
        """`f(\\cdot)`, `K_{**}`; where more follows, what stands before the sign is missing."""
        token = self.cursor.take()
        names = [token.text]
        while self.cursor.next_is(Kind.PRODUCT_SIGN):
            names.append(self.cursor.take().text)
        if self._is_over():
            return Letter(self.cursor.since(token.start), "".join(names))
        return self._product(self._with_scripts(self._missing(token, before=None), token.start))

    def _product(self, first: Node) -> Node:
        factors, signs = [first], []
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
        """Pieces side by side; an evaluation bar takes all that stands before it."""
        factors = [self.scripted()]
        apart: list[int] = []
        while True:
            token = self.cursor.token
            if self.cursor.next_is(Kind.EVALUATION):
                factors = [self._evaluated(factors)]
            elif token is not None and starts_atom(token):
                factors.append(self.scripted())
                if token.apart and _may_end(factors):
                    apart.append(factors[-1].span.start)
            else:
                break
        return _side_by_side(factors, tuple(apart))

    def _evaluated(self, factors: list[Node]) -> Node:
        """`f \\Big|_{x=0}`."""
        cursor = self.cursor
        bar = cursor.take()
        body = _side_by_side(factors)
        start = Sign(cursor.span(bar.start, bar.start), ".")
        group = Grouped(body.span | cursor.span(bar.start, bar.end), start, cursor.sign(bar), body)
        return self._with_scripts(group, bar.start)

    # -------------------------------- scripts --------------------------------

    def scripted(self) -> Node:
        """An atom with its scripts and primes; scripts before it stand on nothing, as in `^{-1} x`."""
        token = self.cursor.token
        if token is not None and token.kind in (Kind.SUB, Kind.SUP, Kind.PRIME):
            return self._with_scripts(Empty(self.cursor.here()), token.start)
        node = self.atom()
        return self._with_scripts(node, token.start if token is not None else 0)

    def _with_scripts(self, node: Node, start: int) -> Node:
        cursor = self.cursor
        while (token := cursor.token) is not None and token.kind in _SCRIPTS:
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
                sub = script = self._script(token)
            case Kind.SUP if sup is None:
                sup = script = self._script(token)
            case _:
                inner, sub, sup, primes = base, None, None, 0
                script = self._double(token)
                sub, sup = (script, None) if token.kind is Kind.SUB else (None, script)
        if isinstance(sup, Letter) and sup is script and sup.name == "'":
            sup, primes = None, primes + 1
        span = self.cursor.since(start)
        return Scripted(span if isinstance(inner, Empty) else inner.span | span, inner, sub, sup, primes)

    def _script(self, sign: Token) -> Node:
        """What a script sign raises or lowers: TeX takes one token only."""
        cursor = self.cursor
        token = cursor.token
        if token is not None and token.kind is Kind.SUM_SIGN:
            return self._signed_script(sign, token)
        if token is None or (token.kind is not Kind.OPEN and token.kind is not Kind.NUMBER):
            return self.argument(sign)
        if token.kind is Kind.OPEN and token.text != "{" and token.match is not None and not token.stretchy:
            return self._bracket_only(sign, self.argument(sign))
        if token.kind is Kind.NUMBER and token.text.isdigit() and len(token.text) > 1:
            span = cursor.span(sign.start, token.end)
            message = f"`{sign.text}` takes only the digit `{token.text[0]}` of `{token.text}`"
            cursor.report("missing-braces", message, span, help=f"write {sign.text}{{{token.text}}}")
        return self.argument(sign)

    def _signed_script(self, sign: Token, token: Token) -> Node:
        """`x^+` is a name; in `x^-1` the number is not raised."""
        cursor = self.cursor
        script = self.argument(sign)
        after = cursor.token
        if after is None or after.start != token.end or after.kind not in (Kind.NUMBER, Kind.LETTER):
            return script
        span = cursor.span(sign.start, after.end)
        message = f"`{sign.text}` takes only the sign `{token.text}`"
        help = f"write {sign.text}{{{token.text}{after.text}}}"
        return cursor.unreadable("missing-braces", message, span, help=help)

    def _bracket_only(self, sign: Token, group: Node) -> Unreadable:
        span = self.cursor.span(sign.start, sign.end) | group.span
        message = f"`{sign.text}` takes only the bracket that follows it"
        return self.cursor.unreadable("missing-braces", message, span, help=f"write {sign.text}{{(..)}}")

    def _factorial(self, base: Node, token: Token, start: int) -> Node:
        mark = Letter(self.cursor.span(token.start, token.end), "!")
        return Juxtaposed(base.span | self.cursor.since(start), (base, mark))

    def _double(self, token: Token) -> Node:
        script = self.argument(token)
        which, sign = ("subscript", "_") if token.kind is Kind.SUB else ("superscript", "^")
        span = self.cursor.span(token.start, token.end) | script.span
        message, help = f"a second {which} on the same base", f"write {{x{sign}a}}{sign}b"
        return self.cursor.unreadable("double-script", message, span, help=help)

    def argument(self, command: Token) -> Node:
        """What a command or script applies to: a braced expression or one token."""
        cursor = self.cursor
        token = cursor.token
        if token is None or token.kind in (Kind.CLOSE, Kind.ALIGN, Kind.NEW_ROW, Kind.END):
            return self._nothing_after(command)
        match token.kind:
            case Kind.OPEN if token.text == "{":
                group = self.atom()
                return group.body if isinstance(group, Grouped) else group
            case Kind.NUMBER if len(token.text) > 1:
                return self._digit(token)
            case Kind.PRIME:
                cursor.take()
                return Letter(cursor.span(token.start, token.end), "'")
            case Kind.SUM_SIGN | Kind.PRODUCT_SIGN | Kind.RELATION | Kind.SEPARATOR:
                cursor.take()
                return Letter(cursor.span(token.start, token.end), token.text)
            case kind if kind in ATOMS:
                return self.atom()
        return self._nothing_after(command)

    def _nothing_after(self, command: Token) -> Unreadable:
        span = self.cursor.span(command.start, command.end)
        message = f"nothing follows `{command.text}`"
        return self.cursor.unreadable("missing-operand", message, span, help="write {..}")

    def _digit(self, token: Token) -> Node:
        """TeX takes one digit only: `x^23` is `x^2 3`."""
        first = token.start + 1
        rest = Token(Kind.NUMBER, token.text[1:], first, token.end, at=token.at)
        self.cursor.tokens[self.cursor.at] = rest
        return Number(self.cursor.span(token.start, first), token.text[0])

    # -------------------------------- atoms --------------------------------

    def atom(self) -> Node:
        """The smallest piece; never fails, and steps forward whenever a token is left that it may take."""
        cursor = self.cursor
        token = cursor.token
        if token is None or not starts_atom(token):
            return self._missing(token, cursor.tokens[cursor.at - 1] if cursor.at else None)
        if cursor.depth >= DEPTH_LIMIT:
            span = cursor.span(token.start, token.end)
            cursor.at = cursor.end
            return cursor.unreadable("too-large", f"nested deeper than {DEPTH_LIMIT} levels", span)
        cursor.depth += 1
        try:
            return ATOMS[token.kind](self, cursor.take())
        finally:
            cursor.depth -= 1

    def _missing(self, token: Token | None, before: Token | None) -> Unreadable:
        """Nothing stands behind a token, or before one."""
        cursor = self.cursor
        near = before or token
        message = f"nothing follows `{before.text}`" if before else "an expression is missing"
        if token is not None and before is None:
            message = f"nothing stands before `{token.text}`"
        span = cursor.span(near.start, near.end) if near else cursor.here()
        return cursor.unreadable("missing-operand", message, span, help="write an expression there")


def _side_by_side(factors: list[Node], apart: tuple[int, ...] = ()) -> Node:
    if len(factors) == 1:
        return factors[0]
    return Juxtaposed(factors[0].span | factors[-1].span, tuple(factors), apart)


def _may_end(factors: list[Node]) -> bool:
    """Whether a function stands before the last factor, which may end its argument; `\\, dx` always does."""
    *before, last = factors
    functions = [one.base if isinstance(one, Scripted) else one for one in before[:-1]]
    named = any(isinstance(one, Operator) for one in functions)
    return named and not (isinstance(last, Letter) and last.name == "d")
