"""The functions of vectors and matrices of a module: values, gradients and Jacobians."""

from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import partial

from litgrad.codegen.generated import Parameter
from litgrad.codegen.identifiers import derivative_identifier, identifier
from litgrad.codegen.pieces import Piece, Unprintable
from litgrad.codegen.tensors import helpers
from litgrad.codegen.tensors.documentation import direction, documentation
from litgrad.codegen.tensors.fused import Fused, asking, fused
from litgrad.codegen.tensors.lines import Lines, shared_nodes, x_logs
from litgrad.codegen.tensors.printer import TensorPrinter, spread
from litgrad.codegen.text import comment, entry, one_line, signature, statement
from litgrad.codegen.writing import Body, Writing
from litgrad.gradients.tensors.order import Pairing
from litgrad.gradients.tensors.program import Program
from litgrad.gradients.tensors.rows import ROWS
from litgrad.records import dataclass
from litgrad.source import Source
from litgrad.tensors.expr import Dim, Tensor, Variable, topological


@dataclass(frozen=True, slots=True)
class TensorBody:
    """A program and its functions in the module: the value, or the value with its derivatives."""

    program: Program
    bodies: tuple[Body, ...]
    fast: Fused | None = None
    """The fast form that the value, or the value with its gradient, asks first."""


def tensor_bodies(
    writing: Writing, programs: Iterable[Program], source: Source, needed: set[str], derivatives: int = 1
) -> Iterator[TensorBody]:
    """The functions of each program that has arrays among its parameters; notes the helpers they need.

    Takes 2 where there shall be derivatives along directions, too.
    """
    for program in programs:
        if not program.has_arrays:
            continue
        name = _name(writing, program)
        unknown = _unknown_length(program)
        if unknown is not None:
            writing.leave_out(name, program.definition.line, f"no argument has the length `{unknown}`")
            continue
        try:
            writer = _Writer(writing, program, name, source)
            bodies = tuple(writer.bodies())
            bodies += (writer.along(),) if derivatives > 1 and writer.is_pair else ()
        except Unprintable as fault:
            writing.leave_out(name, program.definition.line, str(fault))
            continue
        needed |= writer.helpers
        yield TensorBody(program, bodies, writer.fused)


def _unknown_length(program: Program) -> Dim | None:
    """A length in the formula that no argument tells."""
    known = {size for leaf in program.leaves for size in leaf.shape}
    found = (size for node in topological(program.literal) for size in node.shape)
    return next((size for size in found if isinstance(size, str) and size not in known), None)


def _name(writing: Writing, program: Program) -> str:
    definition = program.definition
    symbol = writing.names.of(definition.name, definition.span)
    if not program.rates:
        return symbol
    if program.by is not None:
        by = writing.names.of(program.by.name)
        key = f"hessian {definition.name} by {program.by.name}"
        return writing.names.claim(key, f"hessian_{symbol}_by_{by}", definition.span)
    prefix = "value_and_grad" if program.is_scalar else "jacobian"
    return writing.names.claim(f"{prefix} {definition.name}", f"{prefix}_{symbol}", definition.span)


