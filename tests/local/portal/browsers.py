"""Chromium for the portal's tests: contexts of their own, and what axe says of a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.samples.draw_images import CHROMIUM, QUIET

AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """Open a headless Chromium, with more arguments."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *more])
        yield browser
        browser.close()


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong, frames left out; the page's context must bypass its policy."""
    page.add_script_tag(path=AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "async () => (await axe.run(document, {iframes: false})).violations"
    )
    return [f"{item['id']}: {node['html'][:120]}" for item in found for node in item["nodes"]]


def elsewhere(page: Page, address: str) -> None:
    """Wait until the page is no longer at an address."""
    page.wait_for_url(lambda url: str(url) != address)
