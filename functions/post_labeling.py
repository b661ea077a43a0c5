"""Post-labeling Lambda: one consolidation request in, one label for each of its data objects out.

Ground Truth calls it with batches of objects that all their workers have answered, or whose time
has run out. Gather (payload, answers kept in files, texts), compute, apply (files for what is too
large), answer.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from labelwright.answers.columns import (
    AnsweredObject,
    Problem,
    ReadColumn,
    fields_of,
    gold_values,
    labels_for,
    read_column,
    read_object,
)
from labelwright.answers.shape import given_by_few
from labelwright.answers.weight import without_too_heavy
from labelwright.consolidation.budget import Planned, all_simple, plan_batch
from labelwright.consolidation.ledger import FieldLedger, Ledger, until
from labelwright.consolidation.methods import (
    known_methods,
    learns,
    method_name,
    results_within,
    with_method,
)
from labelwright.contract.base import Json
from labelwright.contract.job_layout import BatchPlace, RequestName, batch_place
from labelwright.contract.post_labeling import (
    MOST_REQUEST_BYTES,
    PostLabelingRequest,
    RequestFile,
    RequestObject,
    read_request_file,
    too_large,
)
from labelwright.errors import (
    ObjectTooLarge,
    StorageError,
)
from labelwright.label.fit import fit_labels
from labelwright.label.model import FieldLabel, Label, field_label, make_label
from labelwright.label.notes import OUT_OF_PROPORTION, SIMPLIFIED, notes_on
from labelwright.task.definition import FieldDefinition, TaskDefinition
from labelwright.task.gold import parse_gold, source_keys
from labelwright_lambda.entry import guarded, load_cached, load_definition, set_up_logging
from labelwright_lambda.environment import (
    address_prefix,
    flag,
    log_level,
    object_address,
    one_of,
    usable_log_level,
)
from labelwright_lambda.s3_storage import S3Storage
from labelwright_lambda.storage import Storage
from labelwright_lambda.texts import read_texts
from labelwright_lambda.whole_job.answers import fetch_answers
from labelwright_lambda.whole_job.votes import earlier_votes, request_votes

log = logging.getLogger("labelwright")

#: With less of the Lambda's time left, a batch is answered by simple methods: the last resort, on a
#: machine far slower than any that the budget was made for.
_LEAST_MILLISECONDS = 20_000

#: What is told of answers that are too much, and the metric that counts batches with it.
_TOO_MUCH = {OUT_OF_PROPORTION: "AnswersLeftOut", SIMPLIFIED: "FieldsSimplified"}

_storage: S3Storage | None = None


@dataclass(frozen=True)
class Settings:
    """What a deployment sets.

    ``text_prefix`` (``s3://bucket/`` or longer, or several) bounds which texts are read: their
    addresses come from workers' answers. ``assume_job_role`` reads and writes as the job's own
    role. ``method`` replaces the method of every field whose kind has it.
    """

    task_definition: str | None = None
    text_prefix: str | tuple[str, ...] | None = None
    assume_job_role: bool = False
    method: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read ``TASK_DEFINITION``, ``TEXT_PREFIX``, ``ASSUME_JOB_ROLE`` (``true``), ``METHOD``.

        Raises:
            SettingError: one of them has a value that it can't have.
        """
        return cls(
            task_definition=object_address("TASK_DEFINITION", environment.get("TASK_DEFINITION")),
            text_prefix=address_prefix("TEXT_PREFIX", environment.get("TEXT_PREFIX")),
            assume_job_role=flag("ASSUME_JOB_ROLE", environment.get("ASSUME_JOB_ROLE")),
            method=one_of("METHOD", environment.get("METHOD"), known_methods()),
        )


def handle(
    event: Json,
    storage: Storage,
    settings: Settings,
    remaining: Callable[[], int] | None = None,
) -> list[dict[str, Json]]:
    """Consolidate a batch: one entry for each data object, in input order.

    ``remaining`` tells how many milliseconds of the Lambda's time are left.

    Raises:
        LabelwrightError: the event, the payload file as a whole, the definition, the gold or a
            method can't be used, or storage does not deliver. A damaged object or answer raises
            nothing.
    """
    request = PostLabelingRequest.parse(event)
    definition = load_definition(settings.task_definition, storage)
    gold_uri = definition.gold if definition else None
    gold = load_cached("gold", gold_uri, parse_gold, storage) if gold_uri else None
    uri = request.payload.s3_uri
    batch = _read_request(uri, storage)
    answered = _read_answers(batch, storage)
    fields = with_method(
        fields_of(definition, answered), settings.method, required=definition is not None
    )
    texts = read_texts(batch.objects, answered, fields, storage, settings.text_prefix)
    answered = texts.doubted(answered)
    few = frozenset() if definition else given_by_few(fields, _contents(answered))
    columns = [
        read_column(
            field,
            labels_for(field, fields, request.category_names, few),
            answered,
            texts.known,
            of_few=field.name in few,
        )
        for field in fields
    ]
    place = batch_place(uri)
    learning = [field for field in fields if learns(field) and field.name not in few]
    job = _whole_job(place, batch, answered, learning, storage, remaining)
    known = {
        item.column.field.name: gold_values(item.column.field, gold, job.sources, texts.known)
        for item in columns
    }
    planned = plan_batch([item.column for item in columns], few)
    labels = _consolidate(
        batch.objects, answered, columns, _in_time(planned, remaining), job, known
    )
    fitted = fit_labels(labels, place.folder, request.label_attribute_name)
    for spill in fitted.spills:
        storage.write(spill.uri, spill.data)
    _log_batch(batch, labels, definition, len(fitted.spills))
    return fitted.response


class _WholeJob(NamedTuple):
    """What is known beyond the batch: earlier votes (None: only this batch), objects' sources."""

    own: RequestName
    ledger: Ledger | None
    sources: Mapping[str, str]

    @property
    def scope(self) -> Literal["job", "batch"]:
        if self.ledger is None:
            return "batch"
        return "job" if any(name < self.own for name in self.ledger.requests) else "batch"

    def earlier(self, field: str) -> FieldLedger | None:
        return until(self.ledger, field, self.own) if self.ledger else None


def _whole_job(
    place: BatchPlace,
    batch: RequestFile,
    answered: Sequence[AnsweredObject],
    learning: Sequence[FieldDefinition],
    storage: Storage,
    remaining: Callable[[], int] | None,
) -> _WholeJob:
    """Gather earlier votes of the fields that learn from them."""
    own = place.request or RequestName(0, place.folder)
    sources = source_keys(batch.objects)
    if not learning:
        return _WholeJob(own, None, sources)
    votes = request_votes(own, batch.objects, learning, answered)
    ledger = earlier_votes(place.job, learning, votes, storage, remaining)
    return _WholeJob(own, ledger, {**(ledger.sources if ledger else {}), **sources})


def _read_request(uri: str, storage: Storage) -> RequestFile:
    try:
        data = storage.read(uri, limit=MOST_REQUEST_BYTES)
    except ObjectTooLarge as error:
        raise too_large(uri, error.size) from None
    return read_request_file(data, uri)


def _read_answers(batch: RequestFile, storage: Storage) -> list[AnsweredObject]:
    """Decode all answers, fetching those that were sent by reference."""
    fetched = fetch_answers(batch.objects, storage)
    return [read_object(entry, fetched) for entry in without_too_heavy(batch.objects, fetched)]


def _contents(answered: Sequence[AnsweredObject]) -> list[Json]:
    return [answer.content for item in answered for answer in item.answers]


def _in_time(planned: Iterable[Planned], remaining: Callable[[], int] | None) -> Iterator[Planned]:
    """Yield the fields as planned; where time runs out all the same, the others simple."""
    for plan in planned:
        short = remaining is not None and remaining() < _LEAST_MILLISECONDS
        yield all_simple(plan) if short else plan


def _consolidate(
    objects: Sequence[RequestObject],
    answered: Sequence[AnsweredObject],
    columns: Sequence[ReadColumn],
    planned: Iterable[Planned],
    job: _WholeJob,
    known: Mapping[str, Mapping[str, Json]],
) -> list[tuple[str, Label]]:
    """Consolidate field by field, then put the labels together object by object."""
    results: list[dict[str, FieldLabel]] = [{} for _ in objects]
    problems: list[tuple[Problem, ...]] = [()] * len(objects)
    for (_, found, offsets), plan in zip(columns, planned, strict=True):
        field = plan.column.field
        made = results_within(plan, known[field.name], job.earlier(field.name))
        for index, result in enumerate(made):
            results[index][field.name] = field_label(
                field, method_name(field), result, offsets[index]
            )
            notes = notes_on(result, field.name, answered[index])
            problems[index] += (*found[index], *notes)
    return [
        (
            entry.dataset_object_id,
            make_label(entry, answered[i], results[i], problems[i], job.scope),
        )
        for i, entry in enumerate(objects)
    ]


def _log_batch(
    batch: RequestFile,
    labels: Sequence[tuple[str, Label]],
    definition: TaskDefinition | None,
    spilled: int,
) -> None:
    counts = {
        "objects": len(labels),
        "objects_with_error": sum(label.error is not None for _, label in labels),
        "problems": sum(len(label.problems) for _, label in labels),
        "labels_by_reference": spilled,
        "task_definition": definition.name if definition else None,
    }
    log.info("consolidated", extra=counts)
    for code, metric in _TOO_MUCH.items():
        times = sum(found.code == code for _, label in labels for found in label.problems)
        if times:
            log.warning("too much answered", extra={"code": code, "times": times, "metric": metric})
    if batch.unidentified:
        # Nothing can be answered for an entry without an id; the payload file keeps it.
        log.error(
            "entries without datasetObjectId", extra={"unidentified": len(batch.unidentified)}
        )


def _storage_for(event: Json, settings: Settings) -> S3Storage:
    global _storage  # noqa: PLW0603 - one client for the life of the Lambda's process
    if settings.assume_job_role:
        role = PostLabelingRequest.parse(event).role_arn
        if role is None:
            raise StorageError("roleArn", "ASSUME_JOB_ROLE is set, but the request names no role")
        return S3Storage.connect(role)
    if _storage is None:
        _storage = S3Storage.connect()
    return _storage


def lambda_handler(event: Json, context: Any) -> Json:
    """Entry point in AWS."""
    set_up_logging(usable_log_level(os.environ.get("LOG_LEVEL")))
    payload = event.get("payload") if isinstance(event, dict) else None
    uri = payload.get("s3Uri") if isinstance(payload, dict) else None
    where = {"payload": uri} if isinstance(uri, str) else {}

    def run() -> Json:
        log_level(os.environ.get("LOG_LEVEL"))
        settings = Settings.from_environment(os.environ)
        remaining = getattr(context, "get_remaining_time_in_millis", None)
        storage = _storage_for(event, settings).within(remaining)
        return handle(event, storage, settings, remaining)

    return guarded(run, event, context, where)
