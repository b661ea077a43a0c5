"""Draws the README's pictures of the portal: ``python -m tests.local.portal.draw_screenshots``."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from labelwright_local.simulated.browser import chromium
from tests.local.portal.browsers import elsewhere
from tests.local.portal.clocked_server import Server
from tests.local.portal.sample_job import SAMPLE, write_job
from tests.samples.draw_screenshots import save


def label(browser: Browser, server: Server, name: str, tasks: int) -> Page:
    """Let somebody label some tasks; return their browser at the next."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(server.address)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Start").click()
    for number in range(tasks):
        here = page.url
        frame = page.frame_locator("#page")
        frame.get_by_label("Nothing to mark").check()
        frame.get_by_label("no" if (number + len(name)) % 4 == 0 else "yes", exact=True).check()
        frame.get_by_role("button", name="Submit").click()
        elsewhere(page, here)
    return page


def main() -> None:
    """Write the pictures."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        template = (SAMPLE / "template.liquid.html").read_text("utf-8")
        server = Server(write_job(Path(folder) / "job", 14, template))
        server.start()
        try:
            label(browser, server, "Grace Hopper", 11)
            label(browser, server, "Katherine Johnson", 11)
            page = label(browser, server, "Ada Lovelace", 0)
            page.frame_locator("#page").get_by_role("button", name="Submit").wait_for()
            page.wait_for_timeout(1500)
            save(page, "portal-task")
            page.goto(server.address)
            save(page, "portal-job")
            page.goto(server.requester)
            page.wait_for_timeout(1500)
            save(page, "portal-overview")
            page.emulate_media(color_scheme="dark")
            page.goto(f"{server.address}/requester/objects")
            save(page, "portal-objects-dark")
            page.emulate_media(color_scheme="light")
            page.goto(f"{server.address}/requester/workers")
            save(page, "portal-workers")
        finally:
            server.kill()


if __name__ == "__main__":
    main()
