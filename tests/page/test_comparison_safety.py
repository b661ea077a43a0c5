"""Responses are strangers' Markdown: shown, and never more; and anyone can judge them."""

from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.page.test_accessibility import violations
from tests.page.test_comparison import given, show
from tests.page.worker_page import WorkerPage
from tests.samples import responses

pytestmark = pytest.mark.browser

HOSTILE = r"""
<script>window.hacked = 1</script>
<img src=x onerror="window.hacked = 1"> <svg/onload="window.hacked=1"> <iframe srcdoc="<script>parent.hacked=1</script>">
<style>* { display: none }</style> <a href="javascript:window.hacked=1" onclick="window.hacked=1">raw</a>

</div></section></crowd-form><form action="https://evil.example"><input name="annotations" value="x"></form>

[js](javascript:window.hacked=1) [JS](JaVaScRiPt:window.hacked=1) [nl](<java
script:window.hacked=1>) [entity](&#106;avascript:window.hacked=1) [tab](java&Tab;script:x) <javascript:window.hacked=1>
[data](data:text/html,<script>window.hacked=1</script>) [vb](vbscript:x) [file](file:///etc/passwd) [rel](/task) [pr](//evil.example)
[quote](https://ok.example/"onmouseover="window.hacked=1) <https://ok.example/"onclick="x>

![picture](https://evil.example/pixel.png) ![js](javascript:window.hacked=1) ![data](data:image/svg+xml,<svg/onload=alert(1)>)

[![inner](https://evil.example/i.png)](https://ok.example/page)

```html"><script>window.hacked=1</script>
<script>window.hacked = 1</script>
```

| <b onclick=x> | `<i>` |
|---|---|
| <script>window.hacked=1</script> | {{ 7 * 7 }} {% raw %} |
"""  # noqa: E501 - markup is broken by being wrapped


def test_hostile_markup_is_inert(worker: WorkerPage) -> None:
    """Nothing runs, nothing is loaded, no element or attribute of the text's comes to be."""
    show(worker, responses=[{"id": "a", "text": HOSTILE}, {"id": "b", "text": HOSTILE[::-1]}])
    page = worker.page
    page.wait_for_load_state("networkidle")
    assert page.evaluate("() => window.hacked || null") is None
    assert worker.hosts - {"worker.test/favicon.ico"} == {
        "worker.test/task",
        "assets.crowd.aws/crowd-html-elements.js",
    }
    made = page.evaluate(
        """() => {
          const all = [...document.querySelectorAll(".md *")];
          return {
            names: [...new Set(all.map((element) => element.localName))],
            attributes: [...new Set(all.flatMap((element) => element.getAttributeNames()))],
            links: [...document.querySelectorAll(".md a")].map((link) => link.getAttribute("href")),
            forms: document.querySelectorAll("form").length,
          };
        }"""
    )
    assert not set(made["names"]) & {
        "script",
        "img",
        "svg",
        "iframe",
        "style",
        "form",
        "input",
        "b",
    }
    assert not [name for name in made["attributes"] if name.startswith("on")]
    assert "https://ok.example/page" in made["links"]
    assert all(link.startswith("https://") for link in made["links"])
    shown = page.locator(".side", has_text="window.hacked = 1</script>").inner_text()
    for text in ("<img src=x onerror=", "<style>* { display: none }</style>", "(javascript:window"):
        assert text in shown
    assert "{{ 7 * 7 }} {% raw %}" in shown


@pytest.mark.parametrize(
    "part",
    ["> ", "- ", "*a ", "[", "![a](", "`a``", "<b>", "**a_b ", "| a |\n|---|\n", "\n- a\n  > b\n"],
)
def test_endless_nesting_is_shown(part: str, worker: WorkerPage) -> None:
    """Twenty thousand characters of it: the page is there, and can be answered."""
    show(worker, responses=[{"id": "a", "text": part * (20_000 // len(part)) + "end"}, GOOD])
    expect(worker.page.get_by_text("end").first).to_be_attached()
    worker.press("1")
    assert worker.page.get_by_role("radio", checked=True).count() == 1


GOOD = {"id": "b", "text": "Yes."}


def test_any_prompt_is_text(worker: WorkerPage) -> None:
    """A prompt stands as it was written, with its line ends, and is never markup."""
    prompt = "</div><script>window.hacked = 1</script>\r\n  *two*\n\n{{ 1 }} \U0001f642\u202e"
    show(worker, taskObject=prompt)
    assert worker.page.locator(".prompt .plain").evaluate("it => it.textContent") == prompt
    assert worker.page.evaluate("() => window.hacked || null") is None


@pytest.mark.parametrize(
    ("look", "width"), [("light", 1280), ("dark", 1280), ("forced", 1280), ("light", 360)]
)
def test_axe_finds_nothing(
    look: Literal["light", "dark", "forced"], width: int, worker: WorkerPage
) -> None:
    """With Markdown of all kinds, an error summary, and with either dialog open."""
    worker.page.set_viewport_size({"width": width, "height": 900})
    worker.page.emulate_media(
        color_scheme="dark" if look == "dark" else "light",
        forced_colors="active" if look == "forced" else "none",
    )
    every = "\n\n".join(text for it in responses.load() for text in it.responses.values())
    show(worker, responses=[{"id": "a", "text": every}, GOOD])
    worker.press("1")
    worker.button("Submit")
    worker.page.get_by_role("alert").wait_for()
    assert violations(worker) == []
    for name in ("Guide", "Keys"):
        worker.page.get_by_role("button", name=name, exact=True).click()
        assert violations(worker) == []
        worker.press("Escape")
        assert worker.page.get_by_role("dialog").count() == 0


def test_axe_finds_nothing_where_nothing_can_be_compared(worker: WorkerPage) -> None:
    """The message that takes the page's place."""
    worker.open(given(responses=[]), task=responses.FOLDER)
    worker.page.get_by_role("alert").wait_for()
    assert violations(worker) == []
