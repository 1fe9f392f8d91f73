"""What litgrad has to say about a post, as data: structure here, words in one place, drawing elsewhere."""

from enum import Enum

from litgrad.records import dataclass
from litgrad.source import Span


class Severity(Enum):
    """How much a diagnostic weighs: an error fails the build, a warning only with `--strict`."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Label:
    """A place that a diagnostic points at beside its own, with a few words on why."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One true sentence about the author's formula, with its place."""

    code: str
    """A key of `CATALOGUE`."""
    message: str
    """A short sentence, lower-case start, no final full stop."""
    span: Span
    """The smallest wrong piece."""
    text: str = ""
    """A few words printed beside the caret."""
    related: tuple[Label, ...] = ()
    """Other places that explain it, such as the definition it clashes with."""
    help: str | None = None
    """What would be accepted."""

    @property
    def severity(self) -> Severity:
        """How much its code weighs."""
        return CATALOGUE[self.code].severity


@dataclass(frozen=True, slots=True)
class Code:
    """A row of the catalogue: what a code weighs and, in a line, when it is given."""

    severity: Severity
    meaning: str


CATALOGUE: dict[str, Code] = {
    "refuted-step": Code(Severity.ERROR, "the two sides of a relation differ at a point of the domain"),
    "conditional-step": Code(
        Severity.WARNING, "a step holds only under a premise that the post does not state"
    ),
    "unchecked-step": Code(Severity.NOTE, "a step could not be judged, with the reason"),
    "unreadable-math": Code(Severity.WARNING, "a piece of a formula that litgrad does not read"),
    "unread-definition": Code(
        Severity.NOTE, "a definition whose value litgrad does not judge, so that no function is made of it"
    ),
    "unknown-command": Code(Severity.WARNING, "a LaTeX command that litgrad does not know"),
    "unbalanced": Code(
        Severity.ERROR, "a brace, environment or `\\left` is opened and not closed, or the reverse"
    ),
    "unmatched-bracket": Code(Severity.WARNING, "a bracket or bar without its partner"),
    "missing-braces": Code(Severity.WARNING, "a script of several tokens without the braces that TeX needs"),
    "missing-operand": Code(Severity.ERROR, "an operator, script or command lacks what it applies to"),
    "double-script": Code(Severity.ERROR, "a base carries two superscripts or two subscripts"),
    "too-large": Code(Severity.ERROR, "a formula, number or nesting beyond the bounds of the options"),
    "unclosed-math": Code(Severity.ERROR, "a dollar sign or environment that opens math and is never closed"),
    "shape-mismatch": Code(
        Severity.WARNING, "a product or sum of vectors and matrices whose declared shapes do not fit"
    ),
    "symbol-redefined": Code(Severity.WARNING, "a symbol is given a second, different definition"),
    "name-collision": Code(Severity.WARNING, "two symbols would get the same Python name; one was suffixed"),
    "bad-hint": Code(Severity.WARNING, "a hint to litgrad that it does not understand"),
    "bad-front-matter": Code(Severity.WARNING, "the front matter is not the YAML mapping it should be"),
    "engine-eats": Code(
        Severity.WARNING, "a piece of a formula that the named site engine takes for Markdown"
    ),
    "bad-notebook": Code(Severity.ERROR, "a notebook that is not the JSON it should be, or of an old format"),
    "unreadable-file": Code(Severity.ERROR, "the file cannot be read as UTF-8 text"),
}
"""Every code that litgrad can give; each has a case with its exact text and a section in the docs."""
