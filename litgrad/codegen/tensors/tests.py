"""Generated tests of the functions of vectors and matrices."""

from collections.abc import Iterator, Sequence
from dataclasses import field

from litgrad.codegen.generated import Function, GeneratedModule, Parameter
from litgrad.codegen.pieces import Piece, Unprintable
from litgrad.codegen.tensors.drawing import Kinds, kinds_of, sizes_of
from litgrad.codegen.tensors.literal import is_analytic, literal_lines
from litgrad.codegen.text import statement
from litgrad.gradients.tensors.program import Program
from litgrad.records import dataclass
from litgrad.tensors.expr import Dim, Variable

TENSOR_HARNESS = '''
def drawn(seed, sizes, *arguments):
    """Seeded arrays, each by the letters of its axes and how its entries are drawn."""
    rng = np.random.default_rng(seed)
    found = []
    for axes, kind in arguments:
        shape = tuple(sizes[axis] if axis in sizes else int(axis) for axis in axes.split())
        if kind == "positive":
            found.append(rng.uniform(0.5, 1.5, shape))
        elif kind == "normal":
            found.append(rng.normal(size=shape))
        else:
            root = 0.3 * rng.normal(size=shape)
            found.append(np.eye(shape[0]) + (root @ root.T if kind == "definite" else root))
    return found


def by_complex_steps(formula, at):
    """The derivative by every entry of an array, behind the axes of the value; loses no digits."""
    columns = []
    for place in np.ndindex(at.shape):
        moved = at.astype(complex)
        moved[place] += 1j * STEP
        columns.append(np.imag(formula(moved)) / STEP)
    return np.stack(columns, axis=-1).reshape(np.shape(columns[0]) + at.shape)


def by_central_differences(formula, at):
    """The same of a formula that takes no complex numbers.

    With steps of 1e-6 rounding costs 1e-10 of the value and the third derivative 1e-12.
    """
    columns = []
    for place in np.ndindex(at.shape):
        step = np.zeros(at.shape)
        step[place] = 1e-6
        columns.append((formula(at + step) - formula(at - step)) / 2e-6)
    return np.stack(columns, axis=-1).reshape(np.shape(columns[0]) + at.shape)


def symmetric_part(derivative):
    """The derivative by a matrix that stays symmetric."""
    return (derivative + np.swapaxes(derivative, -1, -2)) / 2
'''


def tensor_tests(module: GeneratedModule) -> Iterator[str]:
    """The tests of each function: its formula, its derivatives, rows, kinds of floats, shapes."""
    if module.tensors:
        yield TENSOR_HARNESS.strip("\n") + "\n"
    for name, program in module.tensors:
        function = next(each for each in module.functions if each.name == name)
        kinds = kinds_of(program)
        if kinds is not None:
            along = name.replace("value_and_grad_", "value_and_jvp_", 1)
            known = any(each.name == along and each.span == function.span for each in module.functions)
            yield from _Tests(function, program, kinds, along if known and along != name else "").texts()


