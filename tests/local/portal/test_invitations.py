"""Invitations by links whose join codes end, and a portal behind a proxy for those elsewhere."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from httpx2 import Client
from playwright.sync_api import Browser, expect

from labelwright.errors import UsageError
from labelwright_local.portal.reach import PublicUrl, Reach, public_url
from labelwright_local.simulated.browser import chromium
from tests.local.portal.portals import OWL, Portal, portal, words
from tests.local.portal.served import served

PUBLIC = PublicUrl("https", "label.example.org")
BEHIND_PROXY = Reach(PUBLIC.address, public=PUBLIC)


def invite(job: Portal, name: str = "Ada", **fields: str) -> str:
    """Let the requester invite a worker; return the page that tells the code."""
    requester = job.requester()
    page = "/requester/workers"
    return str(requester.post(page, {"name": name, **fields}, page=page).text)


def link_in(page: str) -> str:
    """Return the invitation's link."""
    found = re.search('href="([^"]+#name=[^"]+)"', page)
    assert found is not None, page
    return unescape(found[1])


def code_in(page: str) -> str:
    """Return the join code."""
    return str(re.findall('class="code">([a-z0-9]+)<', page)[0])


def test_an_invitation_is_a_link_whose_fragment_has_name_and_code(tmp_path: Path) -> None:
    """As text and as a picture; what stands behind the # is sent to no server."""
    with portal(tmp_path, reach=BEHIND_PROXY) as job:
        page = invite(job, "Ada & Bo")
        code = code_in(page)
        assert link_in(page) == f"https://label.example.org/#name=Ada%20%26%20Bo&code={code}"
        assert 'src="data:image/svg+xml' in page
        assert "good until 2026-01-09 03:04 UTC" in page


def test_a_join_code_ends(tmp_path: Path) -> None:
    """When the requester said so; who is signed in by it stays that."""
    with portal(tmp_path, reach=BEHIND_PROXY) as job:
        code = code_in(invite(job, days="1"))
        ada = job.browser()
        ada.sign_in("Ada", code)
        job.clock += timedelta(hours=23)
        assert job.browser().sign_in("Ada", code).status_code == 200
        job.clock += timedelta(hours=2)
        late = job.browser().sign_in("Ada", code)
        assert late.status_code == 403
        assert "has run out" in words(late)
        assert ada.answer(ada.next(), OWL)["accepted"]
        assert ">Give a code<" in job.requester().get("/requester/workers").text


def test_a_join_code_is_revoked_and_who_is_signed_in_stays(tmp_path: Path) -> None:
    """Another one can be given."""
    with portal(tmp_path, reach=BEHIND_PROXY) as job:
        code = code_in(invite(job))
        ada = job.browser()
        ada.sign_in("Ada", code)
        worker = job.engine.workers()[0].id
        requester = job.requester()
        page = "/requester/workers"
        requester.post(f"{page}/{worker}/revoke", page=page)
        assert job.browser().sign_in("Ada", code).status_code == 403
        assert ada.answer(ada.next(), OWL)["accepted"]
        assert job.browser().sign_in("Ada", code_in(invite(job))).status_code == 200


@pytest.mark.parametrize("days", ["0", "31", "x", "-1"])
def test_a_lifetime_that_is_none_is_refused(tmp_path: Path, days: str) -> None:
    """Nobody gets a code then."""
    with portal(tmp_path, reach=BEHIND_PROXY) as job:
        assert "code" not in re.findall('class="(code)"', invite(job, days=days))
        assert job.engine.workers() == []


def test_by_the_public_address_cookies_go_over_https_alone(tmp_path: Path) -> None:
    """At the machine itself, without HTTPS, they go as they went."""
    with portal(tmp_path, reach=BEHIND_PROXY) as job:
        for host, secure in (("label.example.org", True), ("127.0.0.1:8000", False)):
            found = job.browser().client.get("/", headers={"host": host})
            assert found.status_code == 200
            assert ("Secure" in found.headers["set-cookie"]) == secure


