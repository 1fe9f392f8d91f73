"""Pages: MathML with an identity per subterm, jinja2 templates, the site's static files."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_STATIC = Path(__file__).parent / "static"
_REMARK = re.compile(r"//.*|/\*.*\*/")
"""A line that is a remark from end to end."""
_SPACES = re.compile(r"\s*([{};])\s*|(?<=[:,])\s+")
"""What a style sheet does without."""


def static_files(css: str = "") -> dict[str, bytes]:
    """The files that every site needs, and a theme's style sheet, by their path below its static folder."""
    theme = {"theme.css": css.encode("utf-8", "replace")} if css else {}
    return dict(sorted({**_own(), **theme}.items()))


@cache
def _own() -> Mapping[str, bytes]:
    return _below(_STATIC, "")


def _below(folder: Path, prefix: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for item in folder.iterdir():
        if item.is_dir():
            found |= _below(item, f"{prefix}{item.name}/")
        else:
            found[f"{prefix}{item.name}"] = _sent(item)
    return found


def _sent(item: Path) -> bytes:
    """A file as a browser gets it: scripts and styles without indentation and remarks."""
    if not item.name.endswith((".css", ".js")):
        return item.read_bytes()
    lines = (line.strip() for line in item.read_text("utf-8").splitlines())
    text = "\n".join(line for line in lines if line and not _REMARK.fullmatch(line))
    return (_SPACES.sub(r"\1", text) if item.name.endswith(".css") else text).encode()
