"""The symbol table of a post: what is a function, a value, a constant."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from litgrad.latex.tree import (
    Accented,
    Formula,
    Fraction,
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Number,
    Operator,
    Product,
    Scripted,
    Styled,
    Sum,
    Text,
    children,
    walk,
)
from litgrad.latex.unparse import unparse
from litgrad.meaning.constants import recalls_a_constant
from litgrad.meaning.notation import SMALL_WORDS
from litgrad.source import Span

_NOT_NAMES = frozenset(
    r"\partial \nabla \infty \dots \ldots \cdots \vdots \ddots \forall \exists \top \bot \perp \prime "
    r"\emptyset \varnothing \neg \lnot \nexists \% \# \$ \& \_ ? \square \blacksquare \Box \qed \checkmark "
    r"\therefore \because \dotsc \dotsb \dotsm \dotsi \dotso \iddots \intercal \dagger \ddagger \surd \S \P "
    r"\cdot \times \circ \degree ! ' + - * **".split()
)
_VECTOR_STYLES = frozenset([r"\mathbf", r"\boldsymbol", r"\bm", r"\pmb", r"\bf", r"\mathbb"])
_USUAL_FUNCTIONS = frozenset(
    ["f", "g", "h", "F", "G", "p", "q", "P", r"\sigma", r"\phi", r"\varphi", r"\psi", r"\Gamma"]
)
"""Letters that nearly always name a function when a bracket follows."""


def name_of(node: Node) -> str | None:
    """The canonical LaTeX of a scalar name, None where the node is no name.

    `x`, `\\hat{y}`, `x_{1}`, `\\theta_{t+1}`, `x^{(i)}`, `x^{*}` and `s'` are names; `x^2` is a power.
    """
    match node:
        case Letter(name=name):
            return None if name in _NOT_NAMES else name
        case Accented(body=body) if name_of(body):
            return unparse(node)
        case Styled(style=style, body=body) if name_of(body) and style not in _VECTOR_STYLES:
            return unparse(node)
        case Text(text=text) if is_quantity(text):
            return rf"\operatorname{{{text}}}"
        case Grouped(open=sign, body=body) if sign.symbol == "{":
            return name_of(body)
        case Scripted(base=base) if name_of(base) and _marks_a_name(node):
            return unparse(node)
    return None


def is_quantity(words: str) -> bool:
    """Whether upright words may name a quantity: one word that is no small one, `Total` and not `if`."""
    return words.isalnum() and words[0].isalpha() and words.lower() not in SMALL_WORDS


def _marks_a_name(node: Scripted) -> bool:
    """Scripts that make another name: subscripts, primes, `^*`, `^{(i)}`; not powers or transposes."""
    match node.sup:
        case None:
            return True
        case Letter(name="*" | "+" | "-" | r"\star"):
            return True
        case Grouped(open=sign) if sign.symbol in ("(", "["):
            return True
    return False


def vector_style(node: Node) -> bool:
    """Whether a name is set in a vector or matrix alphabet."""
    match node:
        case Styled(style=style):
            return style in _VECTOR_STYLES
        case Accented(accent=r"\vec" | r"\overrightarrow"):
            return True
        case Scripted(base=base) | Accented(body=base):
            return vector_style(base)
    return False


def is_transpose(node: Scripted) -> bool:
    """`x^T`, `x^\\top`, `L^{-\\top}`; the T above a sum is its bound."""
    if isinstance(node.base, Operator):
        return False
    sup = node.sup
    if isinstance(sup, Sum) and len(sup.terms) == 1:
        sup = sup.terms[0]
    if isinstance(sup, Styled) and sup.style in (r"\mathrm", r"\mathsf", r"\rm", r"\mathbf", r"\mathcal"):
        sup = sup.body
    return isinstance(sup, Letter) and sup.name in ("T", r"\top", r"\intercal", "H", r"\dagger")


def is_bracketed(node: Node) -> bool:
    """Whether a node is, or scripts, a bracketed argument: `(x)`, `(x)^2`."""
    if isinstance(node, Scripted):
        return is_bracketed(node.base)
    return isinstance(node, Grouped) and node.open.symbol in ("(", "[")


def bracket_of(node: Node) -> Grouped:
    """The bracket of a bracketed argument, scripts taken off."""
    while isinstance(node, Scripted):
        node = node.base
    assert isinstance(node, Grouped)
    return node


def without_primes(node: Node) -> Node:
    """`f'` as `f`."""
    if isinstance(node, Scripted) and node.primes:
        if node.sub is None and node.sup is None:
            return node.base
        return Scripted(node.span, node.base, node.sub, node.sup)
    return node


def primes_of(node: Node) -> int:
    """How many primes a node carries."""
    return node.primes if isinstance(node, Scripted) else 0


@dataclass(frozen=True, slots=True)
class Scope:
    """What the whole post says of its names."""

    defined: frozenset[str]
    """Names that stand alone on the left of a relation."""
    functions: frozenset[str]
    """Names that are applied to arguments."""
    parameters: dict[str, tuple[str, ...]]
    """The parameters of functions that the post defines."""
    bare: frozenset[str]
    """Names used as values of their own, outside derivatives."""
    guessed: frozenset[str] = frozenset()
    """Names that are runs of letters taken for words."""
    vectors: frozenset[str] = frozenset()
    """Names that the author says have a shape."""
    places: Mapping[str, Span] = field(default_factory=dict)
    """Where a name is defined, else where it is first used as a value."""
    called: Mapping[str, Span] = field(default_factory=dict)
    """Where a name is first applied to arguments."""
    held: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The names that stand in all bodies of a function that the post defines."""
    heads: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """All lists of parameters with which the post defines a function."""
    variances: frozenset[str] = frozenset()
    """Names whose squares are arguments of functions: the sigma of `f(x \\mid \\mu, \\sigma^2)`."""

    def is_function(self, name: str) -> bool:
        """Whether a bracket after the name holds an argument."""
        return name in self.functions


