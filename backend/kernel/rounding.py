"""Rounding and writing of numbers, equal on phone and server (docs/decisions/0002).

Both sides work on the *shortest decimal text* that reads back as the same double (``repr`` here,
``String`` in JavaScript), never on the binary value: a doctor who sees 0.35 expects 0.4, although
the double behind it lies just below.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import isfinite

_ONE = Decimal("1")
_TENTH = Decimal("0.1")
_HUNDREDTH = Decimal("0.01")
_EXACT = 1e15
"""From here on a double has no decimals worth rounding; it is returned as it is."""


def round_half_up(number: float) -> float:
    """The nearest whole number, halves away from zero: 2.5 is 3, -2.5 is -3.

    :raises ValueError: the number is infinite or not a number
    """
    return _rounded(number, _ONE)


def round1(number: float) -> float:
    """One decimal, halves away from zero: 0.25 is 0.3.

    :raises ValueError: the number is infinite or not a number
    """
    return _rounded(number, _TENTH)


def round2(number: float) -> float:
    """Two decimals, halves away from zero: 0.125 is 0.13.

    :raises ValueError: the number is infinite or not a number
    """
    return _rounded(number, _HUNDREDTH)


def _rounded(number: float, step: Decimal) -> float:
    if not isfinite(number):
        raise ValueError("not a finite number")
    if abs(number) >= _EXACT:
        return number
    # Adding 0.0 turns -0.0 into 0.0, which JSON and people write without a sign.
    return float(Decimal(repr(float(number))).quantize(step, ROUND_HALF_UP)) + 0.0


def shortest_text(number: float) -> str:
    """A number as ECMAScript writes it: ``3`` and not ``3.0``, ``1e+21``, ``1e-7``.

    :raises ValueError: the number is infinite or not a number
    """
    if not isfinite(number):
        raise ValueError("not a finite number")
    if number == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(float(number))).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(
        exponent
    )  # where the decimal point stands, ECMA-262 Number::toString's n
    if len(text) <= point <= 21:
        body = text.ljust(point, "0")
    elif 0 < point <= 21:
        body = f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        body = f"0.{'0' * -point}{text}"
    else:
        power = point - 1
        mantissa = text if len(text) == 1 else f"{text[0]}.{text[1:]}"
        body = f"{mantissa}e{'+' if power > 0 else '-'}{abs(power)}"
    return f"-{body}" if sign else body
