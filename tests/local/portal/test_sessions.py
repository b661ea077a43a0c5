"""Whose session is whose, and when it ends."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pytest
from httpx2 import Client
from starlette.testclient import TestClient

from labelwright_local.engine.assignments.workers import worker_id
from labelwright_local.portal.app import requester_key
from labelwright_local.portal.try_limit import ALL, EACH, TryLimit
from tests.local.portal.portals import KEY, OWL, Browser, Portal, portal, words
from tests.local.portal.served import served


def copy(job: Portal, browser: Browser) -> Browser:
    """Open a browser that has another's cookies of this moment, as a thief would."""
    thief = job.browser()
    for name, value in browser.client.cookies.items():
        thief.client.cookies.set(name, value)
    return thief


def is_signed_in(browser: Browser) -> bool:
    """Tell whether the browser is a worker's."""
    return "Your jobs" in words(browser.get("/"))


def press(requester: Browser, name: str, what: str) -> str:
    """Press a button in a worker's row; return the page that is shown then."""
    shown = requester.get("/requester/workers").text
    [place] = re.findall(f'action="([^"]+)"[^\n]*aria-label="{what}: {name}"', shown)
    return requester.post(unescape(place), page="/requester/workers").text


def code_in(page: str) -> str:
    """Return the join code that a page shows."""
    [code] = re.findall('class="code">([a-z0-9]+)<', page)
    return str(code)


def test_signing_out_ends_the_session_on_the_server(tmp_path: Path) -> None:
    """A copy of the cookie is worth nothing then; the requester's view in that browser stays."""
    with portal(tmp_path) as job:
        ada = job.worker("Ada")
        ada.get(f"/requester?key={requester_key(KEY)}")
        thief = copy(job, ada)
        assert is_signed_in(thief)
        ada.post("/sign-out")
        assert not is_signed_in(thief)
        assert thief.get("/requester").status_code == 403
        assert ada.get("/requester").status_code == 200
        assert not is_signed_in(ada)


def test_signing_in_anew_ends_what_the_browser_was_before(tmp_path: Path) -> None:
    """Nobody stays two workers."""
    with portal(tmp_path) as job:
        browser = job.worker("Ada")
        thief = copy(job, browser)
        browser.sign_in("Bob")
        assert not is_signed_in(thief)
        assert is_signed_in(browser)


def test_the_requester_ends_all_sessions_of_one_worker(tmp_path: Path) -> None:
    """What they did and hold stays, and others are not touched; the task is theirs on return."""
    with portal(tmp_path) as job:
        ada, elsewhere, bob = job.worker("Ada"), job.worker("ada"), job.worker("Bob")
        task = ada.next()
        requester = job.requester()
        shown = words(requester.get("/requester/workers"))
        assert re.search(r"Ada private\.local\.\w+ 0 - 0 0 at a task 2 ", shown)
        csrf = elsewhere.csrf()
        press(requester, "Ada", "Sign out")
        assert [is_signed_in(browser) for browser in (ada, elsewhere, bob)] == [False, False, True]
        headers = {"accept": "application/json", "x-csrf-token": csrf}
        body = {"token": "t", "answer": OWL}
        told = elsewhere.client.post(f"{task}/answer", json=body, headers=headers)
        assert told.status_code == 401
        ada.sign_in("Ada")
        assert ada.answer(task, OWL)["accepted"]


def test_a_new_join_code_ends_the_sessions_that_the_old_one_began(tmp_path: Path) -> None:
    """Whoever had got hold of it is out."""
    with portal(tmp_path, open_to_network=True) as job:
        requester = job.requester()
        job.engine.add_worker("Ada")
        code = code_in(press(requester, "Ada", "New code"))
        ada = job.browser()
        ada.sign_in("Ada", code)
        assert is_signed_in(ada)
        new = code_in(press(requester, "Ada", "New code"))
        assert not is_signed_in(ada)
        assert job.browser().sign_in("Ada", code).status_code == 403
        ada.sign_in("Ada", new)
        assert is_signed_in(ada)


@pytest.mark.parametrize("open_to_network", [False, True])
def test_who_is_removed_is_out_until_let_in_again(tmp_path: Path, open_to_network: bool) -> None:
    """Also where anybody on the machine can sign in by a name of their own."""
    with portal(tmp_path, open_to_network=open_to_network) as job:
        requester = job.requester()
        code = job.engine.add_worker("Ada").code
        ada = job.browser()
        ada.sign_in("Ada", code)
        assert ada.answer(ada.next(), OWL)["accepted"]
        shown = press(requester, "Ada", "Remove")
        assert "<td>removed</td>" in shown
        assert not is_signed_in(ada)
        assert ada.sign_in("Ada", code).status_code in {400, 403}
        assert job.engine.progress().answers == 1
        page = press(requester, "Ada", "Let in again")
        ada.sign_in("Ada", code_in(page) if open_to_network else "")
        assert is_signed_in(ada)


def test_no_button_acts_on_who_is_not_there(tmp_path: Path) -> None:
    """Each is told."""
    with portal(tmp_path) as job:
        requester = job.requester()
        for what in ("code", "sign-out", "remove"):
            found = requester.post(f"/requester/workers/nobody/{what}", page="/requester/workers")
            assert found.status_code == 400
            assert "no such worker" in words(found)


@contextmanager
def two_jobs(folder: Path) -> Iterator[tuple[Portal, Portal]]:
    """Open two jobs of one workspace at once."""
    with (
        portal(folder, workers=2, name="birds") as one,
        portal(folder, workers=2, name="owls") as other,
    ):
        yield one, other