@dataclass(slots=True)
class _Tests:
    function: Function
    program: Program
    kinds: Kinds
    along: str = ""
    """The function that differentiates along a direction; empty where there is none."""
    names: dict[str, str] = field(init=False)
    letters: dict[Dim, str] = field(init=False)

    def __post_init__(self) -> None:
        self.names = {parameter.latex: parameter.name for parameter in self.function.parameters}
        self.letters = {
            size: letter
            for leaf, parameter in zip(self.program.leaves, self.function.parameters, strict=True)
            for size, letter in zip(leaf.shape, parameter.shape[-len(leaf.shape) :], strict=True)
            if leaf.shape
        }

    def texts(self) -> Iterator[str]:
        try:
            yield self._literal()
        except Unprintable:
            return
        yield self._value()
        for leaf, _ in self.program.rates:
            yield self._rate(leaf)
        if self.along:
            yield self._direction()
        if self.program.rows:
            yield from self._rows()
        yield self._floats()
        yield self._misfit()

    @property
    def _listed(self) -> str:
        return ", ".join(parameter.name for parameter in self.function.parameters)

    def _literal(self) -> str:
        """The author's formula as a function."""
        names = {**self.names, **{size: self._length(size) for size in self.program.sizes}}
        lines = literal_lines(self.program.literal, names, self._length)
        body = "".join(statement("", Piece(line)).text + "\n" for line in lines)
        head = f"def literal_{self.function.name}({self._listed}):\n"
        said = (
            f'    """The formula of line {self.program.definition.line}, one contraction after another."""\n'
        )
        return head + said + body

    def _length(self, size: Dim) -> str:
        if isinstance(size, int):
            return str(size)
        leaf = next(leaf for leaf in self.program.leaves if size in leaf.shape)
        return f"{self.names[leaf.name]}.shape[{leaf.shape.index(size)}]"

    def _drawn(self, rows: Sequence[str] = (), seed: int | None = None) -> str:
        """The line that draws the arguments, some of them with three rows."""
        seed = self.program.definition.line if seed is None else seed
        pairs = [
            f'("{self._axes(parameter, rows)}", "{self.kinds[leaf]}")'
            for leaf, parameter in zip(self.program.leaves, self.function.parameters, strict=True)
        ]
        call = f"drawn({seed}, sizes, {', '.join(pairs)})"
        head = f"({self._listed},) = " if len(pairs) == 1 else f"{self._listed} = "
        return statement(head, Piece(call)).text + "\n"

    @staticmethod
    def _axes(parameter: Parameter, rows: Sequence[str]) -> str:
        axes = parameter.shape[1:] if parameter.shape[:1] == ("...",) else parameter.shape
        return " ".join(("3", *axes) if parameter.name in rows else axes)

    def _sizes(self) -> str:
        """The decorator with the sizes."""
        rows = []
        for sizes in sizes_of(self.program, self.kinds):
            named = ", ".join(f'"{self.letters[letter]}": {number}' for letter, number in sizes.items())
            rows.append(f"{{{named}}}")
        listed = "".join(f"        {row},\n" for row in rows)
        return f'@pytest.mark.parametrize(\n    "sizes",\n    [\n{listed}    ],\n)\n'

    def _value(self) -> str:
        name, line = self.function.name, self.program.definition.line
        got = f"module.{name}({self._listed})" + ("[0]" if self._is_pair else "")
        if self.program.rates and not self._is_pair:
            return ""
        return (
            f"{self._sizes()}def test_{name}_is_the_formula_of_line_{line}(module, sizes):\n{self._drawn()}"
            + statement("got = ", Piece(got)).text
            + f"\n    agree(got, literal_{name}({self._listed}), 1e-8)\n"
        )

    @property
    def _is_pair(self) -> bool:
        return bool(self.program.rates) and self.program.is_scalar

    def _rate(self, leaf: Variable) -> str:
        """The derivative by every entry of one parameter."""
        name, by = self.function.name, self.names[leaf.name]
        method = "by_complex_steps" if is_analytic(self.program.literal) else "by_central_differences"
        tolerance = "1e-8" if method == "by_complex_steps" else "1e-6"
        got = f'module.{name}({self._listed}){"[1]" if self._is_pair else ""}["{by}"]'
        wanted = f"{method}(literal, {by})"
        wanted = f"symmetric_part({wanted})" if leaf.symmetric else wanted
        return (
            f"{self._sizes()}def test_{name}_by_{by}(module, sizes):\n{self._drawn()}\n"
            f"    def literal({by}):\n"
            + statement("return ", Piece(f"literal_{name}({self._listed})"), indent=8).text
            + "\n\n"
            + statement("got = ", Piece(got)).text
            + f"\n    agree(got, {wanted}, {tolerance})\n"
        )

    def _direction(self) -> str:
        """The derivative along a direction of all parameters, as they are drawn another time."""
        method = "by_complex_steps" if is_analytic(self.program.literal) else "by_central_differences"
        tolerance = "1e-8" if method == "by_complex_steps" else "1e-6"
        names = [parameter.name for parameter in self.function.parameters]
        moved = ", ".join(f'{name} + step * along["{name}"]' for name in names)
        listed = ", ".join(f'"{name}": {name}' for name in names)
        again = self._drawn(seed=0)
        inner = statement("return ", Piece(f"literal_{self.function.name}({moved})"), indent=8).text
        return (
            f"{self._sizes()}def test_{self.along}_is_the_rate_of_the_formula(module, sizes):\n{again}"
            + statement("along = ", Piece(f"{{{listed}}}")).text
            + f"\n{self._drawn()}\n    def literal(step):\n{inner}\n\n"
            + statement("_, got = ", Piece(f"module.{self.along}({self._listed}, along)")).text
            + f"\n    agree(got, {method}(literal, np.zeros(())), {tolerance})\n"
        )

    def _rows(self) -> Iterator[str]:
        """Rows of examples against one example after another: all vectors with rows, then one of them."""
        vectors = [p.name for p in self.function.parameters if "..." in p.shape]
        yield self._in_rows("", vectors)
        for vector in vectors if len(vectors) > 1 else ():
            yield self._in_rows(f"_of_{vector}", [vector])

    def _in_rows(self, title: str, vectors: list[str]) -> str:
        name = self.function.name
        one = ", ".join(f"{p.name}[row]" if p.name in vectors else p.name for p in self.function.parameters)
        head = f"def test_{name}_takes_rows{title}(module, sizes):\n"
        text = f"{self._sizes()}{head}{self._drawn(vectors)}"
        each = statement("each = ", Piece(f"[module.{name}({one}) for row in range(3)]")).text
        if not self.program.rates:
            got = statement("got = ", Piece(f"module.{name}({self._listed})")).text
            return f"{text}{each}\n{got}\n    agree(got, np.stack(each), 1e-8)\n"
        got = statement("value, gradient = ", Piece(f"module.{name}({self._listed})")).text
        lines = ["    agree(value, np.stack([found for found, _ in each]), 1e-8)"]
        for leaf, _ in self.program.rates:
            by = self.names[leaf.name]
            joined = "np.stack" if by in vectors else "sum"
            lines.append(f'    wanted = {joined}([found["{by}"] for _, found in each])')
            lines.append(f'    agree(gradient["{by}"], wanted, 1e-8)')
        return f"{text}{each}\n{got}\n" + "\n".join(lines) + "\n"

    def _floats(self) -> str:
        """Single precision in, single precision out."""
        name = self.function.name
        narrow = ", ".join(f"np.float32({p.name})" for p in self.function.parameters)
        got = statement("got = ", Piece(f"module.{name}({narrow})")).text
        found = "[got]"
        if self.program.rates:
            found = "[got[0], *got[1].values()]" if self._is_pair else "got.values()"
        sizes = statement("sizes = ", Piece(self._first_sizes())).text
        return (
            f"def test_{name}_keeps_single_precision(module):\n{sizes}\n{self._drawn()}{got}\n"
            f"    assert {{each.dtype for each in {found}}} == {{np.dtype(np.float32)}}\n"
        )

    def _first_sizes(self) -> str:
        sizes = sizes_of(self.program, self.kinds)[0]
        return "{" + ", ".join(f'"{self.letters[letter]}": {n}' for letter, n in sizes.items()) + "}"

    def _misfit(self) -> str:
        """An array of too many axes is refused by name."""
        name = self.function.name
        first = next(p for p in self.function.parameters if p.shape)
        wrong = ", ".join("np.ones(())" if p is first else p.name for p in self.function.parameters)
        sizes = statement("sizes = ", Piece(self._first_sizes())).text
        return (
            f"def test_{name}_names_a_shape_that_does_not_fit(module):\n{sizes}\n{self._drawn()}"
            f'    with pytest.raises(ValueError, match="{first.name} has shape"):\n'
            + statement("", Piece(f"module.{name}({wrong})"), indent=8).text
            + "\n"
        )
