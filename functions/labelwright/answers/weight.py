"""How much the answers of a batch weigh once they are decoded, and which of them are too heavy.

A worker can write JSON of which each byte takes thirty in memory (``[{},{},...]``). Answers are
weighed before anything is made of them: by the characters that begin a value, in nested strings
too, whether they are escaped or not.
"""

from collections.abc import Mapping, Sequence

from labelwright.contract.base import Json
from labelwright.contract.post_labeling import AnnotationData, RequestObject

#: Values that the answers of a batch may hold together; each takes some 100 bytes. Nine workers
#: with 50 objects may give each of them 900 spans.
MOST_VALUES = 2_000_000

_NOT_FETCHED: Mapping[str, bytes | str] = {}

_HEAVY = (
    "too many values: all answers of a batch may hold {:,} together, and those with most are left "
    "out first"
)


def _content(data: AnnotationData, fetched: Mapping[str, bytes | str]) -> Json | bytes:
    return fetched.get(str(data.s3_uri)) if data.content is None else data.content


def values_at_most(content: Json | bytes) -> int:
    """Return how many arrays, objects and further items of them an answer's JSON may hold."""
    if isinstance(content, bytes):
        return sum(content.count(sign) for sign in (b",", b"{", b"[", b"u00"))
    if isinstance(content, str):
        # "u00": what is escaped in a nested string, such as \\u007b, becomes a value later.
        return sum(content.count(sign) for sign in (",", "{", "[", "u00"))
    return 0


def without_too_heavy(
    objects: Sequence[RequestObject],
    fetched: Mapping[str, bytes | str] = _NOT_FETCHED,
    most: int = MOST_VALUES,
) -> list[RequestObject]:
    """Return the objects with the heaviest answers marked as damaged, where all are too heavy.

    The lightest count first, so that no worker's answer can cost another one a lighter answer.
    Answers by reference weigh what was ``fetched`` for them.
    """
    weights = {
        (index, place): values_at_most(_content(received.annotation.annotation_data, fetched))
        for index, entry in enumerate(objects)
        for place, received in enumerate(entry.annotations)
        if received.annotation is not None
    }
    if sum(weights.values()) <= most:
        return list(objects)
    heavy: set[tuple[int, int]] = set()
    total = 0
    for at in sorted(weights, key=lambda at: (weights[at], at)):
        total += weights[at]
        if total > most:
            heavy.add(at)
    return [
        entry._replace(
            annotations=tuple(
                received._replace(annotation=None, damage=_HEAVY.format(most))
                if (index, place) in heavy
                else received
                for place, received in enumerate(entry.annotations)
            )
        )
        for index, entry in enumerate(objects)
    ]