def test_a_worker_of_one_job_is_nobody_in_another_of_the_same_workspace(tmp_path: Path) -> None:
    """The same name, and the same worker id: neither the cookie nor the token acts there."""
    with two_jobs(tmp_path) as (one, other):
        hostile, honest = one.worker("Ada"), other.worker("Ada")
        assert worker_id("Ada") == other.engine.workers()[0].id
        task = honest.next()
        [mine], [theirs] = hostile.client.cookies.items(), honest.client.cookies.items()
        assert mine[0] != theirs[0]
        for name in (mine[0], theirs[0]):
            thief = other.browser()
            thief.client.cookies.set(name, mine[1])
            headers = {"accept": "application/json", "x-csrf-token": hostile.csrf()}
            body = {"token": "t", "answer": OWL}
            found = thief.client.post(f"{task}/answer", json=body, headers=headers)
            assert found.status_code == 401
            assert thief.get(f"{task}/page").status_code == 401
            assert not is_signed_in(thief)
        assert other.engine.progress().answers == 0
        assert honest.answer(task, OWL)["accepted"]


def test_the_requester_of_one_job_is_nobody_in_another(tmp_path: Path) -> None:
    """Neither by the key in the address nor by the session; signed links lead nowhere there."""
    with two_jobs(tmp_path) as (one, other):
        assert other.browser().get(f"/requester?key={requester_key(one.key)}").status_code == 403
        requester, victim = one.requester(), other.requester()
        [mine], [theirs] = requester.client.cookies.items(), victim.client.cookies.items()
        thief = other.browser()
        thief.client.cookies.set(theirs[0], mine[1])
        assert thief.get("/requester").status_code == 403
        assert victim.get("/requester").status_code == 200
        (tmp_path / "s3" / "data").mkdir(parents=True)
        (tmp_path / "s3" / "data" / "a.txt").write_text("the data")
        link = one.links.sign("s3://data/a.txt")
        assert one.browser().get(link).status_code == 200
        assert other.browser().get(link).status_code == 403


def test_join_codes_are_tried_at_a_bounded_rate(tmp_path: Path) -> None:
    """The right one, too, has to wait then; whoever types it wrong twice does not notice."""
    with portal(tmp_path, open_to_network=True) as job:
        code = job.engine.add_worker("Ada").code
        ada = job.browser()
        for _ in range(2):
            assert ada.sign_in("Ada", "wrong").status_code == 403
        for _ in range(EACH):
            assert ada.sign_in("Ada", code).status_code == 200
        eve = job.browser()
        statuses = [eve.sign_in("Ada", f"wrong {n}").status_code for n in range(EACH + 1)]
        assert statuses[0] == 403
        assert statuses[-1] == 429
        found = eve.sign_in("Ada", code)
        assert found.status_code == 429
        assert "Try again in" in words(found)
        elsewhere = TestClient(job.app, base_url="http://127.0.0.1:8000", client=("10.0.0.9", 1))
        assert Browser(elsewhere).sign_in("Ada", code).status_code == 200


def test_who_says_to_be_somebody_else_gets_no_more_tries(tmp_path: Path) -> None:
    """An address in a header is one that whoever asks has made up."""
    with portal(tmp_path, open_to_network=True) as job, served(job) as there:
        job.engine.add_worker("Ada")
        with Client(base_url=there.address, follow_redirects=True) as client:
            eve = Browser(client)
            statuses = []
            for number in range(EACH + 1):
                client.headers["x-forwarded-for"] = f"10.0.0.{number}"
                statuses.append(eve.sign_in("Ada", f"wrong {number}").status_code)
    assert statuses == [403] * EACH + [429]


def test_a_state_that_is_gone_is_told_in_words_for_workers(tmp_path: Path) -> None:
    """To scripts and as a page, without the machine's paths; nothing is said to be accepted."""
    with portal(tmp_path) as job:
        ada = job.worker("Ada")
        task = ada.next()
        headers = {"accept": "application/json", "x-csrf-token": ada.csrf()}
        next(tmp_path.rglob("labelwright.sqlite3")).unlink()
        body = {"token": "t", "answer": OWL}
        found = ada.client.post(f"{task}/answer", json=body, headers=headers)
        for told in (found, ada.get("/"), ada.get(task)):
            assert told.status_code == 503
            assert "Leave this page open" in told.text
            assert str(tmp_path) not in told.text


class Seconds:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


def test_one_address_may_try_again_soon() -> None:
    """One try after the other; an IPv6 network is one address."""
    clock = Seconds()
    limit = TryLimit(clock)
    assert [limit.wait(f"2001:db8::{n:x}") for n in range(EACH)] == [0] * EACH
    assert limit.wait("2001:db8::ffff%eth0") == 6
    assert limit.wait("2001:db8:0:1::1") == 0
    clock.now = 6
    assert [limit.wait("2001:db8::1"), limit.wait("2001:db8::1")] == [0, 6]
    assert limit.wait("::ffff:10.0.0.1") == 0


def test_many_addresses_keep_nobody_out_for_long() -> None:
    """All together are bounded; who was right before is not held up by others."""
    clock = Seconds()
    limit = TryLimit(clock)
    assert limit.wait("10.1.1.1") == 0
    limit.was_right("10.1.1.1")
    through = [n for n in range(10_000) if limit.wait(f"10.0.{n // 256}.{n % 256}") == 0]
    assert len(through) == ALL
    assert limit.wait("10.2.2.2") > 0
    assert limit.wait("10.1.1.1") == 0
    clock.now = 60
    assert limit.wait("10.2.2.2") == 0
