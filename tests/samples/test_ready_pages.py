"""The pages of the ready tasks in a browser: what they show of a suggestion, and record of it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import pre_labeling
from labelwright.answers.raw import raw_value
from labelwright.answers.values import read_value
from labelwright.task.definition import parse_definition
from labelwright_local.imports.coco import read_coco
from labelwright_local.imports.label_studio import read_label_studio
from labelwright_local.imports.match import Objects
from labelwright_local.imports.model import Entry
from labelwright_local.imports.suggest import import_suggestions
from tests.fakes import FakeStorage
from tests.local.elements.embedding import Embedded, embedded
from tests.samples import lake
from tests.samples.draw_images import browser_page
from tests.samples.rendering import TASK_DEFINITION, TEMPLATES, manifest, pre_label

pytestmark = pytest.mark.browser

CLASSIFIERS = ("text-classification", "image-classification")
READY = (*CLASSIFIERS, "image-boxes")
BOAT = {"left": 20, "top": 100, "width": 60, "height": 70, "label": "Boat"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    """Open a page in a window."""
    with browser_page(1280, 900) as page:
        yield page


def definition(task: str) -> bytes:
    """Read a task's definition."""
    return (TEMPLATES / task / "task.toml").read_bytes()


def task_input(task: str, **more: Any) -> dict[str, Any]:
    """Let pre-labeling make the input of the sample's first object."""
    made: dict[str, Any] = pre_label(task, manifest(task)[0] | more)["taskInput"]
    return made


def labels(task: str) -> tuple[str, ...]:
    """Return the labels of the task's field."""
    return parse_definition(definition(task), "task.toml").fields[0].labels


def submit(shown: Embedded) -> dict[str, Any]:
    """Submit, and return the answer that the embedding page receives."""
    shown.frame.get_by_role("button", name="Submit").click()
    answer: dict[str, Any] = shown.wait_for("submit")["answer"]
    return answer


def value(task: str, answer: dict[str, Any]) -> Any:
    """Read the field's value as post-labeling does."""
    [field] = parse_definition(definition(task), "task.toml").fields
    return read_value(field, raw_value(answer, field)).value


@pytest.mark.parametrize("task", CLASSIFIERS)
def test_a_suggested_label_is_told_and_recorded_and_never_chosen(browser: Page, task: str) -> None:
    """The elements have no initial value: the page says what is suggested, the worker chooses."""
    first, second, *_ = labels(task)
    with embedded(browser, task, task_input(task, suggestion=first)) as shown:
        expect(shown.frame.get_by_text(f"Suggested: {first}")).to_be_visible()
        shown.frame.get_by_role("button", name="Submit").click()
        assert shown.said("submit") == []
        shown.frame.get_by_role("radio", name=second, exact=True).check()
        answer = submit(shown)
    assert value(task, answer) == second
    assert answer["suggestion"] == first


@pytest.mark.parametrize("task", CLASSIFIERS)
def test_a_suggestion_that_can_not_be_chosen_is_told_and_recorded(browser: Page, task: str) -> None:
    """With the reason."""
    with embedded(browser, task, task_input(task, suggestion="nothing of the kind")) as shown:
        expect(shown.frame.get_by_text("not among those to choose from")).to_be_visible()
        shown.frame.get_by_role("radio").first.check()
        answer = submit(shown)
    assert "nothing of the kind" in answer["suggestionLeftOut"]
    assert "suggestion" not in answer


def test_suggested_boxes_submitted_untouched_are_the_answer(browser: Page) -> None:
    """Those that can't be drawn are told to the worker, and recorded."""
    wrong = BOAT | {"label": "Whale"}
    given = task_input("image-boxes", suggestion=[wrong, BOAT])
    with embedded(browser, "image-boxes", given) as shown:
        expect(shown.frame.get_by_text("not among those to choose from")).to_be_visible()
        expect(shown.frame.locator("crowd-bounding-box svg[viewBox]").first).to_be_visible()
        answer = submit(shown)
    assert answer["boxes"]["boundingBoxes"] == [BOAT]
    assert answer["boxes"]["initialValueModified"] is False
    assert "Whale" in answer["suggestionLeftOut"]


