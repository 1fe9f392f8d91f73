"""Which value a subterm is: one identity for equal values, in the post and in the code."""

from sympy import Expr

from litgrad.codegen.generated import GeneratedModule
from litgrad.meaning.statements import Statements
from litgrad.page.mathml import Marks
from litgrad.source import Span


class Identities:
    """Numbers the values that the post and the module share; hands out ids that are unique on the page."""

    def __init__(self, statements: Statements, module: GeneratedModule) -> None:
        self._parts = {
            reading.formula: {span: expr for term in reading.terms for span, expr in term.parts}
            for reading in statements.readings
        }
        in_code = {link.expr for link in module.links}
        shared = (expr for parts in self._parts.values() for expr in parts.values() if expr in in_code)
        self._numbers = {expr: f"t{number}" for number, expr in enumerate(dict.fromkeys(shared), start=1)}
        self._used: set[str] = set()

    def of(self, expr: Expr) -> str | None:
        """The identity of a value that stands on both sides."""
        return self._numbers.get(expr)

    def marks(self, formula: int) -> Marks:
        """The attributes of every subterm of a formula, by place."""
        marks: Marks = {}
        for span, expr in self._parts.get(formula, {}).items():
            identity = self.of(expr)
            marks[span] = {"id": self._id(formula, span, identity)}
            if identity is not None:
                marks[span] |= {"data-t": identity, "href": f"#c-{identity}"}
        return marks

    def _id(self, formula: int, span: Span, identity: str | None) -> str:
        """`m-t7` where a value is first drawn, a place elsewhere."""
        first = f"m-{identity}"
        if identity is not None and first not in self._used:
            self._used.add(first)
            return first
        return f"m{formula}-{span.start}-{span.end}"
