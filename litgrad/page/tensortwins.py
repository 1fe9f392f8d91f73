"""Links of code of vectors and matrices to the terms of the post that have the same value."""

from collections.abc import Iterator, Mapping, Sequence

from litgrad.codegen.generated import Function, GeneratedModule
from litgrad.meaning.forms import symbol
from litgrad.meaning.statements import Reading, Statements
from litgrad.meaning.tensors.model import TensorTerm
from litgrad.page.arrays import Array, ArrayWorths, Digits, digits_of, is_constant, is_length
from litgrad.page.linked import Linked, Value
from litgrad.page.running import Code, Place, names_of
from litgrad.records import dataclass
from litgrad.source import Span
from litgrad.tensors.expr import Derivative, Tensor, Variable, variables


@dataclass(frozen=True, slots=True)
class _Term:
    """A term where the post writes it."""

    span: Span
    tensor: Tensor
    value: Value


def in_vectors(reading: Reading) -> Iterator[TensorTerm]:
    """The sides of a formula that are read in vectors and matrices."""
    return (term for term in reading.tensors if term.has_axes)


def value_of_part(tensor: Tensor) -> Value:
    """What tells a term's value: a name is one, in a formula of numbers as in one of vectors."""
    return symbol(tensor.name) if isinstance(tensor, Variable) else tensor


def tensor_twins(
    statements: Statements, module: GeneratedModule, parts: Mapping[Span, Value]
) -> Iterator[Linked]:
    """Links of expressions of the functions of vectors and matrices to terms of the post.

    Takes the values of the post by place. Two values are taken as one where nine digits of every
    entry agree at two points; of several terms with that value the nearest to the function's formula
    counts. A matrix is looked for turned, too: rows of examples are multiplied from the other side.
    """
    if not module.tensors:
        return
    worths = ArrayWorths.of_post(statements, module)
    terms: dict[Digits, list[_Term]] = {}
    for reading in statements.readings:
        for span, tensor in (part for term in reading.tensors for part in term.parts if part[0] in parts):
            digits = digits_of(worths.of(tensor))
            if digits is not None:
                terms.setdefault(digits, []).append(_Term(span, tensor, parts[span]))
    code = Code.of(module.readable)
    for function in module.functions:
        if any(each.shape for each in function.parameters) and function.name in code.functions:
            yield from _of_function(function, code, worths, terms, module.readable)


def _of_function(
    function: Function,
    code: Code,
    worths: ArrayWorths,
    terms: Mapping[Digits, Sequence[_Term]],
    text: str,
) -> Iterator[Linked]:
    for place, values in _values(function, code, worths).items():
        digits = digits_of(values)
        found = _found(digits, values, terms)
        if digits is None or not found:
            continue
        named = text[slice(*place)].isidentifier()
        nearest = min(found, key=lambda term: _distance(term, function, named=named))
        if not is_constant(digits) or _may_be_constant(nearest.tensor, text[slice(*place)]):
            yield Linked(*place, nearest.value)


def _may_be_constant(tensor: Tensor, code: str) -> bool:
    """Whether what is the same everywhere may be this term: a number, or code that names a length."""
    return not variables(tensor) or (is_length(tensor) and not code[-1:].isdigit())


def _found(
    digits: Digits | None, values: tuple[Array, ...], terms: Mapping[Digits, Sequence[_Term]]
) -> Sequence[_Term]:
    """The terms with a value, else those with the matrix turned."""
    if digits is None or digits in terms or len(digits[0]) != 2:
        return terms.get(digits, ()) if digits is not None else ()
    turned = digits_of(tuple(value.T for value in values))
    return terms.get(turned, ()) if turned is not None else ()


def _values(function: Function, code: Code, worths: ArrayWorths) -> dict[Place, tuple[Array, ...]]:
    """The values of a function's expressions at all points."""
    latex = {each.name: each.latex for each in function.parameters}
    own = code.functions[function.name]
    inputs = {name: worths.named(latex.get(name, name)) for name in names_of(own)}
    known = {name: values for name, values in inputs.items() if values is not None}
    if len(known) < len(inputs):
        return {}
    count = min((len(values) for values in known.values()), default=0)
    runs = [code.values(function.name, {name: v[at] for name, v in known.items()}) for at in range(count)]
    if not runs:
        return {}
    return {
        place: tuple(run[place] for run in runs) for place in runs[0] if all(place in run for run in runs)
    }


def _distance(term: _Term, function: Function, *, named: bool) -> tuple[bool, int]:
    """How far a term is from a function's formula; what is worked out is rather no name in the post, too."""
    is_name = isinstance(term.tensor, Variable | Derivative)
    return is_name != named, abs(term.span.start - function.span.start)
