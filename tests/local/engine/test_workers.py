"""Workers by name and by join code."""

import re
from pathlib import Path

import pytest

from labelwright.errors import UsageError
from tests.local.engine.small_jobs import SmallJob, answer, take


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


def test_a_join_code_lets_in_its_own_worker_only(tmp_path: Path) -> None:
    """Only its hash is kept; a new code ends the old one."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann, ben = engine.add_worker("Ann"), engine.add_worker("Ben")
        engine.sign_in("Cid")
        assert engine.join(" ann ", f" {ann.code.upper()} ") == ann.worker_id
        assert engine.join("Ann", ben.code) is None
        assert engine.join("Cid", ann.code) is None
        assert engine.join("Dan", ann.code) is None
        assert engine.join("Ann", "\ud800") is None
        new = engine.add_worker("Ann")
        assert engine.join("Ann", ann.code) is None
        assert engine.join("Ann", new.code) == ann.worker_id
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
        assert engine.workers() == [(ann, "Ann", 3, 1, 1, 3.0, held.id, False)]
        assert engine.worker_progress(ann) == (3, 4, held.id)
        answer(engine, engine.sign_in("Ben"))
        assert engine.worker_progress(ann).left == 3
