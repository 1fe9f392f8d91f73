"""Trees to MathML Core; every subterm of the post that has a value carries its identity."""

from html import escape

from litgrad.document import MathBlock
from litgrad.latex.commands import ROW_ENVIRONMENTS, WORDY_STYLES
from litgrad.latex.parser import parse_math
from litgrad.latex.tree import (
    Accented,
    Annotated,
    Array,
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
    Root,
    Row,
    Scripted,
    Sign,
    Styled,
    Sum,
    Text,
    Unreadable,
    word_of,
)
from litgrad.page import alphabets, glyphs
from litgrad.page.elements import Atom, Element, row
from litgrad.page.spacing import BRACKETS, spaced
from litgrad.page.written import (
    bracket_size,
    columns,
    has_line_above,
    is_below,
    is_plain_equals,
    lower_note,
    with_spaces,
)
from litgrad.source import Source, Span

Marks = dict[Span, dict[str, str]]
"""Attributes for the subterm at a place."""


class Drawing:
    """Draws nodes of one formula."""

    def __init__(self, source: Source, marks: Marks) -> None:
        self.source = source
        self.marks = marks
        self.places: dict[str, str] = {}
        """The id under which each identity stands in what was drawn, the first one of each."""

    def math(self, node: Node) -> str:
        """A `<math>` element; the style sheet makes those of displays large."""
        return _math(self.row(node).html())

    def equation(self, line: Row) -> str:
        """A row of a formula as one `<math>` element, its relation signs drawn as plain signs."""
        return _math("".join(atom.html() for atom in self.line(line)))

    def line(self, line: Row, *, script: bool = False) -> list[Element]:
        """The sides of a row and the signs between them."""
        sides = [[] if side is None else [self.row(side)] for side in line.sides]
        atoms = list(sides[0])
        for sign, side in zip(line.relations, sides[1:], strict=True):
            atoms += [self._relation(sign), *side]
        return spaced(atoms, script=script)

    def sign(self, sign: Sign) -> str:
        """A relation sign on its own: a character, or a `<math>` element where a note stands over it."""
        if sign.above is None and not sign.symbol.startswith(r"\x"):
            return escape(sign_glyph(sign.symbol))
        return _math(self._relation(sign).html())

    def row(self, node: Node, *, script: bool = False) -> Element:
        """A node as one element, spaced, its subterms marked."""
        atoms = spaced(self._atoms(node, script), script=script)
        atoms = self._wrapped(atoms if script else with_spaces(atoms, self.source, piece))
        whole = row(atoms, node.span)
        whole.span = node.span if whole.tag == "mrow" else whole.span
        self._mark(whole)
        return whole

    # -------------------------------- marking subterms --------------------------------

    def _mark(self, element: Element) -> None:
        if element.span is not None and element.span in self.marks:
            for name, value in self.marks.pop(element.span).items():
                element.attributes.setdefault(name, value)
            if "href" in element.attributes:
                self.places.setdefault(element.attributes["href"][1:], element.attributes["id"])

    def _wrapped(self, atoms: list[Element]) -> list[Element]:
        """Runs of atoms that make a marked subterm in a row of their own, inner ones first."""
        places = [atom.span for atom in atoms if atom.span is not None]
        if not places:
            return atoms
        whole = Span(places[0].start, places[-1].end)
        inside = [span for span in self.marks if span in whole]
        for span in sorted(inside, key=lambda span: span.end - span.start):
            atoms = self._wrap(atoms, span)
        return atoms

    def _wrap(self, atoms: list[Element], span: Span) -> list[Element]:
        indices = [index for index, atom in enumerate(atoms) if atom.span is not None and atom.span in span]
        if not indices or span not in self.marks:
            return atoms
        first, last = indices[0], indices[-1]
        start, end = atoms[first].span, atoms[last].span
        if start is None or end is None or (start.start, end.end) != (span.start, span.end):
            return atoms
        wrapped = (
            atoms[first] if first == last else Element("mrow", children=atoms[first : last + 1], span=span)
        )
        if first == last and wrapped.span != span:
            wrapped = Element("mrow", children=[wrapped], span=span, atom=wrapped.atom)
        self._mark(wrapped)
        return [*atoms[:first], wrapped, *atoms[last + 1 :]]

    # -------------------------------- nodes to atoms --------------------------------

    def _atoms(self, node: Node, script: bool) -> list[Element]:
        """A node as a flat list of atoms."""
        match node:
            case Sum(terms=terms, signs=signs):
                return self._signed(terms, signs, script)
            case Product(factors=items, signs=signs):
                return self._between(items, signs, Atom.BIN, script)
            case Listed(items=items, separators=signs):
                return self._between(items, signs, Atom.PUNCT, script)
            case Related(sides=items, signs=signs):
                return self._between(items, signs, Atom.REL, script)
            case Juxtaposed(factors=factors):
                return [atom for factor in factors for atom in self._atoms(factor, script)]
            case Grouped(stretchy=False):
                return self._grouped(node, script)
        atom = self._atom(node, script)
        atom.span = node.span
        return [atom]

    def _signed(self, terms: tuple[Node, ...], signs: tuple[Sign | None, ...], script: bool) -> list[Element]:
        atoms: list[Element] = []
        for term, sign in zip(terms, signs, strict=True):
            atoms += [self._sign(sign, Atom.BIN)] if sign is not None else []
            atoms += self._atoms(term, script)
        return atoms

    def _between(
        self, items: tuple[Node, ...], signs: tuple[Sign, ...], atom: Atom, script: bool
    ) -> list[Element]:
        atoms = self._atoms(items[0], script)
        for sign, item in zip(signs, items[1:], strict=True):
            kind = (
                Atom.ORD if sign.symbol == "/" else Atom.REL if sign.symbol in ("|", r"\mid", ":") else atom
            )
            drawn = self._relation(sign) if sign.above is not None else self._sign(sign, kind)
            if sign.symbol == r"\pmod":
                atoms += self._modulus(drawn, self._atoms(item, script))
            else:
                atoms += [drawn, *self._atoms(item, script)]
        return atoms

    def _modulus(self, word: Element, item: list[Element]) -> list[Element]:
        """`\\pmod{n}`, which stands apart and in parentheses."""
        before, between = (Element("mspace", attributes={"width": width}) for width in ("1em", ".333em"))
        opening, closing = (
            Element("mo", text, attributes={"stretchy": "false"}, atom=atom)
            for text, atom in (("(", Atom.OPEN), (")", Atom.CLOSE))
        )
        return [before, opening, Element("mi", "mod", span=word.span), between, *item, closing]

    def _relation(self, sign: Sign) -> Element:
        """A relation sign, with a note above it where the author put one."""
        drawn = self._sign(sign, Atom.REL)
        if sign.symbol.startswith(r"\x"):
            return self._arrow(sign, drawn)
        if sign.above is None:
            return drawn
        if sign.symbol == ":=" and is_plain_equals(self.source, sign.span):
            drawn.text = "="
        note = self.row(sign.above, script=True)
        tag = "munder" if is_below(self.source, sign.span) else "mover"
        return Element(tag, children=[drawn, note], span=sign.span, atom=Atom.REL)

    def _arrow(self, sign: Sign, drawn: Element) -> Element:
        """An arrow a little longer than the notes above and below it."""
        drawn.attributes["stretchy"] = "true"
        above = self.row(sign.above, script=True) if sign.above is not None else None
        below = piece(lower_note(self.source, sign.span), script=True)
        tag = "munderover" if above and below else "munder" if below else "mover"
        ends = [Element("mspace", attributes={"width": ".5em"}) for _ in range(2)]
        notes = [row([ends[0], note, ends[1]]) for note in (below, above) if note is not None]
        return Element(tag, children=[drawn, *(notes or [row(ends)])], span=sign.span, atom=Atom.REL)

    def _sign(self, sign: Sign, atom: Atom) -> Element:
        if sign.symbol.startswith((r"\quad", r"\qquad")):
            return Element(
                "mspace", attributes={"width": "2em" if "qq" in sign.symbol else "1em"}, span=sign.span
            )
        glyph = sign_glyph(sign.symbol)
        attributes = {} if glyph in _NEVER_STRETCHED else {"stretchy": "false"}
        return Element("mo", glyph, attributes=attributes, span=sign.span, atom=atom)

    def _grouped(self, node: Grouped, script: bool) -> list[Element]:
        if node.open.symbol == "{":
            if node.span in self.marks:  # braces are not drawn, so what is inside stands for the group
                self.marks.setdefault(node.body.span, self.marks[node.span])
                del self.marks[node.span]
            return self._atoms(node.body, script)
        body = [] if isinstance(node.body, Empty) else self._atoms(node.body, script)
        opening = [] if node.open.symbol == "." else [self._fence(node.open, Atom.OPEN)]
        return [*opening, *body, self._fence(node.close, Atom.CLOSE)]

    def _fence(self, sign: Sign, atom: Atom, *, stretchy: bool = False) -> Element:
        glyph = glyphs.DELIMITERS.get(sign.symbol, sign.symbol)
        attributes = {} if stretchy and glyph in BRACKETS else {"stretchy": "true" if stretchy else "false"}
        if size := bracket_size(self.source, sign.span):
            attributes = {"stretchy": "true", "minsize": size, "maxsize": size}
        if glyph not in BRACKETS:
            attributes["form"] = "prefix" if atom is Atom.OPEN else "postfix"
        return Element("mo", glyph, attributes=attributes, span=sign.span, atom=atom)

    def _atom(self, node: Node, script: bool) -> Element:
        match node:
            case Number(text=text):
                return Element("mn", text)
            case Letter(name=name):
                return _letter(name)
            case Operator(name=name):
                return _operator(name)
            case Text(command=command, text=text) if command[1:] in WORDY_STYLES:
                word = Element("mi", text)
                _restyle(command, word)
                return word
            case Text(command=command, text=text):
                return _text(command, text)
            case Accented():
                return self._accented(node)
            case Styled(style=style, body=body):
                return self._styled(style, body)
            case Annotated():
                return self._annotated(node)
            case Fraction():
                return self._fraction(node)
            case Root(degree=None, radicand=radicand):
                return Element("msqrt", children=[self.row(radicand)])
            case Root(degree=degree, radicand=radicand):
                assert degree is not None
                return Element("mroot", children=[self.row(radicand), self.row(degree, script=True)])
            case Scripted():
                return self._scripted(node, script)
            case Grouped():
                return self._stretchy(node, script)
            case Array():
                return self._array(node)
            case Unreadable(span=span, reason=reason):
                unread = {"class": "unread", "title": reason}
                return Element("mtext", self.source.slice(span), attributes=unread)
        return Element("mrow")

    def _accented(self, node: Accented) -> Element:
        line = glyphs.LINES.get(node.accent)
        if line is not None:
            return Element("mrow", children=[self.row(node.body)], attributes={"class": line})
        stretchy = "true" if node.accent in glyphs.STRETCHED else "false"
        glyph = glyphs.ACCENTS.get(node.accent, "ˆ")
        space = {} if glyph in _ACCENTS_ALONE else {"lspace": "0", "rspace": "0"}
        accent = Element("mo", glyph, attributes={"stretchy": stretchy} | space)
        if node.accent == r"\vec":
            accent.attributes["class"] = "vec"
        return Element("mover", children=[self.row(node.body), accent], attributes={"accent": "true"})

    def _annotated(self, node: Annotated) -> Element:
        body = self.row(node.body)
        if node.note is not None:
            note = self.row(node.note, script=True)
            tag = "munder" if node.command == r"\underset" else "mover"
            return Element(tag, children=[body, note], atom=body.atom)
        if brace := glyphs.NOTE_BRACES.get(node.command):
            tag = "munder" if node.command == r"\underbrace" else "mover"
            return Element(tag, children=[body, Element("mo", brace, attributes={"stretchy": "true"})])
        color = _COLORS.get(node.words.lower()) if "color" in node.command else None
        attributes = {"class": glyphs.FRAMES[node.command]} if node.command in glyphs.FRAMES else {}
        attributes |= {"class": f"color-{color}"} if color else {}
        return Element("mrow", children=[body], attributes=attributes, atom=body.atom) if attributes else body

    def _styled(self, style: str, body: Node) -> Element:
        word = word_of(body)
        drawn = self.row(body) if word is None else Element("mi", word)
        _restyle(style, drawn)
        return drawn

    def _fraction(self, node: Fraction) -> Element:
        halves = [self.row(node.numerator), self.row(node.denominator)]
        attributes = {
            r"\dfrac": {"displaystyle": "true"},
            r"\cfrac": {"displaystyle": "true"},
            r"\tfrac": {"displaystyle": "false"},
        }
        if "binom" not in node.command:
            return Element("mfrac", children=halves, attributes=dict(attributes.get(node.command, {})))
        fences = [Element("mo", text, attributes={"stretchy": "true"}) for text in "()"]
        stack = Element("mfrac", children=halves, attributes={"linethickness": "0"})
        return Element("mrow", children=[fences[0], stack, fences[1]])

    def _scripted(self, node: Scripted, script: bool) -> Element:
        base = self.row(node.base, script=script)
        sub = self.row(node.sub, script=True) if node.sub is not None else None
        sup = self._superscript(node)
        name = node.base.name if isinstance(node.base, Operator) else ""
        braced = isinstance(node.base, Annotated) and node.base.command in glyphs.NOTE_BRACES
        tags = (
            ("munder", "mover", "munderover")
            if braced or (name in glyphs.LIMITS and not script)
            else ("msub", "msup", "msubsup")
        )
        children = [base, *(part for part in (sub, sup) if part is not None)]
        tag = tags[2] if sub and sup else tags[0] if sub else tags[1]
        return Element(tag, children=children, atom=Atom.OP if isinstance(node.base, Operator) else base.atom)

    def _superscript(self, node: Scripted) -> Element | None:
        primes = Element("mo", "′" * node.primes, attributes={"class": "prime"})
        if node.sup is None:
            return primes if node.primes else None
        sup = self.row(node.sup, script=True)
        return row([primes, sup]) if node.primes else sup

    def _stretchy(self, node: Grouped, script: bool) -> Element:
        fences = [
            self._fence(node.open, Atom.OPEN, stretchy=True),
            self._fence(node.close, Atom.CLOSE, stretchy=True),
        ]
        for fence in fences:
            if fence.text not in BRACKETS:
                fence.attributes.update(lspace="0", rspace="0")
        body = Element("mrow") if isinstance(node.body, Empty) else self.row(node.body, script=script)
        shown = [fences[0]] * bool(fences[0].text) + [body] + [fences[1]] * bool(fences[1].text)
        return Element("mrow", children=shown, atom=Atom.INNER)

    def _array(self, node: Array) -> Element:
        classes = columns(self.source, node.span) if "array" in node.environment else []
        small = node.environment == "substack"
        rows: list[Element] = []
        end = node.span.start
        for cells in node.rows:
            drawn = [Element("mtd", children=[self.row(cell, script=small)]) for cell in cells]
            for cell, name in zip(drawn, classes, strict=False):
                cell.attributes |= {"class": name} if name else {}
            above = bool(classes) and has_line_above(self.source, end, cells[0].span.start)
            rows.append(Element("mtr", children=drawn, attributes={"class": "lined"} if above else {}))
            end = cells[-1].span.end
        table = Element(
            "mtable",
            children=rows,
            attributes={"class": _table_class(node.environment)},
        )
        left, right = _ARRAY_FENCES.get(node.environment, ("", ""))
        fences = [
            Element("mo", text, attributes={"stretchy": "true", "lspace": "0", "rspace": "0"})
            for text in (left, right)
        ]
        return Element(
            "mrow", children=[fences[0]] * bool(left) + [table] + [fences[1]] * bool(right), atom=Atom.INNER
        )


