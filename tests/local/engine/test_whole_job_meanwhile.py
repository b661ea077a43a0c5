"""The whole job is consolidated while it goes on, while somebody is removed, while it is killed."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from labelwright_local.engine.engine import Engine
from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.state.database import Database
from labelwright_local.workspace.job_on_disk import JobOnDisk
from tests.local.engine.small_jobs import CountingWhole, SmallJob, answer, take, work

ROOT = Path(__file__).parents[3]


class Whole(SmallJob):
    """A small job whose functions can consolidate it whole."""

    def __init__(self, folder: Path, objects: int = 3, workers: int = 1) -> None:
        super().__init__(folder, objects, JobSettings(workers_per_object=workers))
        self.whole = CountingWhole(self.storage)
        self.handlers = self.whole

    def shown(self, engine: Engine) -> list[set[str]]:
        """Return whose answers the requester is shown for each object."""
        return [{*(view.label or {"given": {}})["given"]} for view in engine.objects(0, 100)]


def hand_over(job: SmallJob, engine: Engine) -> None:
    """Let what is complete be labeled."""
    job.clock.passes(20)
    work(engine)


def test_labels_that_come_meanwhile_are_not_lost(tmp_path: Path) -> None:
    """What was made of fewer answers is made once more, and is never beside a later manifest."""
    job = Whole(tmp_path)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        answer(engine, ann)
        hand_over(job, engine)

        def meanwhile() -> None:
            answer(engine, ann)
            hand_over(job, engine)
            engine.write_output()

        job.whole.while_refining = meanwhile
        assert engine.refine()
        assert engine.progress().refined
        assert ["pictures" in line for line in job.refined() or ()] == [True, True, False]


def test_a_job_that_goes_on_and_on_has_no_refined_manifest_rather_than_an_old_one(
    tmp_path: Path,
) -> None:
    """It is made at the end."""
    job = Whole(tmp_path, objects=4)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        answer(engine, ann)
        hand_over(job, engine)

        def meanwhile() -> None:
            answer(engine, ann)
            hand_over(job, engine)
            engine.write_output()
            job.whole.while_refining = meanwhile

        job.whole.while_refining = meanwhile
        engine.refine()
        job.whole.while_refining = None
        assert job.refined() is None
        assert not engine.progress().refined
        answer(engine, ann)
        hand_over(job, engine)
        assert len(job.refined() or ()) == 4
        assert engine.progress().refined


def test_a_new_label_is_shown_before_that_of_the_whole_job(tmp_path: Path) -> None:
    """An object that is asked again keeps its label until then, and shows it no longer."""
    job = Whole(tmp_path, objects=2)
    with job.open() as engine:
        for _ in range(2):
            answer(engine, engine.sign_in("Ann"))
        hand_over(job, engine)
        assert engine.progress().refined
        names = {view.name: view.id for view in engine.workers()}
        engine.ask_again(["0", "1"])
        assert not engine.progress().refined
        assert job.shown(engine) == [{names["Ann"]}] * 2
        ben = engine.sign_in("Ben")
        answer(engine, ben)
        hand_over(job, engine)
        assert job.shown(engine) == [{names["Ann"], ben}, {names["Ann"]}]
        assert not engine.progress().refined
        answer(engine, ben)
        hand_over(job, engine)
        assert job.shown(engine) == [{names["Ann"], ben}] * 2
        assert engine.progress().refined


def test_growth_after_the_end_ends_the_labels_of_the_whole_job_until_the_next_end(
    tmp_path: Path,
) -> None:
    """There is no manifest of them that lacks lines."""
    job = Whole(tmp_path, objects=1)
    with job.open() as engine:
        answer(engine, engine.sign_in("Ann"))
        hand_over(job, engine)
        assert len(job.refined() or ()) == 1
    with job.manifest.open("a") as file:
        file.write('{"source": "picture 1"}\n')
    with job.open() as engine:
        engine.write_output()
        assert job.refined() is None
        answer(engine, engine.sign_in("Ann"))
        hand_over(job, engine)
        assert [line["pictures"]["whole"] for line in job.refined() or ()] == [True, True]


def test_people_work_on_while_the_whole_job_is_consolidated(tmp_path: Path) -> None:
    """It holds no lock that they need; nor does a try that fails."""
    job = Whole(tmp_path)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        answer(engine, ann)
        hand_over(job, engine)
        told = []

        def meanwhile() -> None:
            task = take(engine, ann)
            engine.save_draft(task.id, ann, "half")
            told.append(engine.submit(task.id, ann, "s", {"label": "owl"}).accepted)
            told.append(engine.correct(task.id, ann, "c", {"label": "kea"}).accepted)
            raise RuntimeError("no memory left")

        job.whole.while_refining = meanwhile
        engine.refine()
        assert told == [True, True]
        assert "no memory left" in (engine.progress().refine_fault or "")
        assert job.refined() is None


LEFT: list[Callable[[Whole, Database], object]] = [
    # Before its labels were taken up, in the middle of that, and before it was there.
    lambda _, state: _set(state, "UPDATE job SET refined = 0"),
    lambda _, state: _set(
        state, "UPDATE job SET refined = 0", "DELETE FROM refined_labels WHERE object = 1"
    ),
    lambda job, _: job.storage.delete(job.files.layout.refined_manifest),
]


def _set(state: Database, *statements: str) -> None:
    with state.writing() as db:
        for statement in statements:
            db.execute(statement)


@pytest.mark.parametrize("left", LEFT)
def test_what_was_left_half_done_is_done_anew(
    tmp_path: Path, left: Callable[[Whole, Database], object]
) -> None:
    """Labels and file are there both, or neither."""
    job = Whole(tmp_path)
    with job.open() as engine:
        for _ in range(3):
            answer(engine, engine.sign_in("Ann"))
        hand_over(job, engine)
        before = job.refined()
    state = Database(JobOnDisk(job.storage, job.files.layout).state)
    left(job, state)
    state.close()
    with job.open() as engine:
        assert engine.progress().refined
        assert job.refined() == before


KILLED = """
import os, signal, sys
from pathlib import Path
from labelwright_local.engine.labeling import whole_job
from tests.local.engine.small_jobs import answer
from tests.local.engine.test_whole_job_meanwhile import Whole, hand_over

