"""Who may ask what, and what browsers are told."""

import json
import re
from pathlib import Path

import pytest

from labelwright.errors import UsageError
from labelwright_local.engine.assignments.workers import worker_id
from labelwright_local.http.body_limit import MAX_BODY
from labelwright_local.portal.app import requester_key
from labelwright_local.portal.keys import WorkspaceKey
from tests.local.portal.portals import KEY, OWL, Browser, Portal, portal, words

#: All that changes anything, with fields that it would take.
FORMS = [
    ("/sign-out", {}),
    ("/next", {"token": "t"}),
    ("/tasks/TASK/decline", {"token": "t"}),
    ("/tasks/TASK/return", {}),
    ("/requester/pause", {}),
    ("/requester/resume", {}),
    ("/requester/finish", {}),
    ("/requester/ask-again", {"objects": "0"}),
    ("/requester/objects/0/ask-again", {}),
    ("/requester/workers-per-object", {"number": "2"}),
    ("/requester/workers", {"name": "Eve"}),
    ("/requester/workers/WORKER/sign-out", {}),
    ("/requester/workers/WORKER/code", {}),
    ("/requester/workers/WORKER/remove", {}),
]
SCRIPTS = [
    ("/next", {"token": "t"}),
    ("/tasks/TASK/draft", {"draft": "d"}),
    ("/tasks/TASK/answer", {"token": "t", "answer": OWL}),
]
REQUESTER_PAGES = [
    "/requester",
    "/requester/objects",
    "/requester/history",
    "/requester/objects/0",
    "/requester/workers",
    "/requester/finish",
    "/requester/output.manifest",
    "/requester/report.html",
    "/requester/export?format=csv",
]


def both(job: Portal) -> tuple[Browser, str]:
    """Open a browser in which a worker is signed in who holds a task, and the requester too."""
    browser = job.worker("Ada")
    browser.get(f"/requester?key={requester_key(KEY)}")
    return browser, browser.next("first").split("/")[-1]


@pytest.mark.parametrize("wrong", ["", "0" * 64, "other"])
def test_nothing_changes_without_the_sessions_own_token(tmp_path: Path, wrong: str) -> None:
    """Not by forms, not by scripts, and another session's token is none."""
    with portal(tmp_path) as job:
        browser, task = both(job)
        csrf = job.worker("Eve").csrf() if wrong == "other" else wrong
        before = job.engine.progress()
        for path, fields in FORMS:
            place = path.replace("TASK", task).replace("WORKER", worker_id("Ada"))
            found = browser.client.post(place, data={**fields, "csrf": csrf})
            assert found.status_code == 403, path
        for path, body in SCRIPTS:
            found = browser.send(path.replace("TASK", task), body, **{"x-csrf-token": csrf})
            assert found.status_code == 403, path
        assert job.engine.progress() == before


def test_what_is_forbidden_without_the_token_is_done_with_it(tmp_path: Path) -> None:
    """The test above would not notice paths that do not exist."""
    with portal(tmp_path) as job:
        for path, fields in FORMS:
            job.engine.add_worker("Ada")
            browser, task = both(job)
            place = path.replace("TASK", task).replace("WORKER", worker_id("Ada"))
            found = browser.post(place, fields)
            assert found.status_code == 200, path
        job.engine.add_worker("Ada")
        for path, body in SCRIPTS:
            browser, task = both(job)
            assert browser.send(path.replace("TASK", task), body).status_code == 200, path


def test_tasks_are_their_own_workers_alone(tmp_path: Path) -> None:
    """Another worker reads, drafts, submits and declines nothing of it; nobody at all nothing."""
    with portal(tmp_path, workers=2) as job:
        ada, eve = job.worker("Ada"), job.worker("Eve")
        task = ada.next()
        assert eve.get(task).status_code == 410
        assert eve.get(f"{task}/page").status_code == 410
        assert not eve.answer(task, OWL)["accepted"]
        eve.post(f"{task}/decline", {"token": "t"})
        eve.post(f"{task}/return")
        assert job.browser().get(f"{task}/page").status_code == 401
        assert ada.get(task).status_code == 200
        assert ada.answer(task, OWL)["accepted"]


