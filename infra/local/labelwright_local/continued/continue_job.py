"""A job's folder made of another job: done, stopped or half done, ours or the service's own."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from labelwright.contract.base import Json, dump_json
from labelwright.contract.manifest import METADATA_SUFFIX
from labelwright.errors import UsageError
from labelwright_lambda.whole_job.answers import AnswerFault
from labelwright_local.continued.answers import answer_of
from labelwright_local.continued.task import ContinuedTask, continued_task
from labelwright_local.finished_job.model import JobAnswer, JobObject, ReadJob
from labelwright_local.finished_job.places import find_job
from labelwright_local.finished_job.reader import read_found_job
from labelwright_local.own_data.job_folder import check_free, name_of_folder, new_folder
from labelwright_local.workspace.task_folder import DEFINITION, EARLIER, MANIFEST, TEMPLATE

#: What the service asks for at most.
_MOST_WORKERS = 9


class ContinuedJob(NamedTuple):
    """What was taken over.

    ``complete`` objects have all their answers; ``unanswered`` have none; ``without_line`` are left
    out, since only answers to them are known; ``unused`` answers can't be read. ``in_s3`` counts
    objects whose files lie in S3.
    """

    name: str
    ready: str | None
    objects: int
    answers: int
    workers: int
    workers_per_object: int
    complete: int
    unanswered: int
    without_line: int
    unused: int
    in_s3: int
    faults: tuple[AnswerFault, ...]


def continue_job(
    folder: Path,
    place: str,
    *,
    kind: str | None = None,
    workers: int | None = None,
    attribute: str | None = None,
    data: str | None = None,
) -> ContinuedJob:
    """Write a folder that goes on with a job; every answer keeps its worker.

    Lines lose the job's label, which is made anew of all answers. ``kind`` names a ready task in
    place of the job's own page; ``workers`` how many are to answer each object, by default as many
    as most objects have. ``attribute`` and ``data`` are those of ``read_job``.

    Raises:
        UsageError: the folder is taken; no job, or several, are at the place; nothing of it can be
            gone on with.
        StorageError: S3 is out of reach.
    """
    check_free(folder)
    found = find_job(place)
    job = read_found_job(found, attribute=attribute, data=data)
    known = [item for item in job.objects if item.line is not None]
    if not known:
        raise UsageError(
            f"{job.place}: no line of its manifest is there, only answers; add its output manifest "
            "(manifests/output/output.manifest)"
        )
    asked = workers or _usual(known)
    name = name_of_folder(folder, "continued")
    task = continued_task(job, found, name, asked, kind)
    numbered = {item.id: str(number) for number, item in enumerate(known)}
    kept = [(item, _counting(item)) for item in known]
    with new_folder(folder) as staging:
        (staging / DEFINITION).write_bytes(task.definition)
        (staging / TEMPLATE).write_bytes(task.page)
        with (staging / MANIFEST).open("wb") as manifest:
            manifest.writelines(_line(item, job) for item in known)
        with (staging / EARLIER).open("wb") as answers:
            for item, given in kept:
                answers.writelines(_recorded(numbered[item.id], given, task))
    counts = [len(given) for _, given in kept]
    return ContinuedJob(
        name=name,
        ready=task.ready,
        objects=len(known),
        answers=sum(counts),
        workers=len({answer.worker for _, given in kept for answer in given}),
        workers_per_object=asked,
        complete=sum(count >= asked for count in counts),
        unanswered=counts.count(0),
        without_line=len(job.objects) - len(known),
        unused=sum(answer.counts is False for item in known for answer in item.answers),
        in_s3=sum((item.reference or "").startswith("s3://") for item in known),
        faults=job.faults,
    )


def _usual(objects: list[JobObject]) -> int:
    """Return how many answers most objects have; of several numbers the largest."""
    counts = Counter(count for item in objects if (count := len(_counting(item))))
    if not counts:
        return 1
    most = max(counts.values())
    return min(max(count for count, times in counts.items() if times == most), _MOST_WORKERS)


def _counting(item: JobObject) -> list[JobAnswer]:
    return [answer for answer in item.answers if answer.counts and answer.content is not None]


def _line(item: JobObject, job: ReadJob) -> bytes:
    attribute = job.attribute or ""
    dropped = (attribute, attribute + METADATA_SUFFIX)
    line = {key: value for key, value in (item.line or {}).items() if key not in dropped}
    return (dump_json(line) + "\n").encode()


def _recorded(identifier: str, answers: list[JobAnswer], task: ContinuedTask) -> Iterator[bytes]:
    for answer in answers:
        content: Json = answer.content
        if task.fields is not None:
            content = answer_of(answer.values, task.fields)
        told = {
            "datasetObjectId": identifier,
            "workerId": answer.worker,
            "answerContent": content,
            "submissionTime": answer.submission_time,
            "acceptanceTime": answer.acceptance_time,
            "timeSpentInSeconds": answer.seconds,
        }
        said = {key: value for key, value in told.items() if value is not None}
        yield (dump_json(said) + "\n").encode()