def then_die(function, calls):
    def called(*given):
        nonlocal calls
        calls -= 1
        if calls < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*given)
    return called

job = Whole(Path(sys.argv[1]))
setattr(whole_job, sys.argv[2], then_die(getattr(whole_job, sys.argv[2]), int(sys.argv[3])))
with job.open() as engine:
    for _ in range(3):
        answer(engine, engine.sign_in("Ann"))
    hand_over(job, engine)
"""


@pytest.mark.parametrize("step", ["refine", "read", "store", "end", "delete_files"])
def test_a_job_that_is_killed_while_it_is_consolidated_whole_is_so_at_the_next_start(
    tmp_path: Path, step: str
) -> None:
    """At whichever step."""
    once = 1 if step == "delete_files" else 0
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), step, str(once)], cwd=ROOT, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    job = Whole(tmp_path)
    with job.open() as engine:
        hand_over(job, engine)
        progress = engine.progress()
        assert (progress.finished, progress.refined, progress.labeled) == (True, True, 3)
    assert [line["pictures"]["whole"] for line in job.refined() or ()] == [True] * 3


def test_who_asks_again_while_the_job_ends_is_not_kept_waiting_for_a_second_try(
    tmp_path: Path,
) -> None:
    """The job goes on; its next end is when it is consolidated whole."""
    job = Whole(tmp_path, objects=1)
    with job.open() as engine:
        answer(engine, engine.sign_in("Ann"))
        job.whole.while_refining = lambda: engine.ask_again(["0"])
        hand_over(job, engine)
        assert not engine.progress().finished
        assert job.refined() is None
        ben = engine.sign_in("Ben")
        answer(engine, ben)
        hand_over(job, engine)
        assert engine.progress().refined
        ((first, second),) = job.shown(engine)
        assert ben in {first, second}
