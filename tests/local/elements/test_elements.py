"""Stand-in crowd elements in a sandboxed frame: filled in by keyboard, and what they answer."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from labelwright.answers.columns import Answer, AnsweredObject, fields_of
from tests.local.elements.embedding import Embedded, embedded
from tests.samples.draw_images import browser_page

pytestmark = pytest.mark.browser

IMAGE = "s3://sample/bird.png"
BIRD = "\U0001f426"
TEXT = f"Ada {BIRD} wrote to Charles Babbage on 5 June 1843.\nShe signed it."


class Tab(NamedTuple):
    """Go to a control, by its role and name, with the Tab key."""

    role: Any
    name: str


class Press(NamedTuple):
    """Press a key some times."""

    key: str
    times: int = 1


class Type(NamedTuple):
    """Type a text."""

    text: str


class Sees(NamedTuple):
    """Check that a text is shown."""

    text: str


Step = Tab | Press | Type | Sees
SUBMIT = (Tab("button", "Submit"), Press("Enter"))


class Case(NamedTuple):
    """What is done in a template, the answer, and the kinds of fields it is read as."""

    template: str
    task_input: dict[str, Any]
    steps: tuple[Step, ...]
    answer: dict[str, Any]
    kinds: dict[str, str]


SIZE = {"height": 100, "width": 200}

CASES = (
    Case(
        "inputs",
        {"image": IMAGE, "observer": "Ann", "seasons": ["Spring", "Autumn"]},
        (
            Tab("textbox", "Species *"),
            Type("Blackbird of the woods"),
            Tab("textbox", "Ring number"),
            Type("a7b1"),
            Tab("textbox", "Behaviour"),
            Type("Sings"),
            Press("Enter"),
            Type("and eats"),
            Sees("14 characters"),
            Tab("slider", "Sureness"),
            Press("ArrowRight", 6),
            Tab("spinbutton", "Value"),
            Press("ArrowUp"),
            Tab("combobox", "Season"),
            Press("ArrowDown", 2),
            *SUBMIT,
        ),
        {
            "species": "Blackbird of",
            "ring": "71",
            "preset": "Ann",
            "behaviour": "Sings\nand eats",
            "sureness": 7,
            "volume": 51,
            "season": "Autumn",
            "remark": "",
            "template": "bird-1",
        },
        {
            "species": "text",
            "ring": "text",
            "preset": "text",
            "behaviour": "text",
            "sureness": "number",
            "volume": "number",
            "season": "text",
            "template": "text",
        },
    ),
    Case(
        "switches",
        {},
        (
            Tab("checkbox", "Blurry"),
            Press("Space"),
            Tab("checkbox", "I read the instructions"),
            Press("Space"),
            Tab("switch", "Taken outside"),
            Press("Space"),
            Tab("radio", "I agree"),
            Press("Space"),
            Press("ArrowDown"),
            Tab("radio", "Indoors"),
            Press("Space"),
            Press("ArrowDown"),
            *SUBMIT,
        ),
        {
            "faults": {"blurry": True, "dim": False, "cut": True},
            "read": {"on": True},
            "outside": {"on": True},
            "night": {"dark": False},
            "agree": {"yes": False},
            "disagree": {"no": True},
            "location": {"indoors": False, "outdoors": True},
            "people": {"on": False},
        },
        {
            "faults": "choices",
            "read": "choices",
            "outside": "choices",
            "night": "choices",
            "agree": "choices",
            "disagree": "choices",
            "location": "choice",
            "people": "choices",
        },
    ),
    Case(
        "classifier",
        {"labels": ["happy", "sad & sorry", "'angry'"], "text": "<b>Oh!</b>"},
        (
            Tab("button", "Full instructions"),
            Press("Enter"),
            Sees("Read the text to its end."),
            Press("Escape"),
            Tab("radio", "happy"),
            Press("2"),
            *SUBMIT,
        ),
        {"sentiment": {"label": "sad & sorry"}},
        {"sentiment": "choice"},
    ),
    Case(
        "classifier-multi-select",
        {"text": "The band played at the match."},
        (
            Tab("checkbox", "Music"),
            Press("4"),
            Press("1"),
            Press("2"),
            Press("3"),
            Press("Space"),
            *SUBMIT,
        ),
        {"topics": {"labels": ["Music", "Sports"]}},
        {"topics": "choices"},
    ),
    Case(
        "image-classifier",
        {"image": IMAGE},
        (
            Tab("radio", "good"),
            Press("2"),
            Tab("button", "Comment"),
            Press("Enter"),
            Tab("textbox", "Say why"),
            Type("too large"),
            Press("Escape"),
            *SUBMIT,
        ),
        {"verdict": {"label": "bad", "workerComment": "too large"}},
        {"verdict": "choice"},
    ),
    Case(
        "image-classifier-multi-select",
        {"image": IMAGE},
        (Tab("checkbox", "Cat"), Press("Space"), Press("3"), *SUBMIT),
        {"animals": {"labels": ["Cat", "Bird"]}},
        {"animals": "choices"},
    ),
    Case(
        "entities-and-question",
        {"text": TEXT, "known": [{"label": "person", "startOffset": 0, "endOffset": 3}]},
        (
            Tab("application", "Text to annotate"),
            # To "Charles": six words on, one of them the bird's neighbour; then both names.
            Press("Control+Home"),
            Press("ArrowRight", 15),
            Press("Shift+Control+ArrowRight", 2),
            Press("1"),
            Press("Control+End"),
            Press("ArrowUp"),
            Press("End"),
            Press("ArrowLeft"),
            Press("Shift+Control+ArrowLeft", 3),
            Press("1"),
            Press("Control+z"),
            Press("Control+Shift+Z"),
            Tab("button", "Person: 5 June 1843"),
            Press("2"),
            Sees("date: 5 June 1843"),
            Tab("radio", "Science"),
            Press("Space"),
            *SUBMIT,
        ),
        {
            "annotations": {
                "entities": [
                    {"startOffset": 0, "endOffset": 3, "label": "person"},
                    {"startOffset": 16, "endOffset": 31, "label": "person"},
                    {"startOffset": 35, "endOffset": 46, "label": "date"},
                ]
            },
            "science": {"science": True},
            "art": {"art": False},
        },
        {"annotations": "spans", "science": "choices", "art": "choices"},
    ),
    Case(
        "bounding-box",
        {
            "image": IMAGE,
            "labels": ["cat", "dog"],
            "names": {"0": "cat"},
            "boxes": [{"class_id": 0, "left": 20, "top": 10, "width": 60, "height": 40}],
        },
        (
            Tab("application", "Image to annotate"),
            Press("2"),
            # From the middle of the image, which is at 100, 50, in steps of 2.
            Press("ArrowRight", 10),
            Press("Enter"),
            Press("Shift+ArrowRight", 3),
            Press("Control+ArrowDown", 7),
            Press("Enter"),
            Tab("button", "cat, 60 by 40 at 20, 10"),
            Press("ArrowLeft", 3),
            Press("Shift+ArrowDown", 2),
            *SUBMIT,
        ),
        {
            "boxes": {
                "boundingBoxes": [
                    {"height": 42, "label": "cat", "left": 17, "top": 10, "width": 60},
                    {"height": 7, "label": "dog", "left": 120, "top": 50, "width": 30},
                ],
                "inputImageProperties": SIZE,
                "initialValueModified": True,
            }
        },
        {"boxes": "boxes"},
    ),
    Case(
        "bounding-box-instances",
        {"image": IMAGE},
        (
            Tab("combobox", "Another:"),
            Press("ArrowDown"),
            Tab("button", "Add"),
            Press("Enter"),
            Tab("button", "nest #1"),
            Press("Enter"),
            Tab("application", "Image to annotate"),
            Press("Enter"),
            Press("ArrowRight"),
            Press("ArrowUp"),
            Press("Enter"),
            *SUBMIT,
        ),
        {
            "_": "_",
            "instances": '[{"height":2,"left":100,"top":48,"width":2,"kind":"nest"}]',
        },
        {"_": "text", "instances": "unknown"},
    ),
    Case(
        "keypoint-checked",
        {"image": IMAGE, "labels": ["beak", "tail"]},
        (
            *SUBMIT,
            Sees("There must be two points."),
            Tab("application", "Image to annotate"),
            Press("2"),
            Press("Enter"),
            Tab("button", "tail, at 100, 50"),
            Press("Control+ArrowRight"),
            *SUBMIT,
        ),
        {
            "joints": {
                "inputImageProperties": SIZE,
                "keypoints": [
                    {"label": "beak", "x": 20, "y": 30},
                    {"label": "tail", "x": 110, "y": 50},
                ],
            }
        },
        {"joints": "unknown"},
    ),
    Case(
        "polygon",
        {"image": IMAGE},
        (
            Tab("application", "Image to annotate"),
            Press("2"),
            Press("Enter"),
            Press("Shift+ArrowRight", 2),
            Press("Enter"),
            Press("Shift+ArrowDown", 2),
            Press("Enter"),
            Press("ArrowDown"),
            Press("Enter"),
            Press("Backspace"),
            Press("c"),
            Tab("button", "lake, 3 points"),
            Press("]"),
            Press("ArrowLeft", 4),
            *SUBMIT,
        ),
        {
            "outline": {
                "polygons": [
                    {
                        "label": "lake",
                        "vertices": [{"x": 96, "y": 50}, {"x": 120, "y": 50}, {"x": 120, "y": 70}],
                    }
                ],
                "inputImageProperties": SIZE,
            }
        },
        {"outline": "unknown"},
    ),
    Case(
        "two-tier",
        {"text": "The reply."},
        (
            Tab("radio", "Good"),
            Press("2"),
            Tab("checkbox", "Unclear"),
            Press("Space"),
            *SUBMIT,
        ),
        {"rating": {"label": "Poor"}, "reasons": {"Wrong": False, "Unclear": True}},
        {"rating": "choice", "reasons": "choice"},
    ),
    Case(
        "messages",
        {"text": "The lift stands still."},
        (
            Sees("Welcome."),
            Tab("button", "Dismiss"),
            Press("Enter"),
            Tab("textbox", "Issue"),
            Type("Noise"),
            Tab("button", "Start over"),
            Press("Enter"),
            Tab("textbox", "Issue"),
            Type("Silence"),
            Tab("button", "Report and finish"),
            Press("Enter"),
        ),
        {"issue": "Silence"},
        {"issue": "text"},
    ),
    Case(
        "pages",
        {"text": "The committee met on Monday."},
        (
            Tab("button", "View instructions"),
            Press("Enter"),
            Sees("Write one sentence."),
            Tab("tab", "Summary"),
            Press("ArrowRight", 2),
            Sees("Good example"),
            Press("Escape"),
            Tab("button", "See the source"),
            Press("Enter"),
            Press("Escape"),
            Tab("tab", "Text"),
            Press("End"),
            Tab("textbox", "Summary"),
            Type("It met."),
            *SUBMIT,
        ),
        {"summary": "It met."},
        {"summary": "text"},
    ),
    Case(
        "own-button",
        {"text": "Anything?"},
        (
            Tab("button", "Send"),
            Press("Enter"),
            Tab("textbox", "Notes"),
            Type('a "note"'),
            Tab("button", "Send"),
            Press("Enter"),
        ),
        {"annotations": '{"value":[],"notes":"a \\"note\\""}'},
        {"annotations.notes": "text"},
    ),
    Case(
        "loop-and-hidden",
        {"labels": ["a", "b & c"], "format": ""},
        (
            Tab("checkbox", "a"),
            Press("Space"),
            Tab("spinbutton", "Count"),
            Type("4"),
            Press("Enter"),
        ),
        {"seen": {"a": True, "b & c": False}, "count": "4", "version": "2"},
        {"seen": "choice", "count": "text", "version": "text"},
    ),
    Case(
        "loop-and-hidden",
        {"labels": ["a", "b"], "format": "flatten-objects"},
        (Tab("checkbox", "b"), Press("Space"), Tab("button", "Done"), Press("Enter")),
        {"seen.a": False, "seen.b": True, "count": "", "version": "2"},
        {"seen.a": "choice", "seen.b": "choice", "version": "text"},
    ),
    Case(
        "unknown-element",
        {"image": IMAGE},
        (
            Sees("<crowd-line> is not among the local elements"),
            Tab("textbox", "Comment"),
            Type("none"),
            *SUBMIT,
        ),
        {"comment": "none"},
        {"comment": "text"},
    ),
    Case(
        "unknown-widget",
        {"text": "The committee met on Monday."},
        (Sees("<crowd-question-answer-generation> is not among the local elements"), *SUBMIT),
        {},
        {},
    ),
    Case(
        "taken-names",
        {"text": "the series"},
        (
            Tab("textbox", "From"),
            Type("3"),
            Tab("textbox", "To"),
            Type("5"),
            Tab("button", "Add"),
            Press("Enter"),
            Sees("3 to 5"),
            Tab("button", "Done"),
            Press("Enter"),
        ),
        {
            "append": "3",
            "reset": "5",
            "dispatchEvent": "kept",
            "found": '[{"from":"3","to":"5"}]',
        },
        {"append": "text", "reset": "text", "dispatchEvent": "text", "found": "unknown"},
    ),
)
NAMES = [f"{case.template}-{number}" for number, case in enumerate(CASES)]
INPUTS = {case.template: case.task_input for case in CASES}

Opener = Callable[[str], Embedded]


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
        assert answer == case.answer
        assert len(shown.said("submit")) == 1
        unknown = ["not among the local" in said["message"] for said in shown.said("problem")]
        assert unknown == ([True] if case.template.startswith("unknown") else [])


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_answers_are_recognised_by_shape(case: Case) -> None:
    """What elements answer is read without a task definition; keypoints and polygons stay whole."""
    read = AnsweredObject("0", (Answer(0, "w", case.answer),), ())
    fields = fields_of(None, [read])
    assert {field.path: str(field.kind) for field in fields} == case.kinds
    offsets = {field.offsets for field in fields if field.kind == "spans"}
    assert offsets <= {"utf16"}


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
