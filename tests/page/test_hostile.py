"""Any text is text: shown whole, run never, and its offsets are Python's."""

import hashlib

import pytest

from tests.page.worker_page import WorkerPage, ends, task_input

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "text",
    [
        "\r\n  </div></script><script>window.hacked = 1</script> {{ 1 }} &amp; {% raw %}\r\n\r ",
        "<img src=x onerror='window.hacked = 1'>\"'"
        "\U0001f642\u2028\u2029\u202e\ufeff\u05d0\u0301\n\n",
        "nul \0 and \x01 \x85 \u2066isolate\u2069 <!-- ]]>",
        "a" * 55 + "\u00e9" * 70,
        "long " * 1_000 + "\n" * 50 + "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 400,
        "",
    ],
    ids=["markup", "odd characters", "control characters", "two blocks", "long", "empty"],
)
def test_any_text_is_shown_and_returned_unchanged(text: str, worker: WorkerPage) -> None:
    """The pane holds exactly the text, marks do not change it, and the answer echoes it."""
    worker.open(task_input(text=text))
    assert worker.shown == text
    worker.button("Exact")
    worker.page.locator("#text").focus()
    worker.press("Control+a", "1")
    if not text:
        worker.page.get_by_label("Nothing to mark").check()
    assert worker.shown == text
    answer = worker.submitted()
    assert answer["text"]["length"] == len(text)
    assert answer["text"]["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert all(span["quote"] == text[span["start"] : span["end"]] for span in answer["value"])
    # The last line break has no place behind it for a caret.
    reach = len(text) - text.endswith("\n\n")
    assert ends(answer["value"]) == ([(0, reach, "BACKGROUND")] if text else [])
    assert worker.page.evaluate("() => window.hacked || null") is None


def test_nothing_else_is_asked_for(worker: WorkerPage) -> None:
    """The page loads the crowd elements' script and the picture, and nothing else."""
    given = task_input()
    worker.open(given)
    worker.page.get_by_role("button", name="Zoom in").wait_for()
    worker.page.wait_for_load_state("networkidle")
    image = "/s3/" + given["taskObject"].removeprefix("s3://")
    assert worker.hosts - {"worker.test/favicon.ico"} == {
        "worker.test/task",
        "assets.crowd.aws/crowd-html-elements.js",
        f"worker.test{image}",
    }
