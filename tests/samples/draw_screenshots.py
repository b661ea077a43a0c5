"""Draws the README's pictures of the worker page: ``python -m tests.samples.draw_screenshots``."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from playwright.sync_api import Page

from labelwright.contract.base import Json
from tests.local.elements.embedding import embedded
from tests.page.worker_page import WorkerPage, document, task_input
from tests.samples import documents, lake, leaves, messages, responses
from tests.samples.draw_images import browser_page
from tests.samples.rendering import manifest, pre_label

FOLDER = Path(__file__).parents[2] / "web" / "screenshots"


def mark_all(worker: WorkerPage, spans: tuple[documents.Span, ...]) -> None:
    """Mark passages with the mouse."""
    for span in spans:
        worker.drag(span)
        worker.label(span.label)


def whole(worker: WorkerPage) -> None:
    """Mark every passage, and judge; nothing stays selected."""
    worker.open(task_input("sleeping-bees"))
    mark_all(worker, document("sleeping-bees").spans)
    worker.page.get_by_label("yes", exact=True).check()
    worker.page.evaluate("() => getSelection().removeAllRanges()")


def suggestions(worker: WorkerPage) -> None:
    """Decide on two of a model's suggestions, and look at a third."""
    known = document("glacier-bubbles")
    given = [span._asdict() for span in known.spans]
    worker.open(task_input(known.id, initialSpans=given))
    worker.page.locator("#text").focus()
    worker.press("Control+Home", "n", "a", "n", "a", "n")


def overlapping(worker: WorkerPage) -> None:
    """Lay four passages over each other, and put the caret where the picker offers them."""
    worker.open(task_input("glacier-bubbles"))
    quotes = (
        ("Old ice holds air under pressure, and each opening bubble gives off a short crack", 1),
        ("holds air under pressure, and each opening bubble", 2),
        ("each opening bubble gives off a short crack. We asked whether the rate", 3),
        ("opening bubble", 4),
        ("Four hydrophones were moored at 20 m depth", 3),
        ("at 20 m depth in front of a small tidewater glacier", 6),
    )
    for quote, key in quotes:
        worker.drag(worker.find(quote))
        worker.press(str(key))
    worker.click(worker.text.index("opening bubble") + 2)


def sample_input(task: str, object_id: str) -> dict[str, Any]:
    """Return what pre-labeling gives for an object of a sample."""
    [line] = [line for line in manifest(task) if line["id"] == object_id]
    given: dict[str, Any] = pre_label(task, line)["taskInput"]
    return given


def names(worker: WorkerPage) -> None:
    """Mark the names and dates of a short text."""
    worker.open(sample_input(messages.FOLDER, "match-report"), task=messages.FOLDER)
    [message] = [found for found in messages.load() if found.id == "match-report"]
    mark_all(worker, message.spans)
    worker.page.evaluate("() => getSelection().removeAllRanges()")


def compared(worker: WorkerPage) -> None:
    """Choose one of two responses, and answer part of the rubric."""
    given = sample_input(responses.FOLDER, "hike")
    worker.page.add_init_script("crypto.getRandomValues = (values) => values.fill(0)")
    worker.open(given, task=responses.FOLDER)
    worker.page.locator(".side").first.wait_for()
    worker.press("1")
    worker.page.get_by_role("radiogroup", name="Which is clearer?").get_by_label("tie").check()
    worker.page.get_by_label("Notes").fill("The second packs for the Alps.")


Picture = tuple[str, int, int, Literal["light", "dark"], Callable[[WorkerPage], None]]
PICTURES: tuple[Picture, ...] = (
    ("abstract-entities", 1280, 800, "light", whole),
    ("dark", 1280, 800, "dark", suggestions),
    ("overlapping", 1280, 640, "light", overlapping),
    ("narrow", 360, 720, "light", whole),
    ("text-entities", 1280, 480, "light", names),
    ("response-comparison", 1280, 660, "light", compared),
    ("response-comparison-dark", 1280, 660, "dark", compared),
)


#: The tasks of the service's elements: the sample's object that is shown, and a suggestion.
ELEMENTS: tuple[tuple[str, int, int, Json], ...] = (
    ("text-classification", 2, 420, "mixed"),
    ("image-classification", 8, 600, None),
    ("image-boxes", 2, 640, [thing.wire() for thing in lake.load()[2].things]),
)


def ready_tasks() -> None:
    """Write the pictures of the tasks that ask by the service's elements."""
    for name, number, height, suggestion in ELEMENTS:
        line = manifest(name)[number] | {"suggestion": suggestion}
        with (
            browser_page(900, height) as page,
            embedded(page, name, pre_label(name, line)["taskInput"]) as shown,
        ):
            if name == "image-boxes":
                shown.frame.locator("crowd-bounding-box svg[viewBox]").first.wait_for()
            else:
                chosen = suggestion or leaves.load()[number].label
                shown.frame.get_by_role("radio", name=chosen, exact=True).check()
            page.wait_for_timeout(300)
            save(page, name)


def save(page: Page, name: str) -> None:
    """Write what the page shows, with few enough colours to stay small."""
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    # Of all methods the one that keeps the few pixels of a label's colour.
    image = image.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    image.save(FOLDER / f"{name}.png", optimize=True)


def main() -> None:
    """Write the pictures."""
    for name, width, height, scheme, work in PICTURES:
        # Tall enough for the mouse to reach the whole text.
        with browser_page(width, 2_000) as page:
            page.emulate_media(color_scheme=scheme)
            worker = WorkerPage(page)
            work(worker)
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("() => scrollTo(0, 0)")
            page.mouse.move(0, 0)
            page.wait_for_function("() => [...document.images].every(image => image.complete)")
            save(page, name)
    ready_tasks()


if __name__ == "__main__":
    main()
