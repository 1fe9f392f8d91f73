"""Each stage's output as short text, for people to read and for case files to hold."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from litgrad.checking.verdicts import CheckedStep, Judgement
from litgrad.compiler import CompiledPost, check_post, compile_post
from litgrad.document import MathBlock
from litgrad.explain import explain
from litgrad.latex.parser import parse_all
from litgrad.latex.tree import (
    Array,
    Formula,
    Letter,
    Node,
    Number,
    Operator,
    Row,
    Scripted,
    Sign,
    Text,
    children,
)
from litgrad.markdown import read_markdown
from litgrad.meaning.statements import Definition, Derivation, Step
from litgrad.meaning.tensors.words import described, described_term, kind_of
from litgrad.options import ENGINES, Options
from litgrad.posts import read_post
from litgrad.report import post_report
from litgrad.source import Source
from litgrad.terminal import render

PATH = "post.md"
NOTEBOOK = "post.ipynb"


def tree(text: str) -> str:
    """The formulas of a post, each with its rows: sides in S-expressions, relation signs between them."""
    blocks = read_markdown(Source(PATH, text)).math
    return "".join(map(_formula, blocks, parse_all(blocks)))


def faults(text: str) -> str:
    """What is wrong with the formulas of a post, a line each."""
    formulas = parse_all(read_markdown(Source(PATH, text)).math)
    found = [fault for formula in formulas for fault in formula.diagnostics]
    return _lines([f"{fault.code}: {fault.message}; {fault.help}" for fault in found])


def explained(text: str) -> str:
    """How the formulas of the last line of a post were read."""
    post = check_post(Source(PATH, text))
    return explain(post, text.rstrip("\n").count("\n") + 1)


def _formula(block: MathBlock, formula: Formula) -> str:
    kind = "display" if block.display else "inline"
    rows = "".join(f"  {_row(row)}\n" for row in formula.rows)
    return f"{kind}\n{rows}"


def _row(row: Row) -> str:
    sides = [sexp(side) if side is not None else "_" for side in row.sides]
    signs = [sign.symbol for sign in row.relations]
    pieces = [piece for pair in zip(sides, [*signs, ""], strict=True) for piece in pair if piece]
    marks = [f"tag {row.tag!r}"] * (row.tag is not None) + [f"then {row.punctuation!r}"] * bool(
        row.punctuation
    )
    return "  ".join([*pieces, *marks])


def sexp(node: Node) -> str:
    """A tree on one line: each node's class in lower case, then its literal text and what is below it.

    >>> from litgrad.source import Span
    >>> sexp(Number(Span(0, 1), "2"))
    '(number 2)'
    """
    pieces = [type(node).__name__.lower(), *_literals(node), *(sexp(child) for child in children(node))]
    return f"({' '.join(pieces)})"


def _literals(node: Node) -> Iterator[str]:
    match node:
        case Number(text=text) | Text(text=text):
            yield text
        case Letter(name=name) | Operator(name=name):
            yield name
        case Array(environment=environment, rows=rows):
            yield f"{environment} {len(rows)}x{max((len(row) for row in rows), default=0)}"
        case Scripted(sub=sub, sup=sup, primes=primes):
            yield "_" * (sub is not None) + "^" * (sup is not None) + "'" * primes
        case _:
            yield from _signs(node)


def _signs(node: Node) -> Iterator[str]:
    """The signs and commands that a node is written with."""
    for name in ("command", "accent", "style", "environment", "reason"):
        if value := getattr(node, name, ""):
            yield value
    for name in ("open", "close"):
        if isinstance(sign := getattr(node, name, None), Sign):
            yield sign.symbol
    for sign in (*getattr(node, "signs", ()), *getattr(node, "separators", ())):
        yield sign.symbol if sign else "."


def statements(text: str) -> str:
    """What a post defines, assumes and claims, one line each, with what every side means."""
    source = Source(PATH, text)
    found = check_post(source).statements
    lines = [f"define {_definition(definition)}" for definition in found.definitions]
    lines += [f"assume {assumption.expr} in {assumption.values}" for assumption in found.assumptions]
    lines += [line for derivation in found.derivations for line in _derivation(source, derivation)]
    return _lines(lines)


def _definition(definition: Definition) -> str:
    parameters = f"({', '.join(map(str, definition.parameters))})" if definition.parameters else ""
    return f"{definition.name}{parameters} := {definition.body.expr}"


def _derivation(source: Source, derivation: Derivation) -> Iterator[str]:
    yield f"chain {derivation.index}"
    for step in derivation.steps:
        yield f"  {_place(source, step)} {_meaning(step)}"


def _meaning(step: Step) -> str:
    left, right = (side.term.expr if side.term else f"[{side.reason}]" for side in (step.left, step.right))
    kind = " (definition)" if step.definition else f" ({step.aside})" if step.aside else ""
    return f"{left}  {step.sign.symbol}  {right}{kind}"


def shapes(text: str) -> str:
    """What the names of a post stand for, then its definitions and its equations in vectors, a line each."""
    source = Source(PATH, text)
    found = check_post(source).statements
    lines = [f"{name}: {kind_of(name, found.tensors)}" for name in found.tensors.forms]
    lines += [
        f"define {one.name} as {described(one.form, one.body.shape)}" for one in found.tensors.definitions
    ]
    steps = [step for derivation in found.derivations for step in derivation.steps]
    return _lines(lines + [f"{_place(source, step)} {_shapes(step)}" for step in steps if not step.aside])


def _shapes(step: Step) -> str:
    sides = (step.left, step.right)
    left, right = (described_term(one.tensor) if one.tensor else f"[{one.reason}]" for one in sides)
    doubts = dict.fromkeys(doubt for one in sides if one.tensor for doubt in one.tensor.doubts)
    told = "".join(f"; in doubt: {doubt}" for doubt in doubts)
    return f"{left}  {step.sign.symbol}  {right}{told}"


def verdicts(text: str) -> str:
    """One line per relation sign: its place, the verdict and why; its evidence indented below."""
    source = Source(PATH, text)
    checked = [step for derivation in check_post(source).derivations for step in derivation.steps]
    return _lines([line for step in checked for line in _verdict(source, step)])


def _verdict(source: Source, checked: CheckedStep) -> Iterator[str]:
    judgement = checked.judgement
    yield f"{_place(source, checked.step)} {judgement.verdict.value}: {judgement.reason}"
    for name, value in _evidence(source, judgement):
        yield f"  {name}: {value}"


def _evidence(source: Source, judgement: Judgement) -> Iterator[tuple[str, str]]:
    if judgement.rule:
        yield "rule", judgement.rule
    for premise in judgement.premises:
        yield "if", premise.latex
    for condition in judgement.conditions:
        yield "where", condition
    if found := judgement.counterexample:
        point = ", ".join(f"{name} = {value}" for name, value in found.at)
        yield "at", f"{point}: {_number(found.left)} against {_number(found.right)}"
    if judgement.blame:
        yield "blame", source.slice(judgement.blame)
    if judgement.repair:
        yield "repair", judgement.repair.words


def _number(value: object) -> str:
    return f"{float(value):.6g}"  # ty: ignore[invalid-argument-type] - SymPy's numbers convert


def _place(source: Source, step: Step) -> str:
    place = source.position(step.sign.span.start)
    return f"{place.line}:{place.column}"


def segments(text: str) -> str:
    """The math of a post as it is read, a line each: its place and its LaTeX; then what comments say."""
    document = read_markdown(Source(_path(text), text))
    place = document.source.place
    kinds = {True: "display", False: "inline"}
    lines = [
        f"{_local(place(block.span.start))} {kinds[block.display]} {block.latex.strip()!a}"
        for block in document.math
    ]
    lines += [f"{_local(place(hint.span.start))} hint {hint.text!a}" for hint in document.hints]
    return _lines(lines) or "nothing\n"


def _path(text: str) -> str:
    return NOTEBOOK if text.startswith(('{"', "{\n")) else PATH


def _local(place: str) -> str:
    return place.partition(":")[2]


def diagnostics(text: str, engine: str | None = None) -> str:
    """What the terminal shows of the diagnostics of a post on disk."""
    name = _path(text)
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        source, fault = read_post(path, Options())
    source = Source(name, source.text)
    if fault:
        return _lines([render(source, fault)])
    post = compile_post(source, Options(engine=engine))
    return _lines(["\n\n".join(render(post.document.source, diagnostic) for diagnostic in post.diagnostics)])


def module(text: str) -> str:
    """The generated NumPy module, its readable half."""
    return _compiled(text).module.readable


def tests(text: str) -> str:
    """The generated tests."""
    return _compiled(text).tests.text


def report(text: str) -> str:
    """The report of the post as JSON."""
    return json.dumps(post_report(_compiled(text)), indent=1, ensure_ascii=False) + "\n"


def _compiled(text: str) -> CompiledPost:
    return compile_post(Source(PATH, text))


def _lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines if line)


STAGES: dict[str, Callable[[str], str]] = {
    dump.__name__: dump
    for dump in (
        segments, tree, faults, explained, statements, shapes, verdicts, diagnostics, module, tests, report
    )
}  # fmt: skip
STAGES |= {engine: partial(diagnostics, engine=engine) for engine in ENGINES}
"""By the info string of the fence that holds the output."""
