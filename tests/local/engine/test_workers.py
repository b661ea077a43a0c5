"""Workers by name and by join code."""

import hashlib
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from labelwright.errors import UsageError
from labelwright_local.engine.model import Joined
from tests.local.engine.older_state import make_older
from tests.local.engine.small_jobs import SmallJob, answer, take, work


def test_a_name_is_always_the_same_worker(tmp_path: Path) -> None:
    """In this job or another; case, width, spaces and what has no shape make no difference."""
    with SmallJob(tmp_path / "a").open() as one, SmallJob(tmp_path / "b").open() as other:
        ann = one.sign_in("Ann Ö")
        assert re.fullmatch(r"private\.local\.[0-9a-f]{16}", ann)
        assert {one.sign_in("  ann\u2003ö "), other.sign_in("\uff21\uff2e\uff2e Ö")} == {ann}
        assert one.sign_in("\u202aAn\u200bn Ö") == ann
        assert one.sign_in("Anna Ö") != ann
        assert [worker.name for worker in one.workers()] == ["Ann Ö", "Anna Ö"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\nb", "a\0b", "\ud800", "\u200b"])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    """Without a trace."""
    with SmallJob(tmp_path).open() as engine:
        with pytest.raises(UsageError, match="1 to 64 characters"):
            engine.sign_in(name)
        assert engine.join(name, "code") is None
        assert engine.workers() == []


def state(folder: Path) -> Path:
    """Return where the job's state is."""
    return next((folder / "workspace").rglob("labelwright.sqlite3"))


def who(joined: Joined | None) -> str | None:
    """Return the id of whom a code let in."""
    return joined.worker_id if joined else None


def test_a_join_code_lets_in_its_own_worker_only(tmp_path: Path) -> None:
    """Only its hash is kept; a new code ends the old one."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann, ben = engine.add_worker("Ann"), engine.add_worker("Ben")
        engine.sign_in("Cid")
        assert who(engine.join(" ann ", f" {ann.code.upper()} ")) == ann.worker_id
        assert engine.join("Ann", ben.code) is None
        assert engine.join("Cid", ann.code) is None
        assert engine.join("Dan", ann.code) is None
        assert engine.join("Ann", "\ud800") is None
        new = engine.add_worker("Ann")
        assert engine.join("Ann", ann.code) is None
        assert who(engine.join("Ann", new.code)) == ann.worker_id
        assert [w.has_join_code for w in engine.workers()] == [True, True, False]
    for path in (tmp_path / "workspace").rglob("*"):
        assert not path.is_file() or new.code.encode() not in path.read_bytes()


def test_what_each_worker_did_is_counted(tmp_path: Path) -> None:
    """Answers, declined and expired tasks, the time an answer takes, the task in hand."""
    job = SmallJob(tmp_path, 9)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        for seconds in (3, 1, 8):
            task = take(engine, ann)
            job.clock.passes(seconds)
            engine.submit(task.id, ann, task.id, {})
        engine.decline(take(engine, ann).id, ann)
        take(engine, ann)
        job.clock.passes(3_600)
        held = take(engine, ann)
        assert engine.workers() == [(ann, "Ann", 3, 1, 1, 3.0, held.id, False, 0, False)]
        assert engine.worker_progress(ann)[:3] == (3, 4, held.id)
        answer(engine, engine.sign_in("Ben"))
        assert engine.worker_progress(ann).left == 3


def test_a_code_that_was_replaced_while_it_was_checked_begins_no_session(tmp_path: Path) -> None:
    """Checking takes its time, and the requester may be quicker."""
    with SmallJob(tmp_path).open() as engine:
        ann = engine.add_worker("Ann")
        joined = engine.join("Ann", ann.code)
        assert engine.begin_session("first", joined, requester=False)
        new = engine.add_worker("Ann")
        assert not engine.begin_session("second", joined, requester=False)
        assert engine.begin_session("third", engine.join("Ann", new.code), requester=False)
        ids = ("first", "second", "third")
        assert [engine.session(session) for session in ids] == [
            None, None, (ann.worker_id, "Ann", False)
        ]  # fmt: skip


def test_a_session_lasts_until_it_is_ended_or_a_month_is_over(tmp_path: Path) -> None:
    """Of one worker all, of the others none; whoever is the requester, too, stays that."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        for session, worker, requester in (
            ("a", ann, False), ("b", ann, True), ("c", ben, False), ("d", ben, False),
        ):  # fmt: skip
            engine.begin_session(session, worker, requester=requester)
        assert [view.sessions for view in engine.workers()] == [2, 2]
        engine.end_sessions(ann)
        engine.end_session("c")
    with job.open() as engine:
        assert [engine.session(session) for session in "abcd"] == [
            None, (None, None, True), None, (ben, "Ben", False)
        ]  # fmt: skip
        for _ in range(31):
            job.clock.passes(86_400)
            work(engine)
        engine.begin_session("e", ann, requester=False)
        assert [engine.session(session) is None for session in "bde"] == [True, True, False]


