"""A process with everything loaded that carries out commands of its user, each in a copy of itself.

Nothing is kept between two commands: each runs in a fork, under the circumstances that it was given under.
"""

import gc
import io
import json
import os
import selectors
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from litgrad.fingerprint import fingerprint, sources
from litgrad.handover import SIZE, STATUS, TAKEN, is_own, loaded_under, place
from litgrad.recall import Stamp, stamp
from litgrad.tasks import warm_up

if sys.platform != "win32":
    import resource

Run = Callable[[Sequence[str]], None]
"""Carries out a command; ends with SystemExit."""
_LONGEST = 10_000_000
"""Bytes of a request."""
_PATIENCE = 2.0
_SIGNALS = frozenset([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])


class StandbyError(Exception):
    """It cannot stand by here; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command and the circumstances that it was given under."""

    arguments: Sequence[str]
    folder: str
    environment: Mapping[str, str]
    loaded: Mapping[str, str]
    """The variables that count when libraries are loaded."""
    mask: int
    """Of the permissions of new files."""
    limits: Mapping[str, Sequence[int]]
    """Of resources, by their numbers."""
    processors: Sequence[int]
    nice: int
    encodings: Sequence[tuple[str, str]]
    """Of the standard output and the error output: the encoding and what becomes of the rest."""


@dataclass(slots=True)
class Standby:
    """The socket, the commands that run, and what this process was loaded from."""

    run: Run
    server: socket.socket
    loaded: dict[str, Stamp | None] = field(default_factory=dict)
    running: dict[int, socket.socket] = field(default_factory=dict)
    """The conversations by the number of the process."""

    def serve(self, idle: float) -> None:
        """Carry out commands until none came for so many seconds, or litgrad was changed."""
        with selectors.DefaultSelector() as selector, _told_of_ends() as ends:
            selector.register(self.server, selectors.EVENT_READ)
            selector.register(ends, selectors.EVENT_READ)
            end = time.monotonic() + idle
            while self.running or time.monotonic() < end:
                wait = None if self.running else end - time.monotonic()
                for key, _ in selector.select(wait):
                    if key.fileobj is self.server:
                        if not self._is_current():
                            return
                        self._take(selector)
                    elif key.fileobj is ends:
                        ends.recv(4096)
                        self._report(selector)
                    else:
                        self._pass_on(key.fileobj, key.data, selector)
                    end = time.monotonic() + idle

    def _is_current(self) -> bool:
        """Whether litgrad and its libraries are still what was loaded."""
        return _stamps() == self.loaded

    def _take(self, selector: selectors.BaseSelector) -> None:
        line, _ = self.server.accept()
        line.settimeout(_PATIENCE)
        files: list[int] = []
        try:
            request, files = _received(line)
            if request is None or request.loaded != loaded_under() or len(files) != 3:
                line.close()
                return
            line.sendall(TAKEN)
            number = os.fork()
            if number == 0:
                self._carry_out(request, files, selector)
            line.setblocking(False)
            self.running[number] = line
            selector.register(line, selectors.EVENT_READ, number)
        except (OSError, ValueError, KeyError, TypeError):
            line.close()
        finally:
            for file in files:
                os.close(file)

    def _carry_out(self, request: Request, files: list[int], selector: selectors.BaseSelector) -> NoReturn:
        """In the fork: become the process that the user started."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            selector.close()
            for one in (self.server, *self.running.values()):
                one.close()
            _become(request, files)
            status = _status_of(self.run, request.arguments)
        except BaseException:  # noqa: BLE001 - as at the end of any program
            traceback.print_exc()
        finally:
            with suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _report(self, selector: selectors.BaseSelector) -> None:
        """Tell those whose commands have ended."""
        for number in list(self.running):
            ended, status = os.waitpid(number, os.WNOHANG)
            if ended:
                line = self.running.pop(number)
                with suppress(KeyError):
                    selector.unregister(line)
                with suppress(OSError):
                    line.sendall(STATUS.pack(os.waitstatus_to_exitcode(status) % 256))
                line.close()

    def _pass_on(self, line: Any, number: int, selector: selectors.BaseSelector) -> None:  # noqa: ANN401
        """A signal to a command, or its end where nobody waits for it any more."""
        try:
            data = line.recv(1)
        except OSError:
            data = b""
        if not data:
            selector.unregister(line)
        with suppress(ProcessLookupError):
            wanted = data[0] if data else signal.SIGTERM
            if wanted in _SIGNALS:
                os.kill(number, wanted)


@contextmanager
def standing_by(run: Run) -> Generator[Standby]:
    """Load everything and listen, for this user alone; StandbyError where that is not possible."""
    at = place()
    if at is None:
        raise StandbyError("this system has no sockets between processes of one user")
    loaded = _stamps()
    fingerprint()
    warm_up()
    gc.collect()
    gc.freeze()
    folder = Path(at).parent
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    if not is_own(str(folder)):
        raise StandbyError(f"others can write to {folder}")
    with socket.socket(socket.AF_UNIX) as server:
        _bound(server, at)
        try:
            yield Standby(run, server, loaded)
        finally:
            Path(at).unlink(missing_ok=True)


def _stamps() -> dict[str, Stamp | None]:
    return {path: stamp(path) for path in sources()}


def _bound(server: socket.socket, at: str) -> None:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as other:
        other.connect(at)
        raise StandbyError("another process stands by already")
    Path(at).unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        server.bind(at)
    finally:
        os.umask(before)
    server.listen()


@contextmanager
def _told_of_ends() -> Generator[socket.socket]:
    """A socket with something to read whenever a command ends."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    before = signal.signal(signal.SIGCHLD, _nothing)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        yield reader
    finally:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, before)
        reader.close()
        writer.close()


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """The wakeup descriptor tells it."""


