"""Recognising fields by the shape of the answers, where no task definition says them.

So that any Ground Truth template works as it is: crowd elements, native controls, and a hidden
control that holds JSON. What is not recognised is a field of unknown kind and passes through whole.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest

from labelwright.answers.decode import decode_nested
from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition, Kind

#: Objects nested deeper than any form makes them are not taken apart.
_MAX_DEPTH = 4

#: More, or longer, than any form has: one worker's answer must not swell every label of a batch.
_MAX_FIELDS = 50
_MAX_PATH_CHARACTERS = 100

#: Of one answer so many paths are looked at, more than any form has.
_MAX_PATHS = 500


#: So many workers whose every answer has one switch on show that these are radio buttons, whatever
#: one other worker sends.
_CROWD = 3


def recognise_fields(
    answers: Iterable[Json], workers: Iterable[str] = ()
) -> tuple[FieldDefinition, ...]:
    """Return a field for each value found in the answers, named by its path, sorted by it.

    The kind is the one that more than half of a path's values have, so that one damaged answer
    costs itself alone; where there is none, it is unknown. A key that is an element of its own in
    one answer and a container in another gives both. Of more than 50 paths, those that most answers
    have are taken. ``workers`` are those of the answers, in their order, where they are known.
    """
    kinds: dict[str, Counter[Kind]] = {}
    one_on: dict[str, Counter[str]] = {}
    several: dict[str, set[str]] = {}
    for answer, worker in zip_longest(answers, workers, fillvalue=""):
        for path, value, kind in islice(_walk(answer, "", 0), _MAX_PATHS):
            kinds.setdefault(path, Counter())[kind] += 1
            if kind is Kind.CHOICES:
                several.setdefault(path, set()).add(worker)
            elif kind is Kind.CHOICE and isinstance(value, dict) and "label" not in value:
                one_on.setdefault(path, Counter())[worker] += 1
    most = sorted(kinds, key=lambda path: (-kinds[path].total(), path))[:_MAX_FIELDS]
    return tuple(
        _field(path, _agreed(kinds[path], one_on.get(path, Counter()), several.get(path, set())))
        for path in sorted(most)
    )


def given_by_few(fields: Iterable[FieldDefinition], answers: Sequence[Json]) -> frozenset[str]:
    """Return the names of fields, recognised by shape, that at most half of the answers have.

    A control that was left alone is there. A worker can invent fields; nobody else has those, so
    that there is nothing to learn about it or anybody.
    """
    seen: Counter[str] = Counter()
    for answer in answers:
        seen.update(set(islice(_paths(answer, "", 0), _MAX_PATHS)))
    return frozenset(field.name for field in fields if 2 * seen[field.path] <= len(answers))


def _paths(value: Json, path: str, depth: int) -> Iterator[str]:
    """Yield the paths of an answer's values and of what they lie in."""
    value = decode_nested(value)
    if len(path) > _MAX_PATH_CHARACTERS:
        return
    if path:
        yield path
    if isinstance(value, dict) and depth < _MAX_DEPTH and (not path or _kind(value) is None):
        for key, inner in value.items():
            yield from _paths(inner, f"{path}.{key}" if path else key, depth + 1)


def _agreed(found: Counter[Kind], one_on: Counter[str], several: set[str]) -> Kind:
    """Return the kind of most values, given who sent one switch on, and how often, and several."""
    radio = len(several) == 1 and len(one_on.keys() - several) >= _CROWD
    if several and not radio:
        # Check boxes of which somebody ticked one alone look like radio buttons.
        ones = one_on.total()
        found = found + Counter({Kind.CHOICES: ones}) - Counter({Kind.CHOICE: ones})
    kind, count = found.most_common(1)[0]
    return kind if 2 * count > found.total() else Kind.UNKNOWN


def _field(path: str, kind: Kind) -> FieldDefinition:
    # model_construct: kind unknown is ours to give, a definition may not declare it.
    return FieldDefinition.model_construct(name=path, path=path, kind=kind)


def _walk(value: Json, path: str, depth: int) -> Iterator[tuple[str, Json, Kind]]:
    """Yield each recognised value below ``value`` with its path and kind."""
    value = decode_nested(value)
    if _says_nothing(value) or len(path) > _MAX_PATH_CHARACTERS:
        return
    kind = _kind(value) if path else None
    if kind is not None:
        yield path, value, kind
    elif isinstance(value, dict) and depth < _MAX_DEPTH:
        for key, inner in value.items():
            yield from _walk(inner, f"{path}.{key}" if path else key, depth + 1)
    else:
        yield path, value, Kind.UNKNOWN


def _says_nothing(value: Json) -> bool:
    """Tell a control that was left alone: it has no shape to recognise a field by."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict) and len(value) > 1 and _are_switches(value):
        return not any(value.values())
    return value is None or value in ([], {})


def _kind(value: Json) -> Kind | None:
    """Return the kind of a value, or None when it has to be taken apart."""
    if isinstance(value, bool):
        return Kind.CHOICE
    if isinstance(value, int | float):
        return Kind.NUMBER
    if isinstance(value, str):
        return Kind.TEXT
    if isinstance(value, list):
        return Kind.SPANS if _are_spans(value) else Kind.UNKNOWN
    return _kind_of_object(value) if isinstance(value, dict) else Kind.UNKNOWN


def _kind_of_object(value: dict[str, Json]) -> Kind | None:
    if isinstance(value.get("label"), str):
        return Kind.CHOICE
    if isinstance(value.get("labels"), list):
        return Kind.CHOICES
    if isinstance(value.get("entities"), list):
        return Kind.SPANS
    if isinstance(value.get("boundingBoxes"), list):
        return Kind.BOXES
    if "inputImageProperties" in value:
        return Kind.UNKNOWN
    if _are_switches(value):
        # Radio buttons: exactly one of several is on. Check boxes may be any.
        one_of_several = len(value) > 1 and sum(value.values()) == 1
        return Kind.CHOICE if one_of_several else Kind.CHOICES
    return None


def _are_switches(value: dict[str, Json]) -> bool:
    return all(isinstance(inner, bool) for inner in value.values())


def _are_spans(value: list[Json]) -> bool:
    return all(
        isinstance(item, dict)
        and "start" in item
        and "end" in item
        and ("label" in item or "tag" in item)
        for item in value
    )