def test_the_requesters_pages_need_the_key(tmp_path: Path) -> None:
    """A worker's session opens none of them, a wrong key neither; the key is not in the address."""
    with portal(tmp_path) as job:
        ada = job.worker("Ada")
        for page in REQUESTER_PAGES:
            assert ada.get(page).status_code == 403, page
        assert ada.get("/requester?key=" + "0" * 32).status_code == 403
        opened = ada.get(f"/requester?key={requester_key(KEY)}")
        assert opened.status_code == 200
        assert opened.url.query == b""


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "10.0.0.5", "", "[::2]:80"])
def test_foreign_names_get_nothing(tmp_path: Path, host: str) -> None:
    """A name that was made to point here is not ours."""
    with portal(tmp_path) as job:
        found = job.browser().client.get("/", headers={"host": host})
        assert found.status_code == 421
        assert "set-cookie" not in found.headers


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:81", "127.0.0.1:8000", "[::1]:8000"])
def test_own_names_are_served(tmp_path: Path, host: str) -> None:
    """By whatever port it is reached."""
    with portal(tmp_path) as job:
        assert job.browser().client.get("/", headers={"host": host}).status_code == 200


def test_open_to_the_network_addresses_are_served_and_names_are_not(tmp_path: Path) -> None:
    """Rebinding needs a name."""
    with portal(tmp_path, open_to_network=True) as job:
        for host, status in (("192.168.0.7:8000", 200), ("[fe80::1]", 200), ("evil.test", 421)):
            found = job.browser().client.get("/", headers={"host": host})
            assert found.status_code == status


def test_open_to_the_network_a_name_needs_its_code(tmp_path: Path) -> None:
    """Which the requester gives; a new one makes the old one worthless."""
    with portal(tmp_path, open_to_network=True) as job:
        requester = job.requester()
        codes = []
        for _ in range(2):
            shown = requester.post(
                "/requester/workers", {"name": "Ada"}, page="/requester/workers"
            ).text
            codes += re.findall('class="code">([a-z0-9]+)<', shown)
        assert job.browser().sign_in("Ada").status_code == 403
        assert job.browser().sign_in("Eve", codes[1]).status_code == 403
        assert job.browser().sign_in("Ada", codes[0]).status_code == 403
        assert "2 tasks left" in words(job.browser().sign_in("ada", codes[1]))


def test_what_browsers_are_told(tmp_path: Path) -> None:
    """Own pages run no inline script and stand in no frame; a task's page is in a sandbox."""
    with portal(tmp_path) as job:
        ada = job.worker("Ada")
        task = ada.next()
        for path in ("/", task, "/no-task", "/static/portal.css", "/nothing", "/requester"):
            headers = ada.get(path).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'; script-src 'self';" in policy, path
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert "<script>" not in ada.get(path).text
        policy = ada.get(f"{task}/page").headers["content-security-policy"]
        assert policy.startswith("sandbox allow-scripts")
        for never in ("allow-same-origin", "allow-top-navigation", "escape-sandbox"):
            assert never not in policy
        assert "form-action 'none'" in policy
        assert "frame-ancestors 'self'" in policy


def test_cookies_stay_with_the_browser_and_the_site(tmp_path: Path) -> None:
    """No script reads them, no other site sends them; and one that was changed is nobody's."""
    with portal(tmp_path) as job:
        browser = job.browser()
        told = browser.get("/").headers["set-cookie"]
        assert "HttpOnly" in told
        assert "SameSite=strict" in told
        browser.sign_in("Ada")
        [(name, value)] = browser.client.cookies.items()
        for forged in (f"x{value}", value[:-1] + ("0" if value[-1] != "0" else "1"), "", "a.b"):
            assert "Sign in" in words(job.browser().client.get("/", headers={
                "cookie": f"{name}={forged}"}))  # fmt: skip
        job.clock = job.clock.replace(year=2027)
        assert "Sign in" in words(browser.get("/"))


def test_what_is_too_large_or_no_json_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    """Each with a reason; the task can still be submitted."""
    with portal(tmp_path) as job:
        ada = job.worker("Ada")
        task = ada.next()
        told = {"x-csrf-token": ada.csrf(), "accept": "application/json"}
        answer = f"{task}/answer"

        def status(content: bytes, *, chunked: bool = False) -> int:
            body = iter([content]) if chunked else content
            return int(ada.client.post(answer, content=body, headers=told).status_code)

        assert status(b" " * (MAX_BODY + 1)) == 413
        assert status(b" " * (MAX_BODY + 1), chunked=True) == 413
        for bad in (b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"token": "t", "answer": NaN}',
                    b'{"token": "t", "answer": []}', b'{"answer": {}}',
                    br'{"token": "\ud800", "answer": {}}'):  # fmt: skip
            assert status(bad) == 400, bad[:20]
        large = ada.answer(task, {"text": "x" * (5 * 1024 * 1024)}, "large")
        assert not large["accepted"]
        assert "longer than" in large["reason"]
        assert ada.answer(task, OWL, "right")["accepted"]


