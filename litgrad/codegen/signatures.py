"""Which functions of a post can be called in generated code, and with which arguments."""

from collections.abc import Mapping

from sympy import Derivative, Expr, Integral, Subs, Sum, Symbol
from sympy.core.function import AppliedUndef

from litgrad.codegen.parts import MOST, is_long
from litgrad.codegen.pieces import Unprintable
from litgrad.codegen.printer import Printer, Signature
from litgrad.gradients.unstated import unstated
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import name_of, text_of

Signatures = Mapping[str, Signature]


def signatures_of(definitions: Definitions) -> Signatures:
    """The functions that can be computed, each by its own parameters and the further symbols of its formula.

    A function enters after those that it calls, so that one that calls itself, or one that is not
    there, never does.
    """
    found: dict[str, Signature] = {}
    grown = True
    while grown:
        grown = False
        for name, (parameters, written) in definitions.functions.items():
            body = settled(definitions, written)
            if name not in found and computable(body, found) and _prints(body, found):
                more = tuple(symbol for symbol in needed(body, found) if symbol not in parameters)
                found[name] = Signature(parameters, more)
                grown = True
    return found


def settled(definitions: Definitions, body: Expr) -> Expr:
    """A body with its derivatives carried out, where the post says all that they need."""
    if not body.has(Derivative, Subs) or unstated(definitions, body) is not None:
        return body
    return definitions.settle(body)


def computable(expr: Expr, signatures: Signatures) -> bool:
    """Whether every call is of a function that can be computed, and nothing is left to be done."""
    return obstacle(expr, signatures) is None


def obstacle(expr: Expr, signatures: Signatures) -> str | None:
    """Why an expression cannot be computed, in a clause; None where it can."""
    if is_long(expr):
        return f"its formula has more than {MOST:,} parts"
    for head, words in (
        (Derivative, "a derivative"),
        (Subs, "a derivative"),
        (Integral, "an integral"),
        (Sum, "a sum"),
    ):
        if expr.has(head):
            return f"{words} stays in its formula"
    calls: list[AppliedUndef] = sorted(expr.atoms(AppliedUndef), key=text_of)
    for call in calls:
        known = signatures.get(name_of(call))
        if known is None or len(known.parameters) != len(call.args):
            return f"`{name_of(call)}` has no formula that can be computed"
    return None


def needed(expr: Expr, signatures: Signatures) -> tuple[Symbol, ...]:
    """The symbols that an expression needs, in the order in which it is written."""
    if isinstance(expr, Symbol):
        return (expr,)
    found = [
        symbol
        for argument in expr.args
        if isinstance(argument, Expr)
        for symbol in needed(argument, signatures)
    ]
    if isinstance(expr, AppliedUndef) and name_of(expr) in signatures:
        found += signatures[name_of(expr)].more
    return tuple(dict.fromkeys(found))


def _prints(body: Expr, signatures: Signatures) -> bool:
    try:
        Printer(lambda name: name, signatures=signatures).piece(body)
    except Unprintable:
        return False
    return True
