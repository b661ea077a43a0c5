"""The abstracts' page in a real browser: mouse, keyboard, offsets, and what it submits."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.samples import documents
from tests.samples.draw_images import browser_page
from tests.samples.rendering import TEMPLATES, manifest, pre_label, render

pytestmark = pytest.mark.browser

TEMPLATE = documents.FOLDER
DOCUMENTS = documents.load()
STAND_IN = Path(__file__).with_name("stand_in.js").read_text("utf-8")
HARD = ("sleeping-bees", "emoji-irony", "coffee-bricks", "stocking-trial", "worm-lidar",
        "typhoon-windows", "lazy-sorting")  # fmt: skip

#: Where a code point of the text is drawn: [left, right, middle of its height], scrolled into view.
PLACE_OF = """([at, text]) => {
  const pane = document.getElementById("lw-text");
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

Opener = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    """Open a page in a tall window."""
    with browser_page(1280, 1600) as page:
        yield page


@pytest.fixture
def open_task(browser: Page) -> Iterator[Opener]:
    """Open the worker's page for a task input; whatever the script throws fails the test."""
    shown: dict[str, str] = {}
    failures: list[str] = []

    def serve(route: Route) -> None:
        path = route.request.url.split("/", 3)[3]
        if path.endswith("crowd-html-elements.js"):
            route.fulfill(body=STAND_IN, content_type="application/javascript")
        elif path.startswith("s3/"):
            route.fulfill(path=TEMPLATES / TEMPLATE / "sample" / path)
        else:
            route.fulfill(body=shown["page"], content_type="text/html; charset=utf-8")

    def open_page(task_input: dict[str, Any]) -> None:
        shown["page"] = f"<!doctype html><html lang='en'>{render(TEMPLATE, task_input)}"
        browser.goto("http://worker.test/task")

    def note(error: object) -> None:
        failures.append(str(error))

    browser.route("**/*", serve)
    browser.on("pageerror", note)
    yield open_page
    browser.remove_listener("pageerror", note)
    browser.unroute_all()
    assert failures == []


def task_input(document_id: str) -> dict[str, Any]:
    """Return what pre-labeling gives for a document of the sample."""
    number = [document.id for document in DOCUMENTS].index(document_id)
    made: dict[str, Any] = pre_label(TEMPLATE, manifest(TEMPLATE)[number])["taskInput"]
    return made


def drag_over(page: Page, span: documents.Span, text: str) -> None:
    """Select a span with the mouse, from the left edge of its first to the right of its last."""
    left, _, top = page.evaluate(PLACE_OF, [span.start, text])
    _, right, bottom = page.evaluate(PLACE_OF, [span.end - 1, text])
    page.mouse.move(left + 0.5, top)
    page.mouse.down()
    page.mouse.move((left + right) / 2, (top + bottom) / 2, steps=3)
    page.mouse.move(right + 0.5, bottom, steps=3)
    page.mouse.up()


def submit(page: Page) -> dict[str, Any] | None:
    """Submit, and return what the form would send."""
    page.get_by_role("button", name="Submit").click()
    sent: dict[str, Any] | None = page.evaluate("() => window.answer || null")
    return sent


def submitted(page: Page) -> dict[str, Any]:
    """Submit, and return the answer, which is all that is sent."""
    sent = submit(page)
    assert sent is not None
    assert list(sent) == ["annotations"]
    answer: dict[str, Any] = json.loads(sent["annotations"])
    return answer


@pytest.mark.parametrize("document_id", HARD)
def test_spans_selected_by_mouse_have_python_s_offsets(
    document_id: str, browser: Page, open_task: Opener
) -> None:
    """All true spans of a text with emoji, accents or CRLF come back exactly as they are."""
    [document] = [found for found in DOCUMENTS if found.id == document_id]
    open_task(task_input(document_id))
    for span in document.spans:
        drag_over(browser, span, document.text)
        browser.get_by_role("button", name=span.label, exact=True).click()
    browser.get_by_label("yes").check()
    answer = submitted(browser)
    expected = sorted(document.spans)
    assert sorted(answer["value"], key=lambda given: (given["start"], given["label"])) == [
        span.wire(document.text) for span in expected
    ]
    assert answer["text"] == document.echo()


def test_overlapping_spans_and_two_labels_on_one(browser: Page, open_task: Opener) -> None:
    """A passage takes a second label without being selected again, and passages may overlap."""
    [document] = [found for found in DOCUMENTS if found.id == "emoji-irony"]
    first, second = document.text.find("face to face"), document.text.find("smile can")
    spans = [
        documents.Span(first, second + 5, "METHODS"),
        documents.Span(second, document.text.find(" for the job"), "RESULTS"),
    ]
    open_task(task_input(document.id))
    for span in spans:
        drag_over(browser, span, document.text)
        browser.get_by_role("button", name=span.label, exact=True).click()
    browser.get_by_role("button", name="LIMITATIONS", exact=True).click()
    browser.get_by_role("button", name="LIMITATIONS", exact=True).click()
    browser.get_by_label("yes").check()
    twice = spans[1]._replace(label="LIMITATIONS")
    wanted = [span.wire(document.text) for span in [*spans, twice]]
    assert submitted(browser)["value"] == wanted


def test_marking_by_keyboard_alone(browser: Page, open_task: Opener) -> None:
    """The caret selects with Shift and arrow keys, and typing never changes the text."""
    given = task_input("emoji-irony")
    open_task(given)
    pane = browser.get_by_role("textbox", name="Abstract")
    pane.focus()
    browser.keyboard.press("Control+Home")
    browser.keyboard.type("typed")
    browser.keyboard.press("Enter")
    browser.keyboard.press("Delete")
    browser.keyboard.press("Control+Home")
    for _ in range(len("In face to face ")):
        browser.keyboard.press("Shift+ArrowRight")
    browser.get_by_role("button", name="BACKGROUND", exact=True).focus()
    browser.keyboard.press("Enter")
    assert browser.evaluate("() => document.getElementById('lw-text').textContent") == given["text"]
    browser.get_by_label("yes").focus()
    browser.keyboard.press("Space")
    [span] = submitted(browser)["value"]
    assert span == {"start": 0, "end": 15, "label": "BACKGROUND", "quote": "In face to face"}


@pytest.mark.parametrize(
    "text",
    [
        "\r\n  </div></script><script>window.hacked = 1</script> {{ 1 }} &amp; {% raw %}\r\n\r ",
        "<img src=x onerror='window.hacked = 1'>\U0001f642\u2028\u202e\ufeff\u05d0\u0301\n\n",
        "a" * 55 + "\u00e9" * 70,
        "",
    ],
    ids=["markup", "odd characters", "two blocks of the hash", "empty"],
)
def test_any_text_is_shown_as_it_is(text: str, browser: Page, open_task: Opener) -> None:
    """Hostile text is text: shown whole, run never, and echoed with its length and hash."""
    open_task(task_input("glacier-bubbles") | {"text": text})
    assert browser.evaluate("() => document.getElementById('lw-text').textContent") == text
    browser.get_by_label("Nothing to mark").check()
    browser.get_by_label("no", exact=True).check()
    echo = submitted(browser)["text"]
    assert echo["length"] == len(text)
    assert echo["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert browser.evaluate("() => window.hacked || null") is None


def test_an_incomplete_answer_is_not_sent(browser: Page, open_task: Opener) -> None:
    """Each missing field is named; when all are there, notes and times go along."""
    open_task(task_input("glacier-bubbles"))
    assert submit(browser) is None
    alert = browser.get_by_role("alert")
    assert "Marked passages" in alert.inner_text()
    assert "Can this abstract be used?" in alert.inner_text()
    browser.get_by_label("Nothing to mark").check()
    assert submit(browser) is None
    assert "Marked passages" not in alert.inner_text()
    browser.get_by_label("no", exact=True).check()
    browser.get_by_label("Notes").fill('a "note"\nof two lines \u2713')
    answer = submitted(browser)
    assert alert.count() == 0
    assert answer["value"] == []
    assert answer["nothingToMark"] is True
    assert answer["claimResult"] == "no"
    assert answer["notes"] == 'a "note"\nof two lines \u2713'
    assert answer["suggestions"] == []
    assert 0 <= answer["timing"]["firstActionSeconds"] <= answer["timing"]["seconds"]


def test_a_deleted_span_is_gone(browser: Page, open_task: Opener) -> None:
    """Deleting takes a span out of the answer; marking takes back "Nothing to mark"."""
    [document] = [found for found in DOCUMENTS if found.id == "glacier-bubbles"]
    open_task(task_input(document.id))
    browser.get_by_label("Nothing to mark").check()
    for span in document.spans[:2]:
        drag_over(browser, span, document.text)
        browser.get_by_role("button", name=span.label, exact=True).click()
    browser.get_by_role("button", name="Delete BACKGROUND").click()
    browser.get_by_label("yes").check()
    answer = submitted(browser)
    assert answer["value"] == [document.spans[1].wire(document.text)]
    assert answer["nothingToMark"] is False


def test_a_picture_that_is_missing_is_named(browser: Page, open_task: Opener) -> None:
    """Where the picture can't be shown, the page says which, and works without it."""
    line = manifest(TEMPLATE)[0] | {"source-ref": "s3://labelwright-sample/gone.png"}
    given = pre_label(TEMPLATE, line)["taskInput"]
    browser.route("**/gone.png", lambda route: route.fulfill(status=403, body=""))
    open_task(given)
    browser.get_by_text("The picture of the page (gone.png) can't be shown.").wait_for()
    browser.get_by_label("Nothing to mark").check()
    browser.get_by_label("no", exact=True).check()
    assert submitted(browser)["nothingToMark"] is True


@pytest.mark.parametrize("width", [320, 400, 1280])
def test_no_sideways_scrolling(width: int, browser: Page, open_task: Opener) -> None:
    """The page fits narrow windows, and its form takes no room of its own."""
    browser.set_viewport_size({"width": width, "height": 800})
    open_task(task_input("stocking-trial"))
    assert browser.evaluate("() => document.documentElement.scrollWidth") <= width
    assert browser.evaluate("() => document.querySelector('#lw-title').offsetTop") < 60
    browser.set_viewport_size({"width": 1280, "height": 1600})
