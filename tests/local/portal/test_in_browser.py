"""The portal's pages in a real browser: keyboard, drafts, time, live parts, accessibility."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from labelwright_local.portal.app import requester_key
from labelwright_local.simulated.browser import chromium
from labelwright_local.simulated.painted import wait_until_painted
from tests.local.portal.browsers import elsewhere, violations
from tests.local.portal.portals import KEY, OWL, TEMPLATE, portal
from tests.local.portal.sample_job import TEMPLATE as KEEPS_DRAFTS
from tests.local.portal.served import Served, served

pytestmark = pytest.mark.browser

#: While the focus is on its way to a frame's own process, a key goes to the page around the frame:
#: nobody types as quickly, but these tests do.
ONE_PROCESS = "--disable-features=IsolateSandboxedIframes"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Open Chromium."""
    with chromium(ONE_PROCESS) as opened:
        yield opened


def start(server: Served, page: Page, name: str = "Ada") -> None:
    """Sign in and take the first task."""
    server.sign_in(page, name)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/tasks/*")


def test_task_after_task_by_keyboard_alone(tmp_path: Path, browser: Browser) -> None:
    """After a submission the next task has the focus: nothing has to be clicked."""
    with portal(tmp_path) as job, served(job) as server:
        page = browser.new_context().new_page()
        start(server, page)
        for _ in range(2):
            here = page.url
            expect(page.locator("#page")).to_be_focused()
            frame = page.locator("#page").element_handle().content_frame()
            assert frame is not None
            wait_until_painted(frame)
            page.keyboard.press("Tab")
            page.keyboard.press("Space")
            page.keyboard.press("Enter")
            elsewhere(page, here)
        expect(page.get_by_role("heading", name="No task for you")).to_be_visible()
        assert job.engine.progress().answers == 2


def test_a_draft_is_there_again_after_the_page_was_left(tmp_path: Path, browser: Browser) -> None:
    """It went to the server by itself; another browser of the same worker has it too."""
    lines = [{"source-ref": "s3://data/a.png"}]
    with portal(tmp_path, lines, template=KEEPS_DRAFTS) as job, served(job) as server:
        page = browser.new_context().new_page()
        start(server, page)
        page.frame_locator("#page").get_by_label("Notes").fill("half a thought")
        expect(page.get_by_text("Draft saved")).to_be_visible()
        page.context.close()
        page = browser.new_context().new_page()
        server.sign_in(page, "Ada")
        page.get_by_role("button", name="Resume your task").click()
        notes = page.frame_locator("#page").get_by_label("Notes")
        expect(notes).to_have_value("half a thought")


def test_a_refused_answer_is_told_and_can_be_kept(tmp_path: Path, browser: Browser) -> None:
    """The task went to somebody else meanwhile: the reason is shown, and the answer is a file."""
    with portal(tmp_path) as job, served(job) as server:
        page = browser.new_context().new_page()
        start(server, page)
        job.wait(61)
        frame = page.frame_locator("#page")
        frame.get_by_label("Owl").check()
        frame.get_by_role("button", name="Submit").click()
        expect(page.get_by_role("alert")).to_contain_text("time for this task had run out")
        with page.expect_download() as found:
            page.get_by_role("link", name="Save your answer").click()
        assert '"owl"' in found.value.path().read_text()
        save = page.get_by_role("link", name="Save your answer").bounding_box()
        following = page.get_by_role("button", name="Next task").bounding_box()
        assert save is not None
        assert following is not None
        assert save["height"] == following["height"]
        assert following["x"] >= save["x"] + save["width"] + 4
        page.get_by_role("button", name="Next task").click()
        expect(frame.get_by_label("Owl")).not_to_be_checked()


def test_a_page_that_fails_takes_no_refused_answer_away(tmp_path: Path, browser: Browser) -> None:
    """Its problem is told beside the notice with the answer's file, not in its place."""
    fails = """<script>addEventListener("message", ({data}) => {
      if (data.type === "refused") parent.postMessage({labelwright: 1, type: "problem", message: "oh"}, "*");
    });</script>"""  # noqa: E501
    with portal(tmp_path, template=TEMPLATE + fails) as job, served(job) as server:
        page = browser.new_context().new_page()
        start(server, page)
        job.wait(61)
        page.frame_locator("#page").get_by_role("button", name="Submit").click()
        expect(page.get_by_text("has a problem: oh")).to_be_visible()
        expect(page.get_by_role("link", name="Save your answer")).to_be_visible()


def test_an_answer_on_its_way_is_not_sent_twice(tmp_path: Path, browser: Browser) -> None:
    """However long the server is away: the form stays as it was sent, and says so."""
    lines = [{"source-ref": "s3://data/a.png"}]
    with portal(tmp_path, lines, template=KEEPS_DRAFTS) as job, served(job) as server:
        page = browser.new_context().new_page()
        page.clock.install()
        start(server, page)
        frame = page.frame_locator("#page")
        frame.get_by_label("Notes").fill("once")
        page.route("**/answer", lambda route: route.abort())
        frame.get_by_role("button", name="Submit").click()
        expect(page.get_by_role("alert")).to_contain_text("can't be reached")
        page.clock.fast_forward(20_000)
        expect(frame.get_by_role("status")).to_have_text("Sending\u2026")
        page.unroute("**/answer")
        page.clock.fast_forward(20_000)
        # The next try may have been put off once more: by 15 seconds at most.
        expect(page.get_by_role("heading", name="No task for you")).to_be_visible(timeout=30_000)
        assert job.engine.progress().answers == 1


