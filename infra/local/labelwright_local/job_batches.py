"""Between workers and labels: stored answers, consolidation requests, post-labeling, responses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import post_labeling
from labelwright.contract.base import Json, dump_json
from labelwright.contract.manifest import EXPIRED, SOURCE, ManifestLine
from labelwright.contract.worker_response import (
    EmittedWorkerAnswer,
    EmittedWorkerResponseFile,
    WorkerAnswer,
)
from labelwright.errors import LabelwrightError
from labelwright_local.job_files import Batch, JobFiles
from labelwright_local.job_model import Entry, JobSpec, ObjectOutcome, Progress

#: Ground Truth begins with ten objects, then hands over at most fifty at once.
FIRST_ITERATION = 10
BATCH = 50


def hand_over(
    spec: JobSpec,
    files: JobFiles,
    waiting: Sequence[Entry],
    outcomes: dict[str, ObjectOutcome],
    now: Callable[[], datetime],
    progress: Progress,
) -> dict[Batch, list[str]]:
    """Store the answers and write the consolidation requests that are not there yet.

    Returns all batches, in the order of their iteration and time, with the ids that each asks for.
    """
    asked = {
        batch: [entry.dataset_object_id for entry in files.read_batch(batch).objects]
        for batch in files.batches()
    }
    requested = {identifier for identifiers in asked.values() for identifier in identifiers}
    stored = files.worker_responses()
    answered = []
    for entry in waiting:
        if spec.answers.answers.get(entry.identifier):
            answered.append(entry)
        else:
            outcomes[entry.identifier] = entry.becomes("failed", EXPIRED)
    position = {entry.identifier: index for index, entry in enumerate(answered)}
    todo = [entry for entry in answered if entry.identifier not in requested]
    groups = list(_batches(todo, position))
    named = files.new_batches([iteration for iteration, _ in groups], list(asked), now())
    for batch, (_, batch_entries) in zip(named, groups, strict=True):
        for entry in batch_entries:
            progress("workers' answers", position[entry.identifier] + 1, len(answered))
            if entry.identifier not in stored:
                _store_answers(spec, files, batch, entry.identifier)
        files.write_json(batch.request_uri, [_request_object(spec, e) for e in batch_entries])
        asked[batch] = [entry.identifier for entry in batch_entries]
    _write_intermediate(files, answered)
    return dict(sorted(asked.items()))


def _batches(todo: Sequence[Entry], position: dict[str, int]) -> Iterator[tuple[int, list[Entry]]]:
    """Group objects: the first ten are the first iteration, all others follow by fifties."""
    first = [entry for entry in todo if position[entry.identifier] < FIRST_ITERATION]
    if first:
        yield 1, first
    later = [entry for entry in todo if position[entry.identifier] >= FIRST_ITERATION]
    for start in range(0, len(later), BATCH):
        yield 2, list(later[start : start + BATCH])


def _store_answers(spec: JobSpec, files: JobFiles, batch: Batch, identifier: str) -> None:
    answers = [
        EmittedWorkerAnswer(
            answer_content=answer.answer_content,
            worker_id=answer.worker_id,
            submission_time=answer.submission_time,
            acceptance_time=answer.acceptance_time,
            time_spent_in_seconds=answer.time_spent_in_seconds,
            worker_metadata=answer.worker_metadata,
        )
        for answer in spec.answers.answers[identifier]
    ]
    uri = files.worker_response(batch, identifier)
    files.write_json(uri, EmittedWorkerResponseFile(answers=answers).wire())


def _request_object(spec: JobSpec, entry: Entry) -> Json:
    line = ManifestLine.parse(entry.line)
    source = {"content": line.source} if line.source is not None else {"s3Uri": line.source_ref}
    return {
        "datasetObjectId": entry.identifier,
        "dataObject": source,
        "annotations": [_annotation(answer) for answer in spec.answers.answers[entry.identifier]],
    }


def _annotation(answer: WorkerAnswer) -> Json:
    content = dump_json(answer.answer_content)
    return {"workerId": answer.worker_id, "annotationData": {"content": content}}


def _write_intermediate(files: JobFiles, answered: Sequence[Entry]) -> None:
    rows = [
        f"{entry.identifier}\t{ManifestLine.parse(entry.line).source_ref or SOURCE}\t0\n"
        for entry in answered
    ]
    uri = f"{files.annotations}/intermediate/1/annotations.manifest"
    files.storage.write(uri, "".join(rows).encode("utf-8", "surrogatepass"))


def post_label(
    spec: JobSpec,
    files: JobFiles,
    batches: Mapping[Batch, Sequence[str]],
    entries: Sequence[Entry],
    outcomes: dict[str, ObjectOutcome],
    progress: Progress,
) -> None:
    """Run post-labeling on every batch that has no response yet, and take in all responses.

    ``batches`` has the ids that each batch asks for.
    A batch on which it fails costs the objects of that batch, each with the reason.
    """
    by_id = {entry.identifier: entry for entry in entries}
    for index, (batch, identifiers) in enumerate(batches.items()):
        progress("post-labeling", index, len(batches))
        asked = [by_id[identifier] for identifier in identifiers if identifier in by_id]
        try:
            response = _respond(spec, files, batch)
        except LabelwrightError as error:
            reason = f"ClientError: post-labeling failed: [{error.code}] {error}"
            outcomes |= {entry.identifier: entry.becomes("failed", reason) for entry in asked}
            continue
        labels = {
            item["datasetObjectId"]: item["consolidatedAnnotation"]["content"] for item in response
        }
        for entry in asked:
            label = labels.get(entry.identifier, {}).get(spec.label_attribute)
            outcomes[entry.identifier] = (
                entry.gets(label, batch.moment)
                if label is not None
                else entry.becomes("failed", "ClientError: post-labeling gave no label")
            )
    progress("post-labeling", len(batches), len(batches))


def _respond(spec: JobSpec, files: JobFiles, batch: Batch) -> Json:
    """Return a batch's response: the one that is there, else the handler's."""
    response = files.read_response(batch)
    if response is None:
        settings = post_labeling.Settings(
            task_definition=spec.definition_uri, text_prefix="s3://", method=spec.method
        )
        response = post_labeling.handle(_event(spec, files, batch), files.storage, settings)
        files.write_json(batch.response_uri, response)
    return response


def _event(spec: JobSpec, files: JobFiles, batch: Batch) -> Json:
    """Make the event as the service sends it, its undocumented keys included."""
    return {
        "version": "2018-10-06",
        "labelingJobArn": spec.arn,
        "payload": {"s3Uri": batch.request_uri},
        "labelAttributeName": spec.label_attribute,
        "roleArn": "arn:aws:iam::000000000000:role/labelwright-local",
        "outputConfig": files.annotations,
        "maxHumanWorkersPerDataObject": spec.most_answers,
        "vpcEnabled": False,
    }