@pytest.mark.parametrize("task", READY)
def test_without_a_suggestion_nothing_is_said_of_one(browser: Page, task: str) -> None:
    """The sample has none."""
    with embedded(browser, task, task_input(task)) as shown:
        shown.frame.get_by_role("button", name="Submit").first.wait_for()
        assert shown.frame.get_by_text("uggested").count() == 0
        assert shown.frame.locator("input[type=hidden]").count() == 0
        assert shown.violations() == []


@pytest.mark.parametrize("task", READY)
def test_other_labels_in_the_definition_are_all_that_a_page_needs(browser: Page, task: str) -> None:
    """Its field may be called otherwise, too; awkward labels are shown as they are."""
    awkward = ['"a" & <b>', "c'd", "日本"]
    old = parse_definition(definition(task), "task.toml")
    field = old.fields[0].model_copy(update={"labels": tuple(awkward), "name": "kind of thing"})
    line = manifest(task)[0]
    storage = FakeStorage({TASK_DEFINITION: definition(task)})
    settings = pre_labeling.Settings(task_definition=TASK_DEFINITION)
    changed = old.model_copy(update={"fields": (field,), "guide": ()})
    made = pre_labeling.prepare(line, changed, storage, settings)
    assert isinstance(made, dict)
    with embedded(browser, task, made) as shown:
        for label in awkward:
            button = shown.frame.get_by_role("button", name=label, exact=True)
            radio = shown.frame.get_by_role("radio", name=label, exact=True)
            expect(button.or_(radio).first).to_be_visible()


def label_studio(boxes: list[Any], width: int, height: int) -> list[Any]:
    """Write boxes as Label Studio exports them: in percent of their picture."""
    result = [
        {
            "id": str(number),
            "type": "rectanglelabels",
            "from_name": "label",
            "to_name": "image",
            "original_width": width,
            "original_height": height,
            "image_rotation": 0,
            "value": {
                "x": 100 * box["left"] / width,
                "y": 100 * box["top"] / height,
                "width": 100 * box["width"] / width,
                "height": 100 * box["height"] / height,
                "rotation": 0,
                "rectanglelabels": [box["label"]],
            },
        }
        for number, box in enumerate(boxes)
    ]
    data = {"image": "/data/local-files/?d=pictures/lake-02.png"}
    return [{"id": 1, "data": data, "annotations": [{"id": 1, "result": result}]}]


def coco(boxes: list[Any], width: int, height: int) -> dict[str, Any]:
    """Write boxes as COCO has them."""
    names = ["Gull", "Boat", "Buoy"]
    return {
        "images": [{"id": 5, "file_name": "lake-02.png", "width": width, "height": height}],
        "categories": [{"id": number, "name": name} for number, name in enumerate(names)],
        "annotations": [
            {
                "id": number,
                "image_id": 5,
                "category_id": names.index(box["label"]),
                "bbox": [box["left"], box["top"], box["width"], box["height"]],
                "area": box["width"] * box["height"],
                "iscrowd": 0,
            }
            for number, box in enumerate(boxes)
        ],
    }


FORMS: dict[str, tuple[Callable[..., Any], Callable[[Any], Iterator[Entry]]]] = {
    "label-studio": (label_studio, read_label_studio),
    "coco": (coco, read_coco),
}


@pytest.mark.parametrize("form", FORMS)
def test_boxes_of_another_tool_submitted_untouched_are_the_same_labels(
    browser: Page, form: str
) -> None:
    """From its file into the manifest, through pre-labeling onto the page, and back."""
    true = [thing.wire() for thing in lake.load()[1].things]
    write, read = FORMS[form]
    data = json.loads(json.dumps(write(true, lake.WIDTH, lake.HEIGHT)))
    line = manifest("image-boxes")[1]
    task = parse_definition(definition("image-boxes"), "task.toml")
    made = import_suggestions(read(data), Objects([(1, line)]), task)
    assert made.notes == []
    given = pre_label("image-boxes", line | made.by_line[1])["taskInput"]
    with embedded(browser, "image-boxes", given) as shown:
        expect(shown.frame.locator("crowd-bounding-box svg[viewBox]").first).to_be_visible()
        answer = submit(shown)
    assert sorted(map(str, answer["boxes"]["boundingBoxes"])) == sorted(map(str, true))
    assert answer["boxes"]["initialValueModified"] is False
