"""Masks by mouse, in zoom, as drafts, and over images or earlier masks that can't be read."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.local.elements.embedding import Embedded, embedded
from tests.local.elements.mask_cases import CAT, DOG, MASK
from tests.local.elements.masks import legible
from tests.samples.draw_images import browser_page

pytestmark = pytest.mark.browser

IMAGE = "s3://sample/bird.png"
TASK = {"image": IMAGE, "labels": ["cat", "dog"]}
SEGMENTATION = "crowd-semantic-segmentation"
MAP = {"1": {"class-name": "Cat", "hex-color": "#ff0000"}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    """Open a page in a window."""
    with browser_page(1280, 900) as page:
        yield page


def press(shown: Embedded, name: str) -> None:
    """Press a button of the tool."""
    shown.frame.get_by_role("button", name=name, exact=True).click()


def place(shown: Embedded, x: float, y: float) -> tuple[float, float]:
    """Return where a pixel of the image is in the window."""
    box = shown.frame.locator("svg[viewBox='0 0 200 100']").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"] / 200, box["y"] + y * box["height"] / 100


def drag(shown: Embedded, *points: tuple[float, float]) -> None:
    """Drag the mouse along pixels of the image."""
    mouse = shown.page.mouse
    mouse.move(*place(shown, *points[0]))
    mouse.down()
    for point in points[1:]:
        mouse.move(*place(shown, *point), steps=5)
    mouse.up()


def value(shown: Embedded, element: str = SEGMENTATION) -> Any:
    """Return the element's value as it stands."""
    return shown.frame.evaluate("(name) => document.querySelector(name).value", element)


def painted(shown: Embedded) -> dict[str, int]:
    """Return the pixels of each colour but the background."""
    found: dict[str, int] = legible(value(shown))["labeledImage"]["pngImageData"]
    return {colour: number for colour, number in found.items() if colour != "#ffffff"}


def wait_for_image(shown: Embedded) -> None:
    """Wait until there is an image to paint on."""
    shown.frame.locator("svg[viewBox='0 0 200 100']").wait_for()


def submit(shown: Embedded) -> dict[str, Any]:
    """Submit, and return the answer that the embedding page receives."""
    press(shown, "Submit")
    answer: dict[str, Any] = shown.wait_for("submit")["answer"]
    return answer


def test_brush_eraser_and_polygon_by_mouse(browser: Page) -> None:
    """A drag paints, another erases, clicks around an area fill it; each is one step to undo."""
    with embedded(browser, "semantic-segmentation", TASK) as shown:
        wait_for_image(shown)
        drag(shown, (20.5, 20.5), (60.5, 20.5))
        assert painted(shown) == {CAT: 221}
        press(shown, "Eraser")
        drag(shown, (40.5, 10), (40.5, 30))
        assert painted(shown) == {CAT: 196}
        press(shown, "dog")
        press(shown, "Polygon")
        for corner in ((100, 20), (140, 20), (140, 60), (100, 60), (100.4, 20.4)):
            browser.mouse.click(*place(shown, *corner))
        assert painted(shown) == {CAT: 196, DOG: 1600}
        for left in ({CAT: 196}, {CAT: 221}, {}):
            press(shown, "Undo")
            assert painted(shown) == left
        press(shown, "Redo")
        assert legible(submit(shown))["annotatedResult"]["labeledImage"]["pngImageData"] == {
            "#ffffff": 20_000 - 221,
            CAT: 221,
        }


def test_painting_goes_where_the_image_is_in_any_zoom(browser: Page) -> None:
    """Enlarged, the brush still counts pixels of the image, and all sizes can be chosen."""
    with embedded(browser, "semantic-segmentation", TASK) as shown:
        wait_for_image(shown)
        for _ in range(2):
            press(shown, "Zoom in")
        shown.frame.get_by_label("Brush size").fill("1")
        drag(shown, (10.5, 10.5), (20.5, 10.5))
        assert painted(shown) == {CAT: 11}
        shown.frame.get_by_label("Opacity").fill("25")
        assert shown.frame.locator("canvas.mask").evaluate("(it) => it.style.opacity") == "0.25"


def test_a_polygon_that_is_not_filled_is_not_lost(browser: Page) -> None:
    """It stops the submit, and says so; Escape lets it go."""
    with embedded(browser, "semantic-segmentation", TASK) as shown:
        wait_for_image(shown)
        press(shown, "Polygon")
        browser.mouse.click(*place(shown, 20, 20))
        press(shown, "Submit")
        expect(shown.frame.get_by_role("alert")).to_contain_text("a polygon is not filled")
        browser.keyboard.press("Escape")
        assert painted(shown) == {}
        assert submit(shown)["annotatedResult"]["inputImageProperties"] == {
            "height": 100,
            "width": 200,
        }


def test_instances_by_mouse(browser: Page) -> None:
    """Strokes go to one instance until another is begun; the list takes one up again."""
    with embedded(browser, "instance-segmentation", TASK) as shown:
        press(shown, "dog")
        drag(shown, (20.5, 20.5), (30.5, 20.5))
        press(shown, "New instance")
        drag(shown, (60.5, 20.5), (70.5, 20.5))
        shown.frame.get_by_role("button", name="dog 1, 0.4 %", exact=True).click()
        drag(shown, (20.5, 60.5), (30.5, 60.5))
        press(shown, "sheep")
        drag(shown, (100.5, 60.5), (110.5, 60.5))
        shown.frame.get_by_role("button", name="Delete dog 2", exact=False).click()
        answer = legible(submit(shown))["animals"]
        assert [one["label"] for one in answer["instances"]] == ["dog", "sheep"]
        first, second = (one["color"] for one in answer["instances"])
        pixels = answer["labeledImage"]["pngImageData"]
        assert (pixels[first], pixels[second]) == (142, 71)


