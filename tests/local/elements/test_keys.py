"""Submitting by keyboard, and typing that is only typing."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.local.elements.embedding import embedded
from tests.local.elements.steps import IMAGE
from tests.samples.draw_images import browser_page

pytestmark = pytest.mark.browser

TEXT = "Ada wrote to Charles Babbage."


class Place(NamedTuple):
    """Something in a template that can have the focus."""

    template: str
    task_input: dict[str, Any]
    role: Any
    name: str


EDITABLE = ("editable", {"text": TEXT})
PLACES = [
    Place(*EDITABLE, "textbox", "Corrected"),
    Place(*EDITABLE, "textbox", "Note"),
    Place(*EDITABLE, "radio", "Sure"),
    Place(*EDITABLE, "radio", "1"),
    Place("entities-and-question", {"text": TEXT, "known": []}, "application", "Text to annotate"),
    Place("polygon", {"image": IMAGE}, "application", "Image to annotate"),
    Place("own-button", {"text": TEXT}, "textbox", "Notes"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    """Open a page in a window."""
    with browser_page(1280, 900) as page:
        yield page


@pytest.mark.parametrize(
    "place", PLACES, ids=[f"{place.template} {place.name}" for place in PLACES]
)
@pytest.mark.parametrize("key", ["Control+Enter", "Meta+Enter"])
def test_control_or_command_enter_submits_everywhere(place: Place, key: str, browser: Page) -> None:
    """In a field of many lines, in a text that is edited, in a tool with keys of its own."""
    with embedded(browser, place.template, place.task_input) as shown:
        if place.template == "editable":
            shown.frame.get_by_role("radio", name="3").check()
        if place.template == "own-button":
            shown.frame.get_by_label("Notes").fill("well")
        shown.frame.get_by_role(place.role, name=place.name, exact=True).focus()
        browser.keyboard.press(key)
        shown.wait_for("submit")
        assert len(shown.said("submit")) == 1


def test_what_is_missing_is_asked_for_as_with_the_mouse(browser: Page) -> None:
    """The keys press the button: they leave nothing out that it does."""
    with embedded(browser, "editable", {"text": TEXT}) as shown:
        shown.frame.get_by_role("textbox", name="Note").focus()
        browser.keyboard.press("Control+Enter")
        expect(shown.frame.get_by_role("alert")).to_contain_text("please choose a category")
        assert shown.said("submit") == []


def test_typing_in_an_editable_text_is_only_typing(browser: Page) -> None:
    """Numbers label nothing, Enter begins a line, and the text is what was typed."""
    with embedded(browser, "editable", {"text": TEXT}) as shown:
        shown.frame.get_by_role("textbox", name="Corrected").focus()
        browser.keyboard.press("Control+End")
        browser.keyboard.type(" 1 2 3 [n] + Ctrl")
        browser.keyboard.press("Enter")
        browser.keyboard.press("Delete")
        assert shown.frame.locator("input:checked").count() == 0
        assert shown.said("submit") == []
        shown.frame.get_by_role("radio", name="2").check()
        browser.keyboard.press("Enter")
        answer = shown.wait_for("submit")["answer"]
        assert answer["tone"] == {"label": "2"}
        assert answer["corrected"].replace("\xa0", " ").startswith(f"{TEXT} 1 2 3 [n] + Ctrl")


@pytest.mark.parametrize(
    ("template", "given", "answer"),
    [
        ("classifier", {"labels": ["a", "b"], "text": TEXT}, {"sentiment": {"label": "b"}}),
        ("classifier-multi-select", {"text": TEXT}, {"topics": {"labels": ["Sports"]}}),
        ("image-classifier", {"image": IMAGE}, {"verdict": {"label": "bad"}}),
    ],
)
def test_a_number_and_enter_are_all_a_classifier_needs(
    template: str, given: dict[str, Any], answer: dict[str, Any], browser: Page
) -> None:
    """Two keys for each task, from the moment it is shown; also after a click beside it."""
    with embedded(browser, template, given) as shown:
        browser.keyboard.press("2")
        shown.frame.evaluate("() => document.activeElement.blur()")
        browser.keyboard.press("Enter")
        assert shown.wait_for("submit")["answer"] == answer


def test_enter_means_what_a_tool_wants_of_it(browser: Page) -> None:
    """Where it sets a point, it submits nothing; nor does it from one field among many."""
    with embedded(browser, "polygon", {"image": IMAGE}) as shown:
        shown.frame.get_by_role("application", name="Image to annotate").focus()
        browser.keyboard.press("Enter")
        shown.frame.evaluate("() => document.activeElement.blur()")
        browser.keyboard.press("Enter")
        expect(shown.frame.get_by_text("Point 1 set")).to_be_attached()
        assert shown.said("submit") == []
    with embedded(browser, "inputs", {"seasons": ["Spring"], "image": IMAGE}) as shown:
        shown.frame.get_by_role("textbox", name="Ring number").focus()
        browser.keyboard.press("Enter")
        expect(shown.frame.get_by_role("alert")).to_have_count(0)
