"""Draws the README's picture of the worker page: ``python -m tests.samples.draw_screenshots``."""

from pathlib import Path

from playwright.sync_api import Page, Route

from tests.samples import documents
from tests.samples.draw_images import browser_page
from tests.samples.rendering import TEMPLATES, render
from tests.samples.test_page import STAND_IN, drag_over, task_input

SCREENSHOT = Path(__file__).parents[2] / "web" / "screenshots" / "abstract-entities.png"


def draw(page: Page, document: documents.Document) -> bytes:
    """Return the page as a worker sees it who has marked every passage."""
    content = f"<!doctype html><html lang='en'>{render(documents.FOLDER, task_input(document.id))}"

    def serve(route: Route) -> None:
        path = route.request.url.split("/", 3)[3]
        if path.endswith("crowd-html-elements.js"):
            route.fulfill(body=STAND_IN, content_type="application/javascript")
        elif path.startswith("s3/"):
            route.fulfill(path=TEMPLATES / documents.FOLDER / "sample" / path)
        else:
            route.fulfill(body=content, content_type="text/html; charset=utf-8")

    page.route("**/*", serve)
    page.goto("http://worker.test/task")
    for span in document.spans:
        drag_over(page, span, document.text)
        page.get_by_role("button", name=span.label, exact=True).click()
    page.get_by_label("yes").check()
    page.evaluate("() => { getSelection().removeAllRanges(); scrollTo(0, 0); }")
    return page.screenshot()


def main() -> None:
    """Write the picture."""
    with browser_page(1280, 900) as page:
        SCREENSHOT.write_bytes(draw(page, documents.load()[0]))


if __name__ == "__main__":
    main()
