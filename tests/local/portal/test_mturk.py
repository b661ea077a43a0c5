"""Jobs of Mechanical Turk's templates and batches, done in a browser."""

import json
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.spec import JobSpec
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.simulated.browser import chromium
from tests.local.portal.portals import Portal
from tests.local.portal.served import served

pytestmark = pytest.mark.browser

BATCH = "image_url,caption\nhttps://example.org/1.png,One <b>bird</b>\n"
#: As pages of external questions are written.
WHOLE = """<!DOCTYPE html><html><head>
<script src="https://s3.amazonaws.com/mturk-public/externalHIT_v1.js"></script></head><body>
<form name='mturk_form' method='post' id='mturk_form' onsubmit="return look()"
  action='https://www.mturk.com/mturk/externalSubmit'>
<input type='hidden' value='' name='assignmentId' id='assignmentId'/>
<h1>${caption}</h1><textarea name='comment' required></textarea>
<label><input type='checkbox' name='seen' value='head'>Head</label>
<label><input type='checkbox' name='seen' value='tail'>Tail</label>
<label><input type='checkbox' name='unsure'>Unsure</label>
<input type='hidden' name='url' value='${image_url}'>
<input type='submit' id='submitButton' value='Submit'></form>
<script>
let asked = 0;
function look() { asked += 1; return asked > 1; }
turkSetAssignmentID();
</script></body></html>"""
#: As pages of the requester's editor are: the form comes around them.
BARE = """<h1>${caption}</h1><textarea name="comment" required></textarea>
<label><input type="checkbox" name="seen" value="head">Head</label>
<label><input type="checkbox" name="seen" value="tail">Tail</label>
<input type="hidden" name="url" value="${image_url}">"""
#: One that sends its form by a script.
BY_SCRIPT = """<form action="/mturk/externalSubmit" id="out"><h1>${caption}</h1>
<textarea name="comment"></textarea>
<label><input type="checkbox" name="seen" value="head">Head</label>
<label><input type="checkbox" name="seen" value="tail">Tail</label>
<input name="url" value="${image_url}" type="hidden"></form>
<button onclick="document.getElementById('out').submit()">Submit</button>"""
ANSWER = {"comment": "yes", "seen": "head|tail", "url": "https://example.org/1.png"}


def turk(folder: Path, template: str) -> AbstractContextManager[Portal]:
    """Open the portal of a job with a batch of one row."""
    manifest = folder / "batch.csv"
    manifest.write_text(BATCH, "utf-8")
    settings = JobSettings(workers_per_object=1)
    spec = JobSpec("turk", "turk", manifest, None, settings=settings, template=template.encode())
    return Portal(folder, template).opened(spec, DeployedHandlers)


@pytest.mark.parametrize("template", [WHOLE, BARE, BY_SCRIPT])
def test_what_was_filled_in_outlives_a_reload_and_control_enter_submits(
    tmp_path: Path, template: str
) -> None:
    """As in all other forms."""
    with chromium() as browser, turk(tmp_path, template) as job, served(job) as server:
        page = browser.new_context().new_page()
        server.sign_in(page, "Ada")
        page.get_by_role("button", name="Start").click()
        frame = page.frame_locator("#page")
        field = frame.locator("textarea")
        field.press_sequentially("yes")
        frame.get_by_label("Tail").check()
        expect(page.get_by_text("Draft saved")).to_be_visible()
        page.reload()
        expect(field).to_have_value("yes")
        expect(frame.get_by_label("Tail")).to_be_checked()
        if template == WHOLE:
            field.press("Control+Enter")
        field.press("Control+Enter")
        expect(page.get_by_role("heading", name="No task for you")).to_be_visible()
        detail = job.engine.object("0")
        assert detail is not None
        assert [answer.content for answer in detail.answers] == [{**ANSWER, "seen": "tail"}]


def test_nothing_is_sent_while_a_draft_is_filled_in(tmp_path: Path) -> None:
    """A page that submits at a change would, and nobody has decided on it."""
    template = BARE.replace(
        "<textarea", "<input onchange='this.form.submit()' name=eager><textarea"
    )
    with chromium() as browser, turk(tmp_path, template) as job, served(job) as server:
        page = browser.new_context().new_page()
        server.sign_in(page, "Ada")
        page.get_by_role("button", name="Start").click()
        eager = page.frame_locator("#page").locator("input[name=eager]")
        eager.press_sequentially("x")
        expect(page.get_by_text("Draft saved")).to_be_visible()
        page.reload()
        expect(eager).to_have_value("x")
        page.wait_for_timeout(300)
        assert job.engine.progress().answers == 0
        eager.press_sequentially("y")
        eager.press("Tab")
        expect(page.get_by_role("heading", name="No task for you")).to_be_visible()


@pytest.mark.parametrize(("template", "presses"), [(WHOLE, 2), (BARE, 1), (BY_SCRIPT, 1)])
def test_a_batch_is_labeled_by_its_own_form(tmp_path: Path, template: str, presses: int) -> None:
    """The answer is the form's fields, the label stands beside the columns of the row."""
    with chromium() as browser, turk(tmp_path, template) as job, served(job) as server:
        page = browser.new_context().new_page()
        server.sign_in(page, "Ada")
        page.get_by_role("button", name="Start").click()
        frame = page.frame_locator("#page")
        expect(frame.locator("h1 b")).to_have_text("bird")
        if "required" in template:
            frame.get_by_role("button", name="Submit").click()
        frame.locator("textarea").fill("yes")
        frame.get_by_label("Head").check()
        frame.get_by_label("Tail").check()
        for _ in range(presses):
            assert job.engine.progress().answers == 0
            frame.get_by_role("button", name="Submit").click()
        expect(page.get_by_role("heading", name="No task for you")).to_be_visible()
        job.wait(60)
        detail = job.engine.object("0")
        assert detail is not None
        assert [answer.content for answer in detail.answers] == [ANSWER]
        output = job.files.storage.read(job.files.layout.output_manifest)
        line = json.loads(output)
        assert line["caption"] == "One <b>bird</b>"
        assert line["image_url"] == ANSWER["url"]
        assert line["turk"]["fields"]["comment"]["value"] == "yes"
