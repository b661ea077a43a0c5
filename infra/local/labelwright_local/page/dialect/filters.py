"""Every filter within bounds: what it would take is counted before it does it.

Texts are taken as they print (``values``), lists as Ruby's Liquid has them (``lists``).
"""

from collections.abc import Callable, Mapping
from typing import Any

from liquid import Markup, RenderContext, escape
from liquid.exceptions import FilterArgumentError
from liquid.filter import with_context
from liquid.undefined import Undefined

from labelwright_local.page.dialect import lists
from labelwright_local.page.dialect.values import text, to_json
from labelwright_local.page.dialect.work import (
    MAX_BITS,
    MAX_CHARACTERS,
    MAX_ELEMENTS,
    Work,
    elements,
    steps_for,
    within,
    work_of,
)

Filter = Callable[..., Any]

#: What these make is no longer than what they take, but for a few characters each.
TEXT = frozenset(
    [
        "append",
        "prepend",
        "capitalize",
        "downcase",
        "upcase",
        "escape",
        "escape_once",
        "escapejs",
        "lstrip",
        "rstrip",
        "strip",
        "newline_to_br",
        "strip_newlines",
        "squish",
        "remove",
        "remove_first",
        "remove_last",
        "truncate",
        "url_encode",
        "url_decode",
        "base64_encode",
        "base64_decode",
        "base64_url_safe_encode",
        "base64_url_safe_decode",
        "safe",
    ]
)
#: These go over a text character by character.
SLOW = frozenset(
    ["escapejs", "newline_to_br", "squish", "strip_newlines", "url_decode", "url_encode"]
)
_SLOW = 20
REPLACING = frozenset({"replace", "replace_first", "replace_last"})
NUMBERS = frozenset(
    [
        "abs",
        "at_most",
        "at_least",
        "ceil",
        "divided_by",
        "floor",
        "minus",
        "plus",
        "round",
        "times",
        "modulo",
        "sum",
    ]
)
#: These look at each element once.
LISTS = frozenset(["concat", "find", "find_index", "has", "reject", "reverse", "sum", "where"])
#: These take the same time for any value.
FREE = frozenset({"default", "first", "last", "size"})

#: A pattern of a date, and a date that is written out.
_MAX_PATTERN = 1_000
_MAX_DATE = 100


def bounded(filters: Mapping[str, Filter]) -> dict[str, Filter]:
    """Return python-liquid's filters within bounds."""
    return {name: _bounded(name, function) for name, function in filters.items()}


def _bounded(name: str, function: Filter) -> Filter:
    if name in _OWN:
        return _OWN[name]
    if name in TEXT or name in REPLACING:
        return _text_filter(name, function)
    if name in LISTS or name in NUMBERS:
        return _counting(name, function)
    if name == "slice":
        return _slice(function)
    if name == "date":
        return _date(function)
    return function


def _text_filter(name: str, function: Filter) -> Filter:
    def call(value: Any, *args: Any, context: RenderContext) -> Any:
        work = work_of(context)
        value, *texts = (text(each, work) for each in (value, *args))
        size = sum(map(len, (value, *texts)))
        if name in REPLACING and len(texts) > 1:
            size += _times_replaced(name, value, texts[0]) * len(texts[1])
        within(size, MAX_CHARACTERS, "characters in a text")
        work.look_at(value, times=_SLOW if name in SLOW else 1)
        return _named(function, context)(value, *texts)

    return with_context(call)


def _times_replaced(name: str, value: str, what: str) -> int:
    if name != "replace":
        return 1
    return value.count(str(escape(what)) if isinstance(value, Markup) else what)


def _named(function: Filter, context: RenderContext) -> Filter:
    """Give a filter of python-liquid the environment, if it asks for it."""
    if getattr(function, "with_environment", False):
        return lambda *args, **named: function(*args, environment=context.env, **named)
    return function


def _counting(name: str, function: Filter) -> Filter:
    def call(value: Any, *args: Any, context: RenderContext) -> Any:
        work = work_of(context)
        count = 1 if name in NUMBERS - LISTS else elements(value)
        if name == "concat":
            count += sum(map(elements, args))
        within(count, MAX_ELEMENTS, "elements in a list")
        work.spend(count)
        for arg in args:
            work.look_at(arg, times=1 if name == "concat" else max(1, count))
        made = _named(function, context)(value, *args)
        if isinstance(made, int):
            within(made.bit_length(), MAX_BITS, "binary digits in a number")
        return made

    return with_context(call)


def _own(function: Callable[[Any, Any, Work], Any]) -> Filter:
    def call(value: Any, key: Any = None, *, context: RenderContext) -> Any:
        work = work_of(context)
        within(elements(value), MAX_ELEMENTS, "elements in a list")
        work.look_at(value)
        return function(value, None if isinstance(key, Undefined) else key, work)

    return with_context(call)


