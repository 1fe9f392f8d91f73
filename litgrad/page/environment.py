"""The jinja2 templates of pages; everything put into them is escaped."""

from jinja2 import Environment, PackageLoader, Template

_ENVIRONMENT = Environment(
    loader=PackageLoader("litgrad.page"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def template(name: str) -> Template:
    """A template by its file name."""
    return _ENVIRONMENT.get_template(name)
