"""What of a job is exported, in whatever format: which labels, in which split; what is left out."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

from labelwright.contract.base import Json, dump_json
from labelwright.contract.manifest import SOURCE
from labelwright.errors import UsageError
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_local.finished_job.model import FieldLabel, JobAnswer, JobObject, ReadJob

Overlaps = Literal["longest", "first", "all"]
Align = Literal["strict", "expand", "contract"]

OVERLAPS: tuple[Overlaps, ...] = ("longest", "first", "all")
ALIGNS: tuple[Align, ...] = ("strict", "expand", "contract")


class Settings(NamedTuple):
    """What somebody wants of an export.

    ``fields`` are those named, all where empty. ``min_confidence`` is 0 to 1. ``split`` are shares
    that sum to 1, none for one data set; ``seed`` draws another. ``overlaps`` and ``align`` say
    what becomes of spans that overlap, or that begin or end inside a token. ``language`` names the
    spaCy tokenizer. ``answers``: workers' answers as well. ``with_names``: workers by their names,
    else by pseudonym. ``spreadsheet``: no cell of CSV can be taken for a formula.
    """

    fields: tuple[str, ...] = ()
    min_confidence: float | None = None
    split: tuple[float, ...] = ()
    seed: int = 0
    overlaps: Overlaps = "longest"
    align: Align = "strict"
    language: str = "xx"
    answers: bool = False
    with_names: bool = False
    spreadsheet: bool = False


class Item(NamedTuple):
    """An object with the labels that are exported, by field, and the split that it is in."""

    object: JobObject
    labels: Mapping[str, FieldLabel]
    split: str


class Prepared(NamedTuple):
    """What is exported.

    ``classes`` are each field's labels in all splits: those declared in their order, then others.
    ``told`` counts, by reason, what is left out or written another way.
    """

    job: ReadJob
    settings: Settings
    fields: tuple[FieldDefinition, ...]
    items: tuple[Item, ...]
    classes: Mapping[str, tuple[str, ...]]
    told: Counter[str]

    def splits(self) -> dict[str, "Prepared"]:
        """Return each split by its name, in order, also empty ones."""
        return {
            name: self._replace(items=tuple(item for item in self.items if item.split == name))
            for name in split_names(self.settings.split)
        }

    def one_field(self, kinds: Iterable[Kind], format_name: str) -> FieldDefinition:
        """Return the one field of these kinds that a format takes.

        Raises:
            UsageError: there is none, or there are several.
        """
        wanted = tuple(kinds)
        found = [field for field in self.fields if field.kind in wanted]
        if len(found) == 1:
            return found[0]
        what = " or ".join(wanted)
        if not found:
            known = ", ".join(f"{field.name} ({field.kind})" for field in self.fields)
            raise UsageError(
                f"{format_name} takes a field of kind {what}; the job has {known or 'none'}"
            )
        names = ", ".join(field.name for field in found)
        raise UsageError(
            f"{format_name} takes one field of kind {what}; name it by --field: {names}"
        )

    def worker(self, identifier: str) -> str:
        """Return the worker as the export shows them."""
        if self.settings.with_names:
            return self.job.names.get(identifier) or identifier
        return pseudonym(self.job.name, identifier)


def pseudonym(job: str, worker: str) -> str:
    """Return what a worker goes by in one job: the same in all of its exports, no name, no id."""
    digest = hashlib.sha256(f"{job}\0{worker}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"worker-{digest[:10]}"


def prepare(job: ReadJob, settings: Settings) -> Prepared:
    """Choose what is exported; all else is counted by its reason.

    Raises:
        UsageError: a field is named that the job does not have.
    """
    fields = _fields(job, settings.fields)
    told: Counter[str] = Counter()
    items = []
    for item in job.objects:
        least = None if settings.answers else settings.min_confidence
        labels = dict(_labels(item, fields, least, told))
        if settings.answers and not counting(item):
            told["objects without an answer"] += 1
            continue
        if not settings.answers and not labels:
            told[_why_none(item, fields)] += 1
            continue
        items.append(Item(item, labels, split_of(item, settings)))
    return Prepared(job, settings, fields, tuple(items), _classes(fields, items), told)


def _fields(job: ReadJob, named: Sequence[str]) -> tuple[FieldDefinition, ...]:
    known = {field.name: field for field in job.fields}
    for name in named:
        if name not in known:
            raise UsageError(f"the job has no field '{name}'; it has {', '.join(known) or 'none'}")
    return tuple(known[name] for name in dict.fromkeys(named)) if named else job.fields


def _why_none(item: JobObject, fields: Sequence[FieldDefinition]) -> str:
    if item.error is not None:
        return "objects that failed"
    names = {field.name for field in fields}
    answered = any(label.name in names and label.value is not None for label in item.labels)
    return "objects all of whose labels are left out" if answered else "objects without a label"


def _labels(
    item: JobObject,
    fields: Sequence[FieldDefinition],
    least: float | None,
    told: Counter[str],
) -> Iterator[tuple[str, FieldLabel]]:
    """Yield the labels that are sure enough; of spans and boxes each counts by itself."""
    for field in fields:
        label = item.label(field.name)
        if label is None or label.value is None:
            continue
        if label.kind is not field.kind:
            told[f"labels of '{field.name}' that are no {field.kind} as the others are"] += 1
            continue
        if least is None:
            yield field.name, label
        elif label.kind in (Kind.SPANS, Kind.BOXES):
            sure = tuple(part for part in label.value if _is_sure(part.confidence, least))
            lost = len(label.value) - len(sure)
            told[f"{_ITEMS[label.kind]} below the confidence of {least:g}"] += lost
            yield field.name, label._replace(value=sure)
        elif _is_sure(label.confidence, least):
            yield field.name, label
        else:
            told[f"labels of '{field.name}' below the confidence of {least:g}"] += 1


_ITEMS = {Kind.SPANS: "spans", Kind.BOXES: "boxes"}


def _is_sure(confidence: float | None, least: float) -> bool:
    return confidence is not None and confidence >= least


#: The splits' names by how many there are: those that data set libraries know.
_SPLIT_NAMES = {1: ("train",), 2: ("train", "test"), 3: ("train", "validation", "test")}


def split_names(shares: Sequence[float]) -> tuple[str, ...]:
    """Return the names of splits; without any, all is for training."""
    return _SPLIT_NAMES[max(1, len(shares))]


def read_split(text: str) -> tuple[float, ...]:
    """Read shares such as ``0.8,0.1,0.1``: train, validation, test; or train and test.

    Raises:
        UsageError: they are none, or don't sum to 1.
    """
    try:
        shares = tuple(float(part) for part in text.split(","))
    except ValueError:
        shares = ()
    if len(shares) not in (2, 3) or min(shares) < 0 or abs(sum(shares) - 1) > 1e-6:
        raise UsageError(
            "--split takes two shares (train, test) or three (train, validation, test) that sum "
            "to 1, such as 0.8,0.1,0.1"
        )
    return shares


def split_of(item: JobObject, settings: Settings) -> str:
    """Return the split of an object.

    It depends on what the object is and on nothing else: it stays where it is when the job grows,
    and the same text twice is never in two splits.
    """
    names = split_names(settings.split)
    if len(names) == 1:
        return names[0]
    what: Json = item.reference if item.reference is not None else (item.line or {}).get(SOURCE)
    key = dump_json([settings.seed, what if what is not None else item.id])
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    bounds = zip(names, accumulate(settings.split), strict=True)
    return next((name for name, bound in bounds if place < bound), names[-1])


def _classes(
    fields: Iterable[FieldDefinition], items: Sequence[Item]
) -> dict[str, tuple[str, ...]]:
    """Return each field's labels: those declared in their order, then others that were given."""
    found: dict[str, set[str]] = {field.name: set() for field in fields}
    for item in items:
        for name, label in item.labels.items():
            found[name].update(labels_in(label))
    return {
        field.name: (*field.labels, *sorted(found[field.name].difference(field.labels)))
        for field in fields
    }


def labels_in(label: FieldLabel) -> list[str]:
    """Return the labels that a label of a field gives."""
    if label.kind is Kind.CHOICE:
        return [label.value]
    if label.kind is Kind.CHOICES:
        return list(label.value)
    return [part.label for part in label.value] if label.kind in _ITEMS else []


def counting(item: JobObject) -> list[JobAnswer]:
    """Return the answers to an object that count, one a worker."""
    return [answer for answer in item.answers if answer.counts]
