"""Small jobs for tests: a manifest, answers and a task, written to a folder."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labelwright_local.engine.run import run_job
from labelwright_local.engine.spec import JobSpec, ObjectOutcome
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.recorded_answers import RecordedAnswers, read_answers
from labelwright_local.workspace.task_folder import read_task_folder

TASK = """
name = "birds"
[[fields]]
name = "species"
path = "bird.label"
kind = "choice"
labels = ["owl", "falcon"]
"""
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def answer(task: int | str, worker: str, label: str) -> dict[str, Any]:
    """Make one recorded answer."""
    return {
        "datasetObjectId": str(task),
        "workerId": worker,
        "answerContent": {"bird": {"label": label}},
        "submissionTime": "2026-01-02T03:04:05Z",
        "timeSpentInSeconds": 4.5,
    }


class SmallJob:
    """A job in a folder; ``run`` runs it, and can be called again."""

    def __init__(
        self,
        folder: Path,
        lines: Sequence[dict[str, Any] | str],
        answers: Sequence[dict[str, Any] | str],
        task: str | None = TASK,
    ) -> None:
        self.folder = folder
        self.manifest = folder / "manifest.jsonl"
        self.answers = folder / "answers.jsonl"
        self.storage = FolderStorage(folder / "workspace" / "s3", folder / "s3")
        self.files = JobFiles(self.storage, "birds-job")
        self.task = task
        write_lines(self.manifest, lines)
        write_lines(self.answers, answers)
        if task is not None:
            (folder / "task.toml").write_text(task, encoding="utf-8")

    def recorded(self) -> RecordedAnswers:
        """Return the answers as they are read."""
        return read_answers(self.answers)

    def spec(self, method: str | None = None) -> JobSpec:
        """Return the job as it is run."""
        folder = read_task_folder(self.folder) if self.task is not None else None
        answers = self.recorded()
        return JobSpec("birds-job", "birds-job", self.manifest, folder, answers, method)

    def run(self, method: str | None = None) -> list[ObjectOutcome]:
        """Run the job to its end."""
        return run(self.spec(method), self.storage)

    def output(self) -> list[dict[str, Any]]:
        """Return the lines of the output manifest."""
        data = self.storage.read(self.files.layout.output_manifest)
        return [json.loads(line) for line in data.splitlines()]

    def all_files(self) -> dict[str, bytes]:
        """Return every file of the job by its address, but for the state that they come from."""
        uris = self.storage.keys(self.files.layout.prefix)
        return {uri: self.storage.read(uri) for uri in uris if not uri.endswith(".sqlite3")}


def run(spec: JobSpec, storage: FolderStorage) -> list[ObjectOutcome]:
    """Run a job to its end with the handlers that are deployed."""
    return run_job(spec, storage, lambda: NOW, DeployedHandlers(spec, storage))


def write_lines(path: Path, lines: Sequence[dict[str, Any] | str]) -> None:
    """Write JSON Lines; a string is written as it is."""
    text = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(f"{line}\n" for line in text), encoding="utf-8")
