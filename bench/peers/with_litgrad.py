"""litgrad itself, by the function that stands in for SymPy's."""

from serving import serve

from litgrad import parse_latex

serve(parse_latex)
