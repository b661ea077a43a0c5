"""Filters of lists as Ruby's Liquid has them: where nil goes, what can be sorted, what is equal.

https://github.com/Shopify/liquid/blob/main/lib/liquid/standardfilters.rb
"""

import json
from collections.abc import Callable, Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from liquid.exceptions import FilterArgumentError
from liquid.undefined import Undefined

from labelwright_local.page.dialect.values import text
from labelwright_local.page.dialect.work import MAX_CHARACTERS, Work, within

#: Ruby's casecmp folds no other letters.
_FOLDED = str.maketrans(ascii_uppercase, ascii_lowercase)


def flat(value: Any) -> list[Any]:
    """Return what a filter goes over: a list without lists in it, of anything else that alone."""
    if value is None or isinstance(value, Undefined):
        return []
    if isinstance(value, range):
        return list(value)
    if not isinstance(value, list | tuple):
        return [value]
    found: list[Any] = []
    waiting = [iter(value)]
    while waiting:
        for element in waiting[-1]:
            if isinstance(element, list | tuple):
                waiting.append(iter(element))
                break
            found.append(None if isinstance(element, Undefined) else element)
        else:
            waiting.pop()
    return found


def sort(value: Any, key: Any, _: Work) -> list[Any] | None:
    """Sort numbers or texts; nil goes last. By a key, nothing comes of a list with nil in it."""
    return _sorted(flat(value), key, _order)


def sort_natural(value: Any, key: Any, work: Work) -> list[Any] | None:
    """Sort as texts, letters of ASCII without their case; nil goes last."""
    return _sorted(
        flat(value),
        key,
        lambda values: sorted(values, key=lambda pair: text(pair[0], work).translate(_FOLDED)),
    )


_Pairs = list[tuple[Any, Any]]


def _sorted(items: list[Any], key: Any, order: Callable[[_Pairs], _Pairs]) -> list[Any] | None:
    if key is not None and any(item is None or isinstance(item, bool) for item in items):
        return None
    pairs = [(item if key is None else _property(item, key), item) for item in items]
    known = [pair for pair in pairs if pair[0] is not None]
    last = [pair for pair in pairs if pair[0] is None]
    return [item for _, item in [*order(known), *last]]


def _order(pairs: _Pairs) -> _Pairs:
    values = [value for value, _ in pairs]
    alike = (
        all(isinstance(value, str) for value in values)
        or all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    )  # fmt: skip
    if alike:
        return sorted(pairs, key=lambda pair: pair[0])
    if all(_same(value, values[0]) for value in values):
        return pairs
    raise FilterArgumentError("cannot sort values of incompatible types", token=None)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def map_values(value: Any, key: Any, _: Work) -> list[Any]:
    """Return a property of each; nil where there is none."""
    return [_property(item, key) for item in flat(value)]


def compact(value: Any, key: Any, _: Work) -> list[Any]:
    """Leave out nil, or those whose property is nil."""
    return [
        item for item in flat(value) if (item if key is None else _property(item, key)) is not None
    ]


def uniq(value: Any, key: Any, _: Work) -> list[Any]:
    """Leave out what is there already; 1, 1.0 and true differ, as in Ruby."""
    seen: set[str] = set()
    found = []
    for item in flat(value):
        compared = item if key is None else _property(item, key)
        identity = json.dumps(compared, sort_keys=True, default=repr)
        if identity not in seen:
            seen.add(identity)
            found.append(item)
    return found


def join(value: Any, glue: Any, work: Work) -> str:
    """Write all one after the other, with the glue between them."""
    parts = [text(item, work) for item in flat(value)]
    size = sum(map(len, parts)) + len(glue) * max(0, len(parts) - 1)
    within(size, MAX_CHARACTERS, "characters in a joined text")
    joined: str = glue.join(parts)
    return joined


def _property(item: Any, key: Any) -> Any:
    """Return a property as Ruby's ``item[key]`` does.

    Raises:
        FilterArgumentError: the item is a number, which has none.
    """
    match item:
        case dict():
            found = item.get(str(key))
            return None if isinstance(found, Undefined) else found
        case str():
            return key if isinstance(key, str) and key in item else None
        case None | bool():
            return None
        case Sequence():
            return item[key] if isinstance(key, int) and -len(item) <= key < len(item) else None
        case _:
            raise FilterArgumentError(f"cannot select the property '{key}'", token=None)
