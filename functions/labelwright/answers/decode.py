"""Reading an answer: the JSON string in an annotation, and the way to a field in it."""

import re
from collections.abc import Callable
from enum import Enum
from typing import Final

from labelwright.contract.base import Json, load_json

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PERHAPS_SURROGATE = re.compile("[\ud800-\udfff]|\\\\u[dD]")


class Absent(Enum):
    """The one value of a field that is not in an answer."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


def decode_content(content: Json) -> Json:
    """Return the answer in ``annotationData.content``.

    It is a JSON string in what the service sends; an answer that already is an object is taken as
    it is. An empty string is an empty answer.

    Raises:
        ValueError: it is neither; the message does not repeat it.
    """
    if isinstance(content, str):
        content = load_json(content) if content.strip() else {}
    if content is None:
        return {}
    # The element's own preview, and tools built on it, store an array of one object.
    if isinstance(content, list) and len(content) == 1:
        content = content[0]
    if not isinstance(content, dict):
        raise ValueError("the answer is not a JSON object")
    return _Content(_sendable(content))


class _Content(dict[str, Json]):
    """An answer that remembers what its strings hold: they are decoded once, not for each field."""

    def __init__(self, content: dict[str, Json]) -> None:
        super().__init__(content)
        self._held: dict[str, Json | ValueError] = {}

    def held_by(self, text: str) -> Json:
        if text not in self._held:
            try:
                self._held[text] = _load(text)
            except ValueError as error:
                self._held[text] = error
        found = self._held[text]
        if isinstance(found, ValueError):
            # A new one: raised again, it would gather where it was raised before.
            raise ValueError(str(found))
        return found


def look_up(answer: Json, path: str) -> Json | Absent:
    """Follow a dot-separated path through an answer, decoding JSON strings on the way.

    A key that itself has dots is found too: the longest matching key is taken at each step.

    Raises:
        ValueError: a string on the way (not the value itself) is damaged JSON.
    """
    held_by = answer.held_by if isinstance(answer, _Content) else _load
    return _step(answer, path.split("."), held_by)


def _step(value: Json, steps: list[str], held_by: Callable[[str], Json]) -> Json | Absent:
    if not steps:
        return value
    if isinstance(value, str):
        if not value.strip():
            return ABSENT
        value = held_by(value)
    if not isinstance(value, dict):
        return ABSENT
    for length in range(len(steps), 0, -1):
        key = ".".join(steps[:length])
        if key in value:
            return _step(value[key], steps[length:], held_by)
    return ABSENT


def decode_nested(value: Json) -> Json:
    """Return what a string holds when it is a JSON object or array, else the value itself.

    Controls of a form hold strings, so structured answers arrive encoded twice.
    """
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return _load(value)
        except ValueError:
            return value
    return value


def _load(text: str) -> Json:
    value = load_json(text)
    return _sendable(value) if _PERHAPS_SURROGATE.search(text) else value


def _sendable(value: Json) -> Json:
    """Replace half surrogate pairs, which a label could not be sent with, by U+FFFD."""
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_sendable(item) for item in value]
    if isinstance(value, dict):
        return {_sendable(key): _sendable(item) for key, item in value.items()}
    return value
