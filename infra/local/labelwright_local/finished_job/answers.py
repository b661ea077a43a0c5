"""A finished Ground Truth job as a source of answers, in a folder or in S3."""

from collections.abc import Iterable
from pathlib import Path

from labelwright.answers.columns import Column, fields_of, read_column
from labelwright.contract.base import load_json
from labelwright.contract.job_layout import JobLayout, parse_request, worker_response_folder
from labelwright.errors import UsageError
from labelwright.task.definition import Rename, TaskDefinition
from labelwright_lambda.s3_storage import S3Storage
from labelwright_lambda.storage import Readable
from labelwright_lambda.whole_job.answers import (
    AnswerFault,
    AnswerSource,
    Requests,
    WholeJob,
    WorkerResponses,
    whole_job,
)
from labelwright_local.workspace.mounted_folder import MountedFolder


def answers_of_job(place: str) -> WholeJob:
    """Read all answers of a job: a folder, or an ``s3://`` prefix.

    Its worker responses are read, or, where there are none, its consolidation requests. In a folder
    that has neither, all files are taken for worker responses that were copied there.

    Raises:
        UsageError: there are none below it, or those of several jobs.
    """
    if place.startswith("s3://"):
        prefix, storage = place.rstrip("/"), S3Storage.connect()
        source = _source(prefix, storage, place)
        whole = whole_job(source) if source else WholeJob((), ())
        return _not_empty(whole._replace(renames=_renames(prefix, storage)), place)
    if not Path(place).is_dir():
        raise UsageError(f"{place}: no such folder; --job takes the folder of a finished job")
    folder = MountedFolder(Path(place))
    found = whole_job(_source(folder.root, folder, place) or WorkerResponses(folder.root, folder))
    faults = (AnswerFault(str(folder.path(fault.place)), fault.reason) for fault in found.faults)
    renames = _renames(folder.root, folder)
    return _not_empty(found._replace(faults=tuple(faults), renames=renames), place)


def _renames(prefix: str, storage: Readable) -> tuple[Rename, ...]:
    """Return the renames of labels that a job has recorded; none where it has not."""
    uris = [uri for uri in storage.keys(prefix) if uri.endswith("/labelwright/renames.json")]
    try:
        return tuple(Rename(**step) for uri in uris for step in load_json(storage.read(uri)))
    except (ValueError, TypeError):
        raise UsageError(
            f"{uris[0]}: this file says which labels were renamed, and it is damaged; start the "
            "job once more to have it written again"
        ) from None


def _source(prefix: str, storage: Readable, place: str) -> AnswerSource | None:
    """Find what holds the answers below a prefix; None when nothing does."""
    if worker_response_folder(f"{prefix}/"):
        return WorkerResponses(prefix, storage)
    uris = storage.keys(prefix)
    folder = _only(filter(None, map(worker_response_folder, uris)), prefix, place)
    if folder is not None:
        return WorkerResponses(folder, storage)
    job = _only((found[0].prefix for found in map(parse_request, uris) if found), prefix, place)
    return Requests(JobLayout(job), storage) if job is not None else None


def _only(found: Iterable[str], prefix: str, place: str) -> str | None:
    """Return the one address that was found, None if there is none."""
    addresses = sorted(set(found))
    if len(addresses) > 1:
        names = ", ".join(address.removeprefix(f"{prefix}/") for address in addresses)
        raise UsageError(f"{place}: there are several jobs below it, name one: {names}")
    return addresses[0] if addresses else None


def _not_empty(job: WholeJob, place: str) -> WholeJob:
    if not any(item.answers or item.problems for item in job.objects):
        if job.faults:
            first = job.faults[0]
            raise UsageError(
                f"{place}: no answer below it can be read; {first.place}: {first.reason}"
            )
        raise UsageError(
            f"{place}: there are no worker-response files below it, nor consolidation requests"
        )
    return job


def columns_of(job: WholeJob, definition: TaskDefinition | None) -> list[Column]:
    """Return one column for each field, over all objects of the job."""
    fields = [field.with_renames(job.renames) for field in fields_of(definition, job.objects)]
    return [read_column(field, field.labels, job.objects, {}).column for field in fields]
