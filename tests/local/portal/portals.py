"""A small job behind a portal, for tests without a browser: workers and a requester over HTTP."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

from httpx2 import Client, Response
from starlette.testclient import TestClient

from labelwright_local.engine.engine import Engine, open_engine
from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.spec import JobSpec
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.page.mturk import renderer
from labelwright_local.page.object_links import ObjectLinks
from labelwright_local.page.object_routes import object_routes
from labelwright_local.portal.app import ONLY_HERE, create_app, requester_key
from labelwright_local.portal.job_view import job_view
from labelwright_local.portal.keys import WorkspaceKey
from labelwright_local.portal.reach import Reach
from labelwright_local.portal.task_pages import TaskPages
from labelwright_local.workspace.batch_csv import is_batch
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.job_on_disk import JobOnDisk
from labelwright_local.workspace.named_files import file_fault
from labelwright_local.workspace.task_folder import read_task_folder

TASK = """
name = "birds"
title = "Name the bird"
instructions = "Say <b>owl</b> or falcon."
[[fields]]
name = "species"
path = "bird.label"
kind = "choice"
labels = ["owl", "falcon"]
"""
TEMPLATE = """<h1>{{ task.input.taskObject }}</h1>
<form id="form"><label><input type="radio" name="bird" value="owl"> Owl</label>
<label><input type="radio" name="bird" value="falcon"> Falcon</label><button>Submit</button></form>
<script>
document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const label = new FormData(event.target).get("bird");
  parent.postMessage({labelwright: 1, type: "submit", answer: {bird: {label}}}, "*");
});
</script>
"""
WORKSPACE_KEY = WorkspaceKey(b"k" * 32)
#: The job's, unless a test names another.
KEY = WORKSPACE_KEY.of_job("birds")
OWL = {"bird": {"label": "owl"}}


class ChangingPages(TaskPages):
    """Task pages whose template a test can change."""

    def use(self, template: str) -> None:
        """Render this template from now on."""
        self._template = template
        self._render = renderer(template, batch=False)


class Portal:
    """A job and its application; ``clock`` is moved by hand."""

    def __init__(
        self, folder: Path, template: str, *, reach: Reach = ONLY_HERE, name: str = "birds"
    ) -> None:
        self.key = WORKSPACE_KEY.of_job(name)
        self.folder = folder
        self.template = template
        self.reach = reach
        self.clock = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        self.storage = FolderStorage(folder / "workspace" / "s3", folder / "s3")
        self.links = ObjectLinks(self.key.derived("object-links"))

    def now(self) -> datetime:
        """Return the time that the test has set."""
        return self.clock

    def wait(self, seconds: int) -> None:
        """Let time go by."""
        self.clock += timedelta(seconds=seconds)
        self.work()

    @contextmanager
    def opened(self, spec: JobSpec, handlers: type[DeployedHandlers]) -> Iterator["Portal"]:
        """Open the job, pre-labeled."""
        self.handlers = handlers(spec, self.storage)
        with open_engine(spec, self.storage, self.now, self.handlers) as engine:
            self.engine: Engine = engine
            self.files: JobFiles = engine.files
            self.work()
            self.tasks = ChangingPages(
                self.template,
                self.links,
                fault=partial(file_fault, self.storage),
                batch=is_batch(spec.manifest),
            )
            self.app = create_app(
                engine,
                self.tasks,
                job_view(spec, JobOnDisk(self.storage, engine.files.layout)),
                self.key,
                objects=object_routes(self.storage, self.links),
                reach=self.reach,
                now=self.now,
            )
            yield self

    def work(self) -> None:
        """Do all that the background thread would."""
        while self.engine.work():
            pass

    def browser(self) -> "Browser":
        """Open a browser with no cookies."""
        return Browser(TestClient(self.app, base_url="http://127.0.0.1:8000"))

    def worker(self, name: str) -> "Browser":
        """Open a browser in which somebody has signed in."""
        browser = self.browser()
        browser.sign_in(name)
        return browser

    def requester(self) -> "Browser":
        """Open a browser in which the requester's view is open."""
        browser = self.browser()
        browser.get(f"/requester?key={requester_key(self.key)}")
        return browser


class Browser:
    """A browser without scripts: remembers cookies, sends the forms of the pages it is shown."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str) -> Response:
        """Open a page."""
        response: Response = self.client.get(path)
        return response

    def csrf(self, path: str = "/") -> str:
        """Return the token that the pages of this session carry."""
        [token, *_] = re.findall('csrf"[^>]*? value="([0-9a-f]+)"', self.get(path).text)
        return str(token)

    def post(
        self, path: str, fields: Mapping[str, str] | None = None, *, page: str = "/"
    ) -> Response:
        """Send a form that stands on ``page``."""
        data = {"csrf": self.csrf(page), **(fields or {})}
        response: Response = self.client.post(path, data=data)
        return response

    def sign_in(self, name: str, code: str = "") -> Response:
        """Sign in."""
        return self.post("/sign-in", {"name": name, "code": code})

    def next(self, once: str = "t") -> str:
        """Take the next task; return its address, or that of the page that says there is none."""
        return self.post("/next", {"token": once}).url.path

    def send(self, path: str, body: Any, **headers: str) -> Response:
        """Send JSON as the portal's scripts do."""
        told = {"accept": "application/json", "x-csrf-token": self.csrf(), **headers}
        response: Response = self.client.post(path, content=json.dumps(body), headers=told)
        return response

    def answer(self, task: str, answer: Any, once: str = "t") -> dict[str, Any]:
        """Submit an answer; return what the portal says."""
        told: dict[str, Any] = self.send(f"{task}/answer", {"token": once, "answer": answer}).json()
        return told


@contextmanager
def portal(
    folder: Path,
    objects: Sequence[dict[str, Any]] = ({"source": "a"}, {"source": "b"}),
    *,
    workers: int = 1,
    template: str = TEMPLATE,
    open_to_network: bool = False,
    reach: Reach = ONLY_HERE,
    handlers: type[DeployedHandlers] = DeployedHandlers,
    task: str = TASK,
    name: str = "birds",
) -> Iterator[Portal]:
    """Open the portal of a small job whose tasks may take a minute."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "task.toml").write_text(task, encoding="utf-8")
    manifest = folder / "manifest.jsonl"
    manifest.write_text("".join(f"{json.dumps(line)}\n" for line in objects), encoding="utf-8")
    settings = JobSettings(workers_per_object=workers, task_time_limit=60)
    spec = JobSpec(
        name, name, manifest, read_task_folder(folder), settings=settings,
        template=template.encode(),
    )  # fmt: skip
    reach = Reach(open_to_network=True) if open_to_network else reach
    made = Portal(folder, template, reach=reach, name=name)
    with made.opened(spec, handlers):
        yield made


def words(response: Response) -> str:
    """Return a page's text, without markup, on one line."""
    text = re.sub("<(style|script).*?</\\1>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return " ".join(unescape(text).split())
