"""A job in which a picture is missing: nobody answers for it, and work goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from labelwright_local.simulated.browser import chromium
from tests.local.elements.embedding import image
from tests.local.portal.browsers import elsewhere
from tests.local.portal.portals import portal
from tests.local.portal.served import served

pytestmark = pytest.mark.browser

TEMPLATE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-bounding-box name="boxes" header="Draw boxes" labels="['beak']"
    src="{{ task.input.taskObject | grant_read_access }}"></crowd-bounding-box>
</crowd-form>
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Open Chromium."""
    with chromium() as opened:
        yield opened


def test_a_missing_picture_is_declined_and_the_next_is_answered(
    tmp_path: Path, browser: Browser
) -> None:
    """Submit is refused with the way out; nobody answers for the object."""
    lines = [{"source-ref": "s3://data/missing.png"}, {"source-ref": "s3://data/bird.png"}]
    (tmp_path / "s3" / "data").mkdir(parents=True)
    (tmp_path / "s3" / "data" / "bird.png").write_bytes(image())
    with portal(tmp_path, lines, template=TEMPLATE) as job, served(job) as server:
        page = browser.new_context().new_page()
        server.sign_in(page, "Ada")
        page.get_by_role("button", name="Start").click()
        page.wait_for_url("**/tasks/*")
        frame = page.frame_locator("#page")
        told = frame.get_by_role("alert").filter(has_text="The picture can't be shown")
        expect(told).to_be_visible()
        frame.get_by_role("button", name="Submit").click()
        refusal = frame.get_by_role("alert").filter(has_text="decline the task, or return it")
        expect(refusal).to_be_visible()
        here = page.url
        page.get_by_role("button", name="Decline").click()
        elsewhere(page, here)
        expect(frame.locator("svg[viewBox='0 0 200 100']")).to_be_visible()
        here = page.url
        frame.get_by_role("button", name="Submit").click()
        elsewhere(page, here)
        expect(page.get_by_role("heading", name="No task for you")).to_be_visible()
        missing, shown = job.engine.object("0"), job.engine.object("1")
        assert missing is not None
        assert shown is not None
        assert missing.answers == []
        [answer] = shown.answers
        assert answer.content["boxes"]["inputImageProperties"] == {"height": 100, "width": 200}