def piece(latex: str, *, script: bool = False) -> Element | None:
    """LaTeX that stands by itself, drawn; None where there is none or it does not read."""
    formula = parse_math(MathBlock(Span(0, len(latex)), latex, ((0, 0),), display=False))
    if formula.diagnostics or len(formula.rows) != 1 or not latex.strip():
        return None
    return row(Drawing(Source("", latex), {}).line(formula.rows[0], script=script))


_ACCENTS_ALONE = frozenset("ˆ˜¯˙¨˘ˇ´`")
"""Accents that take no space without being told."""
_NEVER_STRETCHED = frozenset("+−±∓=≠<>≤≥≈≔∼⋅·×÷∘∗,;:/!∈")
"""Signs that do not stretch without being told."""

_COLORS = {
    "red": "red", "blue": "blue", "green": "green", "orange": "orange", "purple": "purple", "navy": "blue",
    "magenta": "purple", "violet": "purple", "cyan": "blue", "teal": "green", "gray": "gray",
    "grey": "gray", "brown": "orange",
    "cornflowerblue": "blue", "limegreen": "green", "royalblue": "blue", "crimson": "red", "darkred": "red",
    "darkgreen": "green", "darkblue": "blue", "forestgreen": "green", "orangered": "orange",
}  # fmt: skip
"""Authors' colors as one of the page's own, which are readable on light and on dark ground."""

