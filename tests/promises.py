"""What holds for every post, however strange: checked by the fuzzing tests and by the fuzzing bench."""

import ast
import re
from collections.abc import Iterable
from unicodedata import category

from litgrad.codegen.elsewhere import ELSEWHERE as FIXED
from litgrad.compiler import CheckedPost, CompiledPost, check_post, compile_post
from litgrad.diagnostics import Diagnostic
from litgrad.latex.parser import parse_all
from litgrad.markdown import read_markdown
from litgrad.options import Options
from litgrad.source import Source
from litgrad.terminal import render

_LIVE = re.compile(
    r"""<script(?!\ src="[./a-z-]*litgrad\.js") | <iframe | <object
    | \son[a-z]+\s*=\s*["'] | href=["']\s*javascript:""",
    re.IGNORECASE | re.VERBOSE,
)
_NODES = (ast.Global, ast.Nonlocal, ast.ClassDef, ast.AsyncFunctionDef, ast.Delete)
_BUILTINS = ("eval", "exec", "open", "compile")
_MODULES = frozenset(["numpy", "pytest", "importlib", "math", "pathlib", "sys", "contextlib", "functools"])


def read(text: str) -> None:
    """A post can be read: no exception, and every diagnostic has a place in it and can be drawn."""
    document = read_markdown(Source("post.md", text), Options())
    formulas = tuple(parse_all(document.math))
    _diagnostics(document.source, document.diagnostics)
    for block, formula in zip(document.math, formulas, strict=True):
        assert 0 <= block.span.start <= block.span.end <= len(document.source.text)
        _diagnostics(document.source, formula.diagnostics)


def judged(text: str) -> None:
    """A post can be judged: no exception, no step on which litgrad failed, every diagnostic in its place."""
    made = check_post(Source("post.md", text), Options())
    _diagnostics(made.document.source, made.diagnostics)
    _no_faults(made)


def _no_faults(made: CheckedPost) -> None:
    """A fault of litgrad costs one step; here it counts as much as one that costs the post."""
    for derivation in made.derivations:
        for step in derivation.steps:
            assert "litgrad fails" not in step.judgement.reason, step.judgement.reason


def compiled(text: str) -> CompiledPost:
    """A post can be compiled: what comes out is sound Python and a page in which nothing runs."""
    made = compile_post(Source("post.md", text), Options(), "post")
    _no_faults(made)
    _diagnostics(made.document.source, made.diagnostics)
    for python in (made.module.text.replace(FIXED, ""), made.tests.text):
        _python(python)
    assert not _LIVE.search(re.sub(r"(?s)<(pre|code)\b.*?</\1>", "", made.page)), "something in the page runs"
    return made


def _diagnostics(source: Source, found: Iterable[Diagnostic]) -> None:
    for one in found:
        for span in (one.span, *(label.span for label in one.related)):
            assert 0 <= span.start <= span.end <= len(source.text), (one.code, span)
        signs = set(render(source, one)) - {"\n"}
        hidden = [sign for sign in signs if not sign.isprintable() and category(sign) != "Zs"]
        assert not hidden, (one.code, hidden)


def _python(text: str) -> None:
    for node in ast.walk(ast.parse(text)):
        assert not isinstance(node, _NODES), type(node)
        match node:
            case ast.Import(names=names):
                assert {name.name.partition(".")[0] for name in names} <= _MODULES
            case ast.ImportFrom(module=module):
                assert str(module).partition(".")[0] in {*_MODULES, "post"}
            case ast.Name(id=name) | ast.Attribute(attr=name):
                assert not name.startswith("__") or name == "__all__", name
                assert isinstance(node, ast.Attribute) or name not in _BUILTINS, name
