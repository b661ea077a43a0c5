"""A job about moods with the deployed handlers: its task and its manifest change while it lives."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from labelwright_local.engine.engine import Engine, open_engine
from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.spec import JobSpec
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.job_on_disk import JobOnDisk
from labelwright_local.workspace.task_folder import read_task_folder
from tests.local.engine.small_jobs import Clock, work

NAME = "moods"
TASK = """
name = "moods"
title = "Moods"
instructions = "Say what mood the note is in."

[[guide]]
label = "happy"
text = "Somebody laughs."

[[fields]]
name = "mood"
path = "mood"
kind = "choice"
labels = ["happy", "sad"]
"""
PAGE = "<p>{{ task.input.taskObject }}</p>"


class Moods:
    """The job in a folder: ``task``, ``manifest.jsonl``, ``workspace``."""

    def __init__(self, folder: Path, lines: int = 3, workers: int = 2, name: str = NAME) -> None:
        self.folder = folder
        self.name = name
        self.task = folder / "task"
        self.task.mkdir(parents=True, exist_ok=True)
        self.definition = self.task / "task.toml"
        self.page = self.task / "template.liquid.html"
        self.manifest = folder / "manifest.jsonl"
        if not self.manifest.exists():
            self.definition.write_text(TASK)
            self.page.write_text(PAGE)
            self.manifest.write_text("")
            self.grow(lines)
        self.storage = FolderStorage(folder / "workspace" / "s3")
        self.files = JobFiles(self.storage, name)
        self.disk = JobOnDisk(self.storage, self.files.layout)
        self.clock = Clock()
        self.workers = workers
        self.skill_from: Path | None = None

    def grow(self, lines: int) -> None:
        """Write new lines behind the old ones."""
        there = len(self.manifest.read_text().splitlines())
        with self.manifest.open("a") as file:
            for number in range(there, there + lines):
                file.write(json.dumps({"source": f"note {number}"}) + "\n")

    def change(self, old: str, new: str) -> None:
        """Edit the task's definition."""
        text = self.definition.read_text()
        assert old in text
        self.definition.write_text(text.replace(old, new))

    def spec(self) -> JobSpec:
        """Return what the job is started with."""
        settings = JobSettings(workers_per_object=self.workers)
        task = read_task_folder(self.task)
        return JobSpec(
            self.name, self.name, self.manifest, task, settings=settings, skill_from=self.skill_from
        )

    @contextmanager
    def open(self) -> Iterator[Engine]:
        """Open the job, with everything done that can be done at once."""
        spec = self.spec()
        handlers = DeployedHandlers(spec, self.storage)
        with open_engine(spec, self.storage, self.clock, handlers) as engine:
            work(engine)
            yield engine

    def output(self) -> list[dict[str, Any]]:
        """Return the lines of the output manifest."""
        data = self.storage.read(self.files.layout.output_manifest)
        return [json.loads(line) for line in data.splitlines()]

    def refined(self) -> list[dict[str, Any]] | None:
        """Return the lines of the refined manifest, None where there is none."""
        if not self.storage.exists(self.files.layout.refined_manifest):
            return None
        data = self.storage.read(self.files.layout.refined_manifest)
        return [json.loads(line) for line in data.splitlines()]

    def labels(self) -> list[tuple[str | None, dict[str, int]]]:
        """Return the mood and the votes of each line of the output manifest."""
        found = []
        for line in self.output():
            label = line.get(self.name)
            field = label["fields"]["mood"] if label else {"value": None, "votes": {}}
            found.append((field["value"], field["votes"]))
        return found


def give(engine: Engine, name: str, mood: str) -> str | None:
    """Let a worker answer one object; return its id, None where there is none for them."""
    worker = engine.sign_in(name)
    task = engine.next_assignment(worker, f"{name} {engine.progress().version}")
    if task is None:
        return None
    assert engine.submit(task.id, worker, f"s{task.id}", {"mood": mood}) == (True, None)
    return task.object_id


def finish(job: Moods, engine: Engine, names: str, mood: str = "happy") -> None:
    """Let these workers, named by letters, answer all there is, and labels be made."""
    for name in names:
        while give(engine, name, mood) is not None:
            work(engine)
    job.clock.passes(60)
    work(engine)


def words(engine: Engine) -> list[str]:
    """Return what the history tells."""
    return [happened.words for happened in engine.history()]