_ARRAY_FENCES = {
    "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "Bmatrix": ("{", "}"), "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
    "psmallmatrix": ("(", ")"), "bsmallmatrix": ("[", "]"), "pmatrix*": ("(", ")"), "bmatrix*": ("[", "]"),
    "cases*": ("{", ""), "numcases": ("{", ""), "cases": ("{", ""), "dcases": ("{", ""), "rcases": ("", "}"),
}  # fmt: skip


_TEXT_FACES = frozenset([r"\textbf", r"\textit", r"\texttt", r"\textsf"])
"""Commands whose words stand in a face of their own, which the style sheet has by the same name."""


def _table_class(environment: str) -> str:
    """The class of a table in the style sheet: equations are aligned at their signs."""
    if "cases" in environment:
        return "cases"
    if environment in ROW_ENVIRONMENTS:
        return "rows"
    return "stack" if environment == "substack" else "matrix"


def sign_glyph(symbol: str) -> str:
    """How a sign or relation looks."""
    if symbol.startswith("\\not\\"):
        return sign_glyph(symbol.removeprefix(r"\not")) + "\u0338"
    return glyphs.SIGNS.get(symbol) or glyphs.RELATIONS.get(symbol) or glyphs.DELIMITERS.get(symbol) or symbol


def _math(inner: str) -> str:
    return f"<math>{inner}</math>"


