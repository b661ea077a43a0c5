"""Reasons that differ only in addresses and numbers, told once with how many there are."""

import re
from collections.abc import Iterable
from typing import NamedTuple

#: More kinds of reasons than this nobody reads.
MOST_SHOWN = 20

#: Our messages begin with the address they are about, and a colon ends it.
_ADDRESS = re.compile(r"s3://.*?(?=: |; |$)")
_NUMBER = re.compile(r"\d[\d,.]*")


class Reason(NamedTuple):
    """Why something did not come out; ``where`` is the place of one of those it concerns."""

    what: str
    reason: str
    where: str


class Alike(NamedTuple):
    """Reasons of one kind: how many, and the first of them."""

    times: int
    first: Reason


def alike(reasons: Iterable[Reason]) -> list[Alike]:
    """Group reasons that say the same of different things, the most frequent first."""
    counts: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str], Reason] = {}
    for reason in reasons:
        kind = (reason.what, _NUMBER.sub("#", _ADDRESS.sub("…", reason.reason)))
        counts[kind] = counts.get(kind, 0) + 1
        first.setdefault(kind, reason)
    ordered = sorted(counts, key=lambda kind: -counts[kind])
    return [Alike(counts[kind], first[kind]) for kind in ordered]
