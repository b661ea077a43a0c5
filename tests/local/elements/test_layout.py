"""Where things stand: what is judged at reading size, the choices and Submit beside it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.local.elements.embedding import embedded
from tests.local.elements.steps import IMAGE
from tests.samples.draw_images import browser_page

pytestmark = pytest.mark.browser

TEXT = "The council met on Monday to discuss the new bridge across the river. " * 9
#: A template, its task input, what is judged, and what is chosen beside it.
BESIDE: list[tuple[str, dict[str, Any], str, str]] = [
    ("classifier", {"labels": ["a", "b"], "text": TEXT}, ".target", "fieldset"),
    ("classifier-multi-select", {"text": TEXT}, ".target", "fieldset"),
    ("image-classifier", {"image": IMAGE}, ".target", "fieldset"),
    ("entities-in-form", {"text": TEXT}, ".text", ".items"),
    ("entities-alone", {"text": TEXT}, ".text", ".items"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    """Open a page in a wide window."""
    with browser_page(1600, 900) as page:
        yield page


def box(locator: Locator) -> dict[str, float]:
    """Return where an element is."""
    found = locator.bounding_box()
    assert found is not None
    x, y, width, height = found["x"], found["y"], found["width"], found["height"]
    return {"x": x, "y": y, "width": width, "right": x + width, "bottom": y + height}


@pytest.mark.parametrize(("template", "given", "judged", "chosen"), BESIDE)
def test_on_a_wide_window_all_is_together(
    template: str, given: dict[str, Any], judged: str, chosen: str, browser: Page
) -> None:
    """Lines are short enough to read, and neither choices nor Submit are far from them."""
    with embedded(browser, template, given) as shown:
        text, choices = box(shown.frame.locator(judged)), box(shown.frame.locator(chosen))
        button = box(shown.frame.get_by_role("button", name="Submit"))
        size = shown.frame.locator(judged).evaluate(
            "(it) => parseFloat(getComputedStyle(it).fontSize)"
        )
        assert size >= 17
        assert text["width"] <= 48 * size
        assert 0 <= choices["x"] - text["right"] <= 60
        assert abs(choices["y"] - text["y"]) <= 40
        assert choices["x"] <= button["x"] < choices["x"] + 60
        assert 0 <= button["y"] - choices["bottom"] <= 120


@pytest.mark.parametrize(("template", "given", "judged", "chosen"), BESIDE)
def test_on_a_narrow_window_all_is_in_one_column(
    template: str, given: dict[str, Any], judged: str, chosen: str, browser: Page
) -> None:
    """Choices below what is judged, then Submit; nothing is cut off."""
    browser.set_viewport_size({"width": 360, "height": 800})
    with embedded(browser, template, given) as shown:
        text, choices = box(shown.frame.locator(judged)), box(shown.frame.locator(chosen))
        assert choices["y"] >= text["bottom"]
        assert box(shown.frame.get_by_role("button", name="Submit"))["y"] >= choices["bottom"]
        assert shown.frame.evaluate("() => document.documentElement.scrollWidth") <= 360
    browser.set_viewport_size({"width": 1600, "height": 900})


def test_a_form_of_text_and_controls_is_one_column_to_read(browser: Page) -> None:
    """In the middle of a wide window; a template that has a look of its own keeps it."""
    with embedded(browser, "plain", {"text": TEXT}) as shown:
        text = box(shown.frame.locator("p").first)
        assert text["width"] <= 800
        assert abs((text["x"] + text["right"]) / 2 - 800) < 20
        button = box(shown.frame.get_by_role("button", name="Submit"))
        assert abs(button["x"] - text["x"]) < 5
        shown.frame.evaluate("() => document.querySelector('p').classList.add('theirs')")
        assert box(shown.frame.locator("p").first)["width"] > 1500


def test_submit_is_the_last_of_a_form_that_goes_on(browser: Page) -> None:
    """Questions after a classifier come before the button, also those that a script adds later."""
    with embedded(browser, "editable", {"text": TEXT}) as shown:
        button = shown.frame.get_by_role("button", name="Submit")
        assert box(button)["y"] >= box(shown.frame.get_by_role("textbox", name="Note"))["bottom"]
    with embedded(browser, "classifier", {"labels": ["a"], "text": TEXT}) as shown:
        button = shown.frame.get_by_role("button", name="Submit")
        before = box(button)["y"]
        shown.frame.evaluate(
            """() => document.querySelector("crowd-form > form")
                 .insertAdjacentHTML("beforeend", "<label>More <input name='more'></label>")"""
        )
        more = shown.frame.get_by_label("More")
        expect(more).to_be_visible()
        assert box(button)["y"] >= box(more)["bottom"] > before
        shown.frame.evaluate("() => document.querySelector('label').remove()")
        assert box(button)["y"] == before
        # Where it stands, it still sends the form that it belongs to.
        shown.frame.get_by_role("radio", name="a").check()
        button.click()
        assert shown.wait_for("submit")["answer"] == {"sentiment": {"label": "a"}}


@pytest.mark.parametrize("template", ["bounding-box", "line", "semantic-segmentation"])
def test_an_image_that_is_drawn_on_has_the_window(template: str, browser: Page) -> None:
    """It is no text to be read: what is wide is what can be drawn on."""
    given = {"image": IMAGE, "labels": ["a"], "boxes": [], "names": {}, "lines": []}
    with embedded(browser, template, given) as shown:
        assert box(shown.frame.locator("svg[viewBox='0 0 200 100']"))["width"] >= 900


@pytest.mark.parametrize("template", ["bounding-box", "line", "semantic-segmentation"])
def test_submit_is_in_sight_below_an_image_higher_than_the_window(
    template: str, browser: Page
) -> None:
    """Nobody scrolls down to it at every object."""
    given = {"image": IMAGE, "labels": ["a"], "boxes": [], "names": {}, "lines": []}
    browser.set_viewport_size({"width": 1600, "height": 500})
    with embedded(browser, template, given) as shown:
        expect(shown.frame.locator("svg[viewBox='0 0 200 100']")).to_be_visible()
        button = shown.frame.get_by_role("button", name="Submit")
        assert shown.frame.evaluate("() => document.documentElement.scrollHeight") > 500
        assert box(button)["bottom"] <= 500
    browser.set_viewport_size({"width": 1600, "height": 900})


@pytest.mark.parametrize("template", ["questions", "text-ranking"])
def test_texts_to_work_on_have_the_window(template: str, browser: Page) -> None:
    """Text and what is written about it stand side by side, or all of a response in a few lines."""
    given = {"source": TEXT, "responses": [TEXT, TEXT]}
    with embedded(browser, template, given) as shown:
        assert box(shown.frame.locator(".annotation-area"))["width"] >= 900
