"""The front matter of a post: YAML text to a mapping, faults to a Diagnostic."""

from collections.abc import Mapping

import yaml
from yaml.constructor import ConstructorError

from litgrad.diagnostics import Diagnostic
from litgrad.source import Source, Span

_BOUND = 64_000


class _Loader(yaml.SafeLoader):
    """YAML's plain data without aliases, whose expansion can be far longer than the text."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise ConstructorError(None, None, "an alias is not read in front matter", mark)
        return super().compose_node(parent, index)


def read_front_matter(source: Source, span: Span) -> tuple[Mapping[str, object], tuple[Diagnostic, ...]]:
    """Read the YAML between the marks.

    Takes the place of the text between the two `---`. Gives its mapping, empty when it is broken, and what is
    wrong with it.
    """
    if span.end - span.start > _BOUND:
        return {}, (_broken(source, span, 0, f"the front matter is longer than {_BOUND} characters"),)
    try:
        data = yaml.load(source.slice(span), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line if fault.problem_mark else 0
        return {}, (_broken(source, span, line, f"the front matter is not YAML: {fault.problem}"),)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError, TypeError):
        return {}, (_broken(source, span, 0, "the front matter is not YAML"),)
    if data is None:
        return {}, ()
    if not isinstance(data, dict):
        return {}, (_broken(source, span, 0, "the front matter is not a mapping of names to values"),)
    return {str(key): value for key, value in data.items()}, ()


def _broken(source: Source, span: Span, line: int, message: str) -> Diagnostic:
    number = min(source.line(span.start) + line, source.line(span.end))
    start = source.line_start(number)
    place = Span(start, start + max(len(source.line_text(number)), 1))
    return Diagnostic(
        "bad-front-matter", message, place, help="write it as `title: Backpropagation`, one a line"
    )
