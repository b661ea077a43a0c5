"""What post-labeling failed for is tried again, and no answer or label is lost by it."""

import json
import sqlite3
from pathlib import Path

import pytest

from labelwright.contract.base import Json
from labelwright_local.engine.settings import Retries
from labelwright_local.engine.troubles import Trouble
from labelwright_local.workspace.job_on_disk import JobOnDisk
from tests.local.engine.old_state import back_to
from tests.local.engine.small_jobs import Counting, SmallJob, answer, work

ONCE = Retries(tries=1)
NO_LABEL = "ClientError: post-labeling gave no label"
FAILED = "ClientError: post-labeling failed: RuntimeError: no label today"


class Partial(Counting):
    """Handlers whose post-labeling leaves objects out, as people's own with a mistake do."""

    left_out: tuple[str, ...] = ()

    def post(self, event: Json) -> Json:
        """Return the labels of the others."""
        found = super().post(event)
        return [item for item in found if item["datasetObjectId"] not in self.left_out]


def failed(tmp_path: Path, objects: int = 3) -> SmallJob:
    """Make a job whose post-labeling failed until it was not tried any more."""
    job = SmallJob(tmp_path, objects)
    with job.open(ONCE) as engine:
        ann = engine.sign_in("Ann")
        job.handlers.post_fails = 1
        for _ in range(objects):
            answer(engine, ann)
        work(engine)
        progress = engine.progress()
        assert (progress.finished, progress.failed, progress.without_label) == (True, 3, 3)
    return job


def partly_failed(tmp_path: Path) -> tuple[SmallJob, Partial]:
    """Make a job of three objects the second of which post-labeling gave no label."""
    job = SmallJob(tmp_path)
    job.handlers = handlers = Partial(job.storage)
    handlers.left_out = ("1",)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        for number in range(3):
            answer(engine, ann, f"label {number}")
        work(engine)
        assert [o.reason for o in engine.objects(0, 3)] == [None, NO_LABEL, None]
        assert engine.progress().finished
    return job, handlers


def given(job: SmallJob) -> list[list[str]]:
    """Return what the labels of the output manifest say, line by line."""
    return [
        [said["label"] for said in line.get("pictures", {"given": {}})["given"].values()]
        for line in job.output()
    ]


def test_a_job_that_is_opened_again_labels_what_failed(tmp_path: Path) -> None:
    """From the answers that are there; the reason stays on record."""
    job = failed(tmp_path)
    job.clock.passes(60)
    with job.open(ONCE) as engine:
        assert (engine.progress().labeled, engine.progress().finished) == (3, True)
        detail = engine.object("1")
        assert detail is not None
        assert [f.reason for f in detail.failures] == [FAILED]
        assert detail.failures[0].tried_again == job.clock.now
        assert detail.view.reason is None
    assert given(job) == [["owl"]] * 3
    assert len(job.requests()) == 1


def test_what_the_requester_asks_for_twice_is_done_once(tmp_path: Path) -> None:
    """Trying again is idempotent, and so it is where nothing failed."""
    job = failed(tmp_path)
    job.handlers.post_fails = 1
    with job.open(ONCE) as engine:
        assert engine.progress().without_label == 3
        calls = len(job.handlers.post_calls)
        engine.post_label_again()
        assert not engine.progress().finished
        engine.post_label_again()
        work(engine)
        engine.post_label_again()
        work(engine)
        assert len(job.handlers.post_calls) == calls + 1
        detail = engine.object("0")
        assert detail is not None
        assert [f.reason for f in detail.failures] == [FAILED, FAILED]
        assert engine.progress().labeled == 3
        assert engine.progress().finished


def test_an_object_that_was_left_out_is_asked_for_again(tmp_path: Path) -> None:
    """The response that lacks it is not taken for an answer; the others keep their labels."""
    job, handlers = partly_failed(tmp_path)
    handlers.left_out = ()
    with job.open():
        pass
    assert given(job) == [["label 0"], ["label 1"], ["label 2"]]
    (batch,) = job.files.batches()
    response = json.loads(job.storage.read(batch.response_uri))
    assert [item["datasetObjectId"] for item in response] == ["0", "1", "2"]


@pytest.mark.parametrize("left_out", [("0", "1"), ("1",)])
def test_labels_that_are_there_survive_another_failure(
    tmp_path: Path, left_out: tuple[str, ...]
) -> None:
    """Whether post-labeling leaves out more than before, or raises."""
    job, handlers = partly_failed(tmp_path)
    handlers.left_out = left_out
    handlers.post_fails = int(left_out == ("1",))
    with job.open(ONCE) as engine:
        progress = engine.progress()
        assert (progress.labeled, progress.failed, progress.finished) == (2, 1, True)
    assert given(job) == [["label 0"], [], ["label 2"]]


def test_a_crash_after_the_old_response_is_gone_asks_again(tmp_path: Path) -> None:
    """Its deletion comes before the state, which may never be written."""
    job, handlers = partly_failed(tmp_path)
    (batch,) = job.files.batches()
    job.storage.path(batch.response_uri).unlink()
    handlers.left_out = ()
    with job.open() as engine:
        assert engine.progress().labeled == 3
    assert given(job) == [["label 0"], ["label 1"], ["label 2"]]


def test_a_damaged_response_is_asked_for_again(tmp_path: Path) -> None:
    """It would else be read again and again."""
    job = failed(tmp_path)
    (batch,) = job.files.batches()
    job.storage.write(batch.response_uri, b"{")
    with job.open(ONCE) as engine:
        assert engine.progress().labeled == 3


def test_a_state_of_an_earlier_version_is_taken_up(tmp_path: Path) -> None:
    """It had no place for failures of before, for troubles and for sessions."""
    job = failed(tmp_path)
    path = JobOnDisk(job.storage, job.files.layout).state
    with sqlite3.connect(path) as db:
        back_to(db, 1)
    db.close()
    with job.open(ONCE) as engine:
        assert engine.progress().labeled == 3
        engine.note_troubles("1", {Trouble.PAGE: "It is blank."})
        assert engine.progress().troubled == 1
