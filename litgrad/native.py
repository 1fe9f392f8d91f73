"""The C files of modules to libraries beside them, by the user's compiler."""

import os
import platform
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from litgrad.codegen.native.stamps import is_current, stamp
from litgrad.output import Folder

_SECONDS = 120
_FLAGS = (
    *("-std=c11", "-O2", "-fopenmp-simd", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off"),
    *("-fno-ident", "-shared", "-fPIC"),
)
"""Each value is computed as the text says: nothing is reordered, nothing flushed to zero."""
_X86 = ("-mprefer-vector-width=512",)
_GCC = ("--param", "vect-max-peeling-for-alignment=0")
"""Whole vectors from the first value on."""
_PLAIN = ("-std=c11", "-O2", "-ffp-contract=off", "-shared", "-fPIC")


@dataclass(frozen=True, slots=True)
class Compiled:
    """What came of the C files of a site."""

    files: tuple[str, ...] = ()
    """The libraries, below the site."""
    notices: tuple[str, ...] = ()
    """A line for each file that has none."""


def compile_all(folder: Folder, sources: Iterable[str]) -> Compiled:
    """Compile C files of a site, each to a library beside it; those that are current are left.

    Takes the folder and the paths of the files below it.
    """
    texts = {path: (folder.root / path).read_text(encoding="utf-8") for path in sources}
    wanted = {_library(path): text for path, text in texts.items() if "\nvoid litgrad_" in text}
    if not wanted:
        return Compiled()
    folder.claim(wanted)
    old = {path for path, text in wanted.items() if _is_there(folder.root / path, text)}
    try:
        made = _made({path: text for path, text in wanted.items() if path not in old})
    except CompilerError as fault:
        return Compiled(tuple(old), (str(fault),))
    libraries = {path: found for path, found in made.items() if isinstance(found, bytes)}
    folder.write(libraries)
    refused = (f"{path}: {found}" for path, found in made.items() if isinstance(found, str))
    return Compiled((*old, *libraries), tuple(refused))


def _library(source: str) -> str:
    return f"{source.removesuffix('.c')}.native.so"


def _is_there(path: Path, text: str) -> bool:
    return path.is_file() and is_current(path.read_bytes(), text)


def _made(texts: Mapping[str, str]) -> Mapping[str, bytes | str]:
    """The library of each text, or why there is none."""
    if not texts:
        return {}
    from concurrent.futures import ThreadPoolExecutor

    command = compiler()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(texts, pool.map(partial(_tried, command), texts.values()), strict=True))


def _tried(command: list[str], text: str) -> bytes | str:
    try:
        return compile_library(text, command)
    except CompilerError as fault:
        return str(fault)


class CompilerError(Exception):
    """There is no compiler, or it refuses; the message is one line."""


def compiler() -> list[str]:
    """The command of the C compiler: `$CC`, or `cc`; raises CompilerError where it cannot be found."""
    import shutil

    words = shlex.split(os.environ.get("CC") or "cc")
    if not words or shutil.which(words[0]) is None:
        message = f"there is no C compiler ({words[0] if words else 'CC'}); the modules use NumPy"
        raise CompilerError(message)
    return words


def compile_library(source: str, command: list[str]) -> bytes:
    """The library of a C text, with the stamp that ties it to the text.

    Nothing but the text itself depends on a post, and the compiler reads it from its standard input. Raises
    CompilerError.
    """
    from tempfile import TemporaryDirectory

    said = ""
    with TemporaryDirectory(prefix="litgrad-") as folder:
        target = Path(folder) / "library"
        for flags in _attempts():
            said = _compiled(source, [*command, "-x", "c", "-", "-o", str(target), *flags])
            if target.is_file():
                library = target.read_bytes()
                return library + stamp(library, source)
    reason = f": {said}" if said else ""
    raise CompilerError(f"the C compiler makes no library, so the module uses NumPy{reason}")


def _attempts() -> Iterator[list[str]]:
    """Flags from the fastest to what every compiler takes."""
    wide = _X86 if platform.machine() in ("x86_64", "AMD64") else ()
    yield [*_FLAGS, *wide, *_GCC, "-lmvec", "-lm"]
    yield [*_FLAGS, *wide, *_GCC, "-lm"]
    yield [*_FLAGS, "-lm"]
    yield [*_PLAIN, "-lm"]


def _compiled(source: str, command: list[str]) -> str:
    """Run the compiler; what it says last."""
    import subprocess

    try:
        done = subprocess.run(  # noqa: S603 - the user's compiler; nothing of a post is in its command
            command, input=source.encode(), capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise CompilerError(
            f"the C compiler takes longer than {_SECONDS} s, so the module uses NumPy"
        ) from None
    except OSError as fault:
        return str(fault.strerror)
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""
