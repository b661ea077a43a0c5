"""Unfinished work is kept."""

import json

import pytest

from tests.page.worker_page import WorkerPage, ends, task_input

pytestmark = pytest.mark.browser

PORTAL = """<!doctype html><title>Portal</title><iframe style="width:1200px;height:900px"
  sandbox="allow-scripts allow-forms" src="/task"></iframe><script>
addEventListener("message", ({source, data}) => {
  if (data.type === "hello") {
    source.postMessage({labelwright: 1, type: "welcome", draft: window.draft || null,
                        remainingSeconds: 600}, "*");
  }
  if (data.type === "draft") window.draft = data.draft;
});</script>"""


def mark(worker: WorkerPage) -> None:
    """Mark a passage, judge and note."""
    worker.drag(worker.find("lose much"))
    worker.press("3")
    worker.page.get_by_label("no", exact=True).check()
    worker.page.get_by_label("Notes").fill("half done")


def test_a_draft_is_restored_after_reload_and_cleared_on_submit(worker: WorkerPage) -> None:
    """After a reload the work is back, and said to be; after submitting it is gone."""
    worker.open(task_input())
    mark(worker)
    worker.page.reload()
    worker.page.get_by_text("Your unfinished work is back, 1 passage.").wait_for()
    worker.button("Submit")
    answer = worker.answer()
    assert ends(answer["value"]) == [tuple(worker.find("lose much"))]
    assert (answer["claimResult"], answer["notes"]) == ("no", "half done")
    worker.page.reload()
    worker.page.get_by_text("No passage is marked yet.").wait_for()
    assert worker.page.evaluate("() => localStorage.length") == 0


def test_a_draft_is_of_one_task(worker: WorkerPage) -> None:
    """Another text's page does not get it."""
    worker.open(task_input())
    mark(worker)
    worker.open(task_input("emoji-irony"))
    worker.page.get_by_text("No passage is marked yet.").wait_for()
    assert worker.page.get_by_label("Notes").input_value() == ""


def test_where_storage_is_forbidden_work_goes_on_silently(worker: WorkerPage) -> None:
    """Nothing is kept, and nothing is said of it."""
    worker.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden') }})"
    )
    worker.open(task_input())
    mark(worker)
    worker.button("Submit")
    assert len(worker.answer()["value"]) == 1


def test_a_portal_keeps_drafts_and_tells_the_time_left(worker: WorkerPage) -> None:
    """In a sandboxed frame the draft goes to the embedding page and comes back from it."""
    worker.page.route(
        "**/portal", lambda route: route.fulfill(body=PORTAL, content_type="text/html")
    )
    worker.open(task_input())
    worker.page.goto("http://worker.test/portal")
    frame = worker.page.frame_locator("iframe")
    frame.get_by_text("10 min left").wait_for()
    frame.get_by_label("Nothing to mark").check()
    frame.get_by_label("Notes").fill("for the portal")
    worker.page.wait_for_function("() => (window.draft || '').includes('for the portal')")
    assert json.loads(worker.page.evaluate("() => window.draft"))["nothingToMark"] is True
    worker.page.evaluate("() => document.querySelector('iframe').contentWindow.location = '/task'")
    frame.get_by_text("Your unfinished work is back, 0 passages.").wait_for()
    assert frame.get_by_label("Notes").input_value() == "for the portal"


def test_work_that_is_taken_back_does_not_return(worker: WorkerPage) -> None:
    """A mark undone, "Nothing to mark" unticked: a reload brings neither back."""
    worker.open(task_input())
    worker.drag(worker.find("lose much"))
    worker.press("3", "Control+z")
    nothing = worker.page.get_by_label("Nothing to mark")
    nothing.check()
    nothing.uncheck()
    worker.page.reload()
    worker.page.get_by_text("Your unfinished work is back, 0 passages.").wait_for()
    assert worker.page.locator("#text mark").count() == 0
    assert not nothing.is_checked()


def test_a_quick_submit_leaves_no_draft(worker: WorkerPage) -> None:
    """A label and Ctrl+Enter before the next frame: the draft is cleared for good."""
    worker.open(task_input())
    worker.page.get_by_label("yes", exact=True).check()
    worker.drag(worker.find("lose much"))
    worker.page.evaluate(
        """async () => {
          const text = document.getElementById("text");
          const press = (key, more) => text.dispatchEvent(
            new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true, ...more}));
          press("3");
          for (let turn = 0; turn < 5; turn += 1) await null;
          press("Enter", {ctrlKey: true});
          await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 200)));
        }"""
    )
    assert len(worker.answer()["value"]) == 1
    assert worker.page.evaluate("() => localStorage.length") == 0


def test_a_damaged_draft_does_not_stop_the_worker(worker: WorkerPage) -> None:
    """Of a draft whose answers are no texts the passages come back, and the rest is asked again."""
    worker.open(task_input())
    mark(worker)
    worker.page.evaluate(
        """() => {
          const key = localStorage.key(0);
          localStorage.setItem(key, localStorage.getItem(key).replace('"no"', "5"));
        }"""
    )
    worker.page.reload()
    worker.page.get_by_text("Your unfinished work is back, 1 passage.").wait_for()
    worker.button("Submit")
    assert "Can this abstract be used?" in worker.page.get_by_role("alert").inner_text()
    assert len(worker.submitted()["value"]) == 1