def test_who_is_removed_gets_no_task_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    """What they held is free, what they answered stays; added again, they go on."""
    with SmallJob(tmp_path, 3).open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        engine.begin_session("a", ann, requester=False)
        assert answer(engine, ann) == "0"
        held = take(engine, ann)
        declined = take(engine, ben)
        engine.decline(declined.id, ben)
        engine.remove_worker(ann)
        assert engine.session("a") is None
        assert not engine.submit(held.id, ann, "late", {}).accepted
        with pytest.raises(UsageError, match="no such worker"):
            engine.next_assignment(ann, "more")
        with pytest.raises(UsageError, match="taken this name out"):
            engine.sign_in("ann")
        detail = engine.object(declined.object_id)
        assert detail is not None
        assert detail.view.state == "failed"
        assert take(engine, ben).object_id == held.object_id
        assert engine.progress().answers == 1
        assert [view.removed for view in engine.workers()] == [True, False]
        engine.add_worker("Ann")
        assert engine.sign_in("Ann") == ann
        with pytest.raises(UsageError, match="no such worker"):
            engine.remove_worker("nobody")


def test_codes_that_version_0_1_0_kept_are_good_and_kept_slowly_from_then_on(
    tmp_path: Path,
) -> None:
    """It kept a quick hash."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann = engine.add_worker("Ann").worker_id
    kept = state(tmp_path)
    quick = hashlib.sha256(f"{ann} abcdefghjk".encode()).hexdigest()
    with closing(sqlite3.connect(kept)) as db:
        db.execute("UPDATE workers SET join_code_hash = ?", (quick,))
        db.commit()
    make_older(kept, 3)
    with job.open() as engine:
        assert who(engine.join("Ann", "abcdefghjk")) == ann
        assert engine.join("Ann", "abcdefghjm") is None
    assert quick.encode() not in kept.read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no modes")
def test_the_state_file_is_its_owners_alone(tmp_path: Path) -> None:
    """With what SQLite has beside it; one that an earlier version made, from then on."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        engine.sign_in("Ann")
        found = list((tmp_path / "workspace").rglob("labelwright.sqlite3*"))
        assert len(found) == 3
        assert {path.stat().st_mode & 0o777 for path in found} == {0o600}
    state(tmp_path).chmod(0o644)
    with job.open():
        found = list((tmp_path / "workspace").rglob("labelwright.sqlite3*"))
        assert {path.stat().st_mode & 0o777 for path in found} == {0o600}


def test_answers_are_told_to_be_of_those_who_answered(tmp_path: Path) -> None:
    """Who only looked in is listed among the workers, and no part of "1 answer of 1 worker"."""
    with SmallJob(tmp_path).open() as engine:
        engine.sign_in("Bob")
        answer(engine, engine.sign_in("Ann"))
        progress = engine.progress()
        assert (progress.answers, progress.workers) == (1, 1)
        assert len(engine.workers()) == 2
