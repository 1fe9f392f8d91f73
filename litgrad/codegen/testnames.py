"""Python names in a generated test: the module's own for what it names, made likewise for others."""

from sympy import Symbol

from litgrad.codegen.generated import Function, GeneratedModule
from litgrad.codegen.identifiers import identifier


class Names:
    """The names that a test of one function uses."""

    def __init__(self, function: Function, module: GeneratedModule) -> None:
        others = {
            parameter.latex: parameter.name for other in module.functions for parameter in other.parameters
        }
        self._known = others | {parameter.latex: parameter.name for parameter in function.parameters}

    @property
    def known(self) -> dict[str, str]:
        """The module's own names by their LaTeX."""
        return dict(self._known)

    def of(self, symbol: Symbol) -> str:
        """The Python name of a symbol."""
        return self.name(symbol.name)

    def name(self, latex: str) -> str:
        """The Python name of a LaTeX name; another where a different symbol of the module has it."""
        if latex not in self._known:
            wanted = identifier(latex)
            while wanted in self._known.values():
                wanted = f"{wanted}_"
            self._known[latex] = wanted
        return self._known[latex]
