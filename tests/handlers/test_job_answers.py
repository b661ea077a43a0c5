"""A job's answers are the same from whichever of its files, and wherever these lie."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import count
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelwright.answers.columns import AnsweredObject
from labelwright.contract.base import dump_json
from labelwright.contract.job_layout import JobLayout, RequestName, WorkerResponseName
from labelwright.errors import StorageUnavailable
from labelwright_lambda.storage import JobStorage
from labelwright_lambda.whole_job.answers import (
    READERS,
    AnswerFile,
    AnswerSource,
    Requests,
    WorkerResponses,
    read_files,
    whole_job,
)
from tests.fakes import FakeStorage
from tests.storages import BUCKET, KINDS, storage_of
from tests.strategies import json_values

Json = Any

JOB = JobLayout(f"s3://{BUCKET}/Job")
FIRST = RequestName(1, "2026-01-02_03:04:05")
SECOND = RequestName(2, "2026-01-02_03:04:06")


class Batch(NamedTuple):
    """What workers answered in one batch: by object, pairs of worker and answer."""

    name: RequestName
    answers: dict[str, list[tuple[str, Json]]]


names = st.builds(
    RequestName,
    st.sampled_from([1, 2, 10]),
    st.integers(0, 59).map(lambda second: f"2026-01-02_03:04:{second:02d}"),
)
given_answers = st.lists(st.tuples(st.sampled_from("abc"), json_values), max_size=3)
batches = st.lists(
    st.builds(
        Batch,
        names,
        st.dictionaries(st.integers(0, 12).map(str), given_answers, min_size=1, max_size=4),
    ),
    max_size=4,
    unique_by=lambda batch: batch.name,
)


def write(storage: JobStorage, job: JobLayout, made: Sequence[Batch]) -> None:
    """Write a job as the service does: the same answers into files of both sorts."""
    for batch in made:
        request = [
            {
                "datasetObjectId": task,
                "dataObject": {"content": task},
                "annotations": [
                    {"workerId": worker, "annotationData": {"content": dump_json(content)}}
                    for worker, content in answers
                ],
            }
            for task, answers in batch.answers.items()
        ]
        storage.write(job.request(batch.name), dump_json(request).encode())
        for task, answers in batch.answers.items():
            response = {"answers": [{"workerId": w, "answerContent": c} for w, c in answers]}
            name = WorkerResponseName(batch.name.iteration, task, batch.name.name)
            storage.write(job.worker_response(name), dump_json(response).encode())


def sources(storage: JobStorage, job: JobLayout = JOB) -> list[AnswerSource]:
    """Return both sources of a job."""
    return [Requests(job, storage), WorkerResponses(job.worker_responses, storage)]


@pytest.fixture(scope="module")
def storages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[JobStorage]]:
    """Return a storage of each kind."""
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("storages")
        yield [stack.enter_context(storage_of(kind, folder)) for kind in KINDS]


_jobs = count()


@given(made=batches)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_job_has_the_same_answers_from_everywhere(
    storages: list[JobStorage], made: list[Batch]
) -> None:
    """From its requests and from its worker responses, in memory, in a folder and in S3."""
    job = JobLayout(f"s3://{BUCKET}/jobs/{next(_jobs)}")
    found = []
    for storage in storages:
        write(storage, job, made)
        found += [whole_job(source) for source in sources(storage, job)]
    assert all(other == found[0] for other in found)
    assert not found[0].faults
    ids = {task for batch in made for task in batch.answers}
    assert [item.dataset_object_id for item in found[0].objects] == sorted(ids, key=int)


def contents(item: AnsweredObject) -> dict[str, Json]:
    """Return what each worker said of an object."""
    return {answer.worker: answer.content for answer in item.answers}


def test_a_workers_last_answer_counts_in_the_order_of_time() -> None:
    """The tenth iteration is after the second; all answers are kept count of."""
    storage = FakeStorage()
    late, early = RequestName(10, FIRST.name), RequestName(2, FIRST.name)
    write(
        storage,
        JOB,
        [
            Batch(late, {"0": [("a", {"said": "late"})]}),
            Batch(early, {"0": [("a", {"said": "early"}), ("b", {"said": "once"})]}),
        ],
    )
    for source in sources(storage):
        (item,) = whole_job(source).objects
        assert contents(item) == {"a": {"said": "late"}, "b": {"said": "once"}}
        assert [problem.code for problem in item.problems] == ["annotation-repeated"]


def by_reference(*uris: str) -> bytes:
    """Make a request whose answers are kept in files."""
    annotations = [
        {"workerId": worker, "annotationData": {"s3Uri": uri}}
        for worker, uri in zip("abc", uris, strict=False)
    ]
    return json.dumps([{"datasetObjectId": "0", "annotations": annotations}]).encode()


def test_answers_that_are_kept_in_files_are_read_from_there() -> None:
    """One that is not there is a damaged answer of its worker, and costs no other."""
    there, lost = f"s3://{BUCKET}/answer.json", f"s3://{BUCKET}/lost.json"
    storage = FakeStorage(
        {there: '{"said": "this"}', JOB.request(FIRST): by_reference(there, lost)}
    )
    (item,) = whole_job(Requests(JOB, storage)).objects
    assert contents(item) == {"a": {"said": "this"}}
    (problem,) = item.problems
    assert (problem.annotation, problem.code) == (1, "annotation-damaged")
    assert "object-not-found" in problem.reason


def test_answers_kept_in_files_are_left_alone_when_nobody_asks_for_them() -> None:
    """Votes of earlier batches are taken without."""
    there = f"s3://{BUCKET}/answer.json"
    storage = FakeStorage({there: "{}", JOB.request(FIRST): by_reference(there)})
    Requests(JOB, storage, follow=False).read(JOB.request(FIRST))
    assert there not in storage.reads


def test_an_answer_out_of_reach_is_no_missing_answer() -> None:
    """It may be read the next time: nothing is made of half a job."""
    there = f"s3://{BUCKET}/answer.json"
    storage = FakeStorage({JOB.request(FIRST): by_reference(there)})
    storage.fail(StorageUnavailable(there, "try again"))
    with pytest.raises(StorageUnavailable):
        whole_job(Requests(JOB, storage))


@pytest.mark.parametrize("which", [0, 1])
def test_a_damaged_file_is_a_fault_and_costs_nothing_else(which: int) -> None:
    """It is named, with the reason."""
    storage = FakeStorage()
    write(storage, JOB, [Batch(name, {name.name: [("a", {})]}) for name in (FIRST, SECOND)])
    source = sources(storage)[which]
    damaged = source.files()[0]
    storage.put(damaged, "SECRET")
    found = whole_job(source)
    assert [item.dataset_object_id for item in found.objects] == [SECOND.name]
    (fault,) = found.faults
    assert fault.place == damaged
    assert fault.reason.startswith(("the consolidation request is", "not a worker-response file"))
    assert "SECRET" not in fault.reason


def test_entries_without_an_id_are_told() -> None:
    """Somebody gave these answers."""
    storage = FakeStorage({JOB.request(FIRST): b'[{"annotations": []}, {"datasetObjectId": "0"}]'})
    found = whole_job(Requests(JOB, storage))
    assert len(found.objects) == 1
    assert [fault.reason for fault in found.faults] == [
        "an entry without datasetObjectId: nobody knows what it is about"
    ]


def test_other_files_of_the_job_are_no_answers() -> None:
    """People and the service may keep more beside them."""
    storage = FakeStorage({f"{JOB.requests}/x.json": b"{", f"{JOB.worker_responses}/0/x.txt": b"{"})
    assert [source.files() for source in sources(storage)] == [[], []]


class Counting:
    """A source that counts what is read of it."""

    def __init__(self, files: int) -> None:
        self._files = [str(number) for number in range(files)]
        self.read_so_far = 0

    def files(self) -> list[str]:
        """Return as many as there are."""
        return self._files

    def read(self, uri: str) -> AnswerFile:
        """Return nothing but the address."""
        self.read_so_far += 1
        return AnswerFile((), {uri: b""})


def test_a_job_is_read_file_by_file_and_a_little_ahead() -> None:
    """A job of any length takes as much memory as its largest files."""
    source = Counting(100)
    seen: list[str] = []
    for number, file in enumerate(read_files(source)):
        seen += file.fetched
        assert source.read_so_far <= number + READERS + 1
    assert seen == source.files()