@dataclass(slots=True)
class _Writer:
    writing: Writing
    program: Program
    name: str
    source: Source
    fused: Fused | None = None
    symbol: str = field(init=False)
    parameters: tuple[Parameter, ...] = field(init=False)
    taken: set[str] = field(init=False)
    sizes: dict[Dim, str] = field(default_factory=dict)
    """The lengths that the text needs, by letter."""
    printer: TensorPrinter = field(init=False)
    helpers: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        names = self.writing.names
        self.symbol = names.of(self.program.definition.name)
        self.parameters = tuple(
            Parameter(names.of(leaf.name), leaf.name, self._axes(leaf)) for leaf in self.program.leaves
        )
        self.taken = {parameter.name for parameter in self.parameters} | {"by", "out"}
        array = next(p.name for p in self.parameters if p.shape)
        local: dict[Tensor, str] = {}
        self.printer = TensorPrinter(self._local_name, self._size, f"{array}.dtype", local)
        rows = [p.name for p in self.parameters if p.shape[:1] == ("...",)]
        self.printer.leading = f"{rows[0]}.shape[:-1]" if rows else "()"
        self.printer.lengths = frozenset(self.program.sizes)

    def _axes(self, leaf: Variable) -> tuple[str, ...]:
        letters = tuple(self._letter(size) for size in leaf.shape)
        return ("...", *letters) if self._has_rows(leaf) else letters

    def _has_rows(self, leaf: Variable) -> bool:
        return self.program.rows and len(leaf.shape) == 1

    def _letter(self, size: Dim) -> str:
        if isinstance(size, int):
            return str(size)
        return self.writing.names.claim(f"length {size}", identifier(size))

    def _local_name(self, latex: str) -> str:
        """The Python name of a leaf, of what the post defines, of a derivative by that, or of a length."""
        names = self.writing.names
        if latex in self.program.sizes:
            return self._size(latex)
        if latex.startswith(" d "):
            by = names.of(latex.removeprefix(" d "))
            return self._local(latex, derivative_identifier(self.symbol, [(by, 1)]))
        return names.of(latex)

    def _local(self, key: str, wanted: str) -> str:
        """A local name that is kept."""
        if key not in self._kept:
            self._kept[key] = self._free(wanted)
        return self._kept[key]

    _kept: dict[str, str] = field(default_factory=dict)

    def _free(self, wanted: str) -> str:
        wanted = identifier(wanted)
        name, number = wanted, 2
        while name in self.taken:
            name, number = f"{wanted[:50]}_{number}", number + 1
        self.taken.add(name)
        return name

    def _size(self, size: Dim) -> str:
        if isinstance(size, int):
            return str(size)
        name = self._free("rows") if size == ROWS and size not in self.sizes else ""
        return self.sizes.setdefault(size, name or self._letter(size))

    # -------------------------------- text --------------------------------

    def bodies(self) -> Iterator[Body]:
        """The function, and for a scalar one that gives the gradient alone."""
        program, names = self.program, self.writing.names
        listed = [parameter.name for parameter in self.parameters]
        lines = list(self._lines())
        self.fused = fused(program, self.name, self.parameters, names.of, self._letter)
        self._note_helpers()
        pair = self.is_pair
        more = ([("by", "by"), ("out", "out")] if pair else [("out", "out")]) if self.fused else []
        given = [*listed, *(["*"] if more else []), *(f"{each}=None" for each, _ in more)]
        documented = partial(documentation, program, self.parameters, self.symbol, self._between())
        documented = partial(documented, self._formula(), chosen=self.fused is not None)
        first = [asking(self.name, self.parameters, pair=pair)] if self.fused else []
        head, doc = signature(self.name, given), documented(gradient_only=False)
        text = Piece.join(head, doc, "\n", *(part for line in (*first, *lines) for part in (line, "\n")))
        yield self._body(text, self.name)
        if pair:
            key, span = f"grad {program.definition.name}", program.definition.span
            only = names.claim(key, f"grad_{self.symbol}", span)
            passed = ", ".join([*listed, *(f"{each}={each}" for each, _ in more)])
            call = statement("_, gradient = ", Piece(f"{self.name}({passed})"))
            doc = documented(gradient_only=True)
            text = Piece.join(signature(only, given), doc, "\n", call, "\n    return gradient\n")
            yield self._body(text, only)

    @property
    def is_pair(self) -> bool:
        """Whether it gives a value with its gradient."""
        return bool(self.program.rates) and self.program.is_scalar

    def along(self) -> Body:
        """The function that gives the value and its derivative along a direction."""
        definition = self.program.definition
        key, wanted = f"value and jvp {definition.name}", f"value_and_jvp_{self.symbol}"
        name = self.writing.names.claim(key, wanted, definition.span)
        listed = [parameter.name for parameter in self.parameters]
        way = self._free("along")
        passed = ", ".join([*listed, *([f"by=tuple({way})"] if self.fused else [])])
        doc = direction(self.program, self.parameters, self.symbol, self._formula(), way)
        call = statement("value, gradient = ", Piece(f"{self.name}({passed})"))
        total = f"sum(np.sum(gradient[name] * rate) for name, rate in {way}.items())"
        text = Piece.join(signature(name, [*listed, way]), doc, "\n", call, f"\n    return value, {total}\n")
        return self._body(text, name)

    def _note_helpers(self) -> None:
        """The helpers that both forms call."""
        self.writing.helpers |= self.printer.scalar_helpers
        self.helpers |= self.printer.helpers
        if self.fused is not None:
            self.writing.helpers |= self.fused.scalar_helpers
            self.helpers |= self.fused.helpers

    def _body(self, piece: Piece, name: str) -> Body:
        definition = self.program.definition
        return Body(piece, name, definition.name, definition.span, self.parameters)

    def _formula(self) -> str:
        definition = self.program.definition
        return one_line(self.source.slice(definition.span | definition.term.node.span))

    def _between(self) -> list[str]:
        return [self.writing.names.of(s.variable.name) for s in self.program.steps if s.of is None]

    def _lines(self) -> Iterator[Piece]:
        """The statements of the function."""
        program = self.program
        self.taken |= {self.writing.names.of(s.variable.name) for s in program.steps if s.of is None}
        pairing = Pairing()
        bodies = {step.variable: pairing.paired(step.body) for step in program.steps}
        value = pairing.paired(program.value)
        rates = [(leaf, pairing.paired(rate)) for leaf, rate in program.rates]
        roots = [value, *(rate for _, rate in rates)]
        every = [*roots, *bodies.values()]
        self.printer.quotients = x_logs(every)
        local = self.printer.local
        assert isinstance(local, dict)
        shared, needed = shared_nodes(roots, bodies)
        shared -= {value} if program.is_scalar else set()
        lines = Lines(self.printer, local, bodies, self._free, shared, needed, {value: self.symbol})
        inner = list(self._computed(lines, value, rates))
        yield from self._shapes()
        yield self._fitted()
        yield from self._lengths()
        yield from self._reasons()
        yield from inner

    def _computed(self, lines: Lines, value: Tensor, rates: list[tuple[Variable, Tensor]]) -> Iterator[Piece]:
        yield from lines.of(value)
        if not self.program.rates:
            yield statement("return ", self._whole(value))
            return
        if self.program.is_scalar:
            yield statement("value = ", self._whole(value))
            lines.local.setdefault(value, "value")
        for _, rate in rates:
            yield from lines.of(rate)
        result = "gradient" if self.program.is_scalar else "jacobian"
        yield Piece(f"    {result} = {{")
        shown: set[Tensor] = set()
        for leaf, rate in rates:
            yield entry(self.writing.names.of(leaf.name), self._rate(leaf, rate, again=rate in shown))
            shown.add(rate)
        yield Piece("    }")
        yield Piece("    return value, gradient" if self.program.is_scalar else "    return jacobian")

    def _whole(self, value: Tensor) -> Piece:
        """A result that is no argument itself, which a caller could change by changing the result."""
        piece = self.printer.full(value)
        given = isinstance(value, Variable) and value.name in self._given
        return Piece.join(piece, ".copy()") if given else piece

    def _rate(self, leaf: Variable, rate: Tensor, *, again: bool) -> Piece:
        """One derivative; a value that stands there already is copied."""
        name = self.writing.names.of(leaf.name)
        piece = self.printer.piece(rate)
        if self.program.is_scalar and (spread(rate) or self.printer.is_plain(rate)):
            piece = Piece.join(f"np.full_like({name}, ", piece, ")")
        elif isinstance(rate, Variable) and (again or rate.name in self._given):
            piece = Piece.join(piece, ".copy()")
        else:
            piece = self.printer.full(rate)
        if not self._has_rows(leaf):
            return piece
        return Piece.join(f"{self.printer.need(helpers.LIKE)}(", piece, f", {self._shape_name(leaf)})")

    @property
    def _given(self) -> set[str]:
        return {leaf.name for leaf in self.program.leaves}

    def _shape_name(self, leaf: Variable) -> str:
        return self._local(f"shape of {leaf.name}", f"{self.writing.names.of(leaf.name)}_shape")

    def _shapes(self) -> Iterator[Piece]:
        """The shapes of vectors as they are given."""
        for leaf, _ in self.program.rates:
            if self._has_rows(leaf):
                name = self.writing.names.of(leaf.name)
                yield Piece(f"    {self._shape_name(leaf)} = np.shape({name})")

    def _fitted(self) -> Piece:
        """The statement that makes arrays of the arguments."""
        self.helpers.add(helpers.FIT)
        rows = [f'("{p.name}", {p.name}, "{" ".join(p.shape)}")' for p in self.parameters]
        names = ", ".join(p.name for p in self.parameters)
        head = f"({names},) = " if len(rows) == 1 else f"{names} = "
        return statement(head, Piece(f"{helpers.FIT}({', '.join(rows)})"))

    def _reasons(self) -> Iterator[Piece]:
        """Comments on the forms that are not the author's."""
        for helper, reason in helpers.REASONS.items():
            if helper in self.printer.helpers or helper in self.printer.scalar_helpers:
                yield Piece(comment(reason).rstrip("\n"))

    def _lengths(self) -> Iterator[Piece]:
        """The lengths that the formulas need."""
        for size, name in self.sizes.items():
            for parameter, leaf in zip(self.parameters, self.program.leaves, strict=True):
                if size == ROWS and self._has_rows(leaf):
                    yield Piece(f"    {name} = int(np.prod({parameter.name}.shape[:-1]))")
                    break
                if size in leaf.shape:
                    at = -1 if self._has_rows(leaf) else leaf.shape.index(size)
                    yield Piece(f"    {name} = {parameter.name}.shape[{at}]")
                    break
