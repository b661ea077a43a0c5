"""The task that a continued job has: its own where that is at hand, else a ready one."""

import re
from pathlib import Path
from typing import NamedTuple

import tomlkit

from labelwright.answers.values import VALUE_KINDS
from labelwright.errors import LabelwrightError, UsageError
from labelwright.task.definition import FieldDefinition, Kind, TaskDefinition, parse_definition
from labelwright_local.finished_job.model import JobObject, ReadJob
from labelwright_local.finished_job.places import JobPlace
from labelwright_local.own_data.task_text import Wanted, labelled_field, task_text
from labelwright_local.own_data.words import say_neutrally
from labelwright_local.workspace.task_folder import DEFINITION, is_ready_task, read_task_folder

#: The ready task by what is asked, and of what: of a text or of a picture.
_READY = {
    (Kind.CHOICE, "text"): "text-classification",
    (Kind.CHOICE, "image"): "image-classification",
    (Kind.CHOICES, "text"): "text-classification",
    (Kind.CHOICES, "image"): "image-classification",
    (Kind.SPANS, "text"): "text-entities",
    (Kind.BOXES, "image"): "image-boxes",
}
_CLASSIFIER = re.compile(r"(</?crowd-(?:image-)?classifier)(?=[\s>])")


class ContinuedTask(NamedTuple):
    """Definition and page of the new job, and the new fields by the old ones' names.

    ``fields`` is None where the page is the old one, whose answers stay as they are. ``ready`` is
    the name of the ready task.
    """

    definition: bytes
    page: bytes
    fields: dict[str, FieldDefinition] | None
    ready: str | None


def continued_task(
    job: ReadJob, place: JobPlace, name: str, workers: int, kind: str | None
) -> ContinuedTask:
    """Return the task to go on with.

    A custom job has its own page, and with us its definition. A job of a built-in type, or one
    whose page is not at hand, goes on with the ready task for what it asked; ``kind`` names one.

    Raises:
        UsageError: there is no page, and no ready task asks for this.
    """
    own = None if job.built_in or kind is not None else _own_page(place)
    if own is not None:
        return ContinuedTask(_own_definition(job, place, name, workers), own, None, None)
    return _ready_task(job, name, workers, kind)


def _own_page(place: JobPlace) -> bytes | None:
    try:
        return place.storage.read(place.layout.template)
    except LabelwrightError:
        return None


def _own_definition(job: ReadJob, place: JobPlace, name: str, workers: int) -> bytes:
    """Return the definition that lies with the job, else one of the fields that were found."""
    if place.task is not None:
        data = place.storage.read(place.task)
    elif place.task_beside is not None:
        data = place.task_beside.read_bytes()
    else:
        data = _found_definition(job, name)
    return task_text(data, DEFINITION, Wanted(name, (), workers, None))


def _found_definition(job: ReadJob, name: str) -> bytes:
    document = tomlkit.document()
    document["name"] = name
    fields = tomlkit.aot()
    for field in job.fields:
        if field.kind is Kind.UNKNOWN:
            continue
        table = tomlkit.table()
        table["name"], table["path"], table["kind"] = field.name, field.path, str(field.kind)
        labels = _labels(job, field)
        if labels:
            table["labels"] = labels
        fields.append(table)
    if not len(fields):
        raise UsageError(
            f"{job.place}: nothing is known of what its workers answer; name a ready task with "
            "--kind"
        )
    document["fields"] = fields
    steps = tomlkit.aot()
    for field in job.fields:
        for old, new in field.renamed.items():
            # Answers are kept as they were given, by the names of their time.
            steps.append(tomlkit.item({"field": field.name, "old": old, "new": new}))
    if len(steps):
        document["renamed"] = steps
    return tomlkit.dumps(document).encode()


def _ready_task(job: ReadJob, name: str, workers: int, kind: str | None) -> ContinuedTask:
    old = _asked(job)
    chosen = kind or _READY.get((old.kind, _shown(job.objects)))
    if chosen is None:
        raise UsageError(
            f"{job.place}: no ready task asks for {old.kind} of {_shown(job.objects)}; name one "
            "with --kind"
        )
    folder = read_task_folder(Path(chosen))
    if folder.template is None:
        raise UsageError(f"{chosen}: this task has no page")
    wanted = Wanted(name, _labels(job, old), workers, None, is_ready_task(Path(chosen)))
    text, page = task_text(folder.definition_bytes, chosen, wanted), folder.template.decode()
    definition = parse_definition(text, chosen)
    if old.kind is Kind.CHOICES and new_field(definition).kind is Kind.CHOICE:
        text, page = _several(text, page)
        definition = parse_definition(text, chosen)
    new = new_field(definition)
    if new.kind is not old.kind:
        raise UsageError(
            f"--kind {chosen}: it asks for {new.kind}; this job's answers are {old.kind}"
        )
    return ContinuedTask(text, page.encode(), {old.name: new}, chosen)


def new_field(definition: TaskDefinition) -> FieldDefinition:
    """Return the field of a ready task that takes the job's labels."""
    number = labelled_field(definition)
    if number is None:
        raise UsageError(f"{definition.name}: no field of this task takes labels; choose another")
    return definition.fields[number]


def _asked(job: ReadJob) -> FieldDefinition:
    """Return the field that the job asked for: the one whose labels it has, else the only one."""
    kinds = {kind for kind, _ in _READY}
    known = [field for field in job.fields if field.kind in kinds]
    labelled = {label.name for item in job.objects for label in item.labels}
    chosen = [field for field in known if field.name in labelled] or known
    if len(chosen) != 1:
        names = ", ".join(field.name for field in job.fields) or "none"
        raise UsageError(
            f"{job.place}: its page is not at hand, and a ready task asks for one thing; this job "
            f"has {names}"
        )
    return chosen[0]


def _labels(job: ReadJob, field: FieldDefinition) -> tuple[str, ...]:
    """Return the labels of a field: declared ones, then those given that were not."""
    labels_in = VALUE_KINDS[field.kind].labels
    found: set[str] = set()
    for item in job.objects:
        for answer in item.answers:
            if field.name in answer.values:
                found |= set(labels_in(answer.values[field.name]))
        label = item.label(field.name)
        if label is not None and label.value is not None:
            boxes = field.kind is Kind.BOXES
            found |= {box.label for box in label.value} if boxes else set(labels_in(label.value))
    more = sorted(name for name in found - set(field.labels) if name and name == name.strip())
    return (*field.labels, *more)


def _shown(objects: tuple[JobObject, ...]) -> str:
    """Tell whether workers saw texts or pictures: by the first object that says it."""
    for item in objects:
        if item.line is not None:
            return "text" if "source" in item.line else "image"
    return "image"


def _several(definition: bytes, page: str) -> tuple[bytes, str]:
    """Turn a ready task for one label into one for several: crowd has an element for each."""
    document = tomlkit.parse(definition.decode())
    number = labelled_field(parse_definition(definition, DEFINITION)) or 0
    field = document["fields"][number]
    field["kind"] = str(Kind.CHOICES)
    field["path"] = str(field["path"]).removesuffix(".label") + ".labels"
    field.pop("initial", None)
    say_neutrally(document, number)
    return tomlkit.dumps(document).encode(), _CLASSIFIER.sub(r"\1-multi-select", page)
