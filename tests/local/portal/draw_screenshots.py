"""Draws the README's pictures of the portal: ``python -m tests.local.portal.draw_screenshots``.

Its workers answer what the sample's recorded workers did.
"""

import json
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition
from labelwright_local.simulated.browser import chromium
from labelwright_local.simulated.page_filler import PageFiller
from labelwright_local.simulated.worker import Mark
from labelwright_local.workspace.task_folder import read_task_folder
from tests.local.portal.browsers import elsewhere
from tests.local.portal.clocked_server import Server
from tests.local.portal.sample_job import SAMPLE, write_job
from tests.samples import documents
from tests.samples.draw_screenshots import save

DOCUMENTS = documents.load()


def recorded(worker: str) -> dict[str, dict[str, Json]]:
    """Return what a recorded worker answered, by the document's id."""
    found = {}
    for line in (SAMPLE / "sample" / "answers.jsonl").read_text("utf-8").splitlines():
        answer = json.loads(line)
        if answer["workerId"] == worker:
            content = json.loads(answer["answerContent"]["annotations"])
            found[DOCUMENTS[int(answer["datasetObjectId"])].id] = {
                "entities": [
                    Mark(span["start"], span["end"], span["label"]) for span in content["value"]
                ],
                "quality": content["claimResult"],
                "notes": content["notes"],
            }
    return found


class Worker:
    """Somebody who has signed in and started."""

    def __init__(
        self, browser: Browser, server: Server, name: str, fields: tuple[FieldDefinition, ...]
    ) -> None:
        self._fields = fields
        self.page: Page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        self.page.goto(server.address)
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("button", name="Start").click()

    def document(self) -> documents.Document:
        """Return the document of the open task, which its page names."""
        frame = self.page.frame_locator("#page")
        frame.get_by_role("button", name="Submit").wait_for()
        shown = frame.locator("body").inner_text()
        return next(document for document in DOCUMENTS if document.title in shown)

    def fill(self, values: dict[str, Json]) -> PageFiller:
        """Fill the task's page in."""
        text = self.document().text
        frame = self.page.locator("iframe").element_handle().content_frame()
        assert frame is not None
        filler = PageFiller(self.page, frame, self._fields)
        filler.fill(values, text)
        return filler

    def label(self, answers: dict[str, dict[str, Json]], tasks: int) -> None:
        """Do some tasks, one after the other."""
        for _ in range(tasks):
            here = self.page.url
            self.fill(answers[self.document().id]).submit()
            elsewhere(self.page, here)


#: Everything from its beginning, and nothing selected.
_TIDY = """() => {
  document.activeElement.blur();
  getSelection().removeAllRanges();
  for (const element of document.querySelectorAll("*")) element.scrollTop = 0;
}"""


def task(worker: Worker) -> PageFiller:
    """Mark what is to be marked, and judge."""
    document = worker.document()
    marks = [Mark(*span) for span in document.spans]
    filler = worker.fill({"entities": marks, "quality": document.quality, "notes": ""})
    frame = worker.page.locator("iframe").element_handle().content_frame()
    assert frame is not None
    frame.evaluate(_TIDY)
    worker.page.mouse.move(0, 0)
    worker.page.wait_for_timeout(1_500)
    return filler


def main() -> None:
    """Write the pictures."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        template = (SAMPLE / "template.liquid.html").read_text("utf-8")
        fields = read_task_folder(SAMPLE).definition.fields
        server = Server(write_job(Path(folder) / "job", 14, template), workers=3)
        server.start()
        try:
            ada = Worker(browser, server, "Ada Lovelace", fields)
            page = ada.page
            page.set_viewport_size({"width": 1280, "height": 920})
            filler = task(ada)
            save(page, "portal-task")
            page.set_viewport_size({"width": 1280, "height": 800})
            here = page.url
            filler.submit()
            elsewhere(page, here)
            # The ten objects of the first batch, by three workers each.
            ada.label(recorded("w2"), 9)
            Worker(browser, server, "Grace Hopper", fields).label(recorded("w1"), 10)
            Worker(browser, server, "Katherine Johnson", fields).label(recorded("w3"), 11)
            page.goto(server.address)
            save(page, "portal-job")
            page.goto(server.requester)
            page.get_by_text("14 objects: 10 labeled").wait_for()
            # Where this machine keeps temporary files is nobody's affair.
            page.locator("code").first.evaluate(
                "(code) => { code.textContent = code.textContent.replace(/^.*(?=workspace)/, ''); }"
            )
            save(page, "portal-overview")
            page.goto(f"{server.address}/requester/objects")
            save(page, "portal-objects")
            page.emulate_media(color_scheme="dark")
            save(page, "portal-objects-dark")
            page.emulate_media(color_scheme="light")
            page.get_by_role("link", name="1", exact=True).click()
            page.get_by_role("heading", name="Answers").wait_for()
            save(page, "portal-object")
            page.goto(f"{server.address}/requester/workers")
            save(page, "portal-workers")
        finally:
            server.kill()


if __name__ == "__main__":
    main()
