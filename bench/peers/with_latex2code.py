"""latex2code, which writes Python from LaTeX; the steps that it takes before it writes are its reading."""

from latex2code.normalize import _normalize_latex_string
from latex2code.parsing import (
    _check_for_undefined_commands,
    _parse_cases_environment,
    _parse_expression,
    _parse_matrix_environment,
    _parse_operatorname_expression,
)
from serving import serve
from sympy import Symbol


def read(latex: str) -> object:
    """The expression that the code would be written from; its public functions give it as text only."""
    text = _normalize_latex_string(latex)
    block = _parse_matrix_environment(text)
    if block is None:
        block = _parse_cases_environment(text)
    if block is not None:
        return block
    _check_for_undefined_commands(Symbol("any"), text)
    named = r"\operatorname" in text
    return _parse_operatorname_expression(text) if named else _parse_expression(text)


serve(read)
