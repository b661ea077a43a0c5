"""Stand-in crowd elements in a sandboxed frame: filled in by keyboard, and what they answer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from labelwright.answers.columns import Answer, AnsweredObject, fields_of
from tests.local.elements.embedding import Embedded, embedded
from tests.local.elements.generation_cases import GENERATION_CASES
from tests.local.elements.input_cases import INPUT_CASES
from tests.local.elements.line_cases import LINE_CASES
from tests.local.elements.marking_cases import MARKING_CASES
from tests.local.elements.mask_cases import MASK_CASES
from tests.local.elements.masks import legible
from tests.local.elements.page_cases import PAGE_CASES
from tests.local.elements.steps import Case, Press, Sees, Step, Tab, Type
from tests.samples.draw_images import browser_page

pytestmark = pytest.mark.browser

CASES = (*INPUT_CASES, *MARKING_CASES, *LINE_CASES, *MASK_CASES, *GENERATION_CASES, *PAGE_CASES)
NAMES = [f"{case.template}-{number}" for number, case in enumerate(CASES)]
INPUTS = {case.template: case.task_input for case in CASES}


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    """Open a page in a window."""
    with browser_page(1280, 900) as page:
        yield page


def take(shown: Embedded, step: Step) -> None:
    """Do one step."""
    match step:
        case Tab(role, name):
            shown.tab_to(shown.frame.get_by_role(role, name=name, exact=True))
        case Press(key, times):
            for _ in range(times):
                shown.page.keyboard.press(key)
        case Type(text):
            shown.page.keyboard.type(text)
        case Sees(text):
            expect(shown.frame.get_by_text(text).first).to_be_visible(timeout=2_000)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_filled_in_by_keyboard(case: Case, browser: Page) -> None:
    """Each template loads offline, can be filled in without a mouse, and gives its answer."""
    with embedded(browser, case.template, case.task_input) as shown:
        for step in case.steps:
            take(shown, step)
        answer = shown.wait_for("submit")["answer"]
        assert legible(answer) == case.answer
        assert len(shown.said("submit")) == 1
        unknown = ["not among the local" in said["message"] for said in shown.said("problem")]
        assert unknown == ([True] if case.template.startswith("unknown") else [])


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_answers_are_recognised_by_shape(case: Case) -> None:
    """What elements answer is read without a task definition; keypoints and polygons stay whole."""
    read = AnsweredObject("0", (Answer(0, "w", case.answer),), ())
    fields = fields_of(None, [read])
    assert {field.path: str(field.kind) for field in fields} == case.kinds


@pytest.mark.parametrize("template", INPUTS)
def test_no_barriers(template: str, browser: Page) -> None:
    """axe-core finds nothing in any template, light or dark, and 320 pixels are wide enough."""
    head = "<style>html { color-scheme: light dark; background: canvas; color: canvastext }</style>"
    with embedded(browser, template, INPUTS[template], head) as shown:
        assert shown.violations() == []
        browser.emulate_media(color_scheme="dark")
        assert shown.violations("color-contrast") == []
        browser.emulate_media(color_scheme="light")
        browser.set_viewport_size({"width": 320, "height": 800})
        assert shown.frame.evaluate("() => document.documentElement.scrollWidth") <= 320
        browser.set_viewport_size({"width": 1280, "height": 900})
