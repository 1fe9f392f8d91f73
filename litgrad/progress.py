"""A line in the terminal that tells how far a build is: counts, a bar, the current post."""

import sys
from typing import TextIO

from rich.cells import cell_len, set_cell_size

from litgrad.terminal import visible

_BAR = 24
_ERASE = "\r\x1b[2K"


class Progress:
    """The line; it is drawn only where someone watches and there is more than a moment of work."""

    def __init__(self, stream: TextIO, *, shown: bool) -> None:
        self.stream = stream
        self.shown = shown
        self.total = 0
        self.done = 0
        self.current = ""

    def draw(self) -> None:
        """Put the line where the cursor is."""
        if self.shown:
            import shutil

            width = shutil.get_terminal_size().columns - 1
            self.stream.write(
                _ERASE + set_cell_size(line(self.done, self.total, self.current), width).rstrip()
            )
            self.stream.flush()

    def erase(self) -> None:
        """Make room for other output."""
        if self.shown:
            self.stream.write(_ERASE)
            self.stream.flush()


def line(done: int, total: int, current: str) -> str:
    """The line as text.

    >>> line(3, 12, "posts/adam.md")
    '━━━━━━                    3/12 posts/adam.md'
    """
    bar = "━" * (_BAR * done // max(total, 1))
    counts = f"{done:>{len(str(total))}}/{total}"
    return f"{bar}{' ' * (_BAR - cell_len(bar))} {counts} {visible(current)}"


def is_watched(stream: TextIO = sys.stderr) -> bool:
    """Whether a stream is a terminal that can erase a line."""
    return stream.isatty() and sys.platform != "win32"