def _received(line: socket.socket) -> tuple[Request | None, list[int]]:
    """A request and the streams that came with it; None from another user."""
    head, files, _, _ = socket.recv_fds(line, SIZE.size, 3)
    if not _is_same_user(line) or len(head) < SIZE.size:
        return None, list(files)
    (size,) = SIZE.unpack(head)
    data = b""
    while len(data) < min(size, _LONGEST):
        more = line.recv(min(size - len(data), 65536))
        if not more:
            return None, list(files)
        data += more
    return Request(**json.loads(data)), list(files)


def _is_same_user(line: socket.socket) -> bool:
    if not hasattr(socket, "SO_PEERCRED"):  # there, the folder's permissions must do
        return True
    numbers = struct.Struct("3i")
    found = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, numbers.size)
    return numbers.unpack(found)[1] == os.getuid()


def _become(request: Request, files: Sequence[int]) -> None:
    """Take over the circumstances of a request; its limits last, since they may be narrow."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for target, file in enumerate(files):
        os.dup2(file, target)
    for file in files:
        os.close(file)
    os.environ.clear()
    os.environ.update(request.environment)
    os.umask(request.mask)
    os.chdir(request.folder)
    streams = zip((1, 2), request.encodings, strict=True)
    sys.stdout, sys.stderr = (_stream(number, *encoding) for number, encoding in streams)
    if request.processors:
        os.sched_setaffinity(0, request.processors)
    os.nice(max(request.nice - os.nice(0), 0))
    for name, (soft, hard) in request.limits.items():
        resource.setrlimit(int(name), (soft, hard))


def _stream(number: int, encoding: str, errors: str) -> io.TextIOWrapper:
    """Standard output or error output as the interpreter opens them."""
    direct = os.isatty(number)
    return open(number, "w", 1 if direct else -1, encoding, errors, closefd=False)


def _status_of(run: Run, arguments: Sequence[str]) -> int:
    """The exit status of a command."""
    try:
        run(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0