@pytest.mark.parametrize("keeps", [True, False])
def test_who_is_signed_out_is_told_where_the_answer_is(
    tmp_path: Path, browser: Browser, keeps: bool
) -> None:
    """In the browser where that keeps it, and sent after signing in; else only in a file."""
    with portal(tmp_path) as job, served(job) as server:
        context = browser.new_context()
        if not keeps:
            context.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
        page, other = context.new_page(), context.new_page()
        start(server, page)
        other.goto(server.address)
        other.get_by_role("button", name="Sign out").click()
        other.get_by_label("Your name").wait_for()
        frame = page.frame_locator("#page")
        frame.get_by_label("Owl").check()
        frame.get_by_role("button", name="Submit").click()
        notice = page.get_by_role("alert")
        expect(notice).to_contain_text("is kept in this browser" if keeps else "keeps nothing")
        with page.expect_download() as found:
            page.get_by_role("link", name="Save your answer").click()
        assert '"owl"' in found.value.path().read_text()
        page.get_by_role("link", name="Sign in").click()
        page.get_by_label("Your name").fill("Ada")
        page.get_by_role("button", name="Sign in").click()
        if keeps:
            expect(page.get_by_text("has been sent now")).to_be_visible()
        else:
            expect(page.get_by_role("button", name="Resume your task")).to_be_visible()
        assert job.engine.progress().answers == int(keeps)


def test_the_end_of_the_time_is_announced(tmp_path: Path, browser: Browser) -> None:
    """With a minute left, in words that a screen reader says."""
    with portal(tmp_path) as job, served(job) as server:
        page = browser.new_context().new_page()
        start(server, page)
        expect(page.get_by_role("status")).to_contain_text("1 minute is left")
        expect(page.get_by_role("timer")).to_contain_text("left")


def test_the_time_goes_on_while_the_computer_sleeps(tmp_path: Path, browser: Browser) -> None:
    """The browser's steady clock stands still then; the lease does not."""
    with portal(tmp_path) as job, served(job) as server:
        page = browser.new_context().new_page()
        page.add_init_script("const now = Date.now; Date.now = () => now() + (window.slept ?? 0)")
        start(server, page)
        expect(page.get_by_role("timer")).to_contain_text("left")
        page.evaluate("slept = 3_600_000")
        expect(page.get_by_role("alert")).to_contain_text("time for this task is over")


