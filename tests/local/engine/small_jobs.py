"""Small jobs with people for tests: a clock that is set by hand, handlers that are told to fail."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from labelwright.contract.base import Json
from labelwright.contract.job_layout import JobLayout
from labelwright.contract.worker_response import WorkerAnswer
from labelwright_lambda.whole_job.answers import Requests
from labelwright_local.engine.engine import Engine, open_engine
from labelwright_local.engine.model import Assignment
from labelwright_local.engine.settings import JobSettings, Retries
from labelwright_local.engine.spec import JobSpec
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.recorded_answers import RecordedAnswers

NAME = "pictures"
ONE_WORKER = JobSettings()
RETRIES = Retries()


class Clock:
    """The time, which passes when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return what time it is."""
        return self.now

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


class Counting:
    """Handlers that count their calls; a label tells who answered what.

    ``pre_fails`` and ``post_fails`` are how often they fail before they work; ``unwanted`` objects
    need no human. ``wrapped``: a task input has the whole line in it.
    """

    def __init__(self, storage: FolderStorage) -> None:
        self.storage = storage
        self.pre_calls: list[Json] = []
        self.post_calls: list[Json] = []
        self.pre_fails = 0
        self.post_fails = 0
        self.unwanted: set[str] = set()
        self.wrapped = False

    def pre(self, event: Json) -> Json:
        """Show the object as it is."""
        self.pre_calls.append(event)
        if self.pre_fails:
            self.pre_fails -= 1
            raise RuntimeError("no task today")
        source = event["dataObject"]["source"]
        if self.wrapped:
            return {"taskInput": {"line": {"whole": event["dataObject"]}}}
        wanted = "false" if source in self.unwanted else "true"
        return {"taskInput": {"picture": source}, "isHumanAnnotationRequired": wanted}

    def post(self, event: Json) -> Json:
        """Return all answers as the label."""
        self.post_calls.append(event)
        if self.post_fails:
            self.post_fails -= 1
            raise RuntimeError("no label today")
        request = json.loads(self.storage.read(event["payload"]["s3Uri"]))
        return [
            {
                "datasetObjectId": entry["datasetObjectId"],
                "consolidatedAnnotation": {
                    "content": {event["labelAttributeName"]: {"given": _given(entry)}}
                },
            }
            for entry in request
        ]


class CountingWhole(Counting):
    """They can consolidate the whole job, too, and label ahead; ``refine_fails`` so often.

    ``while_refining`` is called once, between what a whole job is read for and its manifest.
    """

    def __init__(self, storage: FolderStorage) -> None:
        super().__init__(storage)
        self.refine_fails = 0
        self.while_refining: Callable[[], object] | None = None

    def refine(self, event: Json) -> Json:
        """Return all answers of the whole job as its labels."""
        job = JobLayout(event["jobPrefix"])
        attribute = event["labelAttributeName"]
        if self.refine_fails:
            self.refine_fails -= 1
            raise RuntimeError("no whole job today")
        given: dict[str, dict[str, Json]] = {}
        for _, uri in sorted(Requests(job, self.storage).named().items()):
            for entry in json.loads(self.storage.read(uri)):
                given.setdefault(entry["datasetObjectId"], {}).update(_given(entry))
        lines = []
        for number, text in enumerate(self.storage.read(job.output_manifest).splitlines()):
            line = json.loads(text)
            if attribute in line:
                line[attribute] = {"given": given[str(number)], "whole": True}
            lines.append(json.dumps(line) + "\n")
        while_refining, self.while_refining = self.while_refining, None
        if while_refining is not None:
            while_refining()
        self.storage.write(job.refined_manifest, "".join(lines).encode())
        return {}

    def provisional(self, event: Json) -> Json:
        """Return what was answered so far."""
        return {
            entry["datasetObjectId"]: {"given": _given(entry), "early": True}
            for entry in event["objects"]
        }


def _given(entry: Json) -> dict[str, Json]:
    return {
        item["workerId"]: json.loads(item["annotationData"]["content"])
        for item in entry["annotations"]
    }


class SmallJob:
    """A job of so many objects in a folder, which can be opened again and again."""

    def __init__(self, folder: Path, objects: int = 3, settings: JobSettings = ONE_WORKER) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.manifest = folder / "manifest.jsonl"
        if not self.manifest.exists():
            lines = [json.dumps({"source": f"picture {n}"}) for n in range(objects)]
            self.manifest.write_text("".join(f"{line}\n" for line in lines))
        self.storage = FolderStorage(folder / "workspace")
        self.files = JobFiles(self.storage, NAME)
        self.clock = Clock()
        self.handlers = Counting(self.storage)
        self.settings = settings
        #: What another job's workers answered, by datasetObjectId; the job goes on from there.
        self.earlier: dict[str, dict[str, Json]] = {}

    @contextmanager
    def open(self, retries: Retries = RETRIES) -> Iterator[Engine]:
        """Open the job, with everything done that can be done at once."""
        spec = JobSpec(
            NAME, NAME, self.manifest, None, settings=self.settings, earlier=self._earlier()
        )
        with open_engine(spec, self.storage, self.clock, self.handlers, retries) as engine:
            work(engine)
            yield engine

    def _earlier(self) -> RecordedAnswers | None:
        if not self.earlier:
            return None
        answers = {
            number: [
                WorkerAnswer(
                    worker_id=worker, answer_content=content, submission_time="2026-01-01T00:00:00Z"
                )
                for worker, content in given.items()
            ]
            for number, given in self.earlier.items()
        }
        return RecordedAnswers(answers, [], "digest")

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

    def requests(self) -> list[tuple[int, list[str]]]:
        """Return iteration and object ids of each consolidation request."""
        requests = Requests(self.files.layout, self.storage)
        return [
            (name.iteration, [entry.dataset_object_id for entry in requests.read(uri).objects])
            for name, uri in sorted(requests.named().items())
        ]

    def stored_answers(self) -> dict[str, list[Json]]:
        """Return what the worker-response files hold by datasetObjectId."""
        uris = self.storage.keys(self.files.layout.worker_responses)
        found: dict[str, list[Json]] = {}
        for uri in uris:
            answers = json.loads(self.storage.read(uri))["answers"]
            found.setdefault(uri.split("/")[-2], []).extend(answers)
        return found


def work(engine: Engine) -> None:
    """Let the engine do all there is to do now."""
    while engine.work():
        pass


def take(engine: Engine, worker: str, token: str = "") -> Assignment:
    """Take a task that has to be there."""
    found = engine.next_assignment(worker, token or f"take-{engine.progress().version}")
    assert found is not None
    return found


def answer(engine: Engine, worker: str, label: str = "owl") -> str:
    """Take a task and submit an answer that has to be accepted; return the object's id."""
    task = take(engine, worker)
    submitted = engine.submit(task.id, worker, f"submit-{task.id}", {"label": label})
    assert submitted == (True, None)
    return task.object_id
