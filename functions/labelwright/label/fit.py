"""Fitting labels into the limits: what is too large for the manifest or the response moves out.

A label of more than 20,000 characters makes the output manifest unusable as an input
(https://docs.aws.amazon.com/sagemaker/latest/dg/input-data-limits.html), and Lambda answers with at
most 6 MB (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). Sizes are those
of what Lambda's runtime writes.
"""

import heapq
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from labelwright.contract.base import Json, dump_json, has_lone_surrogate
from labelwright.contract.manifest import MAX_ATTRIBUTE_CHARACTERS
from labelwright.contract.post_labeling import ConsolidatedAnnotation, ConsolidatedObject
from labelwright.errors import ResponseTooLarge
from labelwright.label.model import FieldLabel, Label

#: Of Lambda's 6 MB, with room for what wraps the answer.
RESPONSE_BUDGET = 5_500_000

#: Characters of an id in a file name; a hash follows where the id is longer.
_MAX_NAME = 100


@dataclass(frozen=True)
class Spill:
    """A file to write: a complete label that was too large to be sent whole."""

    uri: str
    label: Label

    @property
    def data(self) -> bytes:
        """The file's bytes; made when asked for, since those of a batch may be many."""
        return dump_json(self.label.wire()).encode()


class Fitted(NamedTuple):
    """The response, one entry for each label in order, and the files to write before sending it."""

    response: list[dict[str, Json]]
    spills: list[Spill]


def fit_labels(
    labels: Sequence[tuple[str, Label]],
    folder: str,
    attribute: str,
    inline_limit: int = MAX_ATTRIBUTE_CHARACTERS,
    budget: int = RESPONSE_BUDGET,
) -> Fitted:
    """Move what is too large into files below ``folder``; one entry for each object stays.

    ``labels`` are pairs of datasetObjectId and label. First each label is brought to at most
    ``inline_limit`` characters by leaving out the workers' answers, then counts of votes, then
    problems, then values, each time the largest first, then the fields. While the response still
    exceeds ``budget`` characters, the largest label loses next.

    Answers with half a surrogate pair in them move out whatever their size: escaped in a file they
    are as received, in a response they would stop Lambda's runtime.

    Raises:
        ResponseTooLarge: not even then does the response fit.
    """
    items = [_Item(identifier, label, folder, attribute) for identifier, label in labels]
    for item in items:
        while (item.label_size > inline_limit or not item.can_be_sent) and item.shrink():
            pass
    # Lambda writes "[a, b]": two characters an entry beside the entry itself.
    total = sum(item.size + 2 for item in items)
    largest = [(-item.size, index) for index, item in enumerate(items)]
    heapq.heapify(largest)
    while total > budget and largest:
        _, index = heapq.heappop(largest)
        before = items[index].size
        if items[index].shrink():
            total -= before - items[index].size
            heapq.heappush(largest, (-items[index].size, index))
    if total > budget:
        raise ResponseTooLarge(
            f"the labels of {len(items)} objects take {total:,} characters even without their "
            f"values, over {budget:,}; this batch can't be answered"
        )
    return Fitted(
        [item.entry for item in items], [item.spill() for item in items if not item.is_whole]
    )


class _Item:
    """An entry of the response in the fullest form that fits so far."""

    def __init__(self, identifier: str, label: Label, folder: str, attribute: str) -> None:
        self.is_whole = True
        self._identifier = identifier
        self._attribute = attribute
        self._label = label
        self._uri = f"{folder}/{_file_name(identifier)}.json"
        self._forms = _forms(label, self._uri)
        self._fields: dict[int, _Part] = {}
        self._around = len(dump_json(self._entry({}))) - len("{}")
        self._measure(next(self._forms))

    def _entry(self, wire: dict[str, Json]) -> dict[str, Json]:
        return ConsolidatedObject(
            dataset_object_id=self._identifier,
            consolidated_annotation=ConsolidatedAnnotation(content={self._attribute: wire}),
        ).wire()

    def _measure(self, form: Label) -> None:
        wire = form.wire()
        rest = _Part.of(form, {**wire, "fields": {}})
        parts = [self._part(field, wire["fields"][name]) for name, field in form.fields.items()]
        # What JSON writes around the fields: "name": field, "name": field
        names = sum(len(dump_json(name)) + 4 for name in form.fields)
        between = names - 2 if parts else 0
        self.label_size = rest.size + between + sum(part.size for part in parts)
        self.can_be_sent = (
            rest.can_be_sent
            and all(part.can_be_sent for part in parts)
            and not any(map(has_lone_surrogate, form.fields))
        )
        self.entry = self._entry(wire)
        self.size = self._around + self.label_size

    def _part(self, field: FieldLabel, wire: Json) -> "_Part":
        """Return a field's measure; a form shares most fields with the one before."""
        if id(field) not in self._fields:
            self._fields[id(field)] = _Part.of(field, wire)
        return self._fields[id(field)]

    def shrink(self) -> bool:
        """Leave out what comes next; False when nothing is left to leave out."""
        smaller = next(self._forms, None)
        if smaller is None:
            return False
        self.is_whole = False
        self._measure(smaller)
        return True

    def spill(self) -> Spill:
        """Return the file with the complete label."""
        return Spill(self._uri, self._label)


class _Part(NamedTuple):
    """How many characters a part of a label takes, and whether it can be sent.

    ``part`` is kept, so that its identity lasts as long as its measure.
    """

    part: object
    size: int
    can_be_sent: bool

    @classmethod
    def of(cls, part: object, wire: Json) -> "_Part":
        text = dump_json(wire)
        sendable = "\\ud" not in text or not has_lone_surrogate(
            json.dumps(wire, ensure_ascii=False)
        )
        return cls(part, len(text), sendable)


def _file_name(identifier: str) -> str:
    """Return a name that is the id wherever that can be read, and never too long for a key."""
    name = quote(identifier, safe="")
    if len(name) <= _MAX_NAME:
        return name
    return f"{name[:_MAX_NAME]}-{sha256(identifier.encode()).hexdigest()}"


def _forms(label: Label, uri: str) -> Iterator[Label]:
    """Yield the label in ever smaller forms: what is largest and matters least goes first.

    So that one worker's huge answer takes its own text away, and no other field's value.
    """
    yield label
    label = label.model_copy(update={"annotations_from_all_workers": None, "annotations_ref": uri})
    yield label
    for name in _largest_first(label, lambda field: [field.votes, field.undeclared]):
        label = _with_field(label, name, votes=None, undeclared=())
        yield label
    label = label.model_copy(update={"problems": []})
    yield label
    for name in _largest_first(label, lambda field: field.value):
        label = _with_field(label, name, value=None, value_ref=uri)
        yield label
    yield label.model_copy(update={"fields": {}})


def _largest_first(label: Label, part: Callable[[FieldLabel], Json]) -> list[str]:
    """Return the names of the fields, those with the largest such part first."""
    sizes = {name: len(dump_json(part(field))) for name, field in label.fields.items()}
    return sorted(sizes, key=lambda name: (-sizes[name], name))


def _with_field(label: Label, name: str, **changes: Json) -> Label:
    changed = label.fields[name].model_copy(update=changes)
    return label.model_copy(update={"fields": {**label.fields, name: changed}})
