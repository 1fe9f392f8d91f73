"""Functions that everyone calls alike: steps that hold if a post means by `\\sigma` what most do."""

from dataclasses import replace

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking import reasons
from litgrad.checking.calculus.bound import HELD
from litgrad.checking.proof import prove
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.meaning.forms import name_of
from litgrad.meaning.statements import Statements, Step

_X = Symbol("x", real=True)
_SIGMOID = 1 / (1 + sympy.exp(-_X))

_USUAL: dict[str, tuple[Expr, str]] = {
    r"\sigma": (_SIGMOID, r"\sigma(x) = \frac{1}{1 + e^{-x}}"),
    r"\operatorname{sigmoid}": (_SIGMOID, r"\operatorname{sigmoid}(x) = \frac{1}{1 + e^{-x}}"),
    r"\operatorname{sinc}": (sympy.sin(_X) / _X, r"\operatorname{sinc}(x) = \frac{\sin x}{x}"),
    r"\Gamma": (sympy.gamma(_X), r"\Gamma(x) = \int_0^\infty t^{x-1} e^{-t} dt"),
}
"""What a function of one argument mostly is, and how an author would write it."""


def by_usual(step: Step, statements: Statements) -> Judgement | None:
    """A step that is proved with the usual meaning of functions that the post does not define.

    A definition whose value litgrad cannot work out, as that of the gamma function by its integral, is
    none here. Gives None where no such function stands in the step, or nothing is proved.
    """
    terms = [member.term for member in (step.left, step.right)]
    if any(term is None for term in terms):
        return None
    sides = [term.expr for term in terms if term is not None]
    setting = Setting.of(statements, step)
    used = [name for name in _USUAL if any(_calls(side, name) for side in sides) and _is_open(name, setting)]
    if not used:
        return None
    given = {name: ((_X,), _USUAL[name][0]) for name in used}
    definitions = setting.definitions
    meant = replace(definitions, functions={**definitions.functions, **given}, applied=definitions.applied)
    try:
        proof = prove(replace(setting, definitions=meant), *sides)
    except (ArithmeticError, ValueError, TypeError, NotImplementedError):  # of SymPy, on integrals of them
        return None
    if proof is None:
        return None
    conditions = tuple(_USUAL[name][1] for name in used)
    shown = reasons.joined(f"`{one}`" for one in conditions)
    return Judgement(Verdict.CONDITIONAL, f"holds if {shown}, as is usual", conditions=conditions)


def _calls(side: Expr, name: str) -> bool:
    return any(name_of(call) == name and len(call.args) == 1 for call in side.atoms(AppliedUndef))


def _is_open(name: str, setting: Setting) -> bool:
    """Whether the post gives a function no value that can be worked out."""
    body = setting.definitions.functions.get(name)
    return name not in setting.definitions.circular and (body is None or body[1].has(*HELD))