def _restyle(style: str, element: Element) -> None:
    """Put all letters and digits of an element in another alphabet."""
    if element.tag in ("mi", "mn"):
        element.text = alphabets.styled(style, element.text)
    if element.tag == "mi" and style in alphabets.UPRIGHT:
        element.attributes["mathvariant"] = "normal"
    for child in element.children:
        _restyle(style, child)


def _letter(name: str) -> Element:
    bare = name.removeprefix("\\")
    if bare in glyphs.LETTERS and name.startswith("\\"):
        return Element("mi", glyphs.LETTERS[bare])
    if bare in glyphs.UPRIGHT and name.startswith("\\"):
        return _upright(glyphs.UPRIGHT[bare])
    if name in ("!", "'") or not name.isalpha():
        return Element("mo", sign_glyph(name), attributes={"lspace": "0", "rspace": "0"})
    return Element("mi", name)


def _upright(text: str, atom: Atom = Atom.ORD) -> Element:
    """A name that does not lean; of several letters none does."""
    return Element("mi", text, attributes={"mathvariant": "normal"} if len(text) == 1 else {}, atom=atom)


def _operator(name: str) -> Element:
    if name in _MANY_INTEGRALS:
        return _integrals(_MANY_INTEGRALS[name])
    if name in glyphs.LARGE:
        return Element(
            "mo", glyphs.LARGE[name], attributes={"largeop": "true", "movablelimits": "true"}, atom=Atom.OP
        )
    return _upright(glyphs.WORDY.get(name, name[1:]), Atom.OP)


_MANY_INTEGRALS = {r"\iiint": 3, r"\iiiint": 4}


def _integrals(count: int) -> Element:
    """Integral signs side by side, as large as a single one."""
    sign = Element("mo", glyphs.LARGE[r"\int"], attributes={"largeop": "true", "lspace": "0", "rspace": "0"})
    return Element("mrow", children=[sign] * count, attributes={"class": "near"}, atom=Atom.OP)


def _text(command: str, text: str) -> Element:
    if command.startswith(r"\operatorname"):
        return _upright(text, Atom.OP)
    attributes = {"class": command[1:]} if command in _TEXT_FACES else {}
    return Element("mtext", text.replace(" ", "\u00a0"), attributes=attributes)
