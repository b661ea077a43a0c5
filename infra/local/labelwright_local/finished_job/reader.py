"""Reads any job whole: ours or the service's built-in ones, finished, stopped or half done."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from labelwright.answers.columns import AnsweredObject, read_object
from labelwright.answers.texts import KnownText
from labelwright.contract.base import Json
from labelwright.contract.manifest import SOURCE_REF, ManifestLabel, labels_of
from labelwright.contract.post_labeling import read_annotation
from labelwright.errors import LabelwrightError, UsageError
from labelwright.task.definition import Rename, TaskDefinition, parse_definition
from labelwright_lambda.whole_job.answers import AnswerFault
from labelwright_local.finished_job.all_answers import (
    GatheredObject,
    gather_answers,
    with_sent,
)
from labelwright_local.finished_job.fields import LabelNames, as_called_now, join_fields
from labelwright_local.finished_job.job_answers import answers_of, values_of
from labelwright_local.finished_job.job_labels import JobLabels, line_of
from labelwright_local.finished_job.model import JobObject, ReadJob
from labelwright_local.finished_job.object_texts import ObjectTexts
from labelwright_local.finished_job.output_lines import read_output_lines
from labelwright_local.finished_job.places import JobPlace, find_job
from labelwright_local.finished_job.renames import renames_of
from labelwright_local.finished_job.state_file import read_state


def read_job(
    place: str,
    *,
    task: TaskDefinition | None = None,
    attribute: str | None = None,
    data: str | None = None,
) -> ReadJob:
    """Read the one job below a place (``find_job``): all that there is of it.

    Its labels are those of ``labelwright/refined.manifest`` where that is there, else those of the
    output manifest. ``task`` is its definition, by default the one that lies with it; without any,
    fields are recognised by the answers' shape. ``attribute`` is the label attribute, which has to
    be named where a manifest has several. ``data`` is where texts are read (``text_storage``).

    Damaged files, lines and answers are among the job's ``faults``, and cost nothing else.

    Raises:
        UsageError: no job, several jobs, or several labels; or there is nothing in it.
        StorageError: S3 is out of reach.
    """
    return read_found_job(find_job(place), task=task, attribute=attribute, data=data)


def read_found_job(
    job: JobPlace,
    *,
    task: TaskDefinition | None = None,
    attribute: str | None = None,
    data: str | None = None,
) -> ReadJob:
    """Read a job that was found (``find_jobs``); see ``read_job``."""
    with _without_collection():
        return _read(job, task, attribute, data)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Nothing that is read is garbage, and looking for some takes longer than reading."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read(
    job: JobPlace, task: TaskDefinition | None, attribute: str | None, data: str | None
) -> ReadJob:
    output, state = read_output_lines(job), read_state(job.state)
    lines = {**state.lines, **output.lines}
    found = {identifier: list(labels_of(line)) for identifier, line in lines.items()}
    attribute = _attribute(job, attribute, found.values())
    own = {
        identifier: label
        for identifier, labels in found.items()
        for label in labels
        if label.attribute == attribute
    }
    labelled = [identifier for identifier, label in own.items() if not label.failed]
    gathered = gather_answers(job, labelled)
    faults = [*output.faults, *state.faults, *gathered.faults]
    objects = dict(gathered.objects)
    for identifier, answers in state.answers.items():
        objects[identifier] = with_sent(objects.get(identifier), answers)
    read = JobLabels(job, lines, own, ObjectTexts(job, data), faults)
    for identifier, label in read.labels.items():
        kept = tuple(map(read_annotation, label.answers))
        if kept and identifier not in objects:
            objects[identifier] = GatheredObject(None, kept, (None,) * len(kept))
    ids = sorted({*lines, *objects}, key=in_order)
    if not ids:
        first = f"; {faults[0].place}: {faults[0].reason}" if faults else ""
        raise UsageError(f"{job.shown}: nothing of a job can be read there{first}")
    definition = task or _definition(job, faults)
    entries = {
        identifier: objects.get(identifier, GatheredObject(None, (), ())) for identifier in ids
    }
    answered = [
        read_object(entry.entry(identifier), gathered.fetched)
        for identifier, entry in entries.items()
    ]
    fields, names = join_fields(definition, answered, read.labels.values())
    fields = as_called_now(fields, definition, _renames(job, faults))
    texts = read.texts(answered, entries, fields)
    if texts:
        # Labels of the service's own that count in a text can be placed now.
        read.place(texts)
    values = values_of(fields, answered, texts)
    label_names = LabelNames(names, {field.name: field for field in fields if field.renamed})
    return ReadJob(
        name=_job_name(job, own.values()),
        attribute=attribute,
        fields=fields,
        objects=tuple(
            _object(
                item, lines.get(item.dataset_object_id), entries, read, label_names, texts, values
            )
            for item in answered
        ),
        faults=tuple(faults),
        names=state.names,
        built_in=any(label.built_in for label in read.labels.values()),
        place=job.shown,
    )


def _object(  # noqa: PLR0913, PLR0917 - all that is known of an object
    item: AnsweredObject,
    line: dict[str, Json] | None,
    entries: Mapping[str, GatheredObject],
    read: JobLabels,
    names: LabelNames,
    texts: Mapping[str, KnownText],
    values: Mapping[tuple[str, str], dict[str, Json]],
) -> JobObject:
    identifier = item.dataset_object_id
    entry, label = entries[identifier], read.labels.get(identifier)
    said = line if line is not None else line_of(entry) or {}
    reference, known = said.get(SOURCE_REF), texts.get(identifier)
    return JobObject(
        id=identifier,
        number=int(identifier) + 1 if line is not None else None,
        line=line,
        text=None if known is None else known.text,
        reference=reference if isinstance(reference, str) else None,
        labels=tuple(map(names.of, label.fields)) if label else (),
        answers=tuple(answers_of(item, entry, values)),
        error=label.error if label else None,
    )


def _attribute(
    job: JobPlace, named: str | None, found: Iterable[Sequence[ManifestLabel]]
) -> str | None:
    """Return the label attribute: the one named, the only one, or the one that is this job's."""
    by_name: dict[str, set[str]] = {}
    for labels in found:
        for label in labels:
            job_name = label.metadata.job_name
            bare = job_name.removeprefix("labeling-job/") if isinstance(job_name, str) else ""
            by_name.setdefault(label.attribute, set()).add(bare.lower())
    if named is not None:
        if named not in by_name and by_name:
            raise UsageError(
                f"{job.shown}: there is no label '{named}'; there are {', '.join(sorted(by_name))}"
            )
        return named
    own = [name for name, jobs in by_name.items() if job.name.lower() in jobs]
    for candidates in (list(by_name), own):
        if len(candidates) == 1:
            return candidates[0]
    if not by_name:
        return None
    raise UsageError(
        f"{job.shown}: its lines have several labels, name one with --attribute: "
        f"{', '.join(sorted(by_name))}"
    )


def _job_name(job: JobPlace, own: Iterable[ManifestLabel]) -> str:
    """Return the job's name as its labels say it, else as its folder does."""
    for label in own:
        if isinstance(label.metadata.job_name, str):
            return label.metadata.job_name.removeprefix("labeling-job/")
    return job.name


def _definition(job: JobPlace, faults: list[AnswerFault]) -> TaskDefinition | None:
    beside = job.task_beside
    if job.task is None and beside is None:
        return None
    shown = job.told(job.task) if job.task else str(beside)
    try:
        data = job.storage.read(job.task) if job.task else beside.read_bytes() if beside else b""
        return parse_definition(data, shown)
    except LabelwrightError as error:
        faults.append(AnswerFault(shown, str(error).removeprefix(f"{shown}: ")))
        return None


def _renames(job: JobPlace, faults: list[AnswerFault]) -> tuple[Rename, ...]:
    try:
        return renames_of(job)
    except UsageError as error:
        where, _, reason = str(error).partition(": ")
        faults.append(AnswerFault(where, reason))
        return ()


def in_order(identifier: str) -> tuple[int, str]:
    """Return what sorts ids as the lines that they count; others come first."""
    return (int(identifier) if identifier.isdecimal() else 0, identifier)
