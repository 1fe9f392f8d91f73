"""The fast form of a function of vectors and matrices: passes over blocks of rows, into few buffers."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from litgrad.codegen.pieces import MUL, Piece
from litgrad.codegen.tensors.operations import Selection, is_inline, parts_of
from litgrad.codegen.tensors.passes import Passes
from litgrad.codegen.tensors.printer import TensorPrinter, spread
from litgrad.codegen.tensors.storage import (
    Buffers,
    Guard,
    Operation,
    Registers,
    number_of,
    placed,
    without_waste,
)
from litgrad.codegen.text import statement
from litgrad.gradients.tensors import primitives
from litgrad.gradients.tensors.lean import LARGEST
from litgrad.gradients.tensors.tidy import pairs_of
from litgrad.tensors.expr import (
    Constant,
    Dim,
    Einsum,
    Identity,
    Number,
    Ones,
    Sum,
    Tensor,
    Unknown,
    Variable,
    topological,
)

_PRODUCT = re.compile(r"(\w+(?:\.T)?) @ (\w+(?:\.T)?)")
Line = tuple[Guard, str]


@dataclass(frozen=True, slots=True)
class Output:
    """A result of the function."""

    node: Tensor
    key: str = ""
    """The parameter that it is the derivative by; empty for the value."""
    like: str = ""
    """The parameter's name, for an array of its shape."""
    rows: bool = False
    """Whether it is by a vector that examples may share; the derivatives of theirs are then added up."""

    @property
    def guard(self) -> Guard:
        """What it is computed for."""
        return frozenset([self.key] if self.key else [])


