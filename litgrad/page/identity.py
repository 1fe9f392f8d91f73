"""Which value a subterm is: one identity for equal values, in the post and in the code."""

from collections.abc import Mapping

from sympy import Expr

from litgrad.codegen.generated import GeneratedModule
from litgrad.meaning.statements import Statements
from litgrad.page.mathml import Marks


class Identities:
    """Numbers the values that the post and the module share; hands out ids that are unique on the page."""

    def __init__(self, statements: Statements, module: GeneratedModule) -> None:
        self._parts = {
            reading.formula: {span: expr for term in reading.terms for span, expr in term.parts}
            for reading in statements.readings
        }
        in_code = {link.expr for link in module.links if "\n" not in module.text[link.start : link.end]}
        shared = (expr for parts in self._parts.values() for expr in parts.values() if expr in in_code)
        self._numbers = {expr: f"t{number}" for number, expr in enumerate(dict.fromkeys(shared), start=1)}
        self._places: dict[str, str] = {}

    def of(self, expr: Expr) -> str | None:
        """The identity of a value that stands on both sides."""
        return self._numbers.get(expr)

    def marks(self, formula: int) -> Marks:
        """The attributes of every subterm of a formula, by place."""
        marks: Marks = {}
        begin = min((span.start for span in self._parts.get(formula, {})), default=0)
        for span, expr in self._parts.get(formula, {}).items():
            identity = self.of(expr)
            marks[span] = {"id": f"m{formula}-{span.start - begin}-{span.end - begin}"}
            if identity is not None:
                marks[span] |= {"data-t": identity, "href": f"#c-{identity}"}
        return marks

    def settle(self, places: Mapping[str, str]) -> None:
        """Take note of where a formula really shows values: ids by identity."""
        self._places = {**places, **self._places}

    def place(self, identity: str) -> str | None:
        """The id where the post first shows a value."""
        return self._places.get(identity)
