"""A template in a sandboxed frame, as the portal embeds it; what it says is written down."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Frame, Locator, Page, Route

from labelwright_local.simulated.painted import wait_until_painted
from labelwright_local.web_assets import FOLDER
from tests.samples.rendering import render_source

ROOT = Path(__file__).parents[3]
TEMPLATES = Path(__file__).with_name("templates")
#: The tasks that come along, whose samples' pictures are served, too.
TASKS = ROOT / "templates"
ELEMENTS = FOLDER / "crowd-elements.js"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SCRIPT = "https://assets.crowd.aws/crowd-html-elements.js"
SANDBOX = "allow-scripts allow-forms allow-modals allow-popups allow-downloads"

#: Written down by the embedding page, which answers a submission as `reply` says.
_PARENT = """<!doctype html><html lang="en"><title>Portal</title><style>body { margin: 0 }
iframe { border: 0; width: 100vw; height: 100vh }</style>
<script>
  window.said = [];
  window.reply = { type: "submitted" };
  addEventListener("message", (event) => {
    const frame = document.querySelector("iframe");
    if (event.source !== frame.contentWindow || event.data.labelwright !== 1) return;
    said.push(event.data);
    if (event.data.type !== "submit") return;
    frame.contentWindow.postMessage({ labelwright: 1, ...reply }, "*");
  });
</script>
<iframe title="Task" src="/frame" sandbox="SANDBOX"></iframe>""".replace("SANDBOX", SANDBOX)


@cache
def image(form: str = "PNG") -> bytes:
    """Return a picture of 200 by 100 pixels."""
    data = io.BytesIO()
    Image.linear_gradient("L").resize((200, 100)).save(data, form)
    return data.getvalue()


@cache
def mask() -> bytes:
    """Return an earlier mask of that picture: a red, a green and a grey square on white."""
    made = Image.new("RGB", (200, 100), "#ffffff")
    for left, colour in ((0, "#ff0000"), (40, "#00ff00"), (80, "#777777")):
        made.paste(colour, (left, 0, left + 20, 20))
    data = io.BytesIO()
    made.save(data, "PNG")
    return data.getvalue()


def _serve_object(route: Route, key: str) -> None:
    """Serve a picture of a sample, else another, or what its name says in its place."""
    name = key.rpartition("/")[2]
    if found := next(TASKS.glob(f"*/sample/s3/{key}"), None):
        route.fulfill(path=found, headers={"Access-Control-Allow-Origin": "*"})
    elif name.startswith("missing."):
        route.fulfill(status=404)
    else:
        others = {"empty.png": b"", "scan.tiff": image("TIFF"), "mask.png": mask()}
        others["text.txt"] = "Ada \u2665 wrote.\n".encode()
        route.fulfill(
            body=others.get(name, image()),
            content_type="image/tiff" if "tiff" in name else "image/png",
            headers={"Access-Control-Allow-Origin": "*"},
        )


def frame_document(template: str, task_input: dict[str, Any], head: str = "") -> str:
    """Make the frame's document of a template of ours, or of a task that comes along."""
    ours = TEMPLATES / f"{template}.liquid.html"
    path = ours if ours.is_file() else TASKS / template / "template.liquid.html"
    source = path.read_text("utf-8")
    body = render_source(source, task_input)
    start = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Task</title>'
    return f"{start}<meta name='viewport' content='width=device-width'>{head}{body}"


class Embedded:
    """A task page in its frame, and the page around it."""

    def __init__(self, page: Page, frame: Frame, errors: list[str]) -> None:
        self.page = page
        self.frame = frame
        #: What the page's scripts threw; what a test leaves here fails it.
        self.errors = errors

    def said(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of a type that the frame sent."""
        everything: list[dict[str, Any]] = self.page.evaluate("() => window.said")
        return [message for message in everything if message["type"] == kind]

    def wait_for(self, kind: str) -> dict[str, Any]:
        """Wait for a message, and return it."""
        self.page.wait_for_function(
            "(kind) => said.some((message) => message.type === kind)", arg=kind, timeout=5_000
        )
        return self.said(kind)[-1]

    def tab_to(self, target: Locator) -> None:
        """Press Tab until an element has the focus, as somebody without a mouse does."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if target.evaluate("(element) => element.getRootNode().activeElement === element"):
                return
        raise AssertionError(f"Tab never reaches {target}")

    def violations(self, *rules: str) -> list[str]:
        """Return what axe-core finds wrong in the frame, by all rules or some."""
        self.frame.evaluate(AXE.read_text("utf-8"))
        found: list[str] = self.frame.evaluate(
            """async (rules) => {
                 const { violations } = await axe.run(rules.length ? { runOnly: rules } : {});
                 return violations.flatMap((rule) =>
                   rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`));
               }""",
            rules,
        )
        return found


@contextmanager
def embedded(
    page: Page, template: str, task_input: dict[str, Any], head: str = "", parent: bool = True
) -> Iterator[Embedded]:
    """Open a template in its frame, or alone; a request that leaves the machine is an error."""
    document = frame_document(template, task_input, head)
    outside: list[str] = []

    def serve(route: Route) -> None:
        url = route.request.url
        if url == SCRIPT:
            route.fulfill(path=ELEMENTS, content_type="application/javascript")
        elif url == "http://worker.test/frame":
            route.fulfill(body=document, content_type="text/html; charset=utf-8")
        elif url == "http://worker.test/portal":
            route.fulfill(body=_PARENT, content_type="text/html; charset=utf-8")
        elif url.startswith("http://worker.test/s3/"):
            _serve_object(route, url.split("?")[0].partition("/s3/")[2])
        elif url.endswith("/favicon.ico"):
            route.fulfill(status=204)
        else:
            outside.append(url)
            route.abort()

    errors: list[str] = []

    def note(error: object) -> None:
        errors.append(str(error))

    page.route("**/*", serve)
    page.on("pageerror", note)
    page.goto(f"http://worker.test/{'portal' if parent else 'frame'}")
    shown = Embedded(page, page.frames[1] if parent else page.main_frame, errors)
    if parent:
        shown.wait_for("ready")
    wait_until_painted(shown.frame)
    yield shown
    page.remove_listener("pageerror", note)
    page.unroute_all(behavior="ignoreErrors")
    if outside or errors:
        raise AssertionError(f"the page asked for {outside} and threw {errors}")
