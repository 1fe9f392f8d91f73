"""How many formulas litgrad's reader takes as a list of (LaTeX, meaning) pairs expects.

Takes JSON lines with `latex` and, under `srepr` or `expected`, the meaning as SymPy's `srepr` prints it;
`must_fail` marks what no reader should accept, `functions` the names that the rest of the post shows to be
functions. Names are compared without backslashes and braces, for every reader writes them its own way; values
are compared after carrying out what is left unevaluated.
"""

import argparse
import ast
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import sympy
from sympy import Basic, Derivative, Symbol
from sympy.core.function import AppliedUndef, UndefinedFunction

from litgrad.document import MathBlock
from litgrad.latex.parser import parse_math
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import survey
from litgrad.meaning.terms import NotRead, Term
from litgrad.source import Span

_RELATIONS = {
    "=": sympy.Equality,
    "<": sympy.StrictLessThan,
    ">": sympy.StrictGreaterThan,
    r"\le": sympy.LessThan,
    r"\leq": sympy.LessThan,
    r"\leqslant": sympy.LessThan,
    r"\ge": sympy.GreaterThan,
    r"\geq": sympy.GreaterThan,
    r"\geqslant": sympy.GreaterThan,
    r"\ne": sympy.Unequality,
    r"\neq": sympy.Unequality,
}


def from_srepr(text: str) -> Basic:
    """The expression that `srepr` printed, built from its syntax tree: constructors and literals only.

    >>> from_srepr("Add(Symbol('x'), Integer(1))")
    x + 1
    """
    return _built(ast.parse(text, mode="eval").body)


def _built(node: ast.expr) -> Any:
    match node:
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            values = [_built(arg) for arg in args]
            options = {keyword.arg: _built(keyword.value) for keyword in keywords if keyword.arg}
            return _constructor(name)(*values, **options)
        case ast.Call(func=function, args=args):
            return _built(function)(*map(_built, args))
        case ast.Name(id=name):
            return _constructor(name)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_built(item) for item in items]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_built(operand)
        case ast.Constant(value=value):
            return value
    message = f"not a constructor or a literal: {ast.dump(node)}"
    raise ValueError(message)


def _constructor(name: str) -> Any:
    found = getattr(sympy, name)
    if not (
        isinstance(found, Basic)
        or (isinstance(found, type) and issubclass(found, Basic))
        or name[0].isupper()
    ):
        message = f"not a SymPy class: {name}"
        raise ValueError(message)
    return found


def read(latex: str, functions: Sequence[str] = ()) -> list[Basic] | str:
    """What litgrad takes the sides of a formula for, or why it does not take it."""
    formula = parse_math(MathBlock(Span(0, len(latex)), latex, ((0, 0),), display=False))
    if formula.diagnostics:
        return formula.diagnostics[0].message
    scope = survey([formula])
    scope = replace(
        scope, functions=scope.functions | {name if len(name) == 1 else rf"\{name}" for name in functions}
    )
    sides = [side for row in formula.rows for side in row.sides if side is not None]
    terms = [interpret(side, scope) for side in sides]
    unread = [term.reason for term in terms if isinstance(term, NotRead)]
    return unread[0] if unread else [term.expr for term in terms if isinstance(term, Term)]


def sign_of(latex: str) -> str | None:
    """The relation sign of a formula that has just one."""
    formula = parse_math(MathBlock(Span(0, len(latex)), latex, ((0, 0),), display=False))
    signs = [sign.symbol for row in formula.rows for sign in row.relations]
    return signs[0] if len(signs) == 1 else None


def agree(row: dict[str, Any], found: list[Basic]) -> bool:
    """Whether the sides that were read are those that the row expects."""
    expected = [from_srepr(text) for text in _flat(row.get("srepr") or row["expected"])]
    sign = _RELATIONS.get(sign_of(row["latex"]) or "")
    if len(expected) == 1 and len(found) > 1 and sign is not None:
        found = [sign(*found, evaluate=False)]
    return len(found) == len(expected) and all(map(same, found, expected))


def _flat(expected: object) -> Iterator[str]:
    """The sides of a row that holds one text, a list of sides, or a list of such lists."""
    if isinstance(expected, str) and expected.startswith("["):
        yield from _flat(ast.literal_eval(expected))
    elif isinstance(expected, str):
        yield expected
    elif isinstance(expected, list):
        for part in expected:
            yield from _flat(part)


def same(found: Basic, expected: Basic) -> bool:
    """Whether two expressions have one meaning."""
    left, right = (_plain(expr) for expr in (found, expected))
    if left == right or left.doit() == right.doit():
        return True
    try:
        return sympy.simplify(left.doit() - right.doit()) == 0
    except (TypeError, AttributeError, ValueError, NotImplementedError):
        return False


def _plain(expr: Basic) -> Basic:
    """Names without LaTeX, and a derivative of `L` the same as one of `L(x)` by `x`."""
    expr = expr.replace(lambda e: isinstance(e, Derivative), _derivative)
    expr = expr.xreplace({symbol: Symbol(_bare(symbol.name)) for symbol in expr.atoms(Symbol)})
    return expr.replace(
        lambda e: isinstance(e, AppliedUndef), lambda e: UndefinedFunction(_bare(e.func.__name__))(*e.args)
    )


def _derivative(derivative: Derivative) -> Basic:
    inner = derivative.expr
    if not isinstance(inner, Symbol | AppliedUndef):
        return derivative
    name = inner.name if isinstance(inner, Symbol) else inner.func.__name__
    return Symbol(
        f"d {name} by {[(_bare(str(variable)), int(count)) for variable, count in derivative.variable_count]}"
    )


def _bare(name: str) -> str:
    return "".join(character for character in name if character not in "\\{} ")


def outcome(row: dict[str, Any]) -> tuple[str, str]:
    """How a row went, in a word, and what was found instead."""
    found = read(row["latex"], row.get("functions", ()))
    if row.get("must_fail"):
        return ("right", "") if isinstance(found, str) else ("accepted", str(found))
    if isinstance(found, str):
        return "not read", found
    return ("right", "") if agree(row, found) else ("different", str(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suites", nargs="+", type=Path, help="files of JSON lines")
    parser.add_argument("--list", action="store_true", help="also list what is not right")
    arguments = parser.parse_args()
    for path in arguments.suites:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        outcomes = [outcome(row) for row in rows]
        counts = Counter(kind for kind, _ in outcomes)
        print(f"{path.name}: {counts['right']} of {len(rows)} right; " + str(dict(counts.most_common())))
        for row, (kind, found) in zip(rows, outcomes, strict=True):
            if arguments.list and kind != "right":
                print(
                    f"  {kind:10} {row['latex']!r}: {found}, expected {row.get('srepr') or row['expected']}"
                )


if __name__ == "__main__":
    main()
