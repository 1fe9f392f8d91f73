"""litgrad's version, alone in a file so that nothing has to be imported to know it."""

VERSION = "0.1.0"
