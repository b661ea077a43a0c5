"""What was filled in is there again: every element, every control, whatever became of the page."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, FilePayload, Page, expect

from labelwright_local.simulated.browser import chromium
from tests.local.elements.embedding import image
from tests.local.portal.browsers import elsewhere
from tests.local.portal.portals import Portal, portal
from tests.local.portal.served import Served, served

pytestmark = pytest.mark.browser

PICTURE = "data:image/png;base64," + b64encode(image()).decode()

#: Each element and each native control once, some made by scripts, early and late.
EVERYTHING = f"""<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <label>Ring <input name="ring"></label>
  <label>Note <textarea name="note"></textarea></label>
  <label>Season <select name="season"><option>spring</option><option>autumn</option></select></label>
  <label><input type="checkbox" name="seen" value="seen"> Seen</label>
  <label><input type="checkbox" name="heard" value="heard" checked> Heard</label>
  <label><input type="radio" name="sex" value="female" checked> Female</label>
  <label><input type="radio" name="sex" value="male"> Male</label>
  <crowd-input name="species" label="Species"></crowd-input>
  <crowd-text-area name="behaviour" label="Behaviour"></crowd-text-area>
  <crowd-slider name="sureness" aria-label="Sureness" min="0" max="10"></crowd-slider>
  <crowd-checkbox name="blurry">Blurry</crowd-checkbox>
  <crowd-toggle-button name="outside">Outside</crowd-toggle-button>
  <crowd-radio-group>
    <crowd-radio-button name="near" checked>Near</crowd-radio-button>
    <crowd-radio-button name="far">Far</crowd-radio-button>
  </crowd-radio-group>
  <crowd-classifier name="kind" categories="['owl', 'gull']" header="Kind">
    <classification-target>{{{{ task.input.taskObject }}}}</classification-target>
    <worker-comment link-text="Comment" header="Why">Why?</worker-comment>
  </crowd-classifier>
  <crowd-entity-annotation name="marks" header="Marks" labels="['bird']" text="An owl and a gull."
    initial-value="[{{'label': 'bird', 'startOffset': 3, 'endOffset': 6}}]"></crowd-entity-annotation>
  <crowd-bounding-box name="boxes" header="Boxes" labels="['beak']" src="{PICTURE}"></crowd-bounding-box>
  <crowd-polygon name="outline" header="Outline" labels="['wing']" src="{PICTURE}"></crowd-polygon>
  <div id="made"></div>
  <p id="free" contenteditable="true" role="textbox" aria-label="Free">Say it.</p>
  <input type="hidden" name="freely">
</crowd-form>
<script>
  function make(name) {{
    document.getElementById("made").insertAdjacentHTML("beforeend", `<label>${{name}} <input name="${{name}}"></label>`);
  }}
  make("early");
  document.addEventListener("all-crowd-elements-ready", () => setTimeout(() => make("late"), 400));
  document.querySelector("[name=seen]").addEventListener("change", () => make("seen-where"));
  document.querySelector("crowd-form").onsubmit = () => {{
    document.querySelector("[name=freely]").value = document.getElementById("free").textContent;
  }};
</script>
"""  # noqa: E501


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Open Chromium; the focus needs no time to get into a frame."""
    with chromium("--disable-features=IsolateSandboxedIframes") as opened:
        yield opened


