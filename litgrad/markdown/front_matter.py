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


def place_of(source: Source, span: Span, *keys: str | int) -> Span:
    r"""The place of a value in the front matter.

    Takes the text between the two `---` and the keys that lead to the value: names of a mapping, numbers of a
    list. Gives the span of the value; of the last key's name where the value is empty, and of the innermost
    value that there is where a key is missing. Broken YAML gives the whole span.

    >>> post = Source("p.md", "---\nlitgrad:\n  domain: x > 0\n---\n")
    >>> post.slice(place_of(post, Span(4, 29), "litgrad", "domain"))
    'x > 0'
    """
    try:
        node = yaml.compose(source.slice(span), Loader=_Loader)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError, TypeError):
        return span
    place = span
    for key in keys:
        name, node = _child(node, key)
        if node is None:
            break
        place = _span_of(source, span, node)
        if place.start == place.end and name is not None:
            place = _span_of(source, span, name)
    return place


def _child(node: yaml.Node | None, key: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    """The node of a key and of its value."""
    if isinstance(node, yaml.MappingNode):
        pairs = (pair for pair in reversed(node.value) if str(pair[0].value) == str(key))
        return next(pairs, (None, None))
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return None, node.value[key]
    return None, None


def _span_of(source: Source, span: Span, node: yaml.Node) -> Span:
    """The text of a node without the line ends and spaces that YAML counts to it."""
    start, end = span.start + node.start_mark.index, span.start + node.end_mark.index
    text = source.text[start:end]
    return Span(start, start + len(text.rstrip()))


def _broken(source: Source, span: Span, line: int, message: str) -> Diagnostic:
    number = min(source.line(span.start) + line, source.line(span.end))
    start = source.line_start(number)
    place = Span(start, start + max(len(source.line_text(number)), 1))
    return Diagnostic(
        "bad-front-matter", message, place, help="write it as `title: Backpropagation`, one a line"
    )
