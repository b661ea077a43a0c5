"""A clock that is set while a job runs, or between two runs, fails nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from labelwright_local.engine.clock import JobTime, seconds_passed, steady_clock
from labelwright_local.engine.settings import JobSettings
from tests.local.engine.small_jobs import Clock, SmallJob, answer, take, work

TEN_YEARS = 10 * 365 * 86_400


def test_a_server_s_clock_goes_by_what_has_passed() -> None:
    """Whatever the machine's says later."""
    passed = iter([100.0, 100.5, 161.0])
    walls = iter([datetime(2026, 1, 1, tzinfo=UTC)])
    clock = steady_clock(lambda: next(passed), lambda: next(walls))
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    assert [clock(), clock()] == [begun + timedelta(seconds=0.5), begun + timedelta(seconds=61)]


def test_what_has_passed_never_lessens() -> None:
    """It is seconds, on every system."""
    first = seconds_passed()
    assert seconds_passed() >= first


def test_steps_back_or_far_ahead_count_as_none() -> None:
    """And what passes before and after them counts."""
    clock = Clock()
    time = JobTime(clock)
    begun = time()
    for seconds in (60, TEN_YEARS, 60, -TEN_YEARS, 60, -3_600, 60):
        clock.passes(seconds)
        time()
    assert time() - begun == 4 * 60_000


def test_a_clock_ten_years_ahead_for_one_look_fails_no_object(tmp_path: Path) -> None:
    """Who holds a task still does, and everybody goes on."""
    job = SmallJob(tmp_path, 3, JobSettings(workers_per_object=2))
    with job.open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        held = take(engine, ann)
        job.clock.passes(TEN_YEARS)
        work(engine)
        job.clock.passes(-TEN_YEARS)
        work(engine)
        assert engine.progress().failed == 0
        assert engine.submit(held.id, ann, "t", {}).accepted
        for worker, left in ((ann, 2), (ben, 3)):
            for _ in range(left):
                answer(engine, worker)
        work(engine)
        assert engine.progress().labeled == 3


def test_a_job_that_was_opened_with_a_wrong_clock_goes_on_with_the_right_one(
    tmp_path: Path,
) -> None:
    """Ten years ahead at a start, no object fails, and none is held for ten years then."""
    job = SmallJob(tmp_path, 2)
    with job.open() as engine:
        assert engine.progress().open == 2
    job.clock.passes(TEN_YEARS)
    with job.open() as engine:
        assert engine.progress().open == 2
        ann = engine.sign_in("Ann")
        held = take(engine, ann)
    job.clock.passes(-TEN_YEARS)
    with job.open() as engine:
        assert take(engine, ann).id == held.id
        job.clock.passes(3_600)
        assert answer(engine, engine.sign_in("Ben")) == held.object_id
