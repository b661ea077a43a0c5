"""Post-labeling Lambda: one consolidation request in, one label for each of its data objects out.

Ground Truth calls it with batches of objects that all their workers have answered, or whose time
has run out. Gather (payload, answers kept in files, texts), compute, apply (files for what is too
large), answer.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from labelwright.consolidation.budget import Planned, all_simple, plan_batch
from labelwright.contract.base import Json
from labelwright.contract.job_layout import BatchPlace, RequestName, batch_place
from labelwright.contract.post_labeling import (
    MOST_REQUEST_BYTES,
    PostLabelingRequest,
    RequestFile,
    read_request_file,
    too_large,
)
from labelwright.errors import (
    ObjectTooLarge,
    StorageError,
)
from labelwright.label.fit import fit_labels
from labelwright.label.model import Label
from labelwright.label.notes import OUT_OF_PROPORTION, SIMPLIFIED
from labelwright.task.definition import TaskDefinition
from labelwright.task.gold import source_keys
from labelwright_lambda.entry import guarded, load_definition, set_up_logging
from labelwright_lambda.environment import log_level, usable_log_level
from labelwright_lambda.labels import (
    Answered,
    JobVotes,
    load_gold,
    make_labels,
    read_answers,
    read_fields,
)
from labelwright_lambda.s3_storage import S3Storage
from labelwright_lambda.settings import ConsolidationSettings as Settings
from labelwright_lambda.storage import Storage
from labelwright_lambda.whole_job.votes import earlier_votes, request_votes

__all__ = ["Settings", "handle", "lambda_handler"]

log = logging.getLogger("labelwright")

#: With less of the Lambda's time left, a batch is answered by simple methods: the last resort, on a
#: machine far slower than any that the budget was made for.
_LEAST_MILLISECONDS = 20_000

#: What is told of answers that are too much, and the metric that counts batches with it.
_TOO_MUCH = {OUT_OF_PROPORTION: "AnswersLeftOut", SIMPLIFIED: "FieldsSimplified"}

_storage: S3Storage | None = None


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
    gold = load_gold(definition, storage)
    uri = request.payload.s3_uri
    batch = _read_request(uri, storage)
    answered = read_answers(batch.objects, storage)
    categories = request.category_names
    read = read_fields(batch.objects, answered, definition, categories, storage, settings)
    place = batch_place(uri)
    job = _whole_job(place, read, storage, remaining)
    planned = plan_batch([item.column for item in read.columns], read.few)
    labels = make_labels(read, _in_time(planned, remaining), job, gold)
    fitted = fit_labels(labels, place.folder, request.label_attribute_name)
    for spill in fitted.spills:
        storage.write(spill.uri, spill.data)
    _log_batch(batch, labels, definition, len(fitted.spills))
    return fitted.response


def _whole_job(
    place: BatchPlace,
    read: Answered,
    storage: Storage,
    remaining: Callable[[], int] | None,
) -> JobVotes:
    """Gather earlier votes of the fields that learn from them."""
    own = place.request or RequestName(0, place.folder)
    sources = source_keys(read.objects)
    if not read.learning:
        return JobVotes(own, None, sources)
    votes = request_votes(own, read.objects, read.learning, read.answered)
    ledger = earlier_votes(place.job, read.learning, votes, storage, remaining)
    return JobVotes(own, ledger, {**(ledger.sources if ledger else {}), **sources})


def _read_request(uri: str, storage: Storage) -> RequestFile:
    try:
        data = storage.read(uri, limit=MOST_REQUEST_BYTES)
    except ObjectTooLarge as error:
        raise too_large(uri, error.size) from None
    return read_request_file(data, uri)


def _in_time(planned: Iterable[Planned], remaining: Callable[[], int] | None) -> Iterator[Planned]:
    """Yield the fields as planned; where time runs out all the same, the others simple."""
    for plan in planned:
        short = remaining is not None and remaining() < _LEAST_MILLISECONDS
        yield all_simple(plan) if short else plan


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
