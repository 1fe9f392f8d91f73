"""`load`: a post as an imported Python module, its generated source visible to tracebacks and `inspect`."""

import importlib.util
import linecache
import os
import warnings
from importlib.abc import ExecutionLoader
from importlib.machinery import ModuleSpec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from litgrad.compiler import compile_post
from litgrad.names import module_name, slug_of
from litgrad.native import CompilerError, compile_library, compiler
from litgrad.options import Options
from litgrad.posts import read_post
from litgrad.source import Source
from litgrad.terminal import render

_DEFAULTS = Options(fast=True)


class LitgradError(Exception):
    """A post cannot be loaded; the message names the place in the post."""


class PostLoader(ExecutionLoader):
    """Gives the generated source of one post to the import system."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    def get_source(self, fullname: str) -> str:
        """The generated text; `linecache` asks for it when it prints a traceback."""
        return self.text

    def get_filename(self, fullname: str) -> str:
        """A file name that cannot be one on disk and tells the post."""
        return f"<litgrad {self.path}>"

    def exec_module(self, module: ModuleType) -> None:
        """Run the generated module in its namespace, its lines known to tracebacks."""
        name = self.get_filename(module.__name__)
        linecache.cache[name] = (len(self.text), None, self.text.splitlines(keepends=True), name)
        super().exec_module(module)


def load(path: str | os.PathLike[str], options: Options = _DEFAULTS) -> ModuleType:
    """Compile a post and import what was generated from it.

    Takes the path of a post. Gives a module with the post's functions, gradients included; it is not put
    into `sys.modules`. With `Options(fast=True, native=True)` the functions are compiled, too. Raises
    LitgradError, with the place, when the file cannot be read as a post.
    """
    source, fault = read_post(Path(path), options)
    if fault is not None:
        raise LitgradError(render(source, fault))
    return load_source(source, options)


def load_source(source: Source, options: Options = _DEFAULTS) -> ModuleType:
    """The same for a post that is already in memory."""
    name = module_name(slug_of(source.path))
    post = compile_post(source, options, name)
    loader = PostLoader(source.path, post.module.text)
    spec = ModuleSpec(name, loader, origin=loader.get_filename(name))
    spec.has_location = True
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    if options.native:
        _compile(module, post.module.native)
    return module


def _compile(module: ModuleType, text: str) -> None:
    """Give a module its compiled functions; without a compiler there is a warning, and NumPy."""
    names = vars(module)
    if "_LIBRARY" not in names:
        return
    try:
        library = compile_library(text, compiler())
    except CompilerError as fault:
        warnings.warn(str(fault), stacklevel=4)
        return
    with TemporaryDirectory(prefix="litgrad-") as folder:
        path = Path(folder) / "library"
        path.write_bytes(library)
        names["_LIBRARY"].update(names["_library"](path))
