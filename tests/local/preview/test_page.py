"""The preview in a real browser, its template with a stand-in for the service's own form."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from labelwright_local.http.loopback import serving
from labelwright_local.page.object_links import ObjectLinks
from labelwright_local.preview.app import preview_app
from labelwright_local.preview.source import PreviewSource
from labelwright_local.workspace.folder_storage import FolderStorage
from tests.samples.draw_images import browser_page

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"

#: What is known of the service's form from outside: it wraps a native form, a handler may cancel
#: its submit event, and _serializeForm gives a JSON array of one answer.
FORM = """<script src="data:text/javascript,"></script><script>
customElements.define("crowd-form", class extends HTMLElement {
  connectedCallback() {
    addEventListener("DOMContentLoaded", () => {
      this.form = document.createElement("form");
      const button = Object.assign(document.createElement("button"), { textContent: "Submit" });
      this.form.append(...this.childNodes, button);
      this.append(this.form);
    });
  }
  _serializeForm() {
    return { taskAnswers: JSON.stringify([Object.fromEntries(new FormData(this.form))]) };
  }
  _submitHelperForm() {}
});
</script>"""
PAGE = """<crowd-form><label>Topic <input name="topic"></label>
<input type="hidden" name="spans" id="spans">
<p>{{ task.input.text }}</p></crowd-form>
<script>
document.querySelector("crowd-form").onsubmit = (event) => {
  if (document.querySelector("[name=topic]").value === "wrong") event.preventDefault();
  document.getElementById("spans").value = '[{"start": 0, "end": 2, "label": "A"}]';
};
</script>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    """Open one page for all tests."""
    with browser_page(1200, 800) as page:
        yield page


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Write the template and its input."""
    (tmp_path / "input.json").write_text(json.dumps({"text": "<b>first</b>"}), "utf-8")
    path = tmp_path / "template.html"
    path.write_text(FORM + PAGE, "utf-8")
    return path


@pytest.fixture
def preview(browser: Page, template: Path) -> Iterator[Page]:
    """Open the preview."""
    storage = FolderStorage(template.parent / "s3")
    source = PreviewSource(template, storage, template.parent / "input.json")
    with serving(preview_app(source, ObjectLinks(b"k" * 32), "real")) as address:
        browser.goto(address)
        yield browser
        browser.goto("about:blank")


def task(page: Page) -> FrameLocator:
    """Return the frame with the worker's page."""
    return page.frame_locator("#page")


def test_a_submit_shows_the_answer_and_the_fields_in_it(preview: Page) -> None:
    """Also what a handler filled in while it was submitted."""
    task(preview).get_by_label("Topic").fill("bees")
    task(preview).get_by_role("button", name="Submit").click()
    expect(preview.locator("#answer")).to_contain_text('"topic": "bees"')
    rows = preview.locator("#fields tbody tr").all_inner_texts()
    assert [row.split("\t")[:2] for row in rows] == [["spans", "spans"], ["topic", "text"]]
    assert all(row.endswith("recognised") for row in rows)


def test_a_submit_that_a_handler_cancels_answers_nothing(preview: Page) -> None:
    """As in the service."""
    task(preview).get_by_label("Topic").fill("wrong")
    task(preview).get_by_role("button", name="Submit").click()
    task(preview).get_by_label("Topic").fill("right")
    task(preview).get_by_role("button", name="Submit").click()
    expect(preview.locator("#answer")).to_contain_text("right")
    assert "wrong" not in preview.locator("#panel").inner_text()


def test_a_changed_file_is_shown_at_once(preview: Page, template: Path) -> None:
    """The input as well as the template, and its mistakes with their place."""
    expect(task(preview).locator("p")).to_have_text("<b>first</b>")
    (template.parent / "input.json").write_text('{"text": "second"}', "utf-8")
    expect(task(preview).locator("p")).to_have_text("second")
    expect(preview.locator("#input")).to_contain_text("second")
    template.write_text("<crowd-form>\n{{ task.input.text | nope }}</crowd-form>", "utf-8")
    expect(task(preview).get_by_role("alert")).to_contain_text("line 2, column 22")
    expect(preview.locator("#findings")).to_contain_text("2:22 error: unknown filter 'nope'")
    template.write_text(FORM + PAGE, "utf-8")
    expect(preview.locator("#findings")).to_have_text("None.")


def test_the_template_reaches_nothing_of_the_preview(preview: Page, template: Path) -> None:
    """Neither its page nor storage; and it can't lead the window elsewhere."""
    template.write_text(
        """<crowd-form></crowd-form><p></p><script>
        const tried = [];
        for (const attempt of [
          () => parent.document.title,
          () => { if (localStorage.length === 0) throw "its own, and empty"; },
          () => { if (document.cookie === "") throw "its own, and empty"; },
          () => { top.location = "about:blank"; },
        ]) {
          try { attempt(); tried.push("reached"); } catch { tried.push("refused"); }
        }
        document.querySelector("p").textContent = tried.join(" ");
        </script>""",
        "utf-8",
    )
    expect(task(preview).locator("p")).to_have_text("refused refused refused refused")
    expect(preview).to_have_title("Template preview")


def test_what_goes_wrong_in_the_page_is_a_finding(preview: Page, template: Path) -> None:
    """With the message of the browser, as text."""
    template.write_text(
        '<crowd-form></crowd-form><script>throw new Error("<img src=x>")</script>', "utf-8"
    )
    expect(preview.locator("#findings")).to_contain_text("in the browser")
    expect(preview.locator("#findings")).to_contain_text("<img src=x>")


def test_the_preview_is_accessible(preview: Page) -> None:
    """No rule of axe-core is broken, with an answer shown."""
    task(preview).get_by_role("button", name="Submit").click()
    expect(preview.locator("#fields")).to_be_visible()
    preview.evaluate(AXE.read_text("utf-8"))
    result = preview.evaluate("axe.run(document, {iframes: false})")
    assert [violation["id"] for violation in result["violations"]] == []