def test_behind_a_proxy_a_name_alone_lets_nobody_in(tmp_path: Path) -> None:
    """Not even at this machine: what comes through the proxy comes from here."""
    with portal(tmp_path, reach=BEHIND_PROXY) as job:
        assert job.browser().sign_in("Ada").status_code == 403
        other = job.browser().client.get("/", headers={"host": "evil.example.org"})
        assert other.status_code == 421


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://Label.Example.org", "https://label.example.org/"),
        ("https://label.example.org:8443/", "https://label.example.org:8443/"),
        ("http://10.0.0.7", "http://10.0.0.7/"),
    ],
)
def test_a_public_address_is_that_of_a_whole_host(text: str, address: str) -> None:
    """With or without a port."""
    assert public_url(text).address == address


@pytest.mark.parametrize(
    "text",
    ["", "label.example.org", "ftp://x.org", "https://x.org/labels", "https://a:b@x.org",
     "https://x.org?a", "https://x.org#a", "https://", "https://x.org:99999", "https://[::1"],
)  # fmt: skip
def test_anything_else_is_no_public_address(text: str) -> None:
    """What it should look like is told."""
    with pytest.raises(UsageError, match=r"https://label\.example\.org"):
        public_url(text)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Open Chromium."""
    with chromium() as opened:
        yield opened


@pytest.mark.browser
def test_who_follows_an_invitation_is_one_press_from_the_first_task(
    tmp_path: Path, browser: Browser
) -> None:
    """Name and code are filled in, and gone from the address."""
    with portal(tmp_path, reach=BEHIND_PROXY) as job, served(job) as server:
        invited = link_in(invite(job, "Zoë +1"))
        page = browser.new_context().new_page()
        page.goto(server.address + "/" + invited[invited.index("#") :])
        expect(page.get_by_label("Your name")).to_have_value("Zoë +1")
        assert page.url == server.address + "/"
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Your jobs").wait_for()
        expect(page.get_by_text("Zoë +1")).to_be_visible()


@pytest.mark.browser
def test_a_worker_corrects_the_last_answer_from_where_it_was(
    tmp_path: Path, browser: Browser
) -> None:
    """The page comes back as it was submitted; the answer counts until the better one is in."""
    form = (
        '<crowd-form><crowd-input name="note" label="Note"></crowd-input>'
        "<crowd-button form-action='submit'>Done</crowd-button></crowd-form>"
    )
    with portal(tmp_path, template=form) as job, served(job) as server:
        page = browser.new_context().new_page()
        server.sign_in(page, "Ada")
        page.get_by_role("button", name="Start").click()
        page.wait_for_url("**/tasks/*")
        first = page.url
        page.frame_locator("#page").get_by_label("Note").fill("an oul")
        page.frame_locator("#page").get_by_role("button", name="Done").click()
        page.wait_for_url(lambda url: str(url) != first)
        page.get_by_role("button", name="Correct your last answer").click()
        expect(page.get_by_text("It counts as it was until you submit")).to_be_visible()
        note = page.frame_locator("#page").get_by_label("Note")
        expect(note).to_have_value("an oul")
        note.fill("an owl")
        page.frame_locator("#page").get_by_role("button", name="Done").click()
        page.wait_for_url(lambda url: str(url).split("?")[0] != first)
        found = job.engine.object("0")
        assert found is not None
        [given] = found.answers
        assert given.content["note"] == "an owl"
        assert [revision.content["note"] for revision in given.corrected] == ["an oul"]
        shown = words(job.requester().get("/requester/objects/0"))
        assert "Corrected; before, at" in shown


@pytest.mark.parametrize(
    ("reach", "other"), [(BEHIND_PROXY, 403), (Reach(open_to_network=True), 429)]
)
def test_only_where_there_is_a_proxy_it_says_who_tries_codes(
    tmp_path: Path, reach: Reach, other: int
) -> None:
    """Behind one, ten wrong codes of one worker slow down nobody else; else anybody might lie."""
    with portal(tmp_path, reach=reach) as job, served(job) as server:

        def tries(address: str) -> int:
            with Client(base_url=server.address, headers={"x-forwarded-for": address}) as client:
                found = client.get("/")
                token = re.findall('name="csrf" value="([^"]+)"', found.text)[0]
                fields = {"name": "Ada", "code": "wrong", "csrf": token}
                return int(client.post("/sign-in", data=fields).status_code)

        assert [tries("192.0.2.1") for _ in range(11)] == [403] * 10 + [429]
        assert tries("192.0.2.2") == other
