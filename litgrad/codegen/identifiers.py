"""LaTeX names to Python names: one table, injective, nothing of a post's text let through raw."""

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable

from litgrad.diagnostics import Diagnostic
from litgrad.source import Span

_RESERVED = (
    frozenset(keyword.kwlist)
    | frozenset(keyword.softkwlist)
    | frozenset(dir(builtins))
    | {
        *(
            "np",
            "numpy",
            "math",
            "functools",
            "contextlib",
            "out",
            "found",
            "by",
            "value",
            "gradient",
            "pytest",
            "importlib",
            "pathlib",
            "module",
            "points",
            "inside",
        ),
        *(
            "agree",
            "keep",
            "wanted",
            "literal",
            "rng",
            "os",
            "sys",
            "subprocess",
            "shutil",
            "socket",
            "ctypes",
            "hashlib",
            "pickle",
        ),
    }
)
"""Words of Python and of the generated files, and module names that a reader would take for the modules."""
_ACCENTED = re.compile(r"\\(hat|widehat|bar|overline|tilde|widetilde|vec|dot|ddot|check|breve|underline)\{")
_STYLED = re.compile(
    r"\\(mathbf|boldsymbol|bm|mathcal|mathrm|mathsf|mathit|mathfrak|mathscr|operatorname|text)\{"
)
_MARKS = {"*": "star", "+": "plus", "-": "minus", "'": "_prime"}
_LENGTH = 60


def identifier(latex: str) -> str:
    """The Python name of a canonical LaTeX name, before collisions are settled.

    >>> identifier(r"\\hat{y}"), identifier(r"\\sigma"), identifier("x_{1}"), identifier("lambda")
    ('y_hat', 'sigma', 'x_1', 'lambda_')
    """
    name = re.sub(r"_+", "_", "_".join(_words(latex))).strip("_")
    name = _shortened(f"n{name}" if name[:1].isdigit() else name) or "unnamed"
    return f"{name}_" if name in _RESERVED else name


def _shortened(name: str, length: int = _LENGTH) -> str:
    return name[:length].rstrip("_")


def _words(latex: str) -> list[str]:
    """The spoken pieces of a name: letters, accents behind what they stand on, scripts."""
    match = _ACCENTED.match(latex)
    if match:
        inside, rest = _braced(latex, match.end() - 1)
        return [*_words(inside), match.group(1).removeprefix("wide"), *_words(rest)]
    match = _STYLED.match(latex)
    if match:
        inside, rest = _braced(latex, match.end() - 1)
        return [*_words(inside), *_words(rest)]
    match = re.match(r"\\([A-Za-z]+)|([A-Za-z0-9]+)|(.)", latex, re.DOTALL)
    if match is None:
        return []
    word = match.group(1) or match.group(2) or _spoken(match.group(3))
    return [word, *_words(latex[match.end() :])] if word else _words(latex[match.end() :])


def _braced(latex: str, start: int) -> tuple[str, str]:
    """The text in the braces that open at a place, and what follows them."""
    depth = 0
    for index in range(start, len(latex)):
        depth += (latex[index] == "{") - (latex[index] == "}")
        if depth == 0:
            return latex[start + 1 : index], latex[index + 1 :]
    return latex[start + 1 :], ""


def _spoken(character: str) -> str:
    if character in _MARKS:
        return _MARKS[character]
    if character.isascii():
        return ""
    name = unicodedata.name(character, f"u{ord(character):x}")
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).split("letter_")[-1]


def derivative_identifier(numerator: str, variables: Iterable[tuple[str, int]]) -> str:
    """`dL_dw`, `dsigma_dx`, `d2L_dw2`, `d2L_dw_db` from Python names.

    >>> derivative_identifier("L", [("w", 1)]), derivative_identifier("f", [("x", 2)])
    ('dL_dw', 'd2f_dx2')
    """
    variables = list(variables)
    order = sum(count for _, count in variables)
    below = "_".join(f"d{name}{count if count > 1 else ''}" for name, count in variables)
    return _shortened(f"d{order if order > 1 else ''}{numerator}_{below}")


class Names:
    """The names given so far; two different LaTeX names never share one."""

    def __init__(self) -> None:
        self._by_latex: dict[str, str] = {}
        self._taken: dict[str, str] = {}
        self.diagnostics: list[Diagnostic] = []

    def of(self, latex: str, span: Span | None = None) -> str:
        """The Python name of a LaTeX name, suffixed where another already has it."""
        if latex not in self._by_latex:
            self._by_latex[latex] = self._settle(latex, identifier(latex), span)
        return self._by_latex[latex]

    def claim(self, key: str, wanted: str, span: Span | None = None) -> str:
        """A wanted Python name for a key of any kind."""
        if key not in self._by_latex:
            self._by_latex[key] = self._settle(key, wanted, span)
        return self._by_latex[key]

    def _settle(self, key: str, wanted: str, span: Span | None) -> str:
        name, number = wanted, 2
        while name in self._taken:
            suffix = f"_{number}"
            name, number = f"{_shortened(wanted, _LENGTH - len(suffix))}{suffix}", number + 1
        if name != wanted and span is not None:
            other = self._taken[wanted]
            message = f"`{key}` and `{other}` would both be `{wanted}` in Python; this one is `{name}`"
            self.diagnostics.append(Diagnostic("name-collision", message, span, help="rename one of them"))
        self._taken[name] = key
        return name
