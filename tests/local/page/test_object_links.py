"""Signed links to objects, and the routes that serve them."""

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from labelwright_local.page.object_links import ObjectLinks
from labelwright_local.page.object_routes import object_routes
from labelwright_local.workspace.folder_storage import FolderStorage

KEY = b"k" * 32
ODD_KEYS = ["a b/ü 100%.txt", "2021-11-18_02:19:51.json", "a?b#c&d=e+f", "😀;~'\""]


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def verified(links: ObjectLinks, link: str) -> str | None:
    """Verify a link as a server gets it."""
    parts = urlsplit(link)
    return links.verify(unquote(parts.path), dict(parse_qsl(parts.query)))


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_a_signed_link_gives_its_address_back(key: str) -> None:
    """Whatever characters the key is made of."""
    links = ObjectLinks(KEY)
    link = links.sign(f"s3://bucket/{key}")
    assert link.isascii()
    assert verified(links, link) == f"s3://bucket/{key}"


@given(st.data())
def test_a_link_with_any_character_changed_is_refused(data: st.DataObject) -> None:
    """Path, expiry and signature alike."""
    links = ObjectLinks(KEY)
    link = links.sign("s3://bucket/folder/key")
    index = data.draw(st.integers(len("/s3/"), len(link) - 1))
    other = data.draw(st.characters(codec="ascii", categories=["L", "N", "P"]))
    changed = link[:index] + other + link[index + 1 :]
    assert changed == link or verified(links, changed) is None


def test_a_link_ends_after_its_lifetime_and_holds_in_its_own_workspace_only() -> None:
    """Up to the last second."""
    clock = Clock()
    links = ObjectLinks(KEY, 60, clock)
    link = links.sign("s3://bucket/key")
    clock.now += 59
    assert verified(links, link) == "s3://bucket/key"
    assert verified(ObjectLinks(b"o" * 32, 60, clock), link) is None
    clock.now += 1
    assert verified(links, link) is None


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"expires": "9" * 400, "signature": ""},
        {"expires": "-1", "signature": "é"},
        {"expires": "٣", "signature": "\ud800"},
    ],
)
def test_a_query_that_is_none_of_ours_is_refused(query: dict[str, str]) -> None:
    """Without an exception."""
    assert ObjectLinks(KEY).verify("/s3/bucket/key", query) is None


class Server:
    """The routes over a folder, asked by the addresses of objects."""

    def __init__(self, root: Path) -> None:
        self.storage = FolderStorage(root / "s3")
        self.links = ObjectLinks(KEY)
        self.client = TestClient(Starlette(routes=object_routes(self.storage, self.links)))


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """Serve an empty folder, with a file beside it that nobody may reach."""
    (tmp_path / "secret").write_text("secret")
    return Server(tmp_path)


@pytest.mark.parametrize("key", ODD_KEYS)
def test_an_object_is_served_under_its_link(server: Server, key: str) -> None:
    """Also one whose key has characters that addresses give a meaning."""
    server.storage.write(f"s3://bucket/{key}", b"content")
    answer = server.client.get(server.links.sign(f"s3://bucket/{key}"))
    assert (answer.status_code, answer.content) == (200, b"content")


def test_a_part_of_an_object_is_served(server: Server) -> None:
    """As players of audio and video ask for it; HEAD tells the size."""
    server.storage.write("s3://bucket/a.mp3", b"0123456789")
    link = server.links.sign("s3://bucket/a.mp3")
    part = server.client.get(link, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    assert part.headers["content-range"] == "bytes 2-4/10"
    assert server.client.get(link, headers={"Range": "bytes=20-"}).status_code == 416
    head = server.client.head(link)
    assert (head.headers["content-length"], head.headers["content-type"]) == ("10", "audio/mpeg")
    assert head.content == b""


@pytest.mark.parametrize("key", ["page.html", "image.svg", "none.html"])
def test_an_object_can_not_run_as_a_page_of_the_portal(server: Server, key: str) -> None:
    """HTML or SVG gets an origin of its own; all pages may read what they have a link to."""
    server.storage.write("s3://bucket/page.html", b"<script>alert(1)</script>")
    server.storage.write("s3://bucket/image.svg", b"<svg/>")
    headers = server.client.get(server.links.sign(f"s3://bucket/{key}")).headers
    assert headers["content-security-policy"] == "sandbox"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["access-control-allow-origin"] == "*"


def test_without_a_signature_nothing_is_served(server: Server) -> None:
    """Not even whether the object is there."""
    server.storage.write("s3://bucket/key", b"content")
    assert server.client.get("/s3/bucket/key").status_code == 403
    assert server.client.get("/s3/bucket/none").status_code == 403


def test_a_missing_object_is_named(server: Server) -> None:
    """As text, which no browser takes for a page; this machine's folders are not."""
    answer = server.client.get(server.links.sign("s3://bucket/<b>none"))
    assert answer.status_code == 404
    assert "s3://bucket/<b>none" in answer.text
    assert str(server.storage.root) not in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "key", ["../secret", "../../secret", "a/../../../secret", "/etc/passwd", "./x", "a//b", "a\0b"]
)
def test_no_address_leads_out_of_the_folder(server: Server, key: str) -> None:
    """Signed or not: a data object may name any address, and a template signs what it names."""
    link = server.links.sign(f"s3://bucket/{key}")
    assert server.client.get(link).status_code in {403, 404}
    raw = link.replace("../", "%2e%2e%2f").replace("/etc", "%2fetc")
    assert server.client.get(raw).status_code in {403, 404}


def test_no_symbolic_link_leads_out_of_the_folder(server: Server, tmp_path: Path) -> None:
    """Neither a file's nor a folder's."""
    server.storage.write("s3://bucket/key", b"content")
    (tmp_path / "s3" / "bucket" / "file").symlink_to(tmp_path / "secret")
    (tmp_path / "s3" / "bucket" / "folder").symlink_to(tmp_path)
    for key in ("file", "folder/secret"):
        answer = server.client.get(server.links.sign(f"s3://bucket/{key}"))
        assert answer.status_code == 403
        assert "secret" not in answer.text.replace(key, "")
