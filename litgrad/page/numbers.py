"""Numbers as the page writes them, here and in its script alike."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal

_DIGITS = 4
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def shown(number: float) -> str:
    """A number in four significant digits, a power of ten where it is very large or small.

    >>> shown(2.0625), shown(-0.5), shown(1.5e-7), shown(float("inf"))
    ('2.063', '−0.5', '1.5×10⁻⁷', '∞')
    """
    if math.isnan(number):
        return "no value"
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    rounded = Context(prec=_DIGITS, rounding=ROUND_HALF_UP).plus(Decimal(number))
    sign = "−" if rounded < 0 else ""
    size = abs(rounded)
    exponent = size.adjusted() if size else 0
    if -5 < exponent < 6:
        return sign + _trimmed(f"{size:f}")
    mantissa = _trimmed(f"{size.scaleb(-exponent):f}")
    return f"{sign}{mantissa}×10{str(exponent).translate(_SUPERSCRIPTS)}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
