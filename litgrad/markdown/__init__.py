"""`read_markdown`: Source to Document; the only package that knows markdown-it."""

from litgrad.markdown.reader import read_markdown

__all__ = ["read_markdown"]
