"""A small job's portal on a real port, for tests with a browser in the same process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Page

from labelwright_local.http.listening import LOOPBACK, listen
from labelwright_local.portal.serving import server_settings
from tests.local.portal.portals import Portal


class Served:
    """A portal's address, and what tests do there first."""

    def __init__(self, job: Portal, port: int) -> None:
        self._job = job
        self.address = f"http://{LOOPBACK}:{port}"

    def use(self, template: str) -> None:
        """Put another template in the place of the job's."""
        self._job.tasks.use(template)

    def sign_in(self, page: Page, name: str) -> None:
        """Sign in by the form."""
        page.goto(self.address)
        page.get_by_label("Your name").fill(name)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Your jobs").wait_for()


@contextmanager
def served(job: Portal) -> Iterator[Served]:
    """Serve a portal as long as this lasts."""
    with listen(LOOPBACK, 0) as listener:
        config = server_settings(job.app, behind_proxy=job.reach.public is not None)
        config.timeout_graceful_shutdown = 1
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield Served(job, listener.getsockname()[1])
        finally:
            job.app.state.changes.stop()
            server.should_exit = True
            thread.join()
