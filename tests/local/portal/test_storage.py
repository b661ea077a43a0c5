"""Templates that keep something in the browser, in the frame that has nothing to keep it in."""

from pathlib import Path

import pytest

from labelwright_local.simulated.browser import chromium
from tests.local.portal.browsers import elsewhere
from tests.local.portal.portals import portal
from tests.local.portal.served import served

pytestmark = pytest.mark.browser

#: Reads before it writes, as templates do that greet who was there before; in all three ways.
KEEPING = """<script>
  const seen = [localStorage.getItem("seen"), sessionStorage.seen, document.cookie].join("|");
  localStorage.setItem("seen", "yes");
  sessionStorage.seen = "there";
  document.cookie = "seen=1; path=/";
</script>
<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <p>{{ task.input.taskObject }}</p>
  <input name="before" type="text"><input name="after" type="text">
</crowd-form>
<script>
  document.querySelector("[name=before]").value = seen;
  document.querySelector("[name=after]").value =
    [localStorage.seen, sessionStorage.getItem("seen"), document.cookie,
     localStorage instanceof Storage, Object.keys(localStorage)].join("|");
</script>
"""


def test_what_a_page_keeps_lasts_for_one_task(tmp_path: Path) -> None:
    """The next one begins with nothing, and the portal's own cookie is in neither."""
    lines = [{"source": "a"}, {"source": "b"}]
    with chromium() as browser, portal(tmp_path, lines) as job, served(job) as server:
        server.use(KEEPING)
        page = browser.new_context().new_page()
        server.sign_in(page, "Ada")
        page.get_by_role("button", name="Start").click()
        for _ in lines:
            page.wait_for_url("**/tasks/*")
            task = page.url
            page.frame_locator("#page").get_by_role("button", name="Submit").click()
            elsewhere(page, task)
        details = [job.engine.object(str(number)) for number in range(len(lines))]
        contents = [answer.content for detail in details if detail for answer in detail.answers]
        assert contents == [{"before": "||", "after": "yes|there|seen=1|true|seen"}] * 2
