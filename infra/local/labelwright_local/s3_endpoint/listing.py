"""Pages of a listing: prefix, delimiter, where the last page ended.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from collections.abc import Sequence
from typing import NamedTuple


class Page(NamedTuple):
    """Keys and common prefixes in their order; ``last`` is where the next page begins, or None."""

    keys: list[str]
    prefixes: list[str]
    last: str | None


def page_of(keys: Sequence[str], prefix: str, delimiter: str, after: str, most: int) -> Page:
    """Return a page of keys, which are sorted by their UTF-8 bytes and begin with ``prefix``.

    It has what comes after ``after`` (a key, or a common prefix that an earlier page ended with),
    keys and common prefixes together at most ``most``.
    """
    found = Page([], [], None)
    told, last = 0, after
    start = after.encode()
    for key in keys:
        if key.encode() <= start or _is_below(key, after, prefix, delimiter):
            continue
        common = _common(key, prefix, delimiter)
        if common is not None and found.prefixes and found.prefixes[-1] == common:
            continue
        if told == most:
            return found._replace(last=last) if most else found
        told += 1
        if common is None:
            found.keys.append(key)
        else:
            found.prefixes.append(common)
        last = common or key
    return found


def _is_below(key: str, after: str, prefix: str, delimiter: str) -> bool:
    """Tell whether a key belongs to the common prefix that an earlier page ended with."""
    ended = _common(after, prefix, delimiter) if after.startswith(prefix) else None
    return ended == after and key.startswith(after)


def _common(key: str, prefix: str, delimiter: str) -> str | None:
    """Return the part of a key up to the delimiter that follows the prefix, if one does."""
    if not delimiter:
        return None
    at = key.find(delimiter, len(prefix))
    return None if at < 0 else key[: at + len(delimiter)]