def start(server: Served, page: Page, button: str = "Start") -> None:
    """Sign in and take a task, or go on with it."""
    server.sign_in(page, "Ada")
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/tasks/*")


def wait_until_kept(page: Page) -> None:
    """Wait until the last draft has reached the server."""
    expect(page.get_by_text("Draft saved", exact=True)).to_be_visible()
    page.wait_for_timeout(1_500)


def answer(page: Page) -> Any:
    """Return what would be sent now."""
    frame = page.frames[1]
    frame.wait_for_selector("crowd-form > form")
    return frame.evaluate(
        "() => JSON.parse(document.querySelector('crowd-form')._serializeForm().taskAnswers)[0]"
    )


def fill_in(page: Page) -> None:
    """Fill in everything, as people do: with keys and clicks."""
    frame = page.frame_locator("#page")
    for label, text in (
        ("Ring", "7a"),
        ("Note", "two\nlines"),
        ("Species", "owl"),
        ("early", "e"),
        ("late", "l"),
    ):
        frame.get_by_label(label, exact=True).fill(text)
    frame.get_by_label("Behaviour").fill("<b>sings</b> \U0001f989")
    frame.get_by_label("Season").select_option("autumn")
    frame.get_by_label("Seen").check()
    frame.get_by_label("seen-where").fill("wood")
    frame.get_by_label("Heard").uncheck()
    frame.get_by_label("Male", exact=True).check()
    frame.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    frame.get_by_role("checkbox", name="Blurry").check()
    frame.get_by_role("switch", name="Outside").check()
    frame.get_by_role("radio", name="Far").check()
    frame.get_by_role("radio", name="gull").check()
    frame.get_by_role("button", name="Comment").click()
    frame.get_by_role("textbox", name="Why").fill("white head")
    page.keyboard.press("Escape")
    frame.get_by_role("application", name="Text to annotate").focus()
    for key in ("Control+Home", "Shift+Control+ArrowRight", "1"):
        page.keyboard.press(key)
    for stage in frame.get_by_role("application", name="Image to annotate").all():
        stage.focus()
        for key in ("Enter", "Shift+ArrowRight", "Enter", "Shift+ArrowDown", "Enter"):
            page.keyboard.press(key)
    free = frame.get_by_role("textbox", name="Free")
    free.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" 1 < 2")


def test_all_that_was_filled_in_comes_back(tmp_path: Path, browser: Browser) -> None:
    """After a reload, and in another browser; it can be gone on with, and is sent as it was."""
    with portal(tmp_path, [{"source": "a"}], template=EVERYTHING) as job, served(job) as server:
        page = browser.new_context().new_page()
        start(server, page)
        page.frame_locator("#page").get_by_label("late").wait_for()
        fill_in(page)
        wait_until_kept(page)
        filled_in = answer(page)
        assert filled_in["species"] == "owl"
        assert len(filled_in["marks"]["entities"]) == 2
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        free = page.frame_locator("#page").get_by_role("textbox", name="Free")
        expect(free).to_have_text("Say it. 1 < 2")
        late = page.frame_locator("#page").get_by_label("late")
        expect(late).to_have_value("l")
        assert answer(page) == filled_in
        page.context.close()
        page = browser.new_context().new_page()
        start(server, page, "Resume your task")
        expect(page.frame_locator("#page").get_by_label("seen-where")).to_have_value("wood")
        expect(page.frame_locator("#page").get_by_label("late")).to_have_value("l")
        assert answer(page) == filled_in
        # Neither box nor polygon is finished: what was begun is still there, too.
        submit = page.frame_locator("#page").get_by_role("button", name="Submit")
        for name, key in (("Boxes", "Escape"), ("Outline", "c")):
            submit.click()
            refusal = page.frame_locator("#page").get_by_role("alert").last
            expect(refusal).to_contain_text(f"{name}: a shape is not finished")
            tool = page.frame_locator("#page").locator(f"[header={name}]")
            tool.get_by_role("application").focus()
            page.keyboard.press(key)
        here = page.url
        submit.click()
        elsewhere(page, here)
        [given] = job.engine.object("0").answers  # type: ignore[union-attr]
        assert given.content["freely"] == "Say it. 1 < 2"
        assert len(given.content["outline"]["polygons"]) == 1
        assert {**given.content, "freely": "", "outline": filled_in["outline"]} == filled_in


#: What people would lose: a script's own state, a file, a row that came of a click.
PARTLY_KEPT = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <label>Ring <input name="ring"></label>
  <label>Sound <input type="file" name="sound"></label>
  <input type="hidden" name="pressed">
  <button type="button" id="press">Press</button>
  <button type="button" id="add">Add</button>
</crowd-form>
<script>
  press.onclick = () => { document.querySelector("[name=pressed]").value = "yes"; };
  add.onclick = () => {
    add.insertAdjacentHTML("beforebegin", "<label>Row <input name='row'></label>");
  };
</script>
"""


def add_a_row(page: Page) -> None:
    """Ask for another row, and fill it in."""
    page.frame_locator("#page").get_by_role("button", name="Add").click()
    page.frame_locator("#page").get_by_label("Row").fill("second")


def choose_a_file(page: Page) -> None:
    """Choose a file; a page may not choose one again."""
    sound: FilePayload = {"name": "a.wav", "mimeType": "audio/wav", "buffer": b"RIFF"}
    page.frame_locator("#page").get_by_label("Sound").set_input_files([sound])


def press(page: Page) -> None:
    """Let a script note something."""
    page.frame_locator("#page").get_by_role("button", name="Press").click()


@pytest.mark.parametrize("doing", [add_a_row, choose_a_file, press, None])
def test_leaving_is_asked_about_when_something_would_be_lost(
    tmp_path: Path, browser: Browser, doing: Callable[[Page], None] | None
) -> None:
    """What can come back is there without a question; what can't is asked about before."""
    with portal(tmp_path, template=PARTLY_KEPT) as job, served(job) as server:
        page = browser.new_context().new_page()
        start(server, page)
        page.frame_locator("#page").get_by_label("Ring").fill("7a")
        if doing:
            doing(page)
        wait_until_kept(page)
        asked: list[str] = []

        def take_note(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.accept()

        page.on("dialog", take_note)
        page.reload()
        expect(page.frame_locator("#page").get_by_label("Ring")).to_have_value("7a")
        assert asked == (["beforeunload"] if doing else [])


def test_a_row_that_came_of_a_click_is_filled_in_when_it_comes_again(
    tmp_path: Path, browser: Browser
) -> None:
    """Its text waits for it, and stays in the draft until then."""
    with portal(tmp_path, template=PARTLY_KEPT) as job, served(job) as server:
        page = browser.new_context().new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        start(server, page)
        add_a_row(page)
        wait_until_kept(page)
        page.reload()
        page.frame_locator("#page").get_by_label("Ring").fill("7a")
        wait_until_kept(page)
        page.reload()
        page.frame_locator("#page").get_by_role("button", name="Add").click()
        expect(page.frame_locator("#page").get_by_label("Row")).to_have_value("second")


ONE_FIELD = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><crowd-text-area name="note" label="Note"></crowd-text-area></crowd-form>
"""


def test_what_was_typed_last_is_not_lost_and_a_long_text_fits(
    tmp_path: Path, browser: Browser
) -> None:
    """The page is left at once; and a text is kept that is longer than a page may send by then."""
    with portal(tmp_path, template=ONE_FIELD) as job, served(job) as server:
        page = browser.new_context().new_page()
        start(server, page)
        note = page.frame_locator("#page").get_by_role("textbox", name="Note")
        note.fill("at once")
        page.wait_for_timeout(200)
        page.reload()
        expect(note).to_have_value("at once")
        text = "".join(f"{number} \u20ac " for number in range(8_000))
        note.evaluate("(field, text) => { field.value = text; }", text)
        note.press("!")
        wait_until_kept(page)
        page.reload()
        expect(page.frame_locator("#page").get_by_role("button", name="Submit")).to_be_visible()
        page.wait_for_timeout(1_000)
        assert sorted(note.input_value()) == sorted(f"{text}!")
        assert len(drafts_of(job, "Ada")) < len(text)


def test_a_task_that_is_taken_again_is_as_it_was(tmp_path: Path, browser: Browser) -> None:
    """Given back or run out; and only for the worker who had it."""
    with portal(tmp_path, [{"source": "a"}], template=ONE_FIELD) as job, served(job) as server:
        page = browser.new_context().new_page()
        start(server, page)
        note = page.frame_locator("#page").get_by_role("textbox", name="Note")
        note.fill("half")
        page.wait_for_timeout(200)
        page.get_by_role("button", name="Return").click()
        page.get_by_role("button", name="Start").click()
        expect(note).to_have_value("half")
        expect(page.get_by_text("Draft brought back")).to_be_visible()
        note.fill("more than half")
        wait_until_kept(page)
        job.wait(61)
        page.goto(server.address)
        bob = browser.new_context().new_page()
        server.sign_in(bob, "Bob")
        bob.get_by_role("button", name="Start").click()
        expect(bob.frame_locator("#page").get_by_role("textbox", name="Note")).to_have_value("")
        bob.get_by_role("button", name="Return").click()
        page.goto(server.address)
        page.get_by_role("button", name="Start").click()
        expect(note).to_have_value("more than half")


def drafts_of(job: Portal, name: str) -> str:
    """Return the draft of the task that a worker holds."""
    [worker] = [one.id for one in job.engine.workers() if one.name == name]
    task = job.engine.next_assignment(worker, "look")
    return (task.draft if task else None) or ""


def test_a_draft_runs_nothing_and_sends_nothing(tmp_path: Path, browser: Browser) -> None:
    """Whatever is in it, and though a template submits at a change: nobody has decided on that."""
    template = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
    <crowd-form id="form"><select name="kind"><option>owl<option>gull</select>
      <p id="free" contenteditable="true" role="textbox" aria-label="Free"></p></crowd-form>
    <script>document.querySelector("select").onchange = () => form.submit();</script>"""
    evil = (
        "<img src=x onerror='document.title=1'><script>document.title=2</script><b onclick=x>so</b>"
    )
    draft = {"select||kind||#1": [1, "gull"], "p|||free|#1": evil, "p|||none|#1": 7}
    with portal(tmp_path, template=template) as job, served(job) as server:
        page = browser.new_context().new_page()
        start(server, page)
        [worker] = [one.id for one in job.engine.workers()]
        task = job.engine.next_assignment(worker, "look")
        assert task is not None
        job.engine.save_draft(task.id, worker, f"lw-form/1 {json.dumps(draft)}")
        page.reload()
        free = page.frame_locator("#page").get_by_role("textbox", name="Free")
        expect(free).to_have_text("so")
        expect(page.frame_locator("#page").get_by_role("combobox")).to_have_value("gull")
        page.wait_for_timeout(300)
        assert free.inner_html() == "<b>so</b>"
        assert page.frames[1].title() == "Task"
        assert job.engine.progress().answers == 0
