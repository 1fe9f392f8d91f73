"""Handing a command to a process that stands by with everything loaded, where this user has started one.

This runs before anything else, so it loads little: `dataclasses`, `pathlib` and `typing` alone would take
longer than all that it does.
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

if sys.platform != "win32":
    import resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

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


def place() -> str | None:
    """The socket of this user and this installation; None where there can be none."""
    if not hasattr(socket, "AF_UNIX") or not hasattr(os, "fork"):
        return None
    home = os.environ.get("XDG_RUNTIME_DIR") or f"/tmp/litgrad-{os.getuid()}"  # noqa: S108 - it is checked
    same = [sys.executable, __file__, os.environ.get("PYTHONPATH", ""), str(sys.flags)]
    name = f"litgrad-{hashlib.sha256(json.dumps(same).encode()).hexdigest()[:16]}.sock"
    return os.path.join(home, name)  # noqa: PTH118 - no pathlib here


def is_own(folder: str) -> bool:
    """Whether a folder is this user's and nobody else can put anything into it."""
    with suppress(OSError):
        found = os.lstat(folder)
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
    return False


def loaded_under() -> Mapping[str, str]:
    """The variables that count when libraries are loaded."""
    return {name: value for name, value in os.environ.items() if name.startswith(_LOADED)}


def hand_over(arguments: Sequence[str]) -> int | None:
    """The exit status of a command that a process standing by carried out; None where none took it."""
    at = place() if arguments[:1] and arguments[0] in COMMANDS else None
    if at is None or not os.path.exists(at) or not is_own(os.path.dirname(at)):  # noqa: PTH110, PTH120
        return None
    with suppress(OSError, ValueError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(_PATIENCE)
        line.connect(at)
        if _taken(line, _request(arguments)):
            line.settimeout(None)
            return _followed(line)
    return None


def _request(arguments: Sequence[str]) -> Mapping[str, object]:
    """The command and its circumstances, as `standby.Request` has them."""
    numbers = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    streams = (sys.stdout, sys.stderr)
    return {
        "arguments": arguments,
        "folder": os.getcwd(),  # noqa: PTH109 - no pathlib here
        "environment": dict(os.environ),
        "loaded": loaded_under(),
        "mask": _mask(),
        "limits": {str(number): resource.getrlimit(number) for number in numbers},
        "processors": sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [],
        "nice": os.nice(0),
        "encodings": [(one.encoding, one.errors or "strict") for one in streams],
    }


def _mask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _taken(line: socket.socket, request: Mapping[str, object]) -> bool:
    """Send a request with the standard streams; whether it is taken."""
    data = json.dumps(request).encode()
    socket.send_fds(line, [SIZE.pack(len(data))], [0, 1, 2])
    line.sendall(data)
    return line.recv(1) == TAKEN


def _followed(line: socket.socket) -> int | None:
    """Wait for the exit status, passing on what this process is told; None if the other side is gone."""

    def pass_on(number: int, _frame: "FrameType | None") -> None:
        with suppress(OSError):
            line.send(bytes([number]))

    told = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = [signal.signal(number, pass_on) for number in told]
    try:
        return read_status(line.recv)
    finally:
        for number, handler in zip(told, handlers, strict=True):
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
