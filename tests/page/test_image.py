"""The picture of the page beside the text."""

import pytest

from tests.page.worker_page import WorkerPage, task_input

pytestmark = pytest.mark.browser

WIDTH = "() => document.querySelector('.picture img').getBoundingClientRect().width"
SCROLL = "() => document.querySelector('.picture').scrollTop"


def test_it_zooms_turns_and_pans(worker: WorkerPage) -> None:
    """Wheel, keys and buttons zoom; keys, dragging and buttons pan; it turns; Fit takes it back."""
    worker.open(task_input())
    view = worker.page.get_by_role("group", name="Page image")
    worker.page.get_by_role("button", name="Zoom in").wait_for()
    fitted = worker.page.evaluate(WIDTH)
    view.hover()
    worker.page.mouse.wheel(0, -100)
    worker.page.wait_for_function(f"fitted => ({WIDTH})() > 1.2 * fitted", arg=fitted)
    view.focus()
    worker.press("+", "+", "+", "+")
    assert worker.page.evaluate(WIDTH) > 2.5 * fitted
    before = worker.page.evaluate(SCROLL)
    worker.page.mouse.down()
    worker.page.mouse.move(150, 300, steps=3)
    worker.page.mouse.up()
    assert worker.page.evaluate(SCROLL) != before
    before = worker.page.evaluate(SCROLL)
    worker.button("Move up")
    assert worker.page.evaluate(SCROLL) < before
    worker.button("Turn right")
    worker.button("Fit")
    assert worker.page.evaluate(WIDTH) == pytest.approx(fitted)


def test_a_picture_that_is_missing_is_named_and_tried_again(worker: WorkerPage) -> None:
    """Where the picture can't be shown the page says which; the text can be marked all the same."""
    refused = [True]
    worker.page.route(
        "**/image/**", lambda route: route.abort() if refused[0] else route.fallback()
    )
    worker.open(task_input())
    worker.page.get_by_text("The page image (glacier-bubbles.png) can't be shown.").wait_for()
    worker.drag(worker.find("lose much"))
    worker.press("3")
    refused[0] = False
    worker.button("Try again")
    worker.page.get_by_role("button", name="Zoom in").wait_for()
    assert len(worker.submitted()["value"]) == 1


def test_without_a_text_the_picture_has_to_be_seen(worker: WorkerPage) -> None:
    """A task that is a picture alone is refused while that is not shown; the way out is named."""
    refused = [True]
    worker.page.route(
        "**/image/**", lambda route: route.abort() if refused[0] else route.fallback()
    )
    worker.open(task_input(text=""))
    worker.page.get_by_label("Nothing to mark").check()
    worker.button("Submit")
    worker.page.get_by_text("Nothing to judge is shown: show it, decline or return.").wait_for()
    assert not worker.is_sent()
    refused[0] = False
    worker.button("Try again")
    worker.page.get_by_role("button", name="Zoom in").wait_for()
    assert worker.submitted()["nothingToMark"] is True


def test_it_can_be_hidden(worker: WorkerPage) -> None:
    """Hidden, it leaves its room to the text."""
    worker.open(task_input())
    width = "() => document.querySelector('.middle').offsetWidth"
    before = worker.page.evaluate(width)
    worker.page.get_by_role("button", name="Page image", exact=True).click()
    assert worker.page.evaluate(width) > before


def test_a_sideways_wheel_does_not_zoom(worker: WorkerPage) -> None:
    """A swipe to the side moves the picture and leaves its size."""
    worker.open(task_input())
    worker.button("Zoom in")
    width = worker.page.evaluate(WIDTH)
    worker.page.get_by_role("group", name="Page image").hover()
    worker.page.mouse.wheel(50, 0)
    worker.page.wait_for_function("() => document.querySelector('.picture').scrollLeft > 50")
    assert worker.page.evaluate(WIDTH) == width
