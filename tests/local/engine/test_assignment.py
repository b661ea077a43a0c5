"""Who is given which object."""

from pathlib import Path

import pytest

from labelwright.contract.manifest import EXPIRED
from labelwright.errors import UsageError
from labelwright_local.engine.settings import (
    MAX_DRAFT_CHARACTERS,
    MAX_DRAFTS_OF_WORKER,
    JobSettings,
)
from tests.local.engine.small_jobs import SmallJob, answer, take, work

TWO = JobSettings(workers_per_object=2, task_time_limit=60, availability=600)


def test_a_worker_who_asks_again_gets_the_same_task(tmp_path: Path) -> None:
    """With the same token or another one: one task at a time."""
    with SmallJob(tmp_path).open() as engine:
        ann = engine.sign_in("Ann")
        first = engine.next_assignment(ann, "1")
        assert first is not None
        assert first.task_input == {"picture": "picture 0"}
        assert engine.next_assignment(ann, "1") == first
        assert engine.next_assignment(ann, "2") == first
        assert engine.assignment(first.id, ann) == first


def test_a_token_gives_nothing_a_second_time(tmp_path: Path) -> None:
    """A request that is sent twice, late, takes no further object."""
    with SmallJob(tmp_path).open() as engine:
        ann = engine.sign_in("Ann")
        task = take(engine, ann, "once")
        engine.submit(task.id, ann, "s", {})
        assert engine.next_assignment(ann, "once") is None
        assert take(engine, ann, "twice").object_id == "1"


def test_nobody_gets_an_object_twice(tmp_path: Path) -> None:
    """Two workers an object, one worker: each object once."""
    with SmallJob(tmp_path, 3, TWO).open() as engine:
        ann = engine.sign_in("Ann")
        assert [answer(engine, ann) for _ in range(3)] == ["0", "1", "2"]
        assert engine.next_assignment(ann, "more") is None
        assert engine.progress().open == 3


def test_no_more_workers_hold_an_object_than_it_needs(tmp_path: Path) -> None:
    """The third worker is given the next one."""
    with SmallJob(tmp_path, 3, TWO).open() as engine:
        given = [take(engine, engine.sign_in(name)).object_id for name in "abcde"]
        assert given == ["0", "0", "1", "1", "2"]


def test_objects_with_answers_come_first(tmp_path: Path) -> None:
    """So that they are complete early."""
    with SmallJob(tmp_path, 9, TWO).open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        held = take(engine, ben)
        assert [answer(engine, ann) for _ in range(3)] == ["0", "1", "2"]
        engine.submit(held.id, ben, "s", {})
        assert [answer(engine, ben) for _ in range(3)] == ["1", "2", "3"]


def test_a_task_is_shown_to_nobody_else(tmp_path: Path) -> None:
    """Nor can others do anything with it."""
    with SmallJob(tmp_path).open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        task = take(engine, ann)
        assert engine.assignment(task.id, ben) is None
        assert not engine.save_draft(task.id, ben, "mine")
        engine.decline(task.id, ben)
        engine.give_back(task.id, ben)
        refused = engine.submit(task.id, ben, "t", {"label": "owl"})
        assert refused == (False, "There is no such task of yours.")
        assert engine.assignment(task.id, ann) == task


def test_a_declined_object_is_never_offered_to_that_worker_again(tmp_path: Path) -> None:
    """Others get it."""
    with SmallJob(tmp_path, 2).open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        engine.decline(take(engine, ann).id, ann)
        assert answer(engine, ann) == "1"
        assert engine.next_assignment(ann, "more") is None
        assert answer(engine, ben) == "0"


def test_an_object_given_back_is_open_for_all_and_comes_last_for_that_worker(
    tmp_path: Path,
) -> None:
    """Whoever gives a task back wants another one first, and finds the draft when it returns."""
    with SmallJob(tmp_path, 2).open() as engine:
        ann = engine.sign_in("Ann")
        task = take(engine, ann)
        assert engine.save_draft(task.id, ann, "half")
        engine.give_back(task.id, ann)
        assert answer(engine, ann) == "1"
        again = take(engine, ann)
        assert (again.object_id, again.draft) == ("0", "half")
        assert again.id != task.id


def test_when_all_workers_declined_the_object_fails_in_the_services_words(tmp_path: Path) -> None:
    """Nobody is left who could answer it."""
    with SmallJob(tmp_path, 1, TWO).open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        engine.decline(take(engine, ann).id, ann)
        assert engine.progress().failed == 0
        engine.decline(take(engine, ben).id, ben)
        (found,) = engine.objects(0, 10)
        assert (found.state, found.reason) == ("failed", EXPIRED)


def test_when_all_others_declined_the_object_goes_on_with_the_answers_it_has(
    tmp_path: Path,
) -> None:
    """One of the two it wanted."""
    job = SmallJob(tmp_path, 1, TWO)
    with job.open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        answer(engine, ann)
        engine.decline(take(engine, ben).id, ben)
        work(engine)
        assert job.output()[0]["pictures"] == {"given": {ann: {"label": "owl"}}}


