"""A whole job done by simulated workers in a headless browser, on the portal that people use."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from playwright.sync_api import Browser, Error, Page

from labelwright.contract.base import Json
from labelwright.errors import UsageError
from labelwright.task.definition import FieldDefinition
from labelwright_local.engine.engine import Engine, open_engine
from labelwright_local.engine.model import Handlers
from labelwright_local.engine.spec import JobSpec, ObjectOutcome, Progress
from labelwright_local.engine.work import Work
from labelwright_local.http.loopback import serving
from labelwright_local.page.object_links import ObjectLinks
from labelwright_local.page.object_routes import object_routes
from labelwright_local.portal.app import create_app
from labelwright_local.portal.job_view import job_view
from labelwright_local.portal.keys import WorkspaceKey
from labelwright_local.portal.task_pages import TaskPages
from labelwright_local.simulated.browser import chromium
from labelwright_local.simulated.page_filler import PageFiller
from labelwright_local.simulated.worker import SimulatedWorker, perceived, true_values
from labelwright_local.workspace.batch_csv import is_batch
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_on_disk import JobOnDisk

#: True values by datasetObjectId and field, of those that are known.
Truth = Mapping[str, Mapping[str, Json]]


def run_in_browser(  # noqa: PLR0913 - what is named stands for itself
    spec: JobSpec,
    storage: FolderStorage,
    now: Callable[[], datetime],
    handlers: Handlers,
    workers: Sequence[SimulatedWorker],
    *,
    truth: Truth | None = None,
    seed: int = 0,
    progress: Progress = lambda *_: None,
) -> list[ObjectOutcome]:
    """Let simulated workers do a job to its end and return what became of each object.

    They sign in to the portal one after the other, take turns, and fill in the real page. What is
    true of an object is its ``truth``, else guessed by ``seed``: the same seeds, the same answers.

    Raises:
        LabelwrightError: the job can't be run, the task has no definition, its page has no control
            for a field, there is no browser, or objects want more answers than there are workers.
    """
    if spec.task is None:
        raise UsageError("simulated workers need to know what to answer: name a --task")
    names = {worker.name for worker in workers}
    if len(names) < spec.workers_per_object:
        raise UsageError(
            f"each object wants the answers of {spec.workers_per_object} workers, and "
            f"{len(names)} simulated ones have names of their own: the job would never end"
        )
    fields = spec.task.definition.fields
    key = WorkspaceKey(secrets.token_bytes(32)).of_job(spec.name)
    links = ObjectLinks(key.derived("object-links"))
    tasks = TaskPages(spec.page_text, links, batch=is_batch(spec.manifest))
    with open_engine(spec, storage, now, handlers) as engine, chromium() as browser:
        view = job_view(spec, JobOnDisk(storage, engine.files.layout))
        app = create_app(engine, tasks, view, key, objects=object_routes(storage, links), now=now)
        with _at_work(engine), serving(app) as address:
            crowd = [_AtPortal(browser, address, engine, worker, fields) for worker in workers]
            try:
                while not (found := engine.progress()).finished:
                    progress("workers' answers", found.objects - found.open, found.objects)
                    turns = [one.take_turn(truth or {}, seed) for one in crowd]
                    if not any(turns):
                        crowd[0].wait()
                progress("workers' answers", found.objects, found.objects)
            finally:
                # Open streams would keep the server from its end.
                app.state.changes.stop()
                for one in crowd:
                    one.leave()
        return list(engine.outcomes())


class _AtPortal:
    """A worker in a browser context of their own, signed in."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        engine: Engine,
        worker: SimulatedWorker,
        fields: Sequence[FieldDefinition],
    ) -> None:
        self._worker = worker
        self._engine = engine
        self._address = address
        self._fields = fields
        self._id = engine.sign_in(worker.name)
        self._page: Page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
        self._page.goto(address)
        self._page.get_by_label("Your name").fill(worker.name)
        self._page.get_by_role("button", name="Sign in").click()

    def take_turn(self, truth: Truth, seed: int) -> bool:
        """Do one task, if there is one."""
        if not self._has_task():
            return False
        task = self._page.url.rsplit("/", 1)[-1]
        assignment = self._engine.assignment(task, self._id)
        if assignment is None:
            return False
        text = _shown_text(assignment.task_input)
        object_id = assignment.object_id
        true = true_values(self._fields, object_id, text, truth.get(object_id, {}), seed)
        try:
            frame = self._page.locator("iframe").element_handle().content_frame()
            if frame is None:
                raise UsageError(f"object {object_id}: the task's page did not open")
            filler = PageFiller(self._page, frame, self._fields)
            filler.fill(perceived(self._worker, self._fields, object_id, true), text)
            # Read before: the next task may be there as soon as the button is pressed.
            here = self._page.url
            filler.submit()
            self._page.wait_for_url(lambda url: url != here)
        except Error as error:
            raise UsageError(
                f"object {object_id}: the page did not take a simulated worker's answer: "
                f"{error.message.splitlines()[0]}"
            ) from None
        return True

    def _has_task(self) -> bool:
        """Open the next task, unless one is open already."""
        if "/tasks/" not in self._page.url:
            self._page.goto(self._address)
            start = self._page.get_by_role("button", name=re.compile("Start|Continue|Resume"))
            if not start.count():
                return False
            start.click()
        return "/tasks/" in self._page.url

    def leave(self) -> None:
        """Close the browser's windows of this worker."""
        self._page.context.close()

    def wait(self) -> None:
        """Wait a moment for labels, or for other tasks."""
        self._page.wait_for_timeout(100)


@contextmanager
def _at_work(engine: Engine) -> Iterator[None]:
    """Let the job go on in its own thread; what concerns the whole job is raised at the end."""
    work = Work(engine, lambda: None)
    work.start()
    try:
        yield
    finally:
        work.stop()
    if work.failure is not None:
        raise work.failure


def _shown_text(task_input: Mapping[str, Json]) -> str:
    """Return the text that the page shows: where there is no text file, the source itself."""
    shown = task_input.get("text") or task_input.get("taskObject")
    return shown if isinstance(shown, str) and not shown.startswith("s3://") else ""