@dataclass(slots=True)
class _Uses:
    """What a walk through the post has met, each name with its first place."""

    applied: Counter[str] = field(default_factory=Counter)
    simple: Counter[str] = field(default_factory=Counter)
    """Applications to what is no sum."""
    bare: Counter[str] = field(default_factory=Counter)
    primed: set[str] = field(default_factory=set)
    places: dict[str, Span] = field(default_factory=dict)
    called: dict[str, Span] = field(default_factory=dict)

    def use(self, name: str, span: Span) -> None:
        """Note a use as a value."""
        self.bare[name] += 1
        self.places.setdefault(name, span)

    def call(self, name: str, span: Span, *, simple: bool) -> None:
        """Note a use as a function."""
        self.applied[name] += 1
        self.simple[name] += simple
        self.called.setdefault(name, span)


def survey(formulas: Iterable[Formula], guessed: frozenset[str] = frozenset()) -> Scope:
    """The symbol table of all formulas of a post.

    Takes the names that are runs of letters taken for words, too.
    """
    formulas = tuple(formulas)
    heads = {name: (arguments, span) for name, arguments, span in _defined_functions(formulas)}
    parameters = {name: arguments for name, (arguments, _) in heads.items()}
    uses = _Uses()
    for formula in formulas:
        if not _is_mention(formula):
            for node in _top_nodes([formula]):
                _count(node, uses)
    defined = dict(reversed(list(_defined_values(formulas))))
    functions = {name for name in uses.applied if _is_function(name, parameters, uses, defined)}
    places = {**uses.places, **{name: span for name, (_, span) in heads.items()}, **defined}
    known = frozenset(functions | uses.primed | set(parameters))
    return Scope(
        frozenset(defined),
        known,
        parameters,
        frozenset(uses.bare),
        guessed,
        places=places,
        called=uses.called,
        held=_held(formulas),
        heads=_heads(formulas),
    )


def _is_mention(formula: Formula) -> bool:
    """`$f$` in a sentence speaks of f; it says nothing of whether f is a value."""
    rows = formula.rows
    if formula.display or len(rows) != 1 or rows[0].relations:
        return False
    return rows[0].sides[0] is not None and name_of(rows[0].sides[0]) is not None


def _top_nodes(formulas: Iterable[Formula]) -> Iterator[Node]:
    for formula in formulas:
        for row in formula.rows:
            yield from (side for side in row.sides if side is not None)


_GIVING = frozenset(["=", ":=", r"\equiv", r"\triangleq", r"\coloneqq", r"\doteq", r"\leftarrow", r"\gets"])
"""Signs that may give their left side a value."""


def _given(formulas: Iterable[Formula]) -> Iterator[tuple[Node, Node | None]]:
    """What may be given a value, with the value."""
    for formula in formulas:
        for row in formula.rows:
            for side, sign, value in zip(row.sides, row.relations, row.sides[1:], strict=False):
                if side is not None and sign.symbol in _GIVING:
                    yield side, value


def _defined_functions(formulas: Iterable[Formula]) -> Iterator[tuple[str, tuple[str, ...], Span]]:
    for side, _ in _given(formulas):
        head = function_head(side)
        if head is not None:
            yield *head, side.span


