"""litgrad itself, by the function that stands in for SymPy's."""

import sys
from pathlib import Path

import litgrad
from serving import serve

sys.path.insert(0, str(Path(__file__).parent.parent))
from ours import read  # noqa: E402

serve(getattr(litgrad, "parse_latex", read))
