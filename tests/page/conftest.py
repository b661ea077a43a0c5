"""A browser for all tests of the page, and a page of its own for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.page.worker_page import WorkerPage
from tests.samples.draw_images import CHROMIUM, QUIET


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Run Chromium while the tests of this package last."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def worker(browser: Browser) -> Iterator[WorkerPage]:
    """Give a worker a page of their own; whatever its script throws fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    worker = WorkerPage(context.new_page())
    yield worker
    context.close()
    assert worker.failures == []
