"""Labels at once, and in the end all from one model; the output manifest stays the service's."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from labelwright.contract.base import Json
from labelwright_local.engine.engine import Engine, open_engine
from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.spec import JobSpec
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.job_on_disk import JobOnDisk
from labelwright_local.workspace.task_folder import read_task_folder
from tests.local.engine.older_state import make_older
from tests.local.engine.small_jobs import Clock, take, work
from tests.local.jobs import TASK, write_lines


class Failing(DeployedHandlers):
    """Ours, but that they fail at whole jobs as often as they are told to."""

    failures = 0

    def refine(self, event: Json) -> Json:
        """Fail, or consolidate the whole job."""
        if self.failures:
            self.failures -= 1
            raise RuntimeError("no memory today")
        return super().refine(event)


class Job:
    """A job of so many birds with three workers for each, on our own functions."""

    def __init__(self, folder: Path, objects: int = 12, workers: int = 3) -> None:
        write_lines(folder / "manifest.jsonl", [{"source": f"bird {n}"} for n in range(objects)])
        (folder / "task.toml").write_text(TASK, encoding="utf-8")
        self.storage = FolderStorage(folder / "workspace" / "s3")
        self.files = JobFiles(self.storage, "birds")
        self.clock = Clock()
        settings = JobSettings(workers_per_object=workers)
        task = read_task_folder(folder)
        self.spec = JobSpec("birds", "birds", folder / "manifest.jsonl", task, settings=settings)
        self.handlers = Failing(self.spec, self.storage)

    def open(self) -> Any:
        """Open the job."""
        return open_engine(self.spec, self.storage, self.clock, self.handlers)

    def lines(self, uri: str) -> list[Json]:
        """Return a manifest's lines."""
        return [json.loads(line) for line in self.storage.read(uri).splitlines()]

    def output(self) -> list[Json]:
        """Return the output manifest."""
        return self.lines(self.files.layout.output_manifest)

    def refined(self) -> list[Json]:
        """Return the refined manifest."""
        return self.lines(self.files.layout.refined_manifest)


CROWD = ("Ada", "Ben", "Cid")


def everybody_answers(engine: Engine, objects: int, names: tuple[str, ...] = CROWD) -> None:
    """Let each worker answer so many objects: with owl, but that Cid errs in every fourth."""
    for name in names:
        worker = engine.sign_in(name)
        for _ in range(objects):
            task = take(engine, worker)
            label = "falcon" if name == "Cid" and int(task.object_id) % 4 == 0 else "owl"
            told = engine.submit(task.id, worker, f"s-{task.id}", {"bird": {"label": label}})
            assert told.accepted
        work(engine)


def sure(labels: Iterable[Json]) -> set[float]:
    """Return how sure the labels are that all three workers gave."""
    fields = [label["fields"]["species"] for label in labels]
    return {field["confidence"] for field in fields if field["votes"] == {"owl": 3}}


def test_whoever_labels_alone_sees_labels_as_soon_as_an_object_has_its_answers(
    tmp_path: Path,
) -> None:
    """They are provisional: in no output, until their batch is labeled."""
    job = Job(tmp_path, workers=1)
    with job.open() as engine:
        work(engine)
        everybody_answers(engine, 3, ("Ada",))
        views = engine.objects(0, 12)
        assert [view.provisional for view in views[:4]] == [True, True, True, False]
        assert views[0].label["fields"]["species"]["value"] == "owl"
        assert views[0].state == "answered"
        engine.write_output()
        assert not any("birds" in line for line in job.output())
        job.clock.passes(20)
        work(engine)
        views = engine.objects(0, 12)
        assert [(view.state, view.provisional) for view in views[:4]] == [
            *[("labeled", False)] * 3,
            ("open", False),
        ]
    assert not job.storage.exists(job.files.layout.refined_manifest)


def test_at_the_end_every_label_is_from_the_whole_job(tmp_path: Path) -> None:
    """The view, the outcomes and the refined manifest have them; the output manifest has not."""
    job = Job(tmp_path)
    with job.open() as engine:
        work(engine)
        everybody_answers(engine, 12)
        assert engine.progress().refined
        assert len(sure(line["birds"] for line in job.output())) == 2
        whole = [line["birds"] for line in job.refined()]
        assert len(sure(whole)) == 1
        assert [view.label for view in engine.objects(0, 12)] == whole
        assert [found.label for found in engine.outcomes()] == whole


def test_on_demand_the_job_is_consolidated_whole_as_far_as_it_is(tmp_path: Path) -> None:
    """New labels end that; the refined manifest never is older than the output manifest."""
    job = Job(tmp_path, objects=30)
    with job.open() as engine:
        work(engine)
        everybody_answers(engine, 12)
        assert engine.progress().labeled == 10
        assert engine.refine()
        assert engine.progress().refined
        assert sum("birds" in line for line in job.refined()) == 10
        everybody_answers(engine, 18)
        assert engine.progress().finished
        assert sum("birds" in line for line in job.refined()) == 30


def test_asking_for_the_output_manifest_of_a_finished_job_forgets_nothing(tmp_path: Path) -> None:
    """It is written anew only where something has changed."""
    job = Job(tmp_path)
    with job.open() as engine:
        work(engine)
        everybody_answers(engine, 12)
        before = job.refined()
        engine.write_output()
        assert job.refined() == before
        assert engine.progress().refined


def test_a_whole_job_that_can_not_be_consolidated_keeps_the_labels_of_its_batches(
    tmp_path: Path,
) -> None:
    """Why is told; it is tried again when the requester asks for it, or changes the job."""
    job = Job(tmp_path)
    job.handlers.failures = 1
    with job.open() as engine:
        work(engine)
        everybody_answers(engine, 12)
        progress = engine.progress()
        assert progress.finished
        assert not progress.refined
        assert "no memory today" in (progress.refine_fault or "")
        assert len(sure(view.label for view in engine.objects(0, 12))) == 2
        engine.refine()
        assert engine.progress().refined
        assert engine.progress().refine_fault is None


def test_a_finished_job_of_an_earlier_version_is_consolidated_whole_when_it_is_opened(
    tmp_path: Path,
) -> None:
    """It has all that this takes."""
    job = Job(tmp_path)
    with job.open() as engine:
        work(engine)
        everybody_answers(engine, 12)
    job.storage.delete(job.files.layout.refined_manifest)
    make_older(JobOnDisk(job.storage, job.files.layout).state, 4)
    with job.open() as engine:
        work(engine)
        assert engine.progress().refined
        assert len(sure(line["birds"] for line in job.refined())) == 1


def test_what_can_not_be_read_as_a_line_shifts_no_label(tmp_path: Path) -> None:
    """The output manifest has no line of it; ids say whose the others are."""
    job = Job(tmp_path, objects=3)
    lines = ['{"source": "bird 0"}', "{", "", '{"source": "bird 3"}']
    write_lines(tmp_path / "manifest.jsonl", lines)
    with job.open() as engine:
        work(engine)
        for name in CROWD:
            worker = engine.sign_in(name)
            for _ in range(2):
                task = take(engine, worker)
                given = {"bird": {"label": "falcon" if task.object_id == "3" else "owl"}}
                assert engine.submit(task.id, worker, f"s-{task.id}", given).accepted
            work(engine)
        values = [line["birds"]["fields"]["species"]["value"] for line in job.refined()]
        assert values == ["owl", "falcon"]
        shown = {view.id: view.label for view in engine.objects(0, 4) if view.label}
        assert shown["3"]["fields"]["species"]["value"] == "falcon"
