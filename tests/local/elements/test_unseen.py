"""Nobody labels what they did not see: a picture that is not shown can't be answered about."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.local.elements.embedding import embedded
from tests.samples.draw_images import browser_page

pytestmark = pytest.mark.browser

#: Templates whose answer is about one picture, and what else their task input needs.
ABOUT_A_PICTURE: dict[str, dict[str, Any]] = {
    "bounding-box": {"labels": ["cat"], "boxes": [], "names": {}},
    "keypoint-checked": {"labels": ["beak"]},
    "polygon": {},
    "image-classifier": {},
    "image-classifier-multi-select": {},
    "picture-in-classifier": {},
}
NOT_SHOWN = [f"s3://sample/{name}" for name in ("missing.png", "empty.png", "scan.tiff", "bird")]
#: A template whose variable was empty has no address there.
NO_ADDRESS = """<script>addEventListener("DOMContentLoaded", () => {
  for (const shown of document.querySelectorAll("[src$=bird]")) shown.setAttribute("src", "");
}, { capture: true });</script>"""
WAY_OUT = "decline the task, or return it"


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    """Open a page in a window."""
    with browser_page(1280, 900) as page:
        yield page


@pytest.mark.parametrize("template", ABOUT_A_PICTURE)
@pytest.mark.parametrize("picture", NOT_SHOWN, ids=["missing", "empty", "TIFF", "no address"])
def test_a_picture_that_is_not_shown_can_not_be_answered_about(
    template: str, picture: str, browser: Page
) -> None:
    """Submit is refused however much is filled in, and the way out is named: decline or return."""
    given = {"image": picture, **ABOUT_A_PICTURE[template]}
    with embedded(browser, template, given, NO_ADDRESS) as shown:
        for choice in shown.frame.locator(".category input").all()[:1]:
            choice.check()
        shown.frame.get_by_role("button", name="Submit").click()
        refusal = shown.frame.get_by_role("alert").filter(has_text=WAY_OUT)
        expect(refusal).to_have_count(1)
        assert shown.said("submit") == []


@pytest.mark.parametrize("template", list(ABOUT_A_PICTURE)[:5])
def test_the_place_of_the_picture_says_so_at_once(template: str, browser: Page) -> None:
    """Nobody has to fill in anything to learn of it; and axe finds nothing wrong there."""
    given = {"image": NOT_SHOWN[0], **ABOUT_A_PICTURE[template]}
    with embedded(browser, template, given) as shown:
        told = shown.frame.get_by_role("alert").filter(has_text="The picture can't be shown")
        expect(told).to_be_visible()
        assert shown.violations() == []


def test_another_address_is_tried(browser: Page) -> None:
    """A template's script may give a picture later: then it is shown, and can be answered about."""
    given = {"image": NOT_SHOWN[0], "labels": ["cat"], "boxes": [], "names": {}}
    with embedded(browser, "bounding-box", given) as shown:
        box = shown.frame.locator("crowd-bounding-box")
        box.evaluate("(tool) => tool.setAttribute('src', 'http://worker.test/s3/sample/bird.png')")
        expect(box.locator("svg[viewBox='0 0 200 100']")).to_be_visible()
        shown.frame.get_by_role("button", name="Submit").click()
        assert shown.wait_for("submit")["answer"]["boxes"]["inputImageProperties"]["width"] == 200


def test_a_picture_beside_a_text_may_be_missing(browser: Page) -> None:
    """What illustrates the text that is classified does not keep anybody from answering."""
    with embedded(
        browser, "picture-in-classifier", {"image": NOT_SHOWN[0], "text": "A wren."}
    ) as shown:
        shown.frame.get_by_role("radio", name="bird").check()
        shown.frame.get_by_role("button", name="Submit").click()
        assert shown.wait_for("submit")["answer"] == {"seen": {"label": "bird"}}
