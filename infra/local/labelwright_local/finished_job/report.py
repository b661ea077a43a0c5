"""What a finished job's files give for its report: the labels, and each field's summary."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from labelwright.answers.columns import (
    AnsweredObject,
    WorkerValue,
    fields_of,
    read_column,
)
from labelwright.contract.own_label import Fetch, OwnLabel, read_any
from labelwright.errors import PayloadError
from labelwright.quality.reasons import Alike, Reason, alike
from labelwright.quality.report import FieldSummary, Labels, summarise_field
from labelwright.task.definition import parse_definition
from labelwright_lambda.whole_job.answers import Requests, read_files
from labelwright_local.engine.spec import JobSpec, ObjectOutcome
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.recorded_answers import RecordedAnswers


def labels_by_id(outcomes: Iterable[ObjectOutcome], fetch: Fetch) -> dict[str, OwnLabel]:
    """Return every label by datasetObjectId; ``fetch`` reads those that lie in files."""
    return {
        outcome.dataset_object_id: read_any(outcome.label, fetch)
        for outcome in outcomes
        if outcome.outcome == "labeled"
    }


def without_label(outcomes: Iterable[ObjectOutcome]) -> list[Alike]:
    """Group the objects that have no label by outcome and reason."""
    return alike(
        Reason(outcome.outcome, outcome.reason or "", f"line {outcome.line_number}")
        for outcome in outcomes
        if outcome.outcome != "labeled"
    )


def strangers(answers: RecordedAnswers, outcomes: Iterable[ObjectOutcome]) -> list[str]:
    """Return the ids of recorded answers that are of no object of the manifest."""
    known = {outcome.dataset_object_id for outcome in outcomes}
    return [identifier for identifier in answers.answers if identifier not in known]


def as_called_now(spec: JobSpec, files: JobFiles) -> JobSpec:
    """Return a job with its labels as they are called now: they may have been renamed."""
    uri = spec.definition_uri
    if spec.task is None or uri is None or not files.storage.exists(uri):
        return spec
    definition = parse_definition(files.storage.read(uri), uri)
    return replace(spec, task=spec.task._replace(definition=definition))


def summarise_fields(spec: JobSpec, files: JobFiles, labels: Labels) -> list[FieldSummary]:
    """Summarise each field that the labels have.

    The requests are read one after the other, and only the fields' values are kept. Without a task
    definition all answers are needed at once: it takes all of them to recognise the fields.
    """
    answered: Iterable[Sequence[AnsweredObject]] = _answered(files)
    if spec.task:
        fields = spec.task.definition.fields
    else:
        whole = [item for batch in answered for item in batch]
        fields, answered = fields_of(None, whole), [whole]
    values: dict[str, dict[str, tuple[WorkerValue, ...]]] = {field.name: {} for field in fields}
    for batch in answered:
        for field in fields:
            column = read_column(field, field.labels, batch, {}).column
            # Of an object that was asked again the later request has all its answers.
            values[field.name].update(zip(column.objects, column.values, strict=True))
    return [summarise_field(field, list(values[field.name].values()), labels) for field in fields]


def _answered(files: JobFiles) -> Iterator[list[AnsweredObject]]:
    for file in read_files(Requests(files.layout, files.storage)):
        for fault in file.faults:
            raise PayloadError(f"{fault.place}: {fault.reason}")
        yield file.answered()
