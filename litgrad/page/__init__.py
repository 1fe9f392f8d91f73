"""Pages: MathML with an identity per subterm, jinja2 templates, the site's static files."""

from importlib.resources import files
from importlib.resources.abc import Traversable


def static_files(css: str = "") -> dict[str, bytes]:
    """The files that every site needs, and a theme's style sheet, by their path below its static folder."""
    own = _below(files("litgrad.page") / "static", "")
    theme = {"theme.css": css.encode("utf-8", "replace")} if css else {}
    return dict(sorted({**own, **theme}.items()))


def _below(folder: Traversable, prefix: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for item in folder.iterdir():
        if item.is_dir():
            found |= _below(item, f"{prefix}{item.name}/")
        else:
            found[f"{prefix}{item.name}"] = item.read_bytes()
    return found
