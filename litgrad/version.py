"""litgrad's version, alone in a file so that nothing has to be imported to know it."""

import os

VERSION = "0.1.0"


def version() -> str:
    """The version that outputs carry; the environment can give another, to try an upgrade."""
    return os.environ.get("LITGRAD_FAKE_VERSION") or VERSION
