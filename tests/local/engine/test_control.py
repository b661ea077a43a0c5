"""What the requester does while a job runs."""

from pathlib import Path

import pytest

from labelwright.errors import UsageError
from labelwright_local.engine.assignments.leases import STOPPED
from labelwright_local.engine.settings import JobSettings
from tests.local.engine.small_jobs import SmallJob, answer, take, work

TWO = JobSettings(workers_per_object=2)


def test_a_paused_job_gives_no_new_tasks_and_takes_those_that_are_held(tmp_path: Path) -> None:
    """Also after a restart, until it is resumed."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        task = take(engine, ann)
        engine.pause()
        assert engine.next_assignment(ben, "b") is None
        assert engine.worker_progress(ben) == (0, 0, None, None)
        assert engine.submit(task.id, ann, "t", {}).accepted
    with job.open() as engine:
        assert engine.progress().paused
        assert engine.next_assignment(ben, "c") is None
        engine.resume()
        assert take(engine, ben).object_id == "1"


def test_a_job_that_is_finished_early_consolidates_what_was_answered(tmp_path: Path) -> None:
    """Objects without an answer keep their lines; what is submitted later is refused, and kept."""
    job = SmallJob(tmp_path, 4, TWO)
    with job.open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        answer(engine, ann)
        task = take(engine, ben)
        other = take(engine, ann)
        engine.finish_early()
        late = engine.submit(task.id, ben, "t", {"label": "late"})
        assert late == (False, "The job was finished before you submitted.")
        work(engine)
        states = [(found.state, found.reason) for found in engine.objects(0, 9)]
        assert states == [("labeled", None)] + [("skipped", STOPPED)] * 3
        assert engine.next_assignment(ben, "more") is None
        assert engine.assignment(other.id, ann) is None
        assert engine.progress().finished
        found = engine.object("0")
        assert found is not None
        assert [given.content for given in found.answers] == [{"label": "owl"}, {"label": "late"}]
    assert job.output()[1:] == [{"source": f"picture {n}"} for n in (1, 2, 3)]
    assert job.output()[0]["pictures"] == {"given": {ann: {"label": "owl"}}}
    with job.open() as engine:
        assert engine.progress().finished


def test_fewer_workers_an_object_complete_what_has_enough(tmp_path: Path) -> None:
    """Those who hold a task can still submit it, and it counts."""
    job = SmallJob(tmp_path, 2, JobSettings(workers_per_object=3))
    with job.open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        answer(engine, ann)
        answer(engine, ann)
        held = take(engine, ben)
        engine.set_workers_per_object(1)
        assert [found.state for found in engine.objects(0, 9)] == ["open", "answered"]
        assert engine.submit(held.id, ben, "t", {"label": "falcon"}).accepted
        work(engine)
        assert len(job.output()[0]["pictures"]["given"]) == 2
        assert engine.progress().workers_per_object == 1


def test_more_workers_an_object_leave_complete_objects_alone(tmp_path: Path) -> None:
    """Only those that are not complete get more."""
    job = SmallJob(tmp_path, 2)
    with job.open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        answer(engine, ann)
        engine.set_workers_per_object(2)
        assert answer(engine, ben) == "1"
        assert [found.state for found in engine.objects(0, 9)] == ["answered", "open"]
        with pytest.raises(UsageError, match="1 to 9"):
            engine.set_workers_per_object(10)


def test_another_number_of_workers_on_restart_changes_the_job(tmp_path: Path) -> None:
    """The same number as before does not undo what the requester changed."""
    job = SmallJob(tmp_path, 2, TWO)
    with job.open() as engine:
        engine.set_workers_per_object(5)
    with job.open() as engine:
        assert engine.progress().workers_per_object == 5
    job.settings = JobSettings(workers_per_object=3)
    with job.open() as engine:
        assert engine.progress().workers_per_object == 3
        assert engine.objects(0, 1)[0].wanted == 3


def test_an_engine_keeps_another_one_out(tmp_path: Path) -> None:
    """Two would give the same task to two people."""
    job = SmallJob(tmp_path)
    with job.open(), pytest.raises(UsageError, match="another run is working"), job.open():
        pass


def test_answers_of_an_earlier_job_are_labeled_though_the_job_ends_early(tmp_path: Path) -> None:
    """Also those of objects that were not on offer yet, and while the job is paused."""
    job = SmallJob(tmp_path, 3, JobSettings(workers_per_object=2, max_concurrent=1))
    job.earlier = {"0": {"x": {"label": "owl"}}, "2": {"x": {"label": "kea"}}}
    with job.open() as engine:
        engine.pause()
        engine.finish_early()
        work(engine)
        assert engine.progress().finished
        assert [view.state for view in engine.objects(0, 3)] == ["labeled", "skipped", "labeled"]
    assert [line.get("pictures") for line in job.output()] == [
        {"given": {"x": {"label": "owl"}}}, None, {"given": {"x": {"label": "kea"}}},
    ]  # fmt: skip