def test_a_body_of_too_many_values_is_refused_before_they_are_made(tmp_path: Path) -> None:
    """However they are written; texts may be as long as answers may be, whatever is in them."""
    with portal(tmp_path) as job:
        ada = job.worker("Ada")
        answer = f"{ada.next()}/answer"
        told = {"x-csrf-token": ada.csrf(), "accept": "application/json"}

        def send(answers: str) -> tuple[int, str]:
            body = f'{{"token": "{len(answers)}", "answer": {answers}}}'
            found = ada.client.post(answer, content=body, headers=told)
            return found.status_code, found.text

        for many in ("{}," * 300_000, "1," * 600_000, '"a":1,' * 500_001, "[" * 600_000):
            status, text = send(f'{{"x": [{many}1]}}')
            assert status == 413
            assert "at most 500,000 values" in text
        wild = json.dumps(json.dumps({"a\\": ['",{[' * 3, "\\"]} | {str(n): 1 for n in range(9)}))
        assert send(f'{{"x": "{",{[" * 1_000_000}", "y": {wild}}}')[0] == 200
        assert job.engine.progress().answers == 1


def test_nothing_is_read_of_a_body_for_a_task_that_is_not_theirs(tmp_path: Path) -> None:
    """Neither a draft nor an answer, so that it is told at once."""
    with portal(tmp_path) as job:
        ada, eve = job.worker("Ada"), job.worker("Eve")
        task = ada.next()
        told = {"x-csrf-token": eve.csrf(), "accept": "application/json"}
        for path, said in (("answer", '"accepted":false'), ("draft", '"saved":false')):
            found = eve.client.post(f"{task}/{path}", content=b"{", headers=told)
            assert found.status_code == 200
            assert said in found.text


def test_signed_links_lead_to_data_and_nowhere_else(tmp_path: Path) -> None:
    """Not to other objects, not out of the folder, and never to the job's own files."""
    (tmp_path / "s3" / "data").mkdir(parents=True)
    (tmp_path / "s3" / "data" / "a.txt").write_text("the data")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "s3" / "data" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "s3" / "data" / "folder").symlink_to(tmp_path)
    own = "s3://labelwright-local/output/birds/labelwright/labelwright.sqlite3"
    hostile = [
        "s3://data/../../secret.txt", "s3://../secret.txt", "s3://data/link.txt", own,
        "s3://data/folder/secret.txt", f"s3:///{tmp_path}/secret.txt", f"s3://{tmp_path}/secret.txt",
        "s3://data/%2e%2e/%2e%2e/secret.txt", "/etc/passwd", "file:///etc/passwd", own.upper(),
        "s3://labelwright-local/../labelwright-local/output/birds/labelwright/labelwright.sqlite3",
    ]  # fmt: skip
    template = "<img src='{{ task.input.taskObject | grant_read_access }}'>"
    lines = [{"source-ref": uri} for uri in ["s3://data/a.txt", *hostile]]
    with portal(tmp_path, lines, template=template) as job:
        ada = job.worker("Ada")
        found = {}
        for number in range(len(lines)):
            task = ada.next(str(number))
            if task == "/no-task":
                break
            for link in re.findall("src='([^']+)'", ada.get(f"{task}/page").text):
                found[link] = job.browser().get(link.replace("&amp;", "&"))
            ada.post(f"{task}/decline", {"token": f"d{number}"})
        assert len(found) > 3
        read = [link.split("?")[0] for link, got in found.items() if got.status_code == 200]
        assert read == ["/s3/data/a.txt"]
        assert not any("labelwright" in link for link in found)
        link = job.links.sign("s3://data/a.txt")
        for forged in (
            link.replace("a.txt", "link.txt"),
            link[:-1],
            link.replace("expires=", "x="),
        ):
            assert job.browser().get(forged).status_code == 403


def test_the_key_is_kept_and_private(tmp_path: Path) -> None:
    """Made once; a damaged one is told."""
    path = tmp_path / "w" / "portal.key"
    assert WorkspaceKey.kept_in(path).sign("a", "b") == WorkspaceKey.kept_in(path).sign("a", "b")
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(b"short")
    with pytest.raises(UsageError, match="damaged"):
        WorkspaceKey.kept_in(path)
