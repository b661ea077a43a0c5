"""Refining Lambda: a whole job in, an output manifest whose labels all come from one model out.

Post-labeling knows the batches before its own, so a job's first labels know less than its last.
Once the job has ended all of it is consolidated anew, from its consolidation requests. What the
service wrote is never touched: the result lies among our own files, and is the same however often
it is made.
"""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from labelwright.consolidation.budget import plan_batch
from labelwright.consolidation.methods import learns, with_method
from labelwright.contract.base import Json, dump_json, load_json
from labelwright.contract.job_layout import JobLayout, RequestName
from labelwright.contract.manifest import labels_of
from labelwright.contract.own_label import read_label
from labelwright.contract.post_labeling import RequestObject, read_request_file
from labelwright.contract.refining import Refined, RefineRequest, Unread
from labelwright.errors import ObjectNotFound, PayloadError
from labelwright.label.fit import fit_labels
from labelwright.label.model import Label
from labelwright.task.definition import TaskDefinition
from labelwright.task.gold import source_keys
from labelwright_lambda.entry import guarded, load_definition, set_up_logging
from labelwright_lambda.environment import log_level, usable_log_level
from labelwright_lambda.labels import JobVotes, load_gold, make_labels, read_answers, read_fields
from labelwright_lambda.s3_storage import S3Storage
from labelwright_lambda.settings import ConsolidationSettings as Settings
from labelwright_lambda.storage import JobStorage, Storage
from labelwright_lambda.whole_job.gathering import MOST_AT_ONCE, gather
from labelwright_lambda.whole_job.votes import earlier_votes

__all__ = ["Settings", "handle", "lambda_handler", "provisional"]

log = logging.getLogger("labelwright")

#: Later than every request.
_AT_THE_END = RequestName(2**31, "")
#: The response's limit is no concern of a file's.
_UNLIMITED = 10**12
#: Objects of a batch of the service.
_BATCH = 50


def handle(
    event: Json, storage: JobStorage, settings: Settings, most_at_once: int = MOST_AT_ONCE
) -> dict[str, Json]:
    """Consolidate a whole job; write ``refined.manifest`` and ``refined.json`` among our files.

    Returns what ``refined.json`` holds. A line of the output manifest that has no label keeps what
    it has, and so do all other keys. A request that can't be read is told, and costs nothing else.

    Raises:
        LabelwrightError: the event, the definition, the gold or the output manifest can't be used,
            or storage does not deliver.
    """
    request = RefineRequest.parse(event)
    definition = load_definition(settings.task_definition, storage)
    job = JobLayout(request.job_prefix)
    manifest = storage.read(job.output_manifest)
    learning = None
    if definition is not None:
        fields = with_method(definition.fields, settings.method)
        learning = [field for field in fields if learns(field)]
    gathered = gather(job, learning, storage, most_at_once)
    votes = JobVotes(_AT_THE_END, gathered.ledger, gathered.ledger.sources)
    attribute = request.label_attribute_name
    labels: dict[str, bytes] = {}
    for part in gathered.parts:
        made = _labels_of(part, request, definition, votes, storage, settings)
        fitted = fit_labels(made, job.refined_labels, attribute, budget=_UNLIMITED)
        for spill in fitted.spills:
            storage.write(spill.uri, spill.data)
        # As text: a whole job's labels take a third of the memory.
        for name, label in _labels_in(fitted.response, attribute):
            labels[name] = dump_json(label).encode()
    told = _Lines(attribute, labels, _object_ids(job, storage))
    storage.write_parts(job.refined_manifest, told.refined(manifest, job.output_manifest))
    answer = Refined(
        refined_manifest=job.refined_manifest,
        requests=gathered.requests,
        objects=len(labels),
        labels=told.labels,
        changed=told.changed,
        without_label=len(labels) - told.labels,
        unread=tuple(Unread(request=fault.place, reason=fault.reason) for fault in gathered.unread),
    ).wire()
    storage.write(job.refined, dump_json(answer).encode())
    log.info("refined", extra={key: answer[key] for key in ("requests", "objects", "changed")})
    return answer


