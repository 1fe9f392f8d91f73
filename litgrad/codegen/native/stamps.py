"""What ties a library to the text that it was compiled from."""

import hashlib

LENGTH = 32
"""The bytes of a stamp."""


def digest(source: str) -> str:
    """What a module knows of its C file."""
    return hashlib.sha256(source.encode()).hexdigest()


def stamp(library: bytes, source: str) -> bytes:
    """What stands behind a library that was compiled from a text."""
    return hashlib.sha256(library + digest(source).encode()).digest()


def is_current(library: bytes, source: str) -> bool:
    """Whether a library, with what stands behind it, was compiled from this text and is whole."""
    return len(library) > LENGTH and stamp(library[:-LENGTH], source) == library[-LENGTH:]
