"""Generated code carried out step by step at a few points: the value of each of its expressions by place."""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any

import numpy as np

from litgrad.page.program import Values
from litgrad.records import dataclass

Place = tuple[int, int]
"""Where an expression stands in the text, half-open."""

_DEEPEST = 12
_NUMPY: dict[str, Any] = {name: getattr(np, name) for name in (
    "exp", "log", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh",
    "arccosh", "arctanh", "abs", "sign", "log1p", "expm1", "logaddexp", "hypot", "maximum", "minimum", "sqrt",
    "where", "equal", "ones_like", "zeros_like", "pi", "e", "sum", "max", "outer", "diag", "diagonal",
    "trace", "eye", "ones", "full", "full_like", "broadcast_to", "transpose", "einsum", "heaviside",
    "squeeze", "shape", "prod",
)}  # fmt: skip
_LINEAR: dict[str, Any] = {name: getattr(np.linalg, name) for name in ("inv", "solve", "det", "norm")}
_SIGNS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.USub: operator.neg, ast.GtE: operator.ge, ast.Gt: operator.gt,
    ast.LtE: operator.le, ast.Lt: operator.lt, ast.MatMult: operator.matmul,
}  # fmt: skip
_FOR_ONE: dict[str, Callable[..., Any]] = {
    "_outer": np.outer,
    "_over_rows": lambda u, *_: u,
    "_like": lambda gradient, _: gradient,
    "_log_det": lambda u: np.log(np.linalg.det(u)),
    "int": int,
    "float": float,
}
"""What functions come to for one example, without leading axes."""
_BOOKKEEPING = frozenset(["_fit", "shape", "int"])
"""Calls that look at shapes and compute no value of the post."""


class Foreign(Exception):
    """Code of a kind that is not carried out here."""


