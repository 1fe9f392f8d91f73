"""Screenshots as arrays, and how much of two of them looks different."""

import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import numpy as np
from chromium import CHROMIUM, DARK, FLAGS
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

_BLOCK = 20
"""Pixels of a side of the squares whose mean colors are compared: the edges of letters do not count."""
_SEEN = 24
"""How far two colors are apart, of 255, for a square to count as different."""


def shot(page: Path, width: int, height: int, target: Path, *, dark: bool) -> None:
    """A screenshot of a page in a frame, as a browser's window has a least width."""
    assert CHROMIUM is not None
    frame = page.with_name("shot.html")
    inner = f'<iframe src="{page.name}" width="{width}" height="{height}" style="border:0"></iframe>'
    frame.write_text(f'<!doctype html><body style="margin:0">{inner}', "utf-8")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            CHROMIUM, *FLAGS, *([DARK] if dark else []), "--hide-scrollbars", f"--user-data-dir={profile}",
            f"--window-size={max(width, 500)},{height}", f"--screenshot={target}", frame.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, capture_output=True, timeout=90, check=True)


def read(file: Path, width: int) -> Picture:
    """The left `width` pixels of a PNG file of eight-bit colors, without transparency."""
    data = file.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, head = 8, b"", b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        head, packed = (body, packed) if kind == b"IHDR" else (head, packed + body * (kind == b"IDAT"))
        at += 12 + size
    across, down, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    assert (depth, interlaced) == (8, 0)
    channels = {2: 3, 6: 4}[color]
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(down, 1 + across * channels)
    return _unfiltered(rows, channels).reshape(down, across, channels)[:, :width, :3]


def _unfiltered(rows: Picture, channels: int) -> Picture:
    """The rows without the differences to their neighbours by which PNG writes them."""
    above = np.zeros(rows.shape[1] - 1, np.uint8)
    found = np.empty((len(rows), len(above)), np.uint8)
    for number, row in enumerate(rows):
        line = row[1:].copy()
        match int(row[0]):
            case 1:
                line = np.cumsum(line.reshape(-1, channels), axis=0, dtype=np.uint8).reshape(-1)
            case 2:
                line += above
            case 3 | 4:
                line = _by_two(line, above, channels, average=row[0] == 3)
        found[number] = above = line
    return found


def _by_two(line: Picture, above: Picture, channels: int, *, average: bool) -> Picture:
    """A row written by its neighbours to the left and above."""
    values, over = line.tolist(), above.tolist()
    for index in range(len(values)):
        left = values[index - channels] if index >= channels else 0
        corner = over[index - channels] if index >= channels else 0
        up = over[index]
        values[index] = (values[index] + ((left + up) // 2 if average else _paeth(left, up, corner))) % 256
    return np.array(values, np.uint8)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]


def difference(one: Picture, other: Picture) -> float:
    """The share of squares that look different, of those that both pictures have; 1 for other sizes."""
    if one.shape != other.shape:
        return 1.0
    apart = np.abs(_means(one) - _means(other)).max(axis=2)
    return float((apart > _SEEN).mean())


def _means(picture: Picture) -> NDArray[np.float64]:
    down, across = (size // _BLOCK for size in picture.shape[:2])
    cut = picture[: down * _BLOCK, : across * _BLOCK].astype(np.float64)
    return cut.reshape(down, _BLOCK, across, _BLOCK, 3).mean(axis=(1, 3))