@dataclass(slots=True)
class Kernel:
    """The text of one fast form, as it is written."""

    printer: TensorPrinter
    passes: Passes
    leaves: dict[Variable, str]
    """The parameters by their leaves."""
    outputs: Sequence[Output]
    free: Callable[[str], str]
    """A wanted name as one that is free."""
    registers: Registers = field(default_factory=Registers)
    buffers: Buffers = field(default_factory=Buffers)
    local: dict[Tensor, str] = field(default_factory=dict)
    ones: dict[Dim, str] = field(default_factory=dict)
    uses: Counter[Tensor] = field(default_factory=Counter)
    needs: dict[Tensor, Guard] = field(default_factory=dict)
    """For which derivatives a value is needed; the empty set for all."""
    arrays: dict[Output, str] = field(default_factory=dict)
    """The names of the arrays that large results are computed into."""
    kept: dict[Tensor, str] = field(default_factory=dict)
    """The names of arrays of values that several passes need."""
    order: list[Tensor] = field(default_factory=list)
    within: set[Tensor] = field(default_factory=set)
    """What statements within passes read."""
    blocks: dict[str, str] = field(default_factory=dict)
    """What the rows of an array within a block are called."""
    sums: dict[Output, str] = field(default_factory=dict)
    """The names of the derivatives by shared vectors, as they are added up."""
    owners: dict[int, str] = field(default_factory=dict)
    """The derivatives whose arrays registers have."""
    again: dict[tuple[Tensor, Guard], str] = field(default_factory=dict)
    """Registers of values that are computed once more for some derivatives alone."""
    first: dict[Tensor, str] = field(default_factory=dict)
    """The registers of these from before."""
    results: dict[Output, str] = field(default_factory=dict)
    """The names of small results that stand already."""

    # -------------------------------- what is computed --------------------------------

    def prepare(self) -> None:
        """Find what is needed for what, and how often."""
        roots = [one.node for one in self.outputs]
        reached: set[Tensor] = set()
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            if node not in reached:
                reached.add(node)
                waiting += parts_of(node)
                self.uses.update(set(parts_of(node)))
        self.order = [node for node in topological(*roots) if node in reached]
        self.needs = self._needs({one.node: frozenset() for one in self.outputs}, self.order)
        inside = [node for node in self.order if self.passes.is_inside(node)]
        self.within = {below for node in inside for below in parts_of(node)}
        self.printer.special = self._special

    def _needs(self, among: dict[Tensor, Guard], order: Sequence[Tensor]) -> dict[Tensor, Guard]:
        """The derivatives that each node is needed for, from those that the results are."""
        found: dict[Tensor, set[str] | None] = {}
        for one in self.outputs:
            if one.node in among:
                _join(found, one.node, set(one.guard))
        for node in reversed(order):
            if node in found:
                for below in parts_of(node):
                    _join(found, below, found[node])
        return {node: frozenset(each or ()) for node, each in found.items()}

    def is_large(self, node: Tensor) -> bool:
        """Whether a value is computed into an array that is there already."""
        if len(node.shape) < 2 or spread(node) or isinstance(node, Variable | Identity):
            return False
        return self.passes.letter is None or self.passes.is_each(node)

    def is_named(self, node: Tensor) -> bool:
        """Whether a value has a statement of its own."""
        if isinstance(node, Variable | Number | Constant | Ones | Identity) or spread(node):
            return False
        if node in self.passes.totals:
            return True
        if not self.passes.is_inside(node):
            if self.printer.is_plain(node):
                return False
            return self.uses[node] > 1 or node in self.within
        if is_inline(node, self.uses[node]):
            return False
        return self.is_large(node) or self.uses[node] > 1 or _is_largest(node)

    # -------------------------------- text --------------------------------

    def lines(self) -> Iterator[str]:
        """The lines of the function, behind its signature."""
        self.prepare()
        for one in self.outputs:
            if self._is_array(one):
                self.arrays[one] = self.free(f"by_{one.key}" if one.key else "found")
        for node in sorted(self.passes.stored, key=self.order.index):
            self.kept[node] = self.free("kept")
        inner: list[str] = []
        for number in range(self.passes.count):
            inner += grouped(self._between(number))
            inner += self._pass(number)
        if self.passes.letter is not None:
            inner += grouped(self._between(None))
        inner += self._results()
        yield from self._head()
        yield from inner

    def _is_array(self, one: Output) -> bool:
        if self.passes.letter is None:
            return len(one.node.shape) > 1
        return self.passes.is_each(one.node)

    def _head(self) -> Iterator[str]:
        """Lengths, buffers, arrays for results."""
        if self.passes.letter is not None:
            count = self.printer.size(self.passes.letter)
            widths = {self._width(node.shape[1:]) for node in self.order
                      if self.passes.is_each(node) and len(node.shape) > 1}  # fmt: skip
            least = "_LEAST" if self._has_weights() else "1"
            yield f"    step = min({count}, max({least}, _ROOM // {self._held(widths)}))"
        for size, name in self.ones.items():
            rows = size == self.passes.letter
            length = "step" if rows else self.printer.size(size)
            yield f"    {'all_' if rows else ''}{name} = np.ones({length}, kind)"
        for shape, names in self.buffers.names.items():
            for name in names:
                whole = name if self.passes.letter is None else f"all{name}"
                yield f"    {whole} = np.empty({self._room(shape)}, kind)"
        for node, name in self.kept.items():
            yield f"    {name} = np.empty({self._shape(node.shape)}, kind)"
        for one, name in self.arrays.items():
            shape = f"{one.like}.shape" if one.like else self._shape(one.node.shape)
            if one.key:
                yield f"    {_condition(one.guard)}"
                last = self._shape(("step", *one.node.shape[1:]))
                if one.rows and self.passes.letter is not None:
                    shape = f'{last} if "{one.key}" in shared else {shape}'
                yield f'        {name} = _array(room, "{one.key}", {shape}, kind)'
            else:
                yield f'    {name} = _array(room, "", {shape}, kind)'

    def _held(self, widths: set[str]) -> str:
        """The entries of a row in all buffers, and of the three arrays at least that a statement touches."""
        shapes = [(self._width(shape), len(names)) for shape, names in self.buffers.names.items()]
        three = f"3 * {_largest_of(widths)}"
        if sum(count for _, count in shapes) <= 3:
            return f"({three})"
        every = " + ".join(width if count == 1 else f"{count} * {width}" for width, count in shapes)
        return f"max({three}, {every})"

    def _has_weights(self) -> bool:
        """Whether a matrix without rows takes part, which a product of too few rows uses badly."""
        letter = self.passes.letter
        return any(len(leaf.shape) > 1 and letter not in leaf.shape for leaf in self.leaves)

    def _width(self, shape: tuple[Dim, ...]) -> str:
        return " * ".join(self.printer.size(size) for size in shape) or "1"

    def _room(self, shape: tuple[Dim, ...]) -> str:
        sizes = [self.printer.size(size) for size in shape]
        return f"({', '.join(['step', *sizes] if self.passes.letter is not None else sizes)})"

    def _shape(self, shape: tuple[Dim, ...]) -> str:
        sizes = ", ".join("step" if size == "step" else self.printer.size(size) for size in shape)
        return f"({sizes},)" if len(shape) == 1 else f"({sizes})"

    # -------------------------------- between passes --------------------------------

    def _between(self, number: int | None) -> list[Line]:
        """What is computed before a pass, or after the last one."""
        if self.passes.letter is None:
            return []
        last = self.passes.count
        found: list[Line] = []
        for node in self.order:
            at = self.passes.at[node]
            here = at == number if number is not None else at >= last
            if here and not self.passes.is_inside(node) and self.is_named(node):
                found.append((self.needs[node], self._named(node)))
        return found

    def _named(self, node: Tensor) -> str:
        """The statement that gives a value a name."""
        text = self.printer.piece(node)
        name = self.free("value")
        self.local[node] = name
        return statement(f"{name} = ", text).text.strip()

    # -------------------------------- a pass --------------------------------

    def _pass(self, number: int) -> list[str]:
        """The loop over blocks of rows, or all statements where there are no blocks."""
        letter = self.passes.letter
        roots = [node for node in self.order if self._is_root(node, number)]
        if not roots:
            return []
        nodes = self._reached(roots, number)
        needs = self._needs_within(roots, nodes)
        outside = dict(self.local)
        head = self._slices(nodes) if letter is not None else []
        operations: list[Operation] = []
        for node in nodes:
            given = self._once_more(node, needs)
            operations += given
            operations += self._operations(node, number, needs[node])
            self.local.update(self.first)
            self.first.clear()
        operations += self._copies(number)
        self.again.clear()
        self.buffers.used.clear()
        self.buffers.lent.clear()
        operations = without_waste(operations, self.registers)
        lines = placed(operations, self.registers, self.buffers)
        if letter is None:
            return [*self._taken(), *grouped(lines)]
        totals = {node: self.local[node] for node in nodes if node in self.passes.totals}
        self.local.clear()
        self.local.update(outside | totals)
        here = [self.sums[one] for one in self.sums if self.passes.at[one.node] == number]
        start = [f"    {name} = 0" for name in (*totals.values(), *here)]
        guards = [guard for guard, _ in lines]
        whole = frozenset[str]() if frozenset() in guards else frozenset().union(*guards)
        count = self.printer.size(letter)
        # Every other pass starts with the rows that the one before has left in the cache.
        there = f"range(0, {count}, step)"
        loop = [f"    for at in {f'reversed({there})' if number % 2 else there}:"]
        loop += ["        rows = slice(at, at + step)"]
        loop += [*head, *self._shrunk(lines)]
        loop += [_indented(line) for line in grouped(lines, but=whole)]
        if whole:
            return [*start, f"    {_condition(whole)}", *map(_indented, loop)]
        return [*start, *loop]

    def _is_root(self, node: Tensor, number: int) -> bool:
        if self.passes.letter is None:
            return node in {one.node for one in self.outputs}
        at = self.passes.at[node]
        if at != number or not self.passes.is_inside(node):
            return False
        return (
            node in self.passes.totals
            or node in self.passes.stored
            or any(one.node == node for one in self.outputs)
        )

    def _reached(self, roots: Sequence[Tensor], number: int) -> list[Tensor]:
        """What a pass computes, in order: what its results need and is not there yet."""
        found: set[Tensor] = set()
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            if node in found or node in self.local or not self.passes.is_inside(node):
                continue
            found.add(node)
            if node not in self.kept or self.passes.at[node] == number:
                waiting += parts_of(node)
        return [node for node in self.order if node in found]

    def _needs_within(self, roots: Sequence[Tensor], nodes: Sequence[Tensor]) -> dict[Tensor, Guard]:
        """What each statement of a pass is needed for; a value may be needed for less than in all."""
        found: dict[Tensor, set[str] | None] = {}
        for root in roots:
            if root in self.passes.totals or root in self.passes.stored:
                _join(found, root, set(self.needs[root]))
            for one in self.outputs:
                if one.node == root:
                    _join(found, root, set(one.guard))
        inside = set(nodes)
        for node in reversed(nodes):
            for below in parts_of(node):
                if below in inside:
                    _join(found, below, found[node])
        return {node: frozenset(found[node] or ()) for node in nodes}

    def _slices(self, nodes: Sequence[Tensor]) -> list[str]:
        """The rows of the block of each argument that a pass reads."""
        read = {below for node in nodes for below in parts_of(node)} | set(nodes)
        found = []
        for leaf, name in self.leaves.items():
            if leaf in read and self.passes.is_each(leaf):
                self.local[leaf] = own = self._block_of(name)
                found.append(f"        {own} = {name}[rows]")
        return found

    def _block_of(self, name: str) -> str:
        """What the rows of an array within a block are called."""
        if name not in self.blocks:
            self.blocks[name] = self.free(f"{name}_rows")
        return self.blocks[name]

    def _shrunk(self, lines: Sequence[Line]) -> list[str]:
        """Buffers of the length of the block, which may be the last one."""
        count = self.printer.size(self.passes.letter or "")
        names = [(name, f"all{name}") for name in self.buffers.used if name not in self.buffers.lent]
        ones = self.ones.get(self.passes.letter or "")
        if ones and any(re.search(rf"\b{ones}\b", text) for _, text in lines):
            names.append((ones, f"all_{ones}"))
        found = [f"        {name} = {whole}[: {count} - at]" for name, whole in names]
        for name, register in self.buffers.lent.items():
            (_, array), key = self.registers.pinned[register], self._key_of(register)
            chosen = f' if "{key}" in wanted else all{name}[: {count} - at]' if key else ""
            found.append(f"        {name} = {array}{chosen}")
        return found

    def _taken(self) -> list[str]:
        """The arrays of results in the place of buffers, where everything is computed at once."""
        found = []
        for name, register in self.buffers.lent.items():
            (_, array), key = self.registers.pinned[register], self._key_of(register)
            found += [f"    {_condition(frozenset([key]))}"] if key else []
            found.append(f"{'        ' if key else '    '}{name} = {array}")
        return found

    def _key_of(self, register: int) -> str:
        """The derivative whose array a register has; empty for the value."""
        return self.owners.get(register, "")

    def _operations(self, node: Tensor, number: int, guard: Guard) -> Iterator[Operation]:
        if node in self.local or isinstance(node, Variable):
            return
        if node in self.kept and self.passes.at[node] < number:
            self.local[node] = f"{self.kept[node]}[rows]"
            return
        if node in self.passes.totals:
            yield self._added(node, guard)
        elif self.is_large(node) and (self.is_named(node) or self._own(node) is not None):
            yield from self._filled(node, guard)
        elif node in self.kept:
            text = f"{self.kept[node]}[rows] = {self.printer.piece(node).text}"
            self.local[node] = f"{self.kept[node]}[rows]"
            yield Operation(text, guard)
        elif self.is_named(node):
            text = self.printer.piece(node).text
            self.local[node] = name = self.free("row")
            yield Operation(f"{name} = {text}", guard)

    def _once_more(self, node: Tensor, needs: Mapping[Tensor, Guard]) -> list[Operation]:
        """Light operands that are needed always, computed again for what is wanted at times alone.

        So the first ones need not be kept until then, and what follows is computed in their place.
        """
        guard, found = needs[node], []
        for one in dict.fromkeys(parts_of(node)):
            if not guard or one not in needs or needs[one] == guard or not self._is_light(one):
                continue
            first = self.local[one]
            if (one, guard) not in self.again:
                found += list(self._filled(one, guard))
                self.again[one, guard] = self.local[one]
            self.local[one], self.first[one] = self.again[one, guard], first
        return found

    def _is_light(self, node: Tensor) -> bool:
        """Whether a value is a sum of arguments and small values in a buffer."""
        if not isinstance(node, Sum) or not self.is_large(node) or node in self.kept:
            return False
        if self._own(node) is not None or not self.local.get(node, "").startswith("_r"):
            return False
        return not any(self.is_large(one) and self.is_named(one) for one in parts_of(node))

    def _own(self, node: Tensor) -> Output | None:
        """The result that a node is, where nothing else needs it."""
        found = [one for one in self.arrays if one.node == node]
        return found[0] if found and not self.uses[node] else None

    def _filled(self, node: Tensor, guard: Guard) -> Iterator[Operation]:
        """A large value in its register."""
        own = self._own(node)
        shape = node.shape if self.passes.letter is None else node.shape[1:]
        made = Selection(self.printer).calls(node)
        whole = self.kept.get(node) or (self.arrays[own] if own is not None else "")
        part = self._part_of(own, whole) if own is not None else f"{whole}[rows]"
        array = (self._block_of(whole), part) if whole else None
        if array is not None and self.passes.letter is None:
            array = (whole, whole)
        if own is not None:
            self.owners[len(self.registers.shapes)] = own.key
        if not made.calls and array is None:
            self.local[node] = name = self.free("block")
            yield Operation(f"{name} = {made.expression}", guard)
            return
        register = self.registers.new(shape, array)
        if not made.calls:
            yield Operation(f"np.copyto({register}, {made.expression})", guard, number_of(register))
        for call in made.calls:
            text = call.text.replace("{out}", register)
            yield Operation(text, guard, number_of(register), call.in_place)
        self.local[node] = register

    def _added(self, node: Tensor, guard: Guard) -> Operation:
        """A sum over the rows of a block, added to those before."""
        text = self.printer.piece(node).text
        self.local[node] = name = self.free("total")
        product = _PRODUCT.fullmatch(text)
        if product is not None and len(node.shape) == 2:
            own = [one for one in self.outputs if one.node == node]
            key = own[0].key if own else ""
            room = f'room, "{key}"' if key else "{}, None"
            return Operation(f"{name} = _added({name}, {product[1]}, {product[2]}, {room})", guard)
        return Operation(f"{name} += {text}", guard)

    def _copies(self, number: int) -> Iterator[Operation]:
        """Results that something else needs, or that are arguments, in the arrays for them."""
        for one, array in self.arrays.items():
            if self.passes.letter is not None and self.passes.at[one.node] != number:
                continue
            if self._own(one.node) == one and self.is_large(one.node):
                part = self.local[one.node]
            else:
                part = self._part_of(one, array)
                text = self.printer.piece(one.node).text
                register = self.registers.new((), (self._block_of(array), part))
                self.owners[number_of(register)] = one.key
                yield Operation(f"np.copyto({register}, {text})", one.guard, number_of(register))
                part = register
            if one.rows and self.passes.letter is not None:
                name = self.sums.setdefault(one, self.free("total"))
                ones = self._ones(self.passes.letter)
                text = f'{name} = _gathered({name}, {ones}, {part}, "{one.key}" in shared)'
                yield Operation(text, one.guard)
        if self.passes.letter is None:
            for one in self.outputs:
                if one not in self.arrays:
                    self.results[one] = name = self.free("result")
                    yield Operation(f"{name} = {self._result(one)}", one.guard)

    # -------------------------------- special texts --------------------------------

    def _part_of(self, one: Output, array: str) -> str:
        """The rows of a block in the array of a result; of a shared vector's there is one block."""
        if self.passes.letter is None:
            return array
        count = self.printer.size(self.passes.letter)
        return f"_part({array}, rows, {count})" if one.rows else f"{array}[rows]"

    def _ones(self, size: Dim) -> str:
        if size not in self.ones:
            self.ones[size] = self.free("ones")
        return self.ones[size]

    def _special(self, node: Tensor) -> Piece | None:
        """Sums over one axis as products with ones, over both as inner products."""
        if _is_largest(node):
            return Piece(self._largest(node))
        if not isinstance(node, Einsum):
            return None
        pairs, output = pairs_of(node)
        if any(not n or len(n) != 2 or len(set(n)) < 2 or isinstance(f, Ones) for f, n in pairs):
            return None
        labels = pairs[0][1]
        if any(n != labels for _, n in pairs) or len(output) > 1:
            return None
        texts = [self.printer.piece(factor).text for factor, _ in pairs]
        if any(not re.fullmatch(r"[\w\[\]]+", text) for text in texts):
            return None
        if len(pairs) == 2:
            return Piece(f"np.vdot({texts[0]}, {texts[1]})") if not output else None
        if len(pairs) > 1 or not output:
            return None
        gone = next(at for at, label in enumerate(labels) if label not in output)
        size = pairs[0][0].shape[gone]
        ones = self._ones(size)
        return Piece(f"{ones} @ {texts[0]}" if gone == 0 else f"{texts[0]} @ {ones}", precedence=MUL)

    def _largest(self, node: Tensor) -> str:
        assert isinstance(node, Unknown)
        (argument,) = node.arguments
        text, back = self.printer.full(argument).text, int(node.name.rsplit(" ", 1)[1])
        if back == 1 and len(argument.shape) == 2:
            return f"_largest({text})"
        return f"np.max({text}, axis={-back})"

    # -------------------------------- results --------------------------------

    def _results(self) -> list[str]:
        found: list[Line] = []
        pair = any(one.key for one in self.outputs)
        for one in self.outputs:
            text = self.arrays.get(one) or self.results.get(one) or self._result(one)
            if not one.key:
                found.append((frozenset(), f"found = {text}" if pair else f"return {text}"))
                if pair:
                    found.append((frozenset(), "gradient = {}"))
                continue
            if one.rows:
                total = self.sums.get(one) or f"np.sum({text}, axis=0)"
                text = f'{total} if "{one.key}" in shared else {text}'
            found.append((one.guard, f'gradient["{one.key}"] = {text}'))
        return [*grouped(found), *(["    return found, gradient"] if pair else [])]

    def _result(self, one: Output) -> str:
        """A small result."""
        if one.node in self.passes.totals or (one.node.shape and one.node in self.local):
            text = self.local[one.node]
        else:
            text = self.printer.full(one.node).text
        if one.key and (spread(one.node) or self.printer.is_plain(one.node)):
            text = f"np.full_like({one.like}, {self.printer.piece(one.node).text})"
        elif isinstance(one.node, Variable):
            text = f"{text}.copy()"
        if one.key:
            return f'_stored({text}, room, "{one.key}")'
        return text


