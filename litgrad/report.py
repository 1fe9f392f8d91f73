"""The machine-readable face of posts: what `--format json` prints and `report.json` holds."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Expr

from litgrad.checking.verdicts import CheckedStep, Counterexample, Judgement
from litgrad.codegen.generated import Function, GeneratedModule
from litgrad.codegen.identifiers import identifier
from litgrad.compiler import CheckedPost, CompiledPost
from litgrad.diagnostics import Diagnostic
from litgrad.document import MathBlock
from litgrad.latex.tree import Formula
from litgrad.meaning.statements import Member, Reading
from litgrad.source import Source, Span
from litgrad.version import VERSION

Json = dict[str, Any]


def report(posts: Iterable[Mapping[str, Any]], version: str = VERSION) -> Json:
    """The report of several posts, from the reports of each, in order."""
    return {"litgrad": version, "posts": list(posts)}


def post_report(post: CheckedPost) -> Json:
    """The report of one post: formulas, relations, functions and diagnostics in source order."""
    source = post.document.source
    readings = {reading.formula: reading for reading in post.statements.readings}
    module = post.module if isinstance(post, CompiledPost) else None
    names = _python_names(module)
    formulas = [
        _formula(source, block, formula, readings.get(index))
        for index, (block, formula) in enumerate(zip(post.document.math, post.formulas, strict=True))
    ]
    relations = [
        _relation(source, derivation.derivation.index, step, names)
        for derivation in post.derivations
        for step in derivation.steps
    ]
    return {
        "path": source.path,
        "formulas": formulas,
        "relations": sorted(relations, key=_order),
        "functions": [_function(source, module, function) for function in module.functions] if module else [],
        "diagnostics": diagnostics_report(source, post.diagnostics),
    }


def _order(row: Json) -> tuple[int, int, int]:
    return row.get("cell", 0), row["line"], row["column"]


def unread_report(source: Source, diagnostics: Iterable[Diagnostic]) -> Json:
    """The report of a post that could not be read: its diagnostics and nothing else."""
    found = diagnostics_report(source, diagnostics)
    return {"path": source.path, "formulas": [], "relations": [], "functions": [], "diagnostics": found}


def diagnostics_report(source: Source, diagnostics: Iterable[Diagnostic]) -> list[Json]:
    """A row per diagnostic, with its place and the other places it points at."""
    return [_diagnostic(source, diagnostic) for diagnostic in diagnostics]


def _place(source: Source, span: Span) -> Json:
    start, end = source.position(span.start), source.position(span.end)
    place = {"line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}
    cell = source.cell(span.start)
    if cell is None:
        return place
    lines = {key: source.line_in_cell(place[key]) for key in ("line", "end_line")}
    return {"cell": cell.number, **place, **lines}


def _formula(source: Source, block: MathBlock, formula: Formula, reading: Reading | None) -> Json:
    faults = [diagnostic.message for diagnostic in formula.diagnostics]
    reason = faults[0] if faults else reading.reason if reading else "not read"
    return {
        **_place(source, block.span),
        "display": block.display,
        "latex": block.latex.strip(),
        "read": reading.read if reading else False,
        "reason": None if reading and reading.read else reason,
    }


def _relation(source: Source, chain: int, checked: CheckedStep, names: Mapping[str, str]) -> Json:
    step, judgement = checked.step, checked.judgement
    return {
        "id": step.id,
        **_place(source, step.sign.span),
        "chain": chain,
        "sign": step.sign.symbol,
        "left": _latex(source, step.left),
        "right": _latex(source, step.right),
        "verdict": judgement.verdict.value,
        "reason": judgement.reason,
        "rule": judgement.rule,
        "assumptions": [premise.latex for premise in judgement.premises] + list(judgement.conditions),
        "counterexample": _counterexample(judgement.counterexample, names),
        **_repair(source, judgement),
    }


def _latex(source: Source, member: Member) -> str:
    return " ".join(source.slice(member.span).split())


def _repair(source: Source, judgement: Judgement) -> Json:
    repair = judgement.repair
    if repair is None:
        return {"repair": None}
    return {
        "repair": repair.words,
        "edit": {**_place(source, repair.span), "replacement": repair.replacement},
    }


def _counterexample(counterexample: Counterexample | None, names: Mapping[str, str]) -> Json | None:
    if counterexample is None:
        return None
    return {
        "at": {names.get(latex) or identifier(latex): _number(value) for latex, value in counterexample.at},
        "left": _number(counterexample.left),
        "right": _number(counterexample.right),
        "exact": {
            "at": {latex: str(value) for latex, value in counterexample.at},
            "left": str(counterexample.left),
            "right": str(counterexample.right),
        },
    }


def _number(value: Expr) -> float | None:
    """A float for JSON; None where the value is no finite real number."""
    number = complex(value)
    return number.real if number.imag == 0 and math.isfinite(number.real) else None


def _python_names(module: GeneratedModule | None) -> dict[str, str]:
    functions = module.functions if module else ()
    return {parameter.latex: parameter.name for function in functions for parameter in function.parameters}


def _function(source: Source, module: GeneratedModule, function: Function) -> Json:
    return {
        "name": function.name,
        "latex": function.latex,
        "line": source.line(function.span.start),
        "module": f"{module.name}.py",
        "module_line": function.module_line,
        "parameters": [
            {"name": parameter.name, "latex": parameter.latex, "shape": list(parameter.shape)}
            for parameter in function.parameters
        ],
    }


def _diagnostic(source: Source, diagnostic: Diagnostic) -> Json:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        **_place(source, diagnostic.span),
        "message": diagnostic.message,
        "help": diagnostic.help,
        "related": [{**_place(source, label.span), "text": label.text} for label in diagnostic.related],
    }
