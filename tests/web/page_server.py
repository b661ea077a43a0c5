"""The worker page on loopback, for browsers and measurements that want a real server."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from tests.samples.rendering import TEMPLATES, render

STAND_IN = Path(__file__).parents[1] / "samples" / "stand_in.js"
CROWD_ELEMENTS = "https://assets.crowd.aws/crowd-html-elements.js"


@contextmanager
def serve_page(template: str, task_input: Mapping[str, Any], more: str = "") -> Iterator[str]:
    """Serve a template's page for a task input, ``more`` HTML after it; yield its address."""
    page = render(template, dict(task_input)).replace(CROWD_ELEMENTS, "/crowd.js") + more
    whole = f"<!doctype html><html lang='en'><title>Task</title>{page}".encode()
    sample = TEMPLATES / template / "sample"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = "text/html; charset=utf-8", whole
            if self.path == "/crowd.js":
                kind, body = "application/javascript", STAND_IN.read_bytes()
            elif self.path.startswith("/s3/"):
                kind, body = "image/png", (sample / self.path[1:]).read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/task"
        server.shutdown()
