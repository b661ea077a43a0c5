"""Post-labeling Lambda: one consolidation request in, one label for each of its data objects out.

Ground Truth calls it with batches of objects that all their workers have answered, or whose time
has run out. Gather (payload, answers kept in files, texts), compute, apply (files for what is too
large), answer.
"""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
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
from labelwright.answers.texts import KnownText, believed_text, text_claim
from labelwright.consolidation.ledger import FieldLedger, Ledger, until
from labelwright.consolidation.methods import (
    consolidate,
    known_methods,
    learns,
    method_name,
    with_method,
)
from labelwright.contract.base import Json
from labelwright.contract.job_layout import BatchPlace, RequestName, batch_place
from labelwright.contract.post_labeling import (
    PostLabelingRequest,
    RequestFile,
    RequestObject,
    read_request_file,
)
from labelwright.errors import LabelwrightError, StorageError, StorageUnavailable
from labelwright.label.fit import fit_labels
from labelwright.label.model import FieldLabel, Label, field_label, make_label
from labelwright.task.definition import FieldDefinition, Kind, TaskDefinition
from labelwright.task.gold import parse_gold, source_keys
from labelwright.task.text import MAX_TEXT_BYTES, decode_text
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
from labelwright_lambda.whole_job.answers import fetch_answers
from labelwright_lambda.whole_job.votes import earlier_votes, request_votes

log = logging.getLogger("labelwright")

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
    batch = read_request_file(storage.read(uri), uri)
    answered = _read_answers(batch, storage)
    fields = with_method(
        fields_of(definition, answered), settings.method, required=definition is not None
    )
    texts = _read_texts(batch.objects, answered, fields, storage, settings)
    columns = [
        read_column(field, labels_for(field, fields, request.category_names), answered, texts.known)
        for field in fields
    ]
    place = batch_place(uri)
    job = _whole_job(place, batch, columns, storage, remaining)
    known = {
        item.column.field.name: gold_values(item.column.field, gold, job.sources, texts.known)
        for item in columns
    }
    labels = _consolidate(batch.objects, answered, columns, job, known, texts.doubts)
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
    columns: Sequence[ReadColumn],
    storage: Storage,
    remaining: Callable[[], int] | None,
) -> _WholeJob:
    """Gather earlier votes of the fields whose method learns from them."""
    learning = [item.column for item in columns if learns(item.column.field)]
    own = place.request or RequestName(0, place.folder)
    sources = source_keys(batch.objects)
    if not learning:
        return _WholeJob(own, None, sources)
    fields = [column.field for column in learning]
    votes = request_votes(own, batch.objects, fields)
    ledger = earlier_votes(place.job, fields, votes, storage, remaining)
    return _WholeJob(own, ledger, {**(ledger.sources if ledger else {}), **sources})


def _read_answers(batch: RequestFile, storage: Storage) -> list[AnsweredObject]:
    """Decode all answers, fetching those that were sent by reference."""
    fetched = fetch_answers(batch.objects, storage)
    return [read_object(entry, fetched) for entry in batch.objects]


class _Texts(NamedTuple):
    """The texts of objects with spans, and why one is not known that answers name, both by id."""

    known: dict[str, KnownText]
    doubts: dict[str, Problem]


def _read_texts(
    objects: Sequence[RequestObject],
    answered: Sequence[AnsweredObject],
    fields: Sequence[FieldDefinition],
    storage: Storage,
    settings: Settings,
) -> _Texts:
    """Return the text of each object with spans, where it can be known."""
    texts = _Texts({}, {})
    field = next((field for field in fields if field.kind is Kind.SPANS), None)
    if field is None:
        return texts
    read: dict[str, KnownText | None] = {}
    for entry, item in zip(objects, answered, strict=True):
        content = entry.data_object.content if entry.data_object else None
        claims = [text_claim(answer.content, field) for answer in item.answers]
        # A page that says where its text lies showed that one, not the data object's own content.
        elsewhere = 2 * sum(claim is not None for claim in claims) > len(claims)
        if isinstance(content, str) and not elsewhere:
            texts.known[item.dataset_object_id] = KnownText(None, content)
            continue
        uri, doubt = believed_text(claims)
        if doubt is not None:
            problem = Problem(None, field.name, "text-unknown", doubt)
            texts.doubts[item.dataset_object_id] = problem
        if uri is None or not settings.text_prefix or not uri.startswith(settings.text_prefix):
            continue
        if uri not in read:
            read[uri] = _read_text(uri, storage)
        known = read[uri]
        if known is not None:
            texts.known[item.dataset_object_id] = known
    return texts


def _read_text(uri: str, storage: Storage) -> KnownText | None:
    """Read a text under an address from workers' answers.

    Whatever is wrong with it must not stop the batch: offsets then stay unchecked.
    """
    try:
        return KnownText(uri, decode_text(storage.read(uri, limit=MAX_TEXT_BYTES), uri))
    except StorageUnavailable:
        # Without the address: it comes from an answer, and this error goes to a log.
        raise StorageUnavailable(
            "the text of a data object", "S3 did not serve it now; try again"
        ) from None
    except LabelwrightError as error:
        log.warning(
            "a text could not be read, its spans stay unchecked", extra={"code": error.code}
        )
        return None


def _consolidate(
    objects: Sequence[RequestObject],
    answered: Sequence[AnsweredObject],
    columns: Sequence[ReadColumn],
    job: _WholeJob,
    known: Mapping[str, Mapping[str, Json]],
    doubts: Mapping[str, Problem],
) -> list[tuple[str, Label]]:
    """Consolidate field by field, then put the labels together object by object."""
    results: list[dict[str, FieldLabel]] = [{} for _ in objects]
    problems: list[tuple[Problem, ...]] = [
        (doubts[entry.dataset_object_id],) if entry.dataset_object_id in doubts else ()
        for entry in objects
    ]
    for column, found, offsets in columns:
        field = column.field
        made = consolidate(column, known[field.name], job.earlier(field.name))
        for index, result in enumerate(made):
            results[index][field.name] = field_label(
                field, method_name(field), result, offsets[index]
            )
            problems[index] += found[index]
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