def test_open_pages_follow_the_job(tmp_path: Path, browser: Browser) -> None:
    """The requester's counts, and the worker's page when there is work again."""
    with portal(tmp_path) as job, served(job) as server:
        ada, requester = browser.new_context().new_page(), browser.new_context().new_page()
        requester.goto(f"{server.address}/requester?key={requester_key(KEY)}")
        job.engine.pause()
        server.sign_in(ada, "Ada")
        ada.goto(f"{server.address}/no-task")
        expect(ada.get_by_text("paused the job")).to_be_visible()
        expect(requester.get_by_text("Paused")).to_be_visible()
        job.engine.resume()
        expect(ada.get_by_role("button", name="Next task")).to_be_visible()
        bob = job.worker("Bob")
        bob.answer(bob.next(), OWL)
        expect(requester.get_by_text("1 answer of 1 worker.")).to_be_visible()


def test_parts_move_only_when_they_change_and_nobody_is_in_them(
    tmp_path: Path, browser: Browser
) -> None:
    """A screen reader would read them again; where the focus is they move once it has gone."""
    with portal(tmp_path, workers=2) as job, served(job) as server:
        ada, requester = browser.new_context().new_page(), browser.new_context().new_page()
        server.sign_in(ada, "Ada")
        ada.evaluate("document.querySelector('#mine form').first = true")
        requester.goto(f"{server.address}/requester?key={requester_key(KEY)}")
        requester.goto(f"{server.address}/requester/workers")
        table = requester.get_by_role("region", name="Workers")
        table.focus()
        bob = job.worker("Bob")
        with requester.expect_response("**/requester/workers"):
            bob.answer(bob.next(), OWL)
        expect(ada.get_by_text("1 answer in all")).to_be_visible()
        assert ada.evaluate("document.querySelector('#mine form').first")
        expect(table).to_be_focused()
        requester.get_by_label("Add a worker").focus()
        expect(table).to_contain_text("Bob")


def test_tabs_in_the_background_leave_connections_for_others(
    tmp_path: Path, browser: Browser
) -> None:
    """Browsers open six to a server; a tab that is looked at again shows what is new."""
    with portal(tmp_path) as job, served(job) as server:
        context = browser.new_context()
        context.add_init_script(
            "Object.defineProperty(document, 'hidden', {get: () => window.away === true})"
        )
        tabs = [context.new_page() for _ in range(8)]
        server.sign_in(tabs[0], "Ada")
        for tab in tabs:
            tab.goto(server.address)
            tab.evaluate("away = true; document.dispatchEvent(new Event('visibilitychange'))")
        bob = job.worker("Bob")
        bob.answer(bob.next(), OWL)
        tabs[0].evaluate("away = false; document.dispatchEvent(new Event('visibilitychange'))")
        expect(tabs[0].get_by_text("1 answer in all")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_overflows(
    tmp_path: Path, browser: Browser, scheme: str
) -> None:
    """On every page of worker and requester, also at a width of 320 pixels."""
    lines = [{"source": "owl " * 40}, *({"source": str(n)} for n in range(60))]
    with portal(tmp_path, lines, open_to_network=False) as job, served(job) as server:
        context = browser.new_context(bypass_csp=True, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        found = {}

        def look(what: str) -> None:
            page.set_viewport_size({"width": 320, "height": 640})
            wide = page.evaluate("document.documentElement.scrollWidth")
            page.set_viewport_size({"width": 1280, "height": 800})
            found[what] = violations(page) + ([f"{wide} pixels wide"] if wide > 320 else [])

        page.goto(server.address)
        look("sign in")
        start(server, page)
        task = page.url.removeprefix(server.address)
        look("task")
        page.get_by_role("button", name="Instructions").click()
        look("instructions")
        job.worker("Ada").answer(task, {**OWL, "long": "word" * 100})
        page.goto(server.address + task)
        look("task gone")
        job.work()
        page.goto(f"{server.address}/requester?key={requester_key(KEY)}")
        for path in ("/", "/no-task", "/requester", "/requester/objects", "/requester/objects/0",
                     "/requester/workers", "/requester/finish", "/nothing"):  # fmt: skip
            page.goto(server.address + path)
            look(path)
        assert {what: told for what, told in found.items() if told} == {}
