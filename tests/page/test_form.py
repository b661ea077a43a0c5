"""What is asked beside the passages, and how the answer is sent."""

import pytest

from tests.page.worker_page import WorkerPage, consolidated, task_input

pytestmark = pytest.mark.browser


def test_an_incomplete_answer_is_not_sent(worker: WorkerPage) -> None:
    """Each missing field is named, and leads to its control."""
    worker.open(task_input())
    worker.button("Submit")
    assert not worker.is_sent()
    alert = worker.page.get_by_role("alert")
    assert "Marked passages" in alert.inner_text()
    assert "Can this abstract be used?" in alert.inner_text()
    assert alert.evaluate("element => element === document.activeElement")
    worker.page.get_by_role("link", name="Marked passages").click()
    worker.press("Space")
    assert "Marked passages" not in alert.inner_text()
    worker.page.get_by_role("link", name="Can this abstract be used?").click()
    worker.press("Space")
    assert alert.count() == 0
    worker.button("Submit")
    assert worker.answer()["nothingToMark"] is True


def test_the_form_s_own_submit_is_blocked_too(worker: WorkerPage) -> None:
    """Whoever submits the form, an incomplete answer stays, and a complete one goes whole."""
    worker.open(task_input())
    worker.page.evaluate("() => document.querySelector('crowd-form').submit()")
    assert not worker.is_sent()
    assert worker.page.get_by_role("alert").count() == 1
    worker.page.get_by_label("Nothing to mark").check()
    worker.page.get_by_label("no", exact=True).check()
    worker.page.evaluate("() => document.querySelector('crowd-form').submit()")
    assert worker.answer()["claimResult"] == "no"


def test_notes_and_times_go_along(worker: WorkerPage) -> None:
    """Notes are sent as they are; the times are seconds, the first action before the end."""
    worker.open(task_input())
    worker.page.get_by_label("Nothing to mark").check()
    worker.page.get_by_label("Notes").fill('a "note"\nof two lines \u2713')
    answer = worker.submitted()
    assert set(answer) == {
        "value", "notes", "claimResult", "nothingToMark", "text", "timing", "suggestions",
    }  # fmt: skip
    assert answer["notes"] == 'a "note"\nof two lines \u2713'
    assert 0 <= answer["timing"]["firstActionSeconds"] <= answer["timing"]["seconds"]
    fields = consolidated(answer, worker.text)
    assert fields["entities"]["value"] == []
    assert fields["quality"]["value"] == "yes"


def test_marking_takes_back_nothing_to_mark(worker: WorkerPage) -> None:
    """The two exclude each other, in both orders."""
    worker.open(task_input())
    nothing = worker.page.get_by_label("Nothing to mark")
    nothing.check()
    worker.drag(worker.find("lose much"))
    worker.press("3")
    assert not nothing.is_checked()
    nothing.click()
    assert not nothing.is_checked()
    assert worker.said == "There are marked passages: delete them first."
    assert worker.submitted()["nothingToMark"] is False


def test_labels_and_guide_are_the_task_s(worker: WorkerPage) -> None:
    """Labels, qualities, title, instructions and examples are what the task input gives."""
    worker.open(
        task_input(
            title="Name the birds",
            instructions="Mark each bird.",
            labels={"entities": ["Bird", "<b>Nest</b>"], "quality": ["sharp", "blurred", "dark"]},
            guide=[{"label": "Bird", "text": "It flies.", "good": ["a wren"], "bad": ["a bat"]}],
        )
    )
    worker.page.get_by_role("heading", name="Name the birds").wait_for()
    worker.drag(worker.find("lose much"))
    worker.label("<b>Nest</b>")
    worker.button("Guide")
    dialog = worker.page.get_by_role("dialog", name="Guide")
    for text in ("Mark each bird.", "It flies.", "a wren", "a bat"):
        assert text in dialog.inner_text()
    dialog.get_by_role("button", name="Close").click()
    worker.page.get_by_label("blurred").check()
    worker.button("Submit")
    answer = worker.answer()
    assert answer["claimResult"] == "blurred"
    assert [span["label"] for span in answer["value"]] == ["<b>Nest</b>"]


def test_without_crowd_elements_the_page_says_so(worker: WorkerPage) -> None:
    """Where their script did not load, nothing can be sent, and the work stays."""
    worker.crowd_elements = ""
    worker.open(task_input())
    worker.page.get_by_label("Nothing to mark").check()
    worker.page.get_by_label("yes", exact=True).check()
    worker.button("Submit")
    assert "did not load" in worker.page.get_by_role("alert").inner_text()
    assert not worker.is_sent()


@pytest.mark.parametrize("width", [320, 400, 800, 1280, 3840])
def test_no_sideways_scrolling(width: int, worker: WorkerPage) -> None:
    """The page fits every window, and its form takes no room of its own."""
    worker.page.set_viewport_size({"width": width, "height": 800})
    worker.open(task_input("stocking-trial"))
    worker.drag(worker.find(worker.text[:300]))
    worker.press("3")
    assert worker.page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert worker.page.evaluate("() => document.querySelector('h1').offsetTop") < 60
