"""Answers on their way in."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from labelwright_local.engine.assignments.submission import MAX_REFUSED
from labelwright_local.engine.settings import MAX_ANSWER_CHARACTERS
from labelwright_local.engine.state.database import Database
from tests.local.engine.small_jobs import SmallJob, answer, take, work


def test_a_submission_that_is_sent_twice_counts_once(tmp_path: Path) -> None:
    """The same token is told the same; another one that it was submitted before."""
    with SmallJob(tmp_path).open() as engine:
        ann = engine.sign_in("Ann")
        task = take(engine, ann)
        for _ in range(2):
            assert engine.submit(task.id, ann, "t", {"label": "owl"}) == (True, None)
        other = engine.submit(task.id, ann, "u", {"label": "falcon"})
        assert not other.accepted
        assert "submitted before" in (other.reason or "")
        assert engine.progress().answers == 1
        found = engine.object("0")
        assert found is not None
        assert [given.content for given in found.answers] == [{"label": "owl"}]


def test_an_accepted_answer_is_there_after_a_restart(tmp_path: Path) -> None:
    """Also for whoever did not hear that it was accepted and sends it again."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        task = take(engine, ann)
        engine.submit(task.id, ann, "t", {"label": "owl"})
    with job.open() as engine:
        assert engine.submit(task.id, ann, "t", {"label": "owl"}) == (True, None)
        assert engine.progress().answers == 1


@pytest.mark.parametrize(
    "wrong",
    [
        [1],
        "text",
        {"number": float("nan")},
        {"bytes": b"x"},
        {"text": "x" * MAX_ANSWER_CHARACTERS},
    ],
)
def test_what_is_no_answer_is_refused_and_the_task_stays(tmp_path: Path, wrong: Any) -> None:
    """Once it is right, it is accepted."""
    with SmallJob(tmp_path).open() as engine:
        ann = engine.sign_in("Ann")
        task = take(engine, ann)
        refused = engine.submit(task.id, ann, "t", wrong)
        assert not refused.accepted
        assert refused.reason
        assert engine.assignment(task.id, ann) == task
        assert engine.submit(task.id, ann, "u", {"label": "owl"}).accepted


def test_an_answer_nested_too_deeply_to_be_read_again_is_refused(tmp_path: Path) -> None:
    """It would cost its whole batch later."""
    nested: dict[str, Any] = {}
    for _ in range(200):
        nested = {"in": nested}
    with SmallJob(tmp_path).open() as engine:
        ann = engine.sign_in("Ann")
        assert not engine.submit(take(engine, ann).id, ann, "t", nested).accepted


@pytest.mark.parametrize("name", ["😀", "\ud800", "</script>", "a\0b"])
def test_whatever_people_write_comes_out_as_it_went_in(tmp_path: Path, name: str) -> None:
    """Halves of surrogate pairs included."""
    job = SmallJob(tmp_path, 1)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        task = take(engine, ann)
        engine.save_draft(task.id, ann, name)
        assert take(engine, ann).draft == name
        engine.submit(task.id, ann, "t", {name: name})
        work(engine)
    (stored,) = job.stored_answers()["0"]
    assert stored["answerContent"] == {name: name}
    assert job.output()[0]["pictures"]["given"][ann] == {name: name}


def test_a_worker_response_file_tells_times_as_the_service_does(tmp_path: Path) -> None:
    """Acceptance, submission, and the seconds between them."""
    job = SmallJob(tmp_path, 1)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        task = take(engine, ann)
        job.clock.passes(41.25)
        engine.submit(task.id, ann, "t", {"label": "owl"})
        work(engine)
        assert engine.workers()[0].median_seconds == 41.25
    assert job.stored_answers()["0"] == [
        {
            "answerContent": {"label": "owl"},
            "workerId": ann,
            "submissionTime": "2026-01-02T03:04:46.928Z",
            "acceptanceTime": "2026-01-02T03:04:05.678Z",
            "timeSpentInSeconds": 41.25,
        }
    ]


def test_the_version_changes_with_every_answer_but_not_with_drafts(tmp_path: Path) -> None:
    """Whoever watches looks again only when there is something new."""
    with SmallJob(tmp_path).open() as engine:
        ann = engine.sign_in("Ann")
        task = take(engine, ann)
        before = engine.progress().version
        engine.save_draft(task.id, ann, "half")
        assert engine.progress().version == before
        engine.submit(task.id, ann, "t", {})
        assert engine.progress().version > before
        before = engine.progress().version
        assert engine.progress().version == before
        answer(engine, ann)
        assert engine.progress().version > before


def test_a_full_disk_is_told_and_nothing_of_the_change_stays(tmp_path: Path) -> None:
    """As what it is, not as what failed after it."""
    database = Database(tmp_path / "state.sqlite3")
    with database.reading() as db:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"), database.writing() as db:
        db.execute("INSERT INTO workers (id, name) VALUES ('a', ?)", ("x" * 1_000_000,))
    with database.reading() as db:
        assert db.execute("SELECT count(*) FROM workers").fetchone()[0] == 0
    database.close()


def test_answers_that_come_too_late_are_kept_up_to_a_limit(tmp_path: Path) -> None:
    """All of them are told why they do not count."""
    job = SmallJob(tmp_path, 1)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        task = take(engine, ann)
        job.clock.passes(3_600)
        for number in range(MAX_REFUSED + 2):
            told = engine.submit(task.id, ann, f"late {number}", {"label": "owl"})
            assert "time for this task" in (told.reason or "")
        found = engine.object(task.object_id)
        assert found is not None
        assert len(found.answers) == MAX_REFUSED
