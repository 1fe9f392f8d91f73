"""Terms printed back on one line, every product, call and bracket in sight: how a formula was read."""

import re
import unicodedata
from collections.abc import Sequence

import sympy
from sympy import Derivative, Expr, Subs, Symbol
from sympy.core.function import AppliedUndef

from litgrad.codegen.parts import factors_of, terms_of
from litgrad.meaning.forms import name_of
from litgrad.page import glyphs

_SUM, _PRODUCT, _POWER, _ATOM = range(4)
Printed = tuple[str, int]
"""Text, and how tightly it holds together."""

_ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0305", "tilde": "\u0303",
    "widetilde": "\u0303", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308", "check": "\u030c",
    "breve": "\u0306", "mathring": "\u030a",
}  # fmt: skip
_ACCENTED = re.compile(r"\\([a-z]+)\{(\\[A-Za-z]+|\w)\}")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def linear(expr: Expr) -> str:
    """A term on one line.

    >>> x, y = Symbol("x"), Symbol(r"\\hat{y}")
    >>> linear(sympy.Mul(x, 1 - y, evaluate=False)), linear(sympy.Function("f")(2 * x) / y)
    ('x·(1 − ŷ)', 'f(2·x)/ŷ')
    """
    return _printed(expr)[0]


def plain_name(latex: str) -> str:
    """A canonical LaTeX name in letters and accents.

    >>> plain_name(r"\\sigma"), plain_name(r"\\bar{x}_{1}"), plain_name(r"\\operatorname{softmax}")
    ('σ', 'x̄_1', 'softmax')
    """
    text = _ACCENTED.sub(_accented, latex)
    text = _COMMAND.sub(_letter, text)
    text = re.sub(r"\{(\w+)\}", r"\1", text).replace("{", "(").replace("}", ")")
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _accented(found: re.Match[str]) -> str:
    accent = _ACCENTS.get(found[1])
    return found[0] if accent is None else found[2] + " " * found[2].startswith("\\") + accent


def _letter(found: re.Match[str]) -> str:
    return glyphs.LETTERS.get(found[1]) or glyphs.UPRIGHT.get(found[1]) or ""


# -------------------------------- by kind --------------------------------


def _printed(expr: Expr) -> Printed:
    if isinstance(expr, (Symbol, sympy.MatrixSymbol)):
        return plain_name(expr.name), _ATOM
    if isinstance(expr, (sympy.Sum, sympy.Product)):
        return _repeated(expr), _PRODUCT
    if expr.is_Rational:
        return _number(expr)
    if expr.is_Add:
        return _sum(terms_of(expr)), _SUM
    if expr.is_Mul:
        return _product(factors_of(expr))
    if expr.is_Pow:
        return _power(expr.base, expr.exp)
    if isinstance(expr, (Derivative, Subs)):
        return _derivative(expr), _PRODUCT
    return _call(expr)


def _within(expr: Expr, outer: int) -> str:
    text, inner = _printed(expr)
    return text if inner >= outer and not text.startswith("−") else f"({text})"


def _number(number: Expr) -> Printed:
    size = str(abs(number))
    return ("−" if number < 0 else "") + size, _ATOM if number.is_Integer else _PRODUCT


def _sum(terms: Sequence[Expr]) -> str:
    text = _printed(terms[0])[0]
    for term in terms[1:]:
        printed = _printed(term)[0]
        text += f" − {printed[1:]}" if printed.startswith("−") else f" + {printed}"
    return text


def _product(factors: Sequence[Expr]) -> Printed:
    """Minus signs first, then what stands above the line, then what stands below it."""
    minus = sum(factor == -1 for factor in factors) % 2
    below = [factor.base if factor.exp == -1 else sympy.Pow(factor.base, -factor.exp, evaluate=False)
             for factor in factors if _is_below(factor)]  # fmt: skip
    above = [factor for factor in factors if factor != -1 and not _is_below(factor)]
    tight = _POWER if below or len(above) > 1 else _PRODUCT
    text = "·".join(_within(factor, tight) for factor in above) or "1"
    if below:
        divisor = "·".join(_within(factor, _POWER) for factor in below)
        text += f"/{divisor}" if len(below) == 1 else f"/({divisor})"
    return "−" * minus + text, _PRODUCT


def _is_below(factor: Expr) -> bool:
    return bool(factor.is_Pow and factor.exp.is_Integer and factor.exp < 0)


def _power(base: Expr, exponent: Expr) -> Printed:
    if exponent == sympy.Rational(1, 2):
        return f"√({linear(base)})", _ATOM
    if exponent.is_Integer and exponent < 0 and base is not sympy.E:
        return _product([sympy.Pow(base, exponent, evaluate=False)])
    above = _within(exponent, _ATOM)
    return f"{'e' if base is sympy.E else _within(base, _ATOM)}^{above}", _POWER


def _call(expr: Expr) -> Printed:
    if isinstance(expr, sympy.exp):
        return _power(sympy.E, expr.args[0])
    if not expr.args:
        return {sympy.E: "e", sympy.pi: "π", sympy.oo: "∞"}.get(expr, str(expr)), _ATOM
    name = plain_name(name_of(expr)) if isinstance(expr, AppliedUndef) else str(expr.func.__name__).lower()
    listed = ", ".join(
        linear(argument) if isinstance(argument, Expr) else str(argument) for argument in expr.args
    )
    return (f"|{listed}|" if isinstance(expr, sympy.Abs) else f"{name}({listed})"), _ATOM


def _repeated(expr: sympy.Sum | sympy.Product) -> str:
    """A sum or product with its bounds: `Σ[i = 1..n] (x·i)`."""
    sign = "Σ" if isinstance(expr, sympy.Sum) else "Π"
    bounds = [[linear(part) for part in limits] for limits in expr.limits]
    ranges = [f"{names[0]} = {names[1]}..{names[2]}" if len(names) == 3 else names[0] for names in bounds]
    return f"{sign}[{', '.join(ranges)}] ({linear(expr.function)})"


def _derivative(expr: Derivative | Subs) -> str:
    """`dL/dw`, `f′(x)`, `d/dx [..]`; at a place: `f′(2·x)`."""
    inner, place = (expr.expr, expr.point) if isinstance(expr, Subs) else (expr, None)
    if not isinstance(inner, Derivative):
        return f"[{linear(inner)}] at {', '.join(map(linear, place or ()))}"
    body, variables = inner.expr, inner.variables
    primes = "′" * len(variables)
    if place is not None:
        is_call = isinstance(body, AppliedUndef) and len(body.args) == 1
        head = f"{plain_name(name_of(body))}{primes}" if is_call else f"[{linear(inner)}] at "
        return f"{head}({', '.join(map(linear, place))})"
    below = " ".join(f"d{plain_name(by.name)}{_raised(int(order))}" for by, order in inner.variable_count)
    below = f"({below})" if " " in below else below
    order = _raised(len(variables))
    if isinstance(body, AppliedUndef) and set(body.args) <= set(variables):
        return f"d{order}{plain_name(name_of(body))}/{below}"
    return f"d{order}/{below} [{linear(body)}]"


def _raised(order: int) -> str:
    return str(order).translate(_SUPERSCRIPTS) if order > 1 else ""
