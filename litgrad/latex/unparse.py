"""A tree back to canonical LaTeX: one spelling per meaning of the braces and spaces."""

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
    Scripted,
    Sign,
    Styled,
    Sum,
    Text,
    Unreadable,
)


def unparse(node: Node) -> str:
    """Canonical LaTeX of a node, independent of the author's spacing and braces.

    Used for names, messages and repairs; the author's own text is what spans are for.
    """
    match node:
        case Number(text=text):
            return text
        case Letter(name=name) | Operator(name=name):
            return name
        case Text(command=command, text=text):
            return rf"{command}{{{text}}}"
        case Accented(accent=command, body=body) | Styled(style=command, body=body):
            return rf"{command}{{{unparse(body)}}}"
        case Annotated(body=body):
            return unparse(body)
        case Grouped():
            return _grouped(node)
        case Fraction(command=command, numerator=numerator, denominator=denominator):
            return rf"{command}{{{unparse(numerator)}}}{{{unparse(denominator)}}}"
        case Root(degree=None, radicand=radicand):
            return rf"\sqrt{{{unparse(radicand)}}}"
        case Root(degree=degree, radicand=radicand):
            return rf"\sqrt[{unparse(degree) if degree else ''}]{{{unparse(radicand)}}}"
        case Scripted():
            return _scripted(node)
        case Juxtaposed(factors=factors, apart=apart):
            spaces = [r"\, " if factor.span.start in apart else "" for factor in factors]
            return _side_by_side([space + unparse(one) for space, one in zip(spaces, factors, strict=True)])
        case Product(factors=factors, signs=signs):
            return _interleaved(factors, signs)
        case Sum(terms=terms, signs=signs):
            return _signed(terms, signs)
        case Listed(items=items, separators=signs) | Related(sides=items, signs=signs):
            return _interleaved(items, signs)
        case Array(environment=environment, rows=rows):
            cells = r" \\ ".join(" & ".join(unparse(cell) for cell in row) for row in rows)
            return rf"\begin{{{environment}}}{cells}\end{{{environment}}}"
        case Empty() | Unreadable():
            return ""


def _grouped(node: Grouped) -> str:
    if node.open.symbol == "{":
        return f"{{{unparse(node.body)}}}"
    left, right = (r"\left", r"\right") if node.stretchy else ("", "")
    return f"{left}{node.open.symbol}{unparse(node.body)}{right}{node.close.symbol}"


def _scripted(node: Scripted) -> str:
    sub = f"_{{{unparse(node.sub)}}}" if node.sub else ""
    sup = f"^{{{unparse(node.sup)}}}" if node.sup else ""
    primes = "'" * node.primes
    return f"{unparse(node.base)}{sub}{primes}{sup}"


def _side_by_side(pieces: list[str]) -> str:
    text = pieces[0]
    for piece in pieces[1:]:
        ends_in_command = "\\" in text and text[text.rindex("\\") + 1 :].isalpha()
        text += (" " if ends_in_command and piece[:1].isalpha() else "") + piece
    return text


def _interleaved(items: tuple[Node, ...], signs: tuple[Sign, ...]) -> str:
    text = unparse(items[0])
    for sign, item in zip(signs, items[1:], strict=True):
        text += f" {sign.symbol} {unparse(item)}"
    return text


def _signed(terms: tuple[Node, ...], signs: tuple[Sign | None, ...]) -> str:
    first = signs[0].symbol if signs[0] else ""
    text = first + unparse(terms[0])
    for sign, term in zip(signs[1:], terms[1:], strict=True):
        text += f" {sign.symbol if sign else ''} {unparse(term)}"
    return text