def _join(found: dict[Tensor, set[str] | None], node: Tensor, guard: set[str] | None) -> None:
    """Note what a node is needed for, too; what is needed always is needed for nothing in particular."""
    if not guard:
        found[node] = None
    elif found.get(node, guard) is not None:
        found[node] = (found.get(node) or set()) | guard


def _largest_of(texts: set[str]) -> str:
    return f"max({', '.join(sorted(texts))})" if len(texts) > 1 else next(iter(texts))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


def _is_largest(node: Tensor) -> bool:
    return isinstance(node, Unknown) and primitives.kind_of(node) == LARGEST


def _condition(guard: Guard) -> str:
    names = sorted(guard)
    if len(names) == 1:
        return f'if "{names[0]}" in wanted:'
    return f"if wanted & {{{', '.join(f'{chr(34)}{name}{chr(34)}' for name in names)}}}:"


def grouped(lines: Sequence[Line], but: Guard = frozenset()) -> list[str]:
    """Lines under the conditions for which they are needed, those of one condition together."""
    found: list[str] = []
    before: Guard = frozenset()
    for guard, text in lines:
        here = frozenset[str]() if guard == but else guard
        if here and here != before:
            found.append(f"    {_condition(here)}")
        before = here
        indent = 8 if here else 4
        found.append(statement("", Piece(text), indent=indent).text)
    return found