def test_a_lease_that_runs_out_is_taken_over(tmp_path: Path) -> None:
    """The object is given to the next worker, and what comes late is refused, kept, and told."""
    job = SmallJob(tmp_path, 1, JobSettings(task_time_limit=60))
    with job.open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        task = take(engine, ann)
        assert (task.deadline - job.clock.now).total_seconds() == 60
        job.clock.passes(59.9)
        assert engine.next_assignment(ben, "b") is None
        job.clock.passes(0.1)
        assert engine.assignment(task.id, ann) is None
        assert not engine.save_draft(task.id, ann, "late")
        assert answer(engine, ben, "falcon") == "0"
        late = engine.submit(task.id, ann, "t", {"label": "owl"})
        assert not late.accepted
        assert "had run out" in (late.reason or "")
        assert engine.submit(task.id, ann, "t", {"label": "owl"}) == late
        found = engine.object("0")
        assert found is not None
        assert [(a.worker_name, a.content, a.refused) for a in found.answers] == [
            ("Ben", {"label": "falcon"}, None),
            ("Ann", {"label": "owl"}, late.reason),
        ]


def test_whoever_let_a_task_expire_can_take_it_again(tmp_path: Path) -> None:
    """As long as nobody else has; the draft is still there."""
    job = SmallJob(tmp_path, 1, JobSettings(task_time_limit=60))
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        task = take(engine, ann)
        engine.save_draft(task.id, ann, "half")
        job.clock.passes(61)
        again = take(engine, ann)
        assert (again.object_id, again.draft) == ("0", "half")
        assert engine.workers()[0].expired == 1


def test_an_object_that_expires_with_answers_goes_on_with_fewer(tmp_path: Path) -> None:
    """And one without any fails in the service's words; no lease outlives the object."""
    job = SmallJob(tmp_path, 2, TWO)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        answer(engine, ann)
        job.clock.passes(570)
        held = take(engine, ann)
        assert (held.deadline - job.clock.now).total_seconds() == 30
        job.clock.passes(30)
        work(engine)
        states = [(found.state, found.reason) for found in engine.objects(0, 10)]
        assert states == [("labeled", None), ("failed", EXPIRED)]
        assert "pictures" in job.output()[0]
        assert job.output()[1]["pictures-metadata"]["failure-reason"] == EXPIRED
        assert engine.progress().finished


def test_no_more_objects_are_offered_than_set(tmp_path: Path) -> None:
    """Pre-labeling goes no further ahead either."""
    job = SmallJob(tmp_path, 5, JobSettings(max_concurrent=2))
    with job.open() as engine:
        assert engine.progress()[:2] == (3, 2)
        assert len(job.handlers.pre_calls) == 2
        answer(engine, engine.sign_in("Ann"))
        work(engine)
        assert engine.progress()[:2] == (2, 2)


def test_drafts_have_a_limit(tmp_path: Path) -> None:
    """The last one that was short enough stays."""
    with SmallJob(tmp_path).open() as engine:
        ann = engine.sign_in("Ann")
        task = take(engine, ann)
        assert engine.save_draft(task.id, ann, "x" * MAX_DRAFT_CHARACTERS)
        assert not engine.save_draft(task.id, ann, "y" * (MAX_DRAFT_CHARACTERS + 1))
        kept = engine.assignment(task.id, ann)
        assert kept is not None
        assert (kept.draft or "").startswith("x")


def test_a_workers_drafts_have_a_number(tmp_path: Path) -> None:
    """The oldest of tasks that were given back make room, whatever a page would have kept."""
    job = SmallJob(tmp_path, MAX_DRAFTS_OF_WORKER + 2)
    with job.open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        other = take(engine, ben)
        engine.save_draft(other.id, ben, "of Ben")
        for _ in range(MAX_DRAFTS_OF_WORKER + 1):
            job.clock.passes(1)
            task = take(engine, ann)
            for draft in ("half", f"draft {task.object_id}"):
                assert engine.save_draft(task.id, ann, draft)
            engine.give_back(task.id, ann)
            work(engine)
        kept = {}
        for _ in range(MAX_DRAFTS_OF_WORKER + 1):
            job.clock.passes(1)
            task = take(engine, ann)
            kept[task.object_id] = task.draft
            engine.decline(task.id, ann)
        assert [number for number, draft in kept.items() if draft is None] == ["1"]
        assert kept["2"] == "draft 2"
        assert engine.assignment(other.id, ben).draft == "of Ben"  # type: ignore[union-attr]


def test_a_worker_whom_the_job_does_not_know_is_told_to_sign_in(tmp_path: Path) -> None:
    """For instance after the workspace was deleted."""
    with SmallJob(tmp_path).open() as engine, pytest.raises(UsageError, match="sign in again"):
        engine.next_assignment("private.local.0123456789abcdef", "t")


@pytest.mark.parametrize(
    "wrong",
    [
        {"workers_per_object": 0},
        {"workers_per_object": 10},
        {"task_time_limit": 29},
        {"task_time_limit": 28_801},
        {"availability": 59},
        {"availability": 2_592_001},
        {"max_concurrent": 0},
        {"max_concurrent": 5_001},
    ],
)
def test_settings_outside_the_services_limits_are_refused(wrong: dict[str, int]) -> None:
    """The limits are told."""
    with pytest.raises(UsageError, match="not within Ground Truth's limits"):
        JobSettings(**wrong)
