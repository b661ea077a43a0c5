"""A job that an earlier version left half-finished is gone on with, and nobody's answer is lost."""

import json
import shutil
from collections.abc import Iterator, Set
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labelwright.contract.base import load_json
from labelwright_lambda.whole_job.answers import Requests, WorkerResponses, whole_job
from labelwright_local.engine.engine import Engine, open_engine
from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.spec import JobSpec
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.task_folder import read_task_folder
from tests.consolidation.real_crowds import DATASETS
from tests.local.engine.small_jobs import Clock, work

LEFT = DATASETS / "workspace-0.1.0"
NAME = "weather-notes"
PEOPLE = ("Ada", "Bram", "Chidi")

pytestmark = pytest.mark.skipif(
    not LEFT.is_dir(), reason="the workspace of version 0.1.0 is not beside the project"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of what version 0.1.0 left."""
    return Path(shutil.copytree(LEFT, tmp_path / "left"))


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Engine, Clock]]:
    """Open the job two minutes after it was left, with everything done that can be done."""
    clock = Clock()
    clock.now = datetime(2026, 11, 27, 9, 9, tzinfo=UTC)
    storage = FolderStorage(folder / "workspace" / "s3")
    task = read_task_folder(folder / "task")
    settings = JobSettings(workers_per_object=3)
    spec = JobSpec(NAME, NAME, folder / "manifest.jsonl", task, settings=settings)
    with open_engine(spec, storage, clock, DeployedHandlers(spec, storage)) as engine:
        work(engine)
        yield engine, clock


def accepted() -> Set[tuple[str, str, str]]:
    """Return object, worker and mood of all answers that version 0.1.0 had accepted."""
    listed = json.loads((LEFT / "accepted.json").read_text(encoding="utf-8"))
    return {(item["datasetObjectId"], item["worker"], item["mood"]) for item in listed}


def mood(answer: str) -> str:
    """Return what an answer says of the mood."""
    return str(load_json(answer)["mood"])


def known(engine: Engine) -> Set[tuple[str, str, str]]:
    """Return the same of all answers that the job knows of."""
    found = set()
    for view in engine.objects(0, 100):
        detail = engine.object(view.id)
        assert detail is not None
        for answer in detail.answers:
            found.add((view.id, answer.worker_name, mood(answer.content["answer"])))
    return found


def finish(engine: Engine, clock: Clock) -> None:
    """Let all workers answer whatever they are given, until there is nothing left."""
    ids = [engine.sign_in(name) for name in PEOPLE]
    for turn in range(100):
        for worker in ids:
            task = engine.next_assignment(worker, f"take-{worker}-{turn}")
            if task is not None:
                content = {"answer": json.dumps({"mood": "mixed", "places": []})}
                submitted = engine.submit(task.id, worker, f"submit-{task.id}", content)
                assert submitted.accepted
        clock.passes(60)
        work(engine)
        if engine.progress().finished:
            return
    raise AssertionError("the job does not end")


def test_every_accepted_answer_is_still_there(folder: Path) -> None:
    """When the job is opened, and when it is opened again."""
    assert len(accepted()) == 44
    for _ in range(2):
        with opened(folder) as (engine, _):
            assert known(engine) == accepted()
            assert engine.progress().objects == 24


def test_what_people_had_in_their_hands_is_still_theirs(folder: Path) -> None:
    """The task that Ada held, and what others had saved half-done."""
    with opened(folder) as (engine, _):
        ada, bram, chidi = (engine.sign_in(name) for name in PEOPLE)
        held = engine.next_assignment(ada, "again")
        assert held is not None
        assert held.object_id == "16"
        drafts = {}
        for worker in (bram, chidi):
            task = engine.next_assignment(worker, "next")
            while task is not None and task.draft is None:
                engine.submit(task.id, worker, f"submit-{task.id}", {"answer": "{}"})
                task = engine.next_assignment(worker, f"after-{task.id}")
            if task is not None:
                drafts[task.object_id] = task.draft
        assert drafts.keys() == {"5", "10"}


def test_the_job_can_be_finished_and_its_files_have_every_answer(folder: Path) -> None:
    """Requests and worker responses alike, of this version and of the earlier one."""
    with opened(folder) as (engine, clock):
        finish(engine, clock)
        assert engine.progress().labeled == 24
        assert known(engine) >= accepted()
        names = {engine.sign_in(name): name for name in PEOPLE}
        layout, storage = engine.files.layout, engine.files.storage
    sources = (Requests(layout, storage), WorkerResponses(layout.worker_responses, storage))
    for source in sources:
        found = whole_job(source)
        assert not found.faults
        given = {
            (item.dataset_object_id, names[answer.worker], mood(answer.content["answer"]))
            for item in found.objects
            for answer in item.answers
        }
        assert given >= accepted()
        assert len(given) == 24 * 3
    lines = storage.read(layout.output_manifest).splitlines()
    assert [json.loads(line)[NAME]["error"] for line in lines] == [None] * 24


def test_the_job_can_grow_and_its_task_change(folder: Path) -> None:
    """Its lines are compared with those in its state, its task with the one it was begun with."""
    with (folder / "manifest.jsonl").open("a", encoding="utf-8") as manifest:
        manifest.write('{"source": "One more note, of a calm day."}\n')
    definition = folder / "task" / "task.toml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace('"mixed"', '"mixed", "stormy"'), encoding="utf-8")
    with opened(folder) as (engine, clock):
        assert known(engine) == accepted()
        told = [happened.words for happened in engine.history()]
        assert told == [
            "gone on with 24 lines of an earlier version of Labelwright",
            "version 2 of the task: label 'stormy' added to 'mood'",
            "grown by 1 line, from line 25 on",
        ]
        finish(engine, clock)
        assert engine.progress().labeled == 25
        assert known(engine) >= accepted()
