"""Compiled templates, kept where Python keeps the bytecode of litgrad's modules, and under its conditions."""

import marshal
import os
import sys
from contextlib import suppress
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket, bc_magic

_OWN = Path(__file__).parent / "templates"
_SIZE = sha256().digest_size


class Compiled(BytecodeCache):
    """What jinja2 made of litgrad's own templates; those of a theme are compiled in each process.

    Takes the folder to keep it in. A file that cannot be read or written, that is of another text or that is
    damaged is as good as none.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The name of a template of litgrad's own, empty for any other."""
        return name if filename is not None and Path(filename).parent == _OWN else ""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read what an earlier process kept."""
        with suppress(OSError):
            if bucket.key:
                data = self._path(bucket).read_bytes()
                digest, code = data[:_SIZE], data[_SIZE:]
                if digest == _digest(bucket, code):
                    bucket.code = marshal.loads(code)  # noqa: S302 - as Python reads the modules beside it

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is compiled, whole or not at all."""
        if not bucket.key or bucket.code is None or sys.dont_write_bytecode:
            return
        code, path = marshal.dumps(bucket.code), self._path(bucket)
        new = path.with_name(f"{path.name}.{os.getpid()}")
        with suppress(OSError):
            new.write_bytes(_digest(bucket, code) + code)
            new.replace(path)

    def _path(self, bucket: Bucket) -> Path:
        return self.folder / f"{bucket.key.replace('/', '.')}.{sys.implementation.cache_tag}"


def folder() -> Path:
    """Where Python keeps the bytecode of the modules beside this one."""
    return Path(cache_from_source(__file__)).parent


def _digest(bucket: Bucket, code: bytes) -> bytes:
    """A digest of the code and of all that it was made from."""
    made = bucket.environment
    settings = (made.autoescape, made.trim_blocks, made.lstrip_blocks, sorted(made.extensions))
    text = repr((bucket.key, str(_OWN), bucket.checksum, settings, bc_magic, sys.version))
    return sha256(text.encode() + code).digest()
