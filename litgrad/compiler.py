"""The pipeline: a post in, everything that is made of it out."""

from collections.abc import Iterator

from litgrad.checking.verdicts import CheckedDerivation
from litgrad.codegen.generated import GeneratedModule, GeneratedTests
from litgrad.codegen.module import write_module
from litgrad.codegen.tests import write_tests
from litgrad.diagnostics import Diagnostic
from litgrad.document import Document
from litgrad.gradients.differentiate import differentiate
from litgrad.gradients.gradient import Gradients
from litgrad.latex.parser import parse_all
from litgrad.latex.tree import Formula
from litgrad.markdown import read_markdown
from litgrad.meaning.hints import read_hints
from litgrad.meaning.statements import Statements
from litgrad.meaning.understand import understand
from litgrad.names import module_name, slug_of
from litgrad.options import Options
from litgrad.page.environment import themed
from litgrad.page.render import render_page
from litgrad.records import dataclass
from litgrad.remembered import check_all
from litgrad.source import Source, Span

_DEFAULTS = Options()


@dataclass(frozen=True, slots=True)
class CheckedPost:
    """A post and the judgement on each of its relation signs."""

    document: Document
    formulas: tuple[Formula, ...]
    statements: Statements
    derivations: tuple[CheckedDerivation, ...]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What all stages say, by place, each thing once."""
        return tuple(sorted(dict.fromkeys(self.found()), key=_place))

    def found(self) -> Iterator[Diagnostic]:
        """What all stages say, stage by stage."""
        yield from self.document.diagnostics
        for formula in self.formulas:
            yield from formula.diagnostics
        yield from self.statements.diagnostics
        for derivation in self.derivations:
            yield from derivation.diagnostics


@dataclass(frozen=True, slots=True)
class CompiledPost(CheckedPost):
    """A post and all that was made of it."""

    gradients: Gradients
    module: GeneratedModule
    tests: GeneratedTests
    page: str

    def found(self) -> Iterator[Diagnostic]:
        """What all stages say, the names of the module last."""
        yield from CheckedPost.found(self)
        yield from self.module.diagnostics


def compile_post(source: Source, options: Options = _DEFAULTS, name: str | None = None) -> CompiledPost:
    """Compile one post.

    Takes the post, the bounds, and the name of its Python module if it shall not follow from the path.
    Gives every stage's result; faults of the post are diagnostics in it, never exceptions.
    """
    document = read_markdown(source, options)
    hints = read_hints(document, options)
    formulas = tuple(parse_all(document.math, hints.macros))
    statements = understand(document, formulas, hints)
    derivations = check_all(statements)
    depth = 2 if document.front_matter.get("derivatives") == 2 else options.derivatives
    gradients = differentiate(statements, derivations, depth)
    named = name or module_name(slug_of(source.path))
    module = write_module(statements, gradients, named, depth, fast=options.fast, compiled=options.native)
    tests = write_tests(module, statements, gradients)
    with themed(options.theme):
        page = render_page(document, formulas, statements, derivations, module)
    return CompiledPost(document, formulas, statements, derivations, gradients, module, tests, page)


def check_post(source: Source, options: Options = _DEFAULTS) -> CheckedPost:
    """Read and judge one post; nothing is generated."""
    document = read_markdown(source, options)
    hints = read_hints(document, options)
    formulas = tuple(parse_all(document.math, hints.macros))
    statements = understand(document, formulas, hints)
    derivations = check_all(statements)
    return CheckedPost(document, formulas, statements, derivations)


def _place(diagnostic: Diagnostic) -> Span:
    return diagnostic.span
