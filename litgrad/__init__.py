"""litgrad: a compiler for mathematical derivations written in Markdown and LaTeX.

`litgrad.load("posts/backpropagation.md")` gives a post's formulas and gradients as a Python module;
`litgrad.check_post` judges every `=` of a post, and `litgrad.compile_post` gives everything.
`litgrad.parse_latex` reads a single formula as a SymPy expression.
"""

from litgrad.version import VERSION as __version__  # noqa: N811 - the name that Python expects

TYPE_CHECKING = False  # that of `typing`, without the time to load it
if TYPE_CHECKING:
    from litgrad.compiler import CheckedPost, CompiledPost, check_post, compile_post
    from litgrad.expression import LatexError, parse_latex
    from litgrad.loader import LitgradError, load
    from litgrad.options import Options
    from litgrad.source import Source

__all__ = [
    "CheckedPost",
    "CompiledPost",
    "LatexError",
    "LitgradError",
    "Options",
    "Source",
    "__version__",
    "check_post",
    "compile_post",
    "load",
    "parse_latex",
]

_HOMES = {
    "CheckedPost": "litgrad.compiler",
    "CompiledPost": "litgrad.compiler",
    "LatexError": "litgrad.expression",
    "LitgradError": "litgrad.loader",
    "Options": "litgrad.options",
    "Source": "litgrad.source",
    "check_post": "litgrad.compiler",
    "compile_post": "litgrad.compiler",
    "load": "litgrad.loader",
    "parse_latex": "litgrad.expression",
}
"""Where each public name lives; it is imported when first asked for, since SymPy costs a second."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module 'litgrad' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - the standard library's own time counts, too

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
