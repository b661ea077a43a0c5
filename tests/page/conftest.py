"""A browser for all tests of the page, and a page of its own for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from labelwright_local.simulated.browser import chromium
from tests.page.worker_page import WorkerPage


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Run a browser while the tests of this package last."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def worker(browser: Browser) -> Iterator[WorkerPage]:
    """Give a worker a page of their own; whatever its script throws fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    worker = WorkerPage(context.new_page())
    yield worker
    context.close()
    assert worker.failures == []