def provisional(event: Json, storage: Storage, settings: Settings) -> dict[str, Json]:
    """Return labels, by datasetObjectId, of objects that no consolidation request has yet.

    The event is that of ``handle`` with ``objects``, a list as in a consolidation request. The
    votes of all requests that are there inform the labels; nothing else learns from these.

    Raises:
        LabelwrightError: the event, the definition or the gold can't be used, or storage does not
            deliver.
    """
    request = RefineRequest.parse(event)
    definition = load_definition(settings.task_definition, storage)
    job = JobLayout(request.job_prefix)
    objects = read_request_file(dump_json(event.get("objects")).encode(), "objects").objects
    read = read_fields(
        objects,
        read_answers(objects, storage),
        definition,
        request.category_names,
        storage,
        settings,
    )
    ledger = earlier_votes(job, read.learning, None, storage, None) if read.learning else None
    sources = {**(ledger.sources if ledger else {}), **source_keys(objects)}
    planned = plan_batch([item.column for item in read.columns], read.few)
    votes = JobVotes(_AT_THE_END, ledger, sources)
    labels = make_labels(read, planned, votes, load_gold(definition, storage))
    fitted = fit_labels(labels, job.own("labels/provisional"), request.label_attribute_name)
    for spill in fitted.spills:
        storage.write(spill.uri, spill.data)
    return dict(_labels_in(fitted.response, request.label_attribute_name))


def _labels_of(
    objects: Sequence[RequestObject],
    request: RefineRequest,
    definition: TaskDefinition | None,
    votes: JobVotes,
    storage: Storage,
    settings: Settings,
) -> list[tuple[str, Label]]:
    """Consolidate a part of the job, informed by the votes of all others."""
    answered = read_answers(objects, storage)
    categories = request.category_names
    read = read_fields(objects, answered, definition, categories, storage, settings)
    columns = [item.column for item in read.columns]
    planned = plan_batch(columns, read.few, batches=-(-len(objects) // _BATCH))
    return make_labels(read, planned, votes, load_gold(definition, storage))


def _labels_in(response: Sequence[Json], attribute: str) -> Iterator[tuple[str, Json]]:
    for item in response:
        yield item["datasetObjectId"], item["consolidatedAnnotation"]["content"][attribute]


def _object_ids(job: JobLayout, storage: Storage) -> list[str] | None:
    """Return the ids of the output manifest's lines, None where they count from 0."""
    try:
        return storage.read(job.object_ids).decode().split()
    except ObjectNotFound:
        return None


class _Lines:
    """The output manifest's lines with refined labels; counts what it does."""

    def __init__(
        self, attribute: str, labels: Mapping[str, bytes], identifiers: Sequence[str] | None
    ) -> None:
        self._attribute = attribute
        self._labels = labels
        self._identifiers = identifiers
        self.labels = 0
        self.changed = 0

    def refined(self, manifest: bytes, place: str) -> Iterator[bytes]:
        """Yield the lines.

        Raises:
            PayloadError: one of them is no JSON object; names it.
        """
        lines = manifest.removesuffix(b"\n").split(b"\n") if manifest else []
        for number, line in enumerate(lines):
            label = self._labels.get(self._identifier(number))
            yield (self._with(label, line, f"{place}:{number + 1}") if label else line) + b"\n"

    def _identifier(self, number: int) -> str:
        if self._identifiers is None:
            return str(number)
        return self._identifiers[number] if number < len(self._identifiers) else ""

    def _with(self, label: bytes, text: bytes, place: str) -> bytes:
        try:
            line = load_json(text)
        except ValueError as error:
            raise PayloadError(f"{place}: {error}") from None
        if not isinstance(line, dict):
            raise PayloadError(f"{place}: not a JSON object")
        before = next((each for each in labels_of(line) if each.attribute == self._attribute), None)
        if before is None or before.failed:
            return text
        refined = load_json(label)
        self.labels += 1
        self.changed += _values(before.value) != _values(refined)
        return dump_json({**line, self._attribute: refined}).encode()


def _values(label: Json) -> Json:
    """Return the values of a label of ours by field, without what tells how sure they are."""
    own = read_label(label)
    if own is None:
        return None
    # A value that has moved into a file is compared by its address, which differs.
    return {name: _bare(field.moved_to or field.value) for name, field in own.fields.items()}


def _bare(value: Json) -> Json:
    """Leave out how sure each part is, and how many gave it."""
    if isinstance(value, list):
        return [_bare(part) for part in value]
    if isinstance(value, dict):
        return {
            key: _bare(part) for key, part in value.items() if key not in ("confidence", "votes")
        }
    return value


def lambda_handler(event: Json, context: Any) -> Json:
    """Entry point in AWS."""
    set_up_logging(usable_log_level(os.environ.get("LOG_LEVEL")))
    prefix = event.get("jobPrefix") if isinstance(event, dict) else None
    where = {"job": prefix} if isinstance(prefix, str) else {}

    def run() -> Json:
        log_level(os.environ.get("LOG_LEVEL"))
        settings = Settings.from_environment(os.environ)
        storage = S3Storage.connect().within(getattr(context, "get_remaining_time_in_millis", None))
        return handle(event, storage, settings)

    return guarded(run, event, context, where)
