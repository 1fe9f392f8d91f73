"""The fast form of a program: its kernel, and the function that asks for it."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from litgrad.codegen.generated import Parameter
from litgrad.codegen.layout import WIDTH
from litgrad.codegen.pieces import Piece, Unprintable
from litgrad.codegen.tensors.kernel.body import body
from litgrad.codegen.tensors.kernel.parts import Kernel, Names, Output
from litgrad.codegen.tensors.kernel.usage import usage_of
from litgrad.codegen.tensors.lines import x_logs
from litgrad.codegen.tensors.passes import passes_of
from litgrad.codegen.tensors.printer import TensorPrinter
from litgrad.codegen.text import signature, statement
from litgrad.gradients.tensors.lean.names import EXAMPLES
from litgrad.gradients.tensors.lean.program import lean
from litgrad.gradients.tensors.program import Program
from litgrad.records import dataclass
from litgrad.tensors.expr import Dim, Einsum, Tensor, Variable

_RESERVED = tuple("by out room kind wanted found gradient step rows at shared np math".split())


@dataclass(frozen=True, slots=True)
class Fused:
    """The text of a fast form, and the helpers that it needs."""

    text: str
    helpers: frozenset[str]
    scalar_helpers: frozenset[type]


def asking(name: str, parameters: Sequence[Parameter], *, pair: bool) -> Piece:
    """The lines of the readable function that try the fast one."""
    given = ", ".join([*(one.name for one in parameters), *(["by"] if pair else []), "out"])
    return Piece(f"    if (found := _fast_{name}({given})) is not None:\n        return found")


def fused(
    program: Program, name: str, parameters: Sequence[Parameter], naming: Callable[[str], str],
    letter_of: Callable[[Dim], str],
) -> Fused | None:  # fmt: skip
    """The fast form of a value, or of a value with its gradient; None where it has none.

    Takes the names of the parameters, of leaves by the post's, and of lengths by their letters.
    """
    if (program.rates and not program.is_scalar) or name in {one.name for one in parameters}:
        return None
    try:
        return _written(program, name, parameters, naming, letter_of)
    except Unprintable:
        return None


def _written(
    program: Program, name: str, parameters: Sequence[Parameter], naming: Callable[[str], str],
    letter_of: Callable[[Dim], str],
) -> Fused:  # fmt: skip
    made = lean(program)
    leaves = [_in_rows(leaf) if program.rows else leaf for leaf in program.leaves]
    names = dict(zip(leaves, (one.name for one in parameters), strict=True))
    called = dict(zip(program.leaves, (one.name for one in parameters), strict=True))
    taken = {*names.values(), *_RESERVED}
    sizes: dict[Dim, str] = {}

    def free(wanted: str) -> str:
        found, number = wanted, 2
        while found in taken:
            found, number = f"{wanted}_{number}", number + 1
        taken.add(found)
        return found

    def size(letter: Dim) -> str:
        if isinstance(letter, int):
            return str(letter)
        if letter not in sizes:
            wanted = "examples" if letter == EXAMPLES else letter_of(letter)
            sizes[letter] = wanted if wanted not in taken else free(wanted)
            taken.add(sizes[letter])
        return sizes[letter]

    local: dict = {}
    lengths = frozenset(program.sizes)
    printer = TensorPrinter(lambda one: size(one) if one in lengths else naming(one), size, "kind", local)
    printer.fast = True
    printer.lengths = lengths
    roots = [made.value, *(rate for _, rate in made.rates)]
    printer.quotients = x_logs(roots)
    outputs = [Output(made.value)]
    outputs += [
        Output(rate, called[leaf], called[leaf], program.rows and len(leaf.shape) == 1)
        for leaf, rate in made.rates
    ]
    letters = [EXAMPLES] if program.rows else _letters(program)
    passes = passes_of(roots, letters)
    usage = usage_of(outputs, passes)
    inner = body(Kernel(printer, passes, names, outputs, free, usage, Names(local)))
    head = [f"    {text} = {_length(letter, names)}" for letter, text in sizes.items()]
    listed = [one.name for one in parameters]
    pair = bool(program.rates)
    more = ["wanted", "room", "kind"] if pair else ["room", "kind"]
    more += ["shared"] if program.rows and pair else []
    straight = "" if pair or program.rows else _straight(made.value, parameters, names, printer)
    entry = _entry(name, parameters, straight, pair=pair)
    lines = "\n".join([*head, *inner])
    text = f"{signature(f'_kernel_{name}', [*listed, *more])}{lines}\n\n\n{entry}"
    return Fused(text, frozenset(printer.helpers), frozenset(printer.scalar_helpers))


def _letters(program: Program) -> list[Dim]:
    """Lengths of first axes, those of most parameters first."""
    counted = Counter(leaf.shape[0] for leaf in program.leaves if leaf.shape)
    matrices = {leaf.shape[0] for leaf in program.leaves if len(leaf.shape) > 1}
    return sorted(
        (one for one in counted if one in matrices and isinstance(one, str)), key=lambda one: -counted[one]
    )


def _in_rows(leaf: Variable) -> Variable:
    """A vector of each example as a row of a matrix."""
    return Variable(leaf.name, (EXAMPLES, *leaf.shape)) if len(leaf.shape) == 1 else leaf


def _length(letter: Dim, names: dict[Variable, str]) -> str:
    leaf = next(leaf for leaf in names if letter in leaf.shape)
    return f"{names[leaf]}.shape[{leaf.shape.index(letter)}]"


_PRODUCT = re.compile(r"(\w+(?:\.T)?) @ (\w+(?:\.T)?)")
_ROWS = re.compile(r"np\.sum\((\w+), axis=0\)")


def _straight(
    value: Tensor, parameters: Sequence[Parameter], names: Mapping[Variable, str], printer: TensorPrinter
) -> str:
    """The lines that compute a product of two matrices or a sum of rows at once; empty for others.

    They overflow where the form that reads well does, so that no kernel has to look out for it.
    """
    if not isinstance(value, Einsum) or not {*value.factors} <= {*names} or not value.shape:
        return ""
    plain = replace(printer, special=lambda _: None, local=names)
    text = plain.piece(value).text
    product, rows = _PRODUCT.fullmatch(text), _ROWS.fullmatch(text)
    if product is not None:
        left, right = product.groups()
    elif rows is not None:
        left, right = f"np.ones(len({rows[1]}), {rows[1]}.dtype)", rows[1]
    else:
        return ""
    listed = [one.name for one in parameters]
    tests = [f"{' is '.join(f'type({each})' for each in listed)} is np.ndarray"]
    tests += [f"{' is '.join(f'{each}.dtype' for each in listed)} in _KINDS"]
    tests += [f"{one.name}.ndim == {len(one.shape)}" for one in parameters]
    tests += [" == ".join(places) for places in _places(parameters).values() if len(places) > 1]
    line = f"    if {' and '.join(tests)}:"
    if len(line) > WIDTH:
        inner = "\n        and ".join(tests)
        line = f"    if (\n        {inner}\n    ):"
    return f"{line}\n        return np.matmul({left}, {right}, out=out)\n"


def _places(parameters: Sequence[Parameter]) -> dict[str, list[str]]:
    """Where each length stands."""
    found: dict[str, list[str]] = {}
    for one in parameters:
        for at, letter in enumerate(one.shape):
            found.setdefault(letter, []).append(f"{one.name}.shape[{at}]")
    return found


def _entry(name: str, parameters: Sequence[Parameter], straight: str, *, pair: bool) -> str:
    listed = [one.name for one in parameters]
    axes = ", ".join(_axes(one) for one in parameters)
    tail = "," if len(listed) == 1 else ""
    given = f"({', '.join(listed)}{tail})"
    names = f"({', '.join(f'{chr(34)}{one}{chr(34)}' for one in listed)}{tail})"
    more = ["by", "out"] if pair else ["out"]
    rows = any(one.shape[:1] == ("...",) for one in parameters)
    asked = ("_several" if pair else "_one") + ("_in_rows" if rows else "")
    passed = [name, f"_kernel_{name}", f"({axes}{tail})", *([names] if pair else []), given, *more]
    call = f"{asked}({', '.join(passed)})"
    head = signature(f"_fast_{name}", [*listed, *more])
    line = statement("return ", Piece(call)).text
    return f"{head}    if out is _READ:\n        return None\n{straight}{line}\n"


def _axes(parameter: Parameter) -> str:
    letters = "".join(f'"{axis}", ' for axis in parameter.shape)
    return f"({letters.rstrip() if len(parameter.shape) == 1 else letters.removesuffix(', ')})"
