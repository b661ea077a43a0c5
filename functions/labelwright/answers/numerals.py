"""Numbers in the spellings in which answers have them: JSON's own, and those in a form's string."""

import math
import re

from labelwright.contract.base import Json

#: What a form's number control may hold, which is JSON's grammar and a little more.
#: https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#floating-point-numbers
_NUMERAL = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)
#: The largest finite number has 309 digits; nobody spells one with more.
_MOST_CHARACTERS = 400


def read_number(value: Json) -> float | None:
    """Return the finite number that a value is or spells (``12``, ``12.0``, ``" 12 "``), else None.

    A number comes back as it is, a spelt one as a float. Never a bool, NaN or infinity.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        spelt = value.strip()
        good = len(spelt) <= _MOST_CHARACTERS and _NUMERAL.fullmatch(spelt)
        value = float(spelt) if good else None
    if not isinstance(value, int | float):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:
        # An int beyond every float is no number that anybody can work with.
        return None


def read_whole(value: Json) -> int | None:
    """Return the whole number that a value is or spells, else None: ``12.5`` is none."""
    number = read_number(value)
    return None if number is None or number != math.floor(number) else int(number)
