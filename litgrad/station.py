"""A process that builds posts for a thread of another one, each post with its deadline and memory limit.

Workers are forked from it and not from where the work arrives: a process with threads must not fork.
"""

import pickle
import struct
import subprocess
import sys
import threading
from functools import partial
from typing import IO, Any

from litgrad.options import Options
from litgrad.outcome import Outcome
from litgrad.source import Source
from litgrad.workers import Job, Limits, Pool

_SIZE = struct.Struct("!Q")
_HERE = threading.local()


def build_apart(source: Source, options: Options, module: str) -> Outcome:
    """Compile a post in the station of this thread, which is started with the first."""
    station: subprocess.Popen[bytes] | None = getattr(_HERE, "station", None)
    if station is None or station.poll() is not None:
        command = [sys.executable, "-m", "litgrad.station"]
        station = _HERE.station = subprocess.Popen(  # noqa: S603 - this program itself
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    assert station.stdin is not None
    assert station.stdout is not None
    _send(station.stdin, (source, options, module))
    outcome = _receive(station.stdout)
    assert isinstance(outcome, Outcome)
    return outcome


def main() -> None:
    """Build what comes in until nothing more does."""
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    warm = Pool[Outcome](1, Limits(1, 1))
    sys.stdout = sys.stderr
    while True:
        try:
            source, options, module = _receive(incoming)
        except EOFError:
            return
        pool: Pool[Outcome] = Pool(1, Limits(options.seconds, options.memory_bytes), _load)
        pool.is_warm = warm.is_warm
        job = Job(partial(_work, source, options, module), partial(_stopped, source))
        (outcome,) = pool.run([job])
        warm = pool
        _send(outgoing, outcome)


def _load() -> None:
    from litgrad.tasks import warm_up

    warm_up()


def _work(source: Source, options: Options, module: str, seconds: float) -> Outcome:
    from litgrad.tasks import compiled

    return compiled(source, options, module, seconds)


def _stopped(source: Source, reason: str) -> Outcome:
    from litgrad.tasks import failed

    return failed(source, reason)


def _send(stream: IO[bytes], value: object) -> None:
    data = pickle.dumps(value)
    stream.write(_SIZE.pack(len(data)) + data)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:  # noqa: ANN401 - the other end knows
    """What the other end sent; it is this program, too."""
    head = stream.read(_SIZE.size)
    if len(head) < _SIZE.size:
        raise EOFError
    (size,) = _SIZE.unpack(head)
    return pickle.loads(stream.read(size))  # noqa: S301 - from a process that this one started


if __name__ == "__main__":
    main()
