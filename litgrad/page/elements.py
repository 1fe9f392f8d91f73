"""MathML elements before they are text: tag, attributes, children, place in the post, TeX's kind of atom."""

from dataclasses import field
from enum import Enum, auto
from html import escape

from litgrad.records import dataclass
from litgrad.source import Span


class Atom(Enum):
    """TeX's kinds of atoms, which decide the space between neighbours."""

    ORD = auto()
    OP = auto()
    BIN = auto()
    REL = auto()
    OPEN = auto()
    CLOSE = auto()
    PUNCT = auto()
    INNER = auto()


@dataclass(slots=True)
class Element:
    """One MathML element."""

    tag: str
    text: str = ""
    children: list["Element"] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    span: Span | None = None
    atom: Atom = Atom.ORD

    def html(self) -> str:
        """The element as text, everything escaped."""
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in self.attributes.items())
        inner = escape(self.text, quote=False) + "".join(child.html() for child in self.children)
        return f"<{self.tag}{attributes}>{inner}</{self.tag}>" if inner else f"<{self.tag}{attributes}/>"


def row(children: list[Element], span: Span | None = None) -> Element:
    """Several elements as one."""
    if len(children) == 1:
        return children[0]
    return Element("mrow", children=children, span=span)