@with_context
def _join(value: Any, glue: Any = " ", *, context: RenderContext) -> str:
    work = work_of(context)
    within(elements(value), MAX_ELEMENTS, "elements in a list")
    work.look_at(value)
    glue = text(glue, work)
    # What stands between the elements is safe, so they are escaped and not once more in printing.
    return lists.join(value, Markup(" ") if glue == " " and context.autoescape else glue, work)


@with_context
def _split(value: Any, separator: Any = None, *, context: RenderContext) -> list[str]:
    work = work_of(context)
    value, separator = text(value, work), text(separator, work)
    work.look_at(value)
    if not separator:
        within(len(value), MAX_ELEMENTS, "elements in a list")
        made = list(value)
    elif not value or value == separator:
        made = []
    else:
        made = value.split(None if separator == " " else separator, MAX_ELEMENTS)
    within(len(made), MAX_ELEMENTS, "elements in a list")
    work.spend(len(made))
    return made


@with_context
def _truncatewords(value: Any, most: Any = 15, end: Any = "...", *, context: RenderContext) -> Any:
    work = work_of(context)
    value, end = text(value, work), text(end, work)
    work.look_at(value)
    try:
        number = max(1, int(text(most, work)))
    except ValueError:
        raise FilterArgumentError("truncatewords expects a whole number", token=None) from None
    words = value.split(None, min(number, MAX_ELEMENTS))
    if len(words) <= number:
        return value
    return " ".join(words[:number]) + end


@with_context
def _strip_html(value: Any, *, context: RenderContext) -> str:
    """Take out comments, scripts, styles and tags by Ruby's rule: what lies between < and >."""
    work = work_of(context)
    value = text(value, work)
    work.look_at(value)
    kept, position, gone = [], 0, set()
    while (start := value.find("<", position)) >= 0:
        kept.append(value[position:start])
        end = -1
        for opening, closing in _BLOCKS:
            if closing not in gone and value.startswith(opening, start):
                end = value.find(closing, start + len(opening))
                if end < 0:
                    gone.add(closing)
                    continue
                end += len(closing)
                break
        if end < 0:
            kept.append(value[start:])
            position = len(value)
            break
        position = end
    kept.append(value[position:])
    stripped = "".join(kept)
    return Markup(stripped) if isinstance(value, Markup) else stripped


_BLOCKS = (("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->"), ("<", ">"))


@with_context
def _to_json(value: Any, *, context: RenderContext) -> str:
    return to_json(value, work_of(context))


@with_context
def _skip_autoescape(value: Any, *, context: RenderContext) -> Markup:
    return Markup(text(value, work_of(context)))


def _slice(function: Filter) -> Filter:
    def call(value: Any, *args: Any, context: RenderContext) -> Any:
        work = work_of(context)
        if not isinstance(value, list | tuple | range):
            value = text(value, work)
        made = function(value, *args)
        work.spend(len(made) if isinstance(made, list) else steps_for(made))
        return made

    return with_context(call)


def _date(function: Filter) -> Filter:
    def call(value: Any, pattern: Any = None, *, context: RenderContext) -> Any:
        work = work_of(context)
        work.spend(1)
        if isinstance(value, list | dict) or (isinstance(value, str) and len(value) > _MAX_DATE):
            return text(value, work)
        if not isinstance(pattern, Undefined):
            pattern = text(pattern, work)
            within(len(pattern), _MAX_PATTERN, "characters in the pattern of a date")
        try:
            return function(value, pattern, environment=context.env)
        except (ArithmeticError, OSError, ValueError):
            # A year or a number that is no date; Liquid prints such a value as it is.
            return text(value, work)

    return with_context(call)


#: What is Ground Truth's, and what differs between Ruby's Liquid and python-liquid.
_OWN: dict[str, Filter] = {
    "compact": _own(lists.compact),
    "join": _join,
    "map": _own(lists.map_values),
    "skip_autoescape": _skip_autoescape,
    "sort": _own(lists.sort),
    "sort_natural": _own(lists.sort_natural),
    "split": _split,
    "strip_html": _strip_html,
    "to_json": _to_json,
    "truncatewords": _truncatewords,
    "uniq": _own(lists.uniq),
}
#: Filters that python-liquid does not have.
ADDED = {name: _OWN[name] for name in ("to_json", "skip_autoescape")}
#: All that are known here; a test holds that no other is in use.
KNOWN = TEXT | REPLACING | NUMBERS | LISTS | FREE | _OWN.keys() | {"slice", "date"}
