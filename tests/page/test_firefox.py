"""The page in Firefox ESR: selection, keys and submit, as in Chromium."""

import json
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.page.worker_page import STAND_IN, consolidated, document, ends, task_input
from tests.samples import documents
from tests.samples.rendering import TEMPLATES, render

pytestmark = pytest.mark.long

WEB = Path(__file__).parents[2] / "web"
FIREFOX = Path("/usr/bin/firefox-esr")
CROWD_ELEMENTS = "https://assets.crowd.aws/crowd-html-elements.js"
DOCUMENT = "emoji-irony"


@pytest.fixture
def address() -> Iterator[str]:
    """Serve the page of a text with emoji, on loopback."""
    page = render(documents.FOLDER, task_input(DOCUMENT)).replace(CROWD_ELEMENTS, "/crowd.js")
    whole = f"<!doctype html><html lang='en'><title>Task</title>{page}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = "text/html; charset=utf-8", whole.encode()
            if self.path == "/crowd.js":
                kind, body = "application/javascript", STAND_IN.encode()
            elif self.path.startswith("/s3/"):
                sample = TEMPLATES / documents.FOLDER / "sample"
                kind, body = "image/png", (sample / self.path[1:]).read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/task"
        server.shutdown()


def test_a_task_is_done_in_firefox(address: str) -> None:
    """Marked by keys and by mouse, refused while incomplete, sent, and read by post-labeling."""
    assert FIREFOX.exists(), "apt-get install firefox-esr"
    done = subprocess.run(
        ["node", "page/drive_firefox.mjs", FIREFOX, address],
        cwd=WEB, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    text = document(DOCUMENT).text
    assert seen["failures"] == []
    assert seen["unchanged"] is True
    assert seen["byKeys"] == seen["kept"] == text[:12]
    assert "Can this abstract be used?" in seen["refused"]
    assert list(seen["answer"]) == ["annotations"]
    answer = json.loads(seen["answer"]["annotations"])
    first, second = answer["value"]
    assert first["label"] == "BACKGROUND"
    assert text[first["start"] : first["end"]] == first["quote"]
    assert first["quote"].startswith(text[:12])
    assert second["label"] == "METHODS"
    assert second["quote"] == text[second["start"] : second["end"]]
    assert seen["byMouse"].strip(" .") in second["quote"]
    fields = consolidated(answer, text)
    assert ends(fields["entities"]["value"]) == ends(answer["value"])
    assert fields["quality"]["value"] == "yes"