def test_a_draft_comes_back(browser: Page) -> None:
    """What `draft()` gives is JSON; `restore()` takes it before the image is there, too."""
    with embedded(browser, "semantic-segmentation", TASK) as shown:
        wait_for_image(shown)
        drag(shown, (20.5, 20.5), (60.5, 20.5))
        press(shown, "Polygon")
        browser.mouse.click(*place(shown, 100, 50))
        kept = shown.frame.evaluate(
            "(name) => JSON.stringify(document.querySelector(name).draft())", SEGMENTATION
        )
        assert len(kept) < 500
    script = f"""<script>
      customElements.whenDefined("{SEGMENTATION}").then(() => {{
        document.querySelector("{SEGMENTATION}").restore({kept});
      }});
    </script>"""
    with embedded(browser, "semantic-segmentation", TASK, script) as shown:
        wait_for_image(shown)
        assert painted(shown) == {CAT: 221}
        assert json.loads(kept)["polygon"] == [{"x": 100, "y": 50}]
        browser.keyboard.press("Tab")
        press(shown, "Submit")
        expect(shown.frame.get_by_role("alert")).to_contain_text("a polygon is not filled")


def test_an_earlier_mask_that_nobody_changed(browser: Page) -> None:
    """It is answered as it was, and not modified; a stroke that is undone changes nothing."""
    task = {
        "image": IMAGE,
        "mask": MASK,
        "map": {
            str(number): {"class-name": name, "hex-color": colour}
            for number, (name, colour) in enumerate(
                (("Cat", "#ff0000"), ("Dog", "#00ff00"), ("Bird", "#777777"))
            )
        },
    }
    with embedded(browser, "semantic-segmentation-adjusted", task) as shown:
        shown.frame.get_by_role("button", name="Bird, 2.0 %", exact=True).wait_for()
        drag(shown, (100.5, 60.5), (110.5, 60.5))
        assert value(shown)["initialValueModified"] is True
        press(shown, "Undo")
        answer = legible(submit(shown))["annotatedResult"]
        assert answer["initialValueModified"] is False
        assert "initialValueLeftOut" not in answer
        assert answer["labeledImage"]["pngImageData"] == {
            "#ffffff": 18_800,
            "#ff0000": 400,
            "#00ff00": 400,
            "#777777": 400,
        }


def test_an_earlier_mask_waits_for_its_labels(browser: Page) -> None:
    """Labels that a script gives come after what was painted with them."""
    map_ = MAP | {"2": {"class-name": "Cow", "hex-color": "#777777"}}
    task = {"image": IMAGE, "mask": MASK, "map": map_}
    with embedded(browser, "semantic-segmentation-adjusted", task) as shown:
        shown.frame.get_by_role("button", name="Cat, 2.0 %", exact=True).wait_for()
        shown.frame.evaluate(
            "(name) => { document.querySelector(name).labels = ['Cow', 'Cat']; }", SEGMENTATION
        )
        shown.frame.get_by_role("button", name="Cow, 2.0 %", exact=True).wait_for()
        answer = legible(submit(shown)["annotatedResult"])
        assert answer["labelMappings"] == {
            "Cat": {"color": "#ff0000"},
            "Cow": {"color": "#777777"},
        }
        assert [one["item"] for one in answer["initialValueLeftOut"]] == [{"pixels": 400}]


def test_an_earlier_mask_that_cannot_be_read(browser: Page) -> None:
    """The worker is told, and so is who reads the answer; nothing claims to be unmodified."""
    task = {"image": IMAGE, "mask": "s3://sample/empty.png", "map": MAP}
    with embedded(browser, "semantic-segmentation-adjusted", task) as shown:
        expect(shown.frame.get_by_role("note")).to_contain_text("it can't be read as a picture")
        answer = submit(shown)["annotatedResult"]
        [left_out] = answer["initialValueLeftOut"]
        assert left_out["item"] == "empty.png"
        assert answer["initialValueModified"] is True


def test_an_image_that_cannot_be_shown_is_not_labelled(browser: Page) -> None:
    """Nobody answers what is in an image that they did not see."""
    task = {"image": "s3://sample/empty.png", "labels": ["cat"]}
    with embedded(browser, "semantic-segmentation", task) as shown:
        unseen = shown.frame.get_by_text("The picture can't be shown")
        expect(unseen).to_be_visible()
        press(shown, "Submit")
        refused = shown.frame.get_by_role("alert").filter(has_text="decline the task, or return")
        expect(refused).to_be_visible()
        assert shown.said("submit") == []


def welcome(shown: Embedded, draft: str | None) -> None:
    """Say, as the portal does, that drafts are kept, and what was kept."""
    shown.wait_for("form-hello")
    shown.page.evaluate(
        """(draft) => document.querySelector("iframe").contentWindow
             .postMessage({ labelwright: 1, type: "form-welcome", draft }, "*")""",
        draft,
    )


def test_the_portal_keeps_masks(browser: Page) -> None:
    """What is painted reaches whoever keeps drafts, and is there again after a reload."""
    with embedded(browser, "semantic-segmentation", TASK) as shown:
        wait_for_image(shown)
        welcome(shown, None)
        drag(shown, (20.5, 20.5), (60.5, 20.5))
        draft = shown.wait_for("draft")["draft"]
    with embedded(browser, "semantic-segmentation", TASK) as shown:
        wait_for_image(shown)
        welcome(shown, draft)
        shown.frame.get_by_role("button", name="cat, 1.1 %", exact=True).wait_for()
        drag(shown, (20.5, 60.5), (60.5, 60.5))
        assert painted(shown) == {CAT: 442}
        assert shown.wait_for("draft")["draft"] != draft
