"""The jinja2 templates of pages, and a theme's in their place; everything put into them is escaped."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from jinja2 import ChoiceLoader, DictLoader, Environment, PackageLoader, PrefixLoader, Template, TemplateError

from litgrad.options import Theme
from litgrad.page import bytecode

_OWN = PackageLoader("litgrad.page")
_THEME: ContextVar[Theme] = ContextVar("theme")
_PLAIN = Theme()


def template(name: str) -> Template:
    """A template by its file name, the theme's if it has one."""
    return _environment(_THEME.get(_PLAIN)).get_template(name)


def load_templates(theme: Theme = _PLAIN) -> None:
    """Compile all templates, so that what is forked from here has them."""
    environment = _environment(theme)
    for name in _OWN.list_templates():
        environment.get_template(name)


@contextmanager
def themed(theme: Theme) -> Generator[None]:
    """Let the pages that are written below look as a theme says."""
    token = _THEME.set(theme)
    try:
        yield
    finally:
        _THEME.reset(token)


@lru_cache(maxsize=4)
def _environment(theme: Theme) -> Environment:
    """`litgrad/post.html` is litgrad's own, which a theme's `post.html` can extend."""
    own = PrefixLoader({"litgrad": _OWN})
    loader = ChoiceLoader([DictLoader(dict(theme.templates)), own, _OWN])
    environment = Environment(
        loader=loader,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=bytecode.Compiled(bytecode.folder()),
    )
    environment.globals.update(styled=bool(theme.css))  # ty: ignore[invalid-argument-type]
    return environment


def faults(templates: Mapping[str, str]) -> list[str]:
    """What keeps a theme's templates from being used: a line for each, with the file and the line in it."""
    found: list[str] = []
    names = set(_OWN.list_templates())
    environment = _environment(_PLAIN)
    for name, text in sorted(templates.items()):
        if name not in names:
            found.append(f"{name}: there is no such template; there are {', '.join(sorted(names))}")
        try:
            environment.parse(text, name)
        except TemplateError as fault:
            found.append(f"{name}:{getattr(fault, 'lineno', 1)}: {fault.message}")
    return found
