"""A virtual environment for each reader that litgrad is measured beside, made when it is first needed."""

import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

ADAPTERS = Path(__file__).parent / "peers"


@dataclass(frozen=True, slots=True)
class Peer:
    """Another reader of LaTeX: its name in the table and what pip installs for it."""

    name: str
    adapter: str
    """The script in `peers/` that reads with it."""
    packages: tuple[str, ...]


PEERS = (
    Peer("SymPy, antlr", "with_sympy_antlr.py", ("sympy==1.14.0", "antlr4-python3-runtime==4.11.1")),
    Peer("SymPy, lark", "with_sympy_lark.py", ("sympy==1.14.0", "lark==1.2.2")),
    Peer(
        "latex2sympy2_extended",
        "with_latex2sympy2_extended.py",
        ("sympy==1.14.0", "latex2sympy2_extended==1.11.0", "antlr4-python3-runtime==4.13.2"),
    ),
    Peer(
        "latex2sympy2",
        "with_latex2sympy2.py",
        ("sympy==1.14.0", "latex2sympy2==1.9.1", "antlr4-python3-runtime==4.7.2"),
    ),
    Peer(
        "sympy-latex-parser",
        "with_sympy_latex_parser.py",
        ("sympy==1.14.0", "sympy-latex-parser==1.9.0", "antlr4-python3-runtime==4.13.1"),
    ),
    Peer(
        "latex2code",
        "with_latex2code.py",
        ("sympy==1.14.0", "latex2code==0.3.0", "antlr4-python3-runtime==4.11.1"),
    ),
    Peer("latex2sympy", "with_latex2sympy.py", ("sympy==1.14.0", "latex2sympy==1.0.3")),
)
"""Every reader on PyPI that gives SymPy expressions and runs without a model; SymPy is the same for all."""


def interpreter(peer: Peer, folder: Path) -> Path:
    """The Python that has the peer's packages; CalledProcessError where pip cannot install them."""
    home = folder.absolute() / peer.adapter.removesuffix(".py")
    python = home / "bin" / "python"
    done = home / "packages.txt"
    wanted = "\n".join(peer.packages)
    if not done.is_file() or done.read_text(encoding="utf-8") != wanted:
        print(f"installing {', '.join(peer.packages)}", file=sys.stderr)
        venv.create(home, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *peer.packages], check=True)
        done.write_text(wanted, encoding="utf-8")
    return python
