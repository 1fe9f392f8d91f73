"""The elementwise functions: their derivatives and their values."""

from collections.abc import Callable
from fractions import Fraction

from litgrad.records import dataclass
from litgrad.tensors.build import ONE, add, broadcast, hadamard, negate, number, power, scale
from litgrad.tensors.expr import Elementwise, Tensor

Rule = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Function:
    """One row: how its derivative is made from its argument, and whether it is smooth."""

    derivative: Rule
    smooth: bool = True


def _of(name: str) -> Rule:
    return lambda x: Elementwise(name, x)


def _one_minus_square(name: str, sign: int) -> Rule:
    def rule(x: Tensor) -> Tensor:
        y = Elementwise(name, x)
        return add(broadcast(ONE, x.shape), scale(number(sign), hadamard(y, y)))

    return rule


def _zero(x: Tensor) -> Tensor:
    return scale(number(0), x)


def _sigmoid(x: Tensor) -> Tensor:
    y = Elementwise("sigmoid", x)
    return hadamard(y, add(broadcast(ONE, x.shape), negate(y)))


FUNCTIONS: dict[str, Function] = {
    "exp": Function(_of("exp")),
    "log": Function(lambda x: power(x, number(-1))),
    "sin": Function(_of("cos")),
    "cos": Function(lambda x: negate(Elementwise("sin", x))),
    "tan": Function(_one_minus_square("tan", 1)),
    "sinh": Function(_of("cosh")),
    "cosh": Function(_of("sinh")),
    "tanh": Function(_one_minus_square("tanh", -1)),
    "sigmoid": Function(_sigmoid),
    "abs": Function(_of("sign"), smooth=False),
    "sign": Function(_zero, smooth=False),
    "relu": Function(_of("step"), smooth=False),
    "step": Function(_zero, smooth=False),
    "arctan": Function(lambda x: power(add(broadcast(ONE, x.shape), hadamard(x, x)), number(-1))),
}
"""Every name that has a meaning of its own; any other is an unknown function."""


def derivative_of(node: Elementwise) -> Tensor:
    """The derivative of an elementwise function, entry by entry."""
    row = FUNCTIONS.get(node.function)
    if row is None:
        return Elementwise(node.function, node.argument, node.order + 1)
    return row.derivative(node.argument)


def sqrt(x: Tensor) -> Tensor:
    """The square root of every entry."""
    return power(x, number(Fraction(1, 2)))
