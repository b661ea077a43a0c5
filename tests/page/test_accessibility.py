"""The page can be used by those who see, hear or handle it otherwise."""

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import expect

from tests.page.test_suggestions import given
from tests.page.worker_page import WorkerPage, task_input
from tests.samples.documents import Span

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """() =>
  axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then(
    ({violations}) => violations.map(({id, nodes}) =>
      [id, nodes.map(node => node.html + node.failureSummary)]))"""


def violations(worker: WorkerPage) -> list[Any]:
    """Return what axe finds against WCAG 2.2 AA."""
    worker.page.evaluate(AXE.read_text("utf-8"))
    found: list[Any] = worker.page.evaluate(RUN)
    return found


@pytest.mark.parametrize(
    ("look", "width"), [("light", 1280), ("dark", 1280), ("forced", 1280), ("light", 360)]
)
def test_axe_finds_nothing(
    look: Literal["light", "dark", "forced"], width: int, worker: WorkerPage
) -> None:
    """With passages, suggestions, an error summary, and with either dialog open."""
    worker.page.set_viewport_size({"width": width, "height": 900})
    worker.page.emulate_media(
        color_scheme="dark" if look == "dark" else "light",
        forced_colors="active" if look == "forced" else "none",
    )
    worker.open(given())
    worker.drag(worker.find("Glaciers that end in the sea lose much"))
    worker.press("1", "2", "ArrowLeft")
    worker.button("Submit")
    worker.page.get_by_role("alert").wait_for()
    assert violations(worker) == []
    for name in ("Guide", "Keys"):
        worker.page.get_by_role("button", name=name, exact=True).click()
        assert violations(worker) == []
        worker.press("Escape")
        assert worker.page.get_by_role("dialog").count() == 0


def test_what_happens_is_announced(worker: WorkerPage) -> None:
    """Additions and removals are said in a live region; the same words twice are two events."""
    worker.open(given())
    region = worker.page.locator(".said[role=status]")
    worker.press("Control+Home", "Control+Shift+ArrowRight", "1")
    assert worker.said == "BACKGROUND added, 1 passage."
    worker.press("1")
    first = region.text_content()
    worker.press("1")
    assert worker.said == "This passage is already marked BACKGROUND."
    assert region.text_content() != first


def test_a_dialog_gives_the_focus_back(worker: WorkerPage) -> None:
    """Closed with Esc or its button, the focus is where it was."""
    worker.open(given())
    button = worker.page.get_by_role("button", name="Guide", exact=True)
    button.click()
    worker.press("Escape")
    expect(button).to_be_focused()


def test_a_dialog_is_open_as_soon_as_it_was_asked_for(worker: WorkerPage) -> None:
    """An Esc that follows at once closes it: it must not come before the dialog."""
    worker.open(given())
    button = worker.page.get_by_role("button", name="Guide", exact=True)
    opened = button.evaluate(
        """async (button) => {
          button.click();
          await null;
          return document.querySelector("dialog").open;
        }"""
    )
    assert opened is True


def test_the_caret_is_never_under_the_bar(worker: WorkerPage) -> None:
    """Going to a passage brings it into view below the labels' bar."""
    worker.page.set_viewport_size({"width": 400, "height": 500})
    worker.open(given())
    for _ in range(4):
        worker.press("n")
        mark = worker.page.locator("#text mark.on").first.bounding_box()
        bar = worker.page.locator(".bar").bounding_box()
        assert mark is not None
        assert bar is not None
        assert bar["y"] + bar["height"] <= mark["y"] + 2
        assert mark["y"] < 500


def test_targets_are_large_enough(worker: WorkerPage) -> None:
    """Every button, box and list is at least 24 pixels in both directions, or a label's part."""
    worker.open(given())
    sizes = worker.page.evaluate(
        """() => [...document.querySelectorAll("#labelwright :is(button, select, .choice)")]
          .map(element => element.getBoundingClientRect()).filter(({width}) => width)
          .filter(({width, height}) => Math.min(width, height) < 24).length"""
    )
    assert sizes == 0


def test_a_badge_is_in_one_piece(worker: WorkerPage) -> None:
    """Also between writing to the left and to the right, which would be put in its middle."""
    text = "They said \u05e9\u05dc\u05d5\u05dd. Twice."
    worker.open(task_input(text=text))
    worker.button("Exact")
    at = text.index(".")
    worker.drag(Span(at, at + 1, "OBJECTIVES"))
    worker.press("2")
    pieces = worker.page.locator("#text mark").evaluate("mark => mark.getClientRects().length")
    assert pieces == 1
