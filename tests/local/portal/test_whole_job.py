"""A whole job with people in a real browser, a server that is killed, a worker who goes away."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.local.portal.browsers import chromium, elsewhere
from tests.local.portal.clocked_server import Server
from tests.local.portal.sample_job import write_job

pytestmark = pytest.mark.browser

#: Longer than a task may take.
EXPIRED = 601


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Open Chromium."""
    with chromium() as opened:
        yield opened


class Worker:
    """Somebody at a browser of their own; ``sent`` is what they submitted, by task."""

    def __init__(self, browser: Browser, server: Server, name: str) -> None:
        self.name = name
        self.server = server
        self.page: Page = browser.new_context().new_page()
        self.sent: dict[str, Any] = {}
        self.page.on("requestfinished", self._note)
        self.page.goto(server.address)
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_role("button", name="Sign in").click()

    def _note(self, request: Request) -> None:
        """Note each answer that has arrived, once; none of this test's is refused."""
        if request.url.endswith("/answer"):
            response = request.response()
            if response is not None and response.ok:
                self.sent[request.url] = json.loads(request.post_data or "")["answer"]

    def start(self) -> None:
        """Begin, or go on, from the list of jobs."""
        self.page.goto(self.server.address)
        self.page.get_by_role("button", name=re.compile("Start|Continue|Resume")).click()
        self.page.wait_for_url("**/tasks/*")

    def fill(self, notes: str) -> None:
        """Fill the task's form in."""
        self.page.frame_locator("#page").get_by_label("Notes").fill(notes)

    def submit(self) -> None:
        """Press the page's own button."""
        self.page.frame_locator("#page").get_by_role("button", name="Submit").click()

    def label(self, times: int = 100) -> bool:
        """Label so many tasks; tell whether there are more."""
        for _ in range(times):
            here = self.page.url
            if here.endswith("/no-task"):
                return False
            self.fill(f"{self.name} {here[-6:]}")
            self.submit()
            elsewhere(self.page, here)
        return True


def answers(server: Server) -> dict[str, list[Any]]:
    """Return what the workspace's worker-response files hold, by object."""
    found: dict[str, list[Any]] = {}
    storage = server.files.storage
    for uri in storage.keys(server.files.layout.worker_responses):
        content = [item["answerContent"] for item in json.loads(storage.read(uri))["answers"]]
        assert uri.split("/")[-2] not in found
        found[uri.split("/")[-2]] = content
    return found


def kept(line: dict[str, Any]) -> list[Any]:
    """Return the answers that a line of the output manifest holds."""
    return [
        json.loads(answer["annotationData"]["content"])
        for answer in line["job"]["annotationsFromAllWorkers"]
    ]


def test_three_workers_two_crashes_and_one_who_goes_away(tmp_path: Path, browser: Browser) -> None:
    """At the end every object has its label, made of exactly the answers that were submitted."""
    server = Server(write_job(tmp_path / "job"))
    server.start()
    try:
        ada, bob, cyd = (Worker(browser, server, name) for name in ("Ada", "Bob", "Cyd"))
        for worker in (ada, bob, cyd):
            worker.start()
        cyd.label(1)
        cyd.fill("half a")
        cyd.page.context.close()
        ada.label(2)

        # Bob submits while there is no server: his answer is kept and arrives later.
        bob.fill("in the dark")
        here = bob.page.url
        server.kill()
        bob.submit()
        expect(bob.page.get_by_role("alert")).to_contain_text("can't be reached")
        server.start()
        bob.page.wait_for_function("url => location.href !== url", arg=here, timeout=30_000)
        bob.label(2)

        # Cyd's task expires, and the others' too: they take up what there is.
        server.kill()
        server.ahead(EXPIRED)
        server.start()
        for worker in (ada, bob):
            worker.start()
            worker.label()
        ada.page.goto(server.requester)
        expect(ada.page.get_by_text("Finished")).to_be_visible(timeout=30_000)

        written = server.files.storage.read(server.files.layout.output_manifest).splitlines()
        lines = [json.loads(line) for line in written]
        given = (tmp_path / "job" / "manifest.jsonl").read_text("utf-8").splitlines()
        assert [line["source-ref"] for line in lines] == [
            json.loads(line)["source-ref"] for line in given
        ]
        stored = answers(server)
        assert {len(content) for content in stored.values()} == {2}
        sent = sorted(
            json.dumps(answer) for worker in (ada, bob, cyd) for answer in worker.sent.values()
        )
        assert sent == sorted(json.dumps(content) for each in stored.values() for content in each)
        assert sent == sorted(json.dumps(content) for line in lines for content in kept(line))
        assert any("in the dark" in answer for answer in sent)
        assert len(cyd.sent) == 1
        assert server.interrupt() == 0
    finally:
        server.kill()


def test_an_answer_waits_for_its_own_job(tmp_path: Path, browser: Browser) -> None:
    """Another job that is served at the same address meanwhile neither gets it nor drops it."""
    first, second = (Server(write_job(tmp_path / name, objects=1)) for name in ("one", "two"))
    second.port, second.address = first.port, first.address
    try:
        first.start()
        ada = Worker(browser, first, "Ada")
        ada.start()
        ada.fill("waits")
        first.kill()
        ada.submit()
        expect(ada.page.get_by_role("alert")).to_contain_text("kept in this browser")
        again = ada.page.context.new_page()
        ada.page.close()
        second.start()
        sent: list[str] = []
        again.on("request", lambda request: sent.append(request.url))
        again.goto(second.address)
        again.get_by_label("Your name").fill("Ada")
        again.get_by_role("button", name="Sign in").click()
        again.get_by_role("button", name="Start").wait_for()
        again.reload()
        assert [url for url in sent if url.endswith("/answer")] == []
        second.kill()
        first.start()
        again.goto(first.address)
        expect(again.get_by_text("has been sent now")).to_be_visible()
        expect(again.get_by_text("1 answer in all")).to_be_visible()
    finally:
        first.kill()
        second.kill()
