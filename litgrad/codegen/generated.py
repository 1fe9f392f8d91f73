"""What code generation returns: text, and which of its expressions came from which place of the post."""

import sympy

from litgrad.codegen.plan import Plan
from litgrad.diagnostics import Diagnostic
from litgrad.gradients.tensors.program import Program
from litgrad.records import dataclass
from litgrad.source import Span


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a generated function."""

    name: str
    """The Python name: `y_hat`."""
    latex: str
    """The author's name: `\\hat{y}`."""
    shape: tuple[str, ...] = ()
    """Dimension letters; empty for a scalar, which broadcasts."""


@dataclass(frozen=True, slots=True)
class Function:
    """A public function of the generated module."""

    name: str
    latex: str
    """The left side it was generated from: `\\frac{\\partial L}{\\partial w}`."""
    span: Span
    """That left side in the post."""
    module_line: int
    """The 1-based line of its `def`."""
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An expression in the generated text and the value it computes."""

    start: int
    end: int
    """Character offsets into `GeneratedModule.text`, half-open."""
    expr: sympy.Expr
    """The value, as in `Term.parts`: equal expressions are the same value everywhere in post and code."""


@dataclass(frozen=True, slots=True)
class GeneratedModule:
    """An importable NumPy module."""

    name: str
    """The module's name: `backpropagation`."""
    text: str
    functions: tuple[Function, ...]
    links: tuple[Link, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    plans: tuple[Plan, ...] = ()
    """What each function computes, in the order of the post; the tests are written from it."""
    fast: int = 0
    """How many characters at the end of the text are the fast half, which repeats what stands above it."""
    tensors: tuple[tuple[str, Program], ...] = ()
    """The functions of vectors and matrices, each by its name with what it computes."""
    native: str = ""
    """The text of a C file with the same functions, if one was asked for."""

    @property
    def readable(self) -> str:
        """The text without the fast half."""
        return self.text[: len(self.text) - self.fast]


@dataclass(frozen=True, slots=True)
class GeneratedTests:
    """A pytest file for a generated module, runnable with NumPy and pytest alone."""

    name: str
    """The file's name without suffix: `test_backpropagation`."""
    text: str
