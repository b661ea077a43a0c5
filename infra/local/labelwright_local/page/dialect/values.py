"""How a value prints: lists and objects as JSON, all else as Liquid has it.

Ruby's Liquid prints a list as its elements, one after the other, and an object in Ruby's own form.
Ground Truth prints both as JSON, which templates published by AWS rely on. So do we, also where a
filter takes a list or an object for a text (``append``, ``replace``): Ruby's form of a list of
texts or numbers is JSON there, its form of objects is of no use in a page.
"""

import json
from decimal import Decimal
from typing import Any

from liquid.builtin.expressions.primitive import Blank, Empty
from liquid.undefined import Undefined

from labelwright_local.page.dialect.work import MAX_CHARACTERS, MAX_STEPS, Work, weigh, within


def text(value: Any, work: Work) -> str:
    """Return a value as it prints; what is text already stays what it is.

    Raises:
        ResourceLimitError: it would be too long.
    """
    match value:
        case str():
            return value
        case None | Undefined() | Empty() | Blank():
            return ""
        case bool():
            return "true" if value else "false"
        case list() | dict() | tuple():
            return to_json(value, work)
        case range():
            return f"{value.start}..{value.stop - 1}"
        case _:
            return str(value)


def to_json(value: Any, work: Work) -> str:
    """Return a value as JSON, with Unicode as it is.

    Raises:
        ResourceLimitError: it would be too long.
    """
    steps, characters = weigh(value, MAX_STEPS)
    work.spend(steps)
    within(characters, MAX_CHARACTERS, "characters in a value that prints as JSON")
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> Any:
    if isinstance(value, Undefined):
        return None
    if isinstance(value, range):
        return list(value)
    if isinstance(value, Decimal):
        return float(value)
    return str(value)
