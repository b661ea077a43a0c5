"""One worker's view of the page: what can be done with mouse and keyboard, and what comes of it."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route

import post_labeling
from labelwright_local.simulated.painted import wait_until_painted
from tests.samples import documents
from tests.samples.rendering import (
    TASK_DEFINITION,
    TEMPLATES,
    manifest,
    pre_label,
    render,
    sample_storage,
)

STAND_IN = (Path(__file__).parents[1] / "samples" / "stand_in.js").read_text("utf-8")
ADDRESS = "http://worker.test/task"
JOB = "s3://labelwright-sample/out/Job/annotations/consolidated-annotation"

#: Where a code point of the text is drawn: [left, right, middle of its height].
PLACE_OF = """([at, text]) => {
  const pane = document.getElementById("text");
  const from = Array.from(text).slice(0, at).join("").length;
  const walker = document.createTreeWalker(pane, NodeFilter.SHOW_TEXT);
  let left = from;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (left < node.length) {
      const range = document.createRange();
      range.setStart(node, left);
      range.setEnd(node, left + (node.data.codePointAt(left) > 0xffff ? 2 : 1));
      const box = range.getBoundingClientRect();
      return [box.left, box.right, (box.top + box.bottom) / 2];
    }
    left -= node.length;
  }
}"""


def document(document_id: str) -> documents.Document:
    """Return a document of the sample."""
    [found] = [found for found in documents.load() if found.id == document_id]
    return found


def task_input(document_id: str = "glacier-bubbles", **more: Any) -> dict[str, Any]:
    """Return what pre-labeling gives for a document of the sample, with other keys replaced."""
    number = [found.id for found in documents.load()].index(document_id)
    made: dict[str, Any] = pre_label(documents.FOLDER, manifest(documents.FOLDER)[number])[
        "taskInput"
    ]
    return made | more


def consolidated(answer: dict[str, Any], text: str) -> dict[str, Any]:
    """Let post-labeling consolidate this one answer; return the label's fields."""
    storage = sample_storage(documents.FOLDER)
    storage.put(answer["text"]["uri"], text)
    payload = f"{JOB}/consolidation-request/iteration-1/a.json"
    content = json.dumps({"annotations": json.dumps(answer)})
    entry = {
        "datasetObjectId": "0",
        "dataObject": {"s3Uri": "s3://labelwright-sample/a.png"},
        "annotations": [{"workerId": "w", "annotationData": {"content": content}}],
    }
    storage.put(payload, json.dumps([entry]))
    event = {"labelingJobArn": "arn", "labelAttributeName": "Job", "payload": {"s3Uri": payload}}
    settings = post_labeling.Settings(TASK_DEFINITION, text_prefix="s3://labelwright-sample/")
    [response] = post_labeling.handle(event, storage, settings)
    label: Any = response["consolidatedAnnotation"]
    fields: dict[str, Any] = label["content"]["Job"]["fields"]
    return fields


def ends(spans: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    """Return start, end and label of each span."""
    return [(span["start"], span["end"], span["label"]) for span in spans]


class WorkerPage:
    """The page of one task; whatever its script throws is in ``failures``."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.failures: list[str] = []
        self.hosts: set[str] = set()
        self.text = ""
        self.crowd_elements = STAND_IN
        self._document = ""
        page.on("pageerror", lambda error: self.failures.append(str(error)))
        page.route("**/*", self._serve)

    def _serve(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        self.hosts.add(f"{address.netloc}{address.path}")
        if address.path.endswith("crowd-html-elements.js"):
            route.fulfill(body=self.crowd_elements, content_type="application/javascript")
        elif address.path.startswith("/s3/"):
            route.fulfill(path=TEMPLATES / documents.FOLDER / "sample" / address.path[1:])
        else:
            route.fulfill(body=self._document, content_type="text/html; charset=utf-8")

    def open(
        self, given: dict[str, Any], address: str = ADDRESS, *, task: str = documents.FOLDER
    ) -> None:
        """Open a task's page of a task input."""
        self.text = given.get("text") or given["taskObject"]
        rendered = render(task, given)
        self._document = f"<!doctype html><html lang='en'><title>Task</title>{rendered}"
        self.page.goto(address)
        wait_until_painted(self.page)

    @property
    def shown(self) -> str:
        """The text as it stands in the page."""
        content: str = self.page.evaluate("() => document.getElementById('text').textContent")
        return content

    @property
    def said(self) -> str:
        """What happened last, as a screen reader hears it."""
        return self.page.locator(".said").inner_text().replace("\u00a0", " ").strip()

    def place(self, at: int) -> tuple[float, float, float]:
        """Return where a code point is drawn: left, right, middle of its height."""
        left, right, middle = self.page.evaluate(PLACE_OF, [at, self.text])
        return left, right, middle

    def find(self, quote: str, label: str = "METHODS") -> documents.Span:
        """Return the span of a quote's first place in the text."""
        start = self.text.index(quote)
        return documents.Span(start, start + len(quote), label)

    def drag(self, span: documents.Span) -> None:
        """Select a span with the mouse, from its first character's left to its last's right."""
        left, _, top = self.place(span.start)
        _, right, bottom = self.place(span.end - 1)
        self.page.mouse.move(left + 0.5, top)
        self.page.mouse.down()
        self.page.mouse.move((left + right) / 2, (top + bottom) / 2, steps=3)
        self.page.mouse.move(right - 0.5, bottom, steps=3)
        self.page.mouse.up()

    def click(self, at: int, *, shift: bool = False) -> None:
        """Click on the left half of a character."""
        left, right, middle = self.place(at)
        if shift:
            self.page.keyboard.down("Shift")
        self.page.mouse.click(left + (right - left) / 4, middle)
        if shift:
            self.page.keyboard.up("Shift")

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def label(self, name: str) -> None:
        """Press a label's button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def button(self, name: str | re.Pattern[str]) -> None:
        """Press another button."""
        self.page.get_by_role("button", name=name).click()

    def answer(self) -> dict[str, Any]:
        """Return what the form has sent: one key, and in it the answer."""
        sent = self.page.evaluate("() => window.answer || null")
        assert sent is not None
        assert list(sent) == ["annotations"]
        answer: dict[str, Any] = json.loads(sent["annotations"])
        return answer

    def submitted(self) -> dict[str, Any]:
        """Say yes, submit, and return the answer."""
        self.page.get_by_label("yes", exact=True).check()
        self.button("Submit")
        return self.answer()

    def is_sent(self) -> bool:
        """Whether the form has sent an answer."""
        sent: bool = self.page.evaluate("() => 'answer' in window")
        return sent
