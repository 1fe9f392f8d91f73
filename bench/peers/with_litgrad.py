"""litgrad itself, by the function that stands in for SymPy's."""

import sys
from pathlib import Path

from serving import serve

import litgrad

sys.path.insert(0, str(Path(__file__).parent.parent))
from ours import read

serve(getattr(litgrad, "parse_latex", read))