@dataclass(frozen=True, slots=True)
class Code:
    """The functions of a generated module."""

    functions: Mapping[str, ast.FunctionDef]
    starts: tuple[int, ...]
    """Where each line begins."""

    @staticmethod
    def of(text: str) -> "Code":
        """The functions of a module's text, which is plain ASCII but for comments and docstrings."""
        lines = text.splitlines(keepends=True)
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        functions = {one.name: one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef)}
        return Code(functions, tuple(starts))

    def place(self, node: ast.expr) -> Place:
        """Where an expression stands."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start, end = self.starts[node.lineno - 1], self.starts[node.end_lineno - 1]
        return start + node.col_offset, end + node.end_col_offset

    def formulas(self, name: str) -> Iterator[Place]:
        """The places of what a function returns or gives a name, and of the entries of its dicts."""
        for statement in self.functions[name].body:
            if isinstance(statement, ast.Return | ast.Assign) and statement.value is not None:
                value = statement.value
                if isinstance(value, ast.Dict):
                    yield from map(self.place, value.values)
                elif not isinstance(value, ast.Name | ast.Tuple) and not is_bookkeeping(value):
                    yield self.place(value)

    def values(self, name: str, inputs: Mapping[str, Values]) -> Mapping[Place, Values]:
        """The value of every expression of a function that has one; `inputs` gives its parameters."""
        run = _Run(self, dict(inputs))
        with np.errstate(all="ignore"):
            run.carry_out(self.functions[name])
        return run.found

    def first_result(self, name: str, inputs: Mapping[str, Values]) -> float | None:
        """The number that a function returns, or the first of what it returns; None where there is none."""
        with np.errstate(all="ignore"):
            found = _Run(self, dict(inputs)).carry_out(self.functions[name])
        first = found[0] if isinstance(found, tuple) and found else found
        return float(first) if first is not None and np.ndim(first) == 0 else None


@dataclass(slots=True)
class _Run:
    """One call of a function."""

    code: Code
    known: dict[str, Any]
    depth: int = 0
    found: dict[Place, Values] = field(default_factory=dict)

    def carry_out(self, function: ast.FunctionDef) -> Any:  # noqa: ANN401 - an array or a tuple of them
        for statement in function.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self.known[name] = self.tried(value)
                case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
                    self._unpacked([one.id for one in targets if isinstance(one, ast.Name)], value)
                case ast.Return(value=ast.expr() as value):
                    return self.tried(value)
        return None

    def _unpacked(self, names: list[str], value: ast.expr) -> None:
        if is_bookkeeping(value):
            return  # the arguments are arrays of the right shapes already
        values = self.tried(value)
        if isinstance(values, tuple) and len(values) == len(names):
            self.known.update(zip(names, values, strict=True))

    def tried(self, node: ast.expr) -> Any:  # noqa: ANN401 - as above
        """A value, None where there is none; the parts of what has none are still looked at."""
        if isinstance(node, ast.Dict | ast.Tuple):
            parts = node.values if isinstance(node, ast.Dict) else node.elts
            return tuple(self.tried(part) for part in parts)
        try:
            return self.value(node)
        except (Foreign, TypeError, ValueError, LookupError, ArithmeticError, np.linalg.LinAlgError):
            return None

    def value(self, node: ast.expr) -> Any:  # noqa: ANN401 - as above
        found = self._value(node)
        if isinstance(found, float | int | np.ndarray | np.number):
            self.found[self.code.place(node)] = np.asarray(found, dtype=np.float64)
        return found

    def _value(self, node: ast.expr) -> Any:  # noqa: ANN401 - as above
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return float(number)
            case ast.Name(id=name) if self.known.get(name) is not None:
                return self.known[name]
            case ast.Attribute(value=ast.Name(id="np"), attr=name) if name in _NUMPY:
                return _NUMPY[name]
            case ast.Attribute(value=ast.Attribute(attr="linalg"), attr=name) if name in _LINEAR:
                return _LINEAR[name]
            case ast.Attribute(value=value, attr="T" | "shape" | "dtype" | "copy" as name):
                return getattr(np.asarray(self.value(value)), name)
            case ast.Constant(value=str() | bool() as word):
                return word
            case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _SIGNS:
                return _SIGNS[type(sign)](self.value(operand))
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
                return _SIGNS[type(sign)](self.value(left), self.value(right))
            case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _SIGNS:
                return _SIGNS[type(sign)](self.value(left), self.value(right))
            case ast.Subscript(value=value, slice=ast.Tuple(elts=[])):
                return self.value(value)
            case ast.Subscript(value=value, slice=place):
                return np.asarray(self.value(value))[self._index(place)]
            case ast.Call(func=ast.Attribute() as head, args=arguments, keywords=keywords):
                named = {one.arg: self._index(one.value) for one in keywords if one.arg is not None}
                return self._value(head)(*map(self._argument, arguments), **named)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FOR_ONE:
                return _FOR_ONE[name](*map(self._argument, arguments))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords):
                return self._called(name, [self.value(argument) for argument in arguments], keywords)
        raise Foreign

    def _argument(self, node: ast.expr) -> Any:  # noqa: ANN401 - as above
        """A value, or a shape."""
        return self._index(node) if isinstance(node, ast.Tuple) else self.value(node)

    def _index(self, node: ast.expr) -> Any:  # noqa: ANN401 - as above
        """A place in an array, an axis or a flag: nothing that the post has a value for."""
        match node:
            case ast.Tuple(elts=parts):
                return tuple(map(self._index, parts))
            case ast.Slice(lower=None, upper=None, step=None):
                return slice(None)
            case ast.Constant(value=value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
                return -value
            case ast.Name(id=name) if self.known.get(name) is not None:
                return self.known[name]
        return self._value(node)

    def _called(self, name: str, arguments: list[Any], keywords: list[ast.keyword]) -> Any:  # noqa: ANN401 - as above
        function = self.code.functions.get(name)
        if function is None or self.depth >= _DEEPEST:
            raise Foreign
        names = list(names_of(function))
        inputs = dict(zip(names[::-1], map(self._index, function.args.defaults[::-1]), strict=False))
        inputs |= dict(zip(names, arguments, strict=False))
        inputs |= {one.arg: self._index(one.value) for one in keywords if one.arg is not None}
        if len(arguments) > len(names) or set(inputs) != set(names):
            raise Foreign
        found = _Run(self.code, inputs, self.depth + 1).carry_out(function)
        if found is None:
            raise Foreign
        return found


def names_of(function: ast.FunctionDef) -> Iterator[str]:
    """The parameters of a function."""
    return (each.arg for each in function.args.args)


def is_bookkeeping(node: ast.expr) -> bool:
    """Whether code looks at shapes: it is no part of a formula."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _BOOKKEEPING
        case ast.Subscript(value=value):
            return is_bookkeeping(value)
        case ast.Attribute(attr="shape"):
            return True
    return False
