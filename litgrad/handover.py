"""Handing a command to a process that stands by with everything loaded, where this user has started one.

Only the standard library is loaded here: this runs before anything else.
"""

import hashlib
import json
import os
import signal
import socket
import stat
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

if sys.platform != "win32":
    import resource

COMMANDS = frozenset(["build", "check", "explain"])
"""What is handed over: commands that come to an end."""
TAKEN = b"+"
"""The answer to a command that is taken; nothing, and the end, to one that is not."""
SIZE = struct.Struct("!I")
STATUS = struct.Struct("!i")
_LOADED = ("SYMPY_", "MPMATH_", "PYTHON", "OMP_", "OPENBLAS_", "MKL_", "NPY_", "LD_", "LC_", "LANG")
"""How variables begin that count when libraries are loaded, and not later."""
_PATIENCE = 2.0
"""Seconds in which the other side must answer."""


def place() -> Path | None:
    """The socket of this user and this installation; None where there can be none."""
    if not hasattr(socket, "AF_UNIX") or not hasattr(os, "fork"):
        return None
    home = os.environ.get("XDG_RUNTIME_DIR") or f"/tmp/litgrad-{os.getuid()}"  # noqa: S108 - it is checked
    same = [sys.executable, __file__, os.environ.get("PYTHONPATH", ""), str(sys.flags)]
    return Path(home) / f"litgrad-{hashlib.sha256(json.dumps(same).encode()).hexdigest()[:16]}.sock"


def is_own(folder: Path) -> bool:
    """Whether a folder is this user's and nobody else can put anything into it."""
    with suppress(OSError):
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
    return False


def loaded_under() -> Mapping[str, str]:
    """The variables that count when libraries are loaded."""
    return {name: value for name, value in os.environ.items() if name.startswith(_LOADED)}


@dataclass(frozen=True, slots=True)
class Request:
    """A command and the circumstances that it was given under."""

    arguments: Sequence[str]
    folder: str
    environment: Mapping[str, str]
    loaded: Mapping[str, str]
    mask: int
    """Of the permissions of new files."""
    limits: Mapping[str, Sequence[int]]
    """Of resources, by their numbers."""
    processors: Sequence[int]
    nice: int
    encodings: Sequence[tuple[str, str]]
    """Of the standard output and the error output: the encoding and what becomes of the rest."""


def hand_over(arguments: Sequence[str]) -> int | None:
    """The exit status of a command that a process standing by carried out; None where none took it."""
    at = place() if arguments[:1] and arguments[0] in COMMANDS else None
    if at is None or not at.exists() or not is_own(at.parent):
        return None
    with suppress(OSError, ValueError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(_PATIENCE)
        line.connect(str(at))
        if _taken(line, _request(arguments)):
            line.settimeout(None)
            return _followed(line)
    return None


def _request(arguments: Sequence[str]) -> Request:
    numbers = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    streams = (sys.stdout, sys.stderr)
    return Request(
        arguments,
        str(Path.cwd()),
        dict(os.environ),
        loaded_under(),
        _mask(),
        {str(number): resource.getrlimit(number) for number in numbers},
        sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [],
        os.nice(0),
        [(one.encoding, one.errors or "strict") for one in streams],
    )


def _mask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _taken(line: socket.socket, request: Request) -> bool:
    """Send a request with the standard streams; whether it is taken."""
    data = json.dumps({name: getattr(request, name) for name in request.__slots__}).encode()
    socket.send_fds(line, [SIZE.pack(len(data))], [0, 1, 2])
    line.sendall(data)
    return line.recv(1) == TAKEN


def _followed(line: socket.socket) -> int | None:
    """Wait for the exit status, passing on what this process is told; None if the other side is gone."""

    def pass_on(number: int, _frame: FrameType | None) -> None:
        with suppress(OSError):
            line.send(bytes([number]))

    handlers: dict[int, Any] = {}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        handlers[number] = signal.signal(number, pass_on)
    try:
        return read_status(line.recv)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def read_status(read: Callable[[int], bytes]) -> int | None:
    """The exit status at the end of a conversation."""
    data = b""
    while len(data) < STATUS.size:
        more = read(STATUS.size - len(data))
        if not more:
            return None
        data += more
    return STATUS.unpack(data)[0]