def _heads(formulas: Iterable[Formula]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Each defined function with all its lists of parameters."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for name, arguments, _ in _defined_functions(formulas):
        found[name] = (*found.get(name, ()), arguments)
    return found


def _held(formulas: Iterable[Formula]) -> dict[str, frozenset[str]]:
    """Each defined function with the names in all that it is said to be."""
    found: dict[str, frozenset[str]] = {}
    for side, value in _given(formulas):
        head = function_head(side)
        if head is not None and value is not None:
            names = frozenset(name for node in walk(value) if (name := name_of(node)) is not None)
            found[head[0]] = found.get(head[0], names) & names
    return found


def _defined_values(formulas: Iterable[Formula]) -> Iterator[tuple[str, Span]]:
    for side, value in _given(formulas):
        name = name_of(side)
        if name is not None and not recalls_a_constant(name, value):
            yield name, side.span


def function_head(node: Node) -> tuple[str, tuple[str, ...]] | None:
    """`f(x, y)` as (f, (x, y)) when all arguments are distinct plain names."""
    match node:
        case Juxtaposed(factors=(head, Grouped(open=sign, body=body))) if sign.symbol == "(":
            name = name_of(head)
            arguments = tuple(name_of(item) for item in items_of(body))
            plain = [argument for argument in arguments if argument is not None]
            if name and not primes_of(head) and len(set(plain)) == len(arguments):
                return name, tuple(plain)
    return None


def items_of(body: Node) -> tuple[Node, ...]:
    """The arguments in a bracket: one, or several between commas and semicolons."""
    if isinstance(body, Listed) and all(sign.symbol in (",", ";") for sign in body.separators):
        return body.items
    return (body,)


def without_dots(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """The items of a list without the dots of `x_1, \\dots, x_n`."""
    return tuple(item for item in items if not (isinstance(item, Letter) and "dots" in item.name))


def _is_function(
    name: str, parameters: Mapping[str, tuple[str, ...]], uses: _Uses, defined: Collection[str]
) -> bool:
    """A bracket after a name holds an argument if the post defines or primes it so, or never uses it bare.

    Words and the usual letters of functions are functions unless the post gives them a value; any other
    name is one if it is applied more often than used bare.
    """
    if name in parameters or name in uses.primed or name.startswith(r"\operatorname"):
        return True
    if name in defined:
        return False
    usual = name.partition("_")[0] in _USUAL_FUNCTIONS and uses.simple[name] > 0
    return not uses.bare[name] or usual or uses.simple[name] > uses.bare[name]


def _count(node: Node, uses: _Uses) -> None:
    """Note which names a tree applies, primes before a bracket, and uses bare."""
    name = name_of(node)
    if name is not None:
        uses.use(name, node.span)
    elif isinstance(node, Juxtaposed):
        _count_factors(node.factors, uses)
    elif is_leibniz(node):
        _count_operand(node, uses)
    else:
        for child in children(node):
            _count(child, uses)


def _count_operand(node: Node, uses: _Uses) -> None:
    """In `d f(x)` the bracket is an argument; a name alone behind the `d` tells nothing."""
    above = (
        node.numerator
        if isinstance(node, Fraction)
        else node.factors[0]
        if isinstance(node, Product)
        else node
    )
    if isinstance(above, Juxtaposed) and len(above.factors) > 2:
        _count_factors(above.factors[1:], uses)


def _count_factors(factors: tuple[Node, ...], uses: _Uses) -> None:
    for index, factor in enumerate(factors):
        after = factors[index + 1] if index + 1 < len(factors) else None
        name = name_of(without_primes(factor))
        if name is None or after is None or not is_bracketed(after):
            _count(factor, uses)
        elif primes_of(factor):
            uses.primed.add(name)
            uses.called.setdefault(name, factor.span)
        elif _may_be_call(name, bracket_of(after)):
            uses.call(name, factor.span, simple=may_be_argument(bracket_of(after)))
        else:
            uses.use(name, factor.span)


def _may_be_call(name: str, bracket: Grouped) -> bool:
    return may_be_argument(bracket) or name in _USUAL_FUNCTIONS or name.startswith(r"\operatorname")


def may_be_argument(bracket: Grouped) -> bool:
    """Simple arguments tell of a call; `(1 - a)` alone does not."""
    if bracket.open.symbol != "(":
        return False
    return (
        isinstance(bracket.body, Listed) or not isinstance(bracket.body, Sum) or len(bracket.body.terms) == 1
    )


def is_leibniz(node: Node) -> bool:
    """Whether a fraction is a derivative: a differential sign leads both halves."""
    match node:
        case Fraction(
            command=r"\frac" | r"\dfrac" | r"\tfrac" | r"\cfrac", numerator=above, denominator=below
        ):
            return bool(differential_sign(above)) and differential_sign(above) == differential_sign(below)
        case Product(factors=(above, below), signs=(sign,)) if sign.symbol == "/":
            return bool(differential_sign(above)) and differential_sign(above) == differential_sign(below)
    return False


def differential_sign(node: Node) -> str | None:
    """`d` or `\\partial` where a node begins with it: `dL`, `\\partial^2 L`, or `d` alone."""
    match node:
        case Juxtaposed(factors=factors):
            return differential_sign(factors[0])
        case Scripted(base=base, sub=None, sup=Number(), primes=0):
            return differential_sign(base)
        case Letter(name="d" | r"\partial" | r"\delta" as name):
            return name
        case Styled(style=r"\mathrm" | r"\rm", body=Letter(name="d")):
            return "d"
        case Operator() | _:
            return None
