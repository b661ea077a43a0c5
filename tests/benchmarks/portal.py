"""The portal under load: ``python -m tests.benchmarks.portal``.

Twenty workers over HTTP on loopback label 2,000 objects, three answers each; the server is a
process of its own. Measured: how long workers wait for the next task, and the server's memory.
"""

import argparse
import contextlib
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from labelwright_local.http.listening import LOOPBACK, listen
from tests.benchmarks.report import merge, show
from tests.local.portal.portals import OWL, TASK, TEMPLATE

WORKERS = 20
PER_OBJECT = 3
#: MaxConcurrentTaskCount, unless it is set.
AT_ONCE = 1_000


class Worker(threading.Thread):
    """Labels until there is nothing left; notes seconds for each next task, and every error."""

    def __init__(self, port: int, name: str) -> None:
        super().__init__()
        self._http = HTTPConnection(LOOPBACK, port, timeout=60)
        self._headers: dict[str, str] = {}
        self._csrf = ""
        self.name = name
        self.waits: list[float] = []
        self.answers = 0
        self.errors: list[str] = []

    def _ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        self._http.request(method, path, body.encode(), {**self._headers, **headers})
        response = self._http.getresponse()
        text = response.read().decode()
        cookie = response.headers.get("set-cookie")
        if cookie:
            self._headers["cookie"] = cookie.split(";")[0]
        return response.status, text

    def _token(self) -> str:
        _, page = self._ask("GET", "/")
        return str(re.findall('csrf" value="([0-9a-f]+)"', page)[0])

    def _sign_in(self) -> None:
        fields = urlencode({"csrf": self._token(), "name": self.name})
        kind = "application/x-www-form-urlencoded"
        self._ask("POST", "/sign-in", fields, **{"content-type": kind})
        self._csrf = self._token()

    def _send(self, path: str, body: object) -> dict[str, str]:
        headers = {"accept": "application/json", "x-csrf-token": self._csrf}
        status, text = self._ask("POST", path, json.dumps(body), **headers)
        if status != 200:
            raise RuntimeError(f"{path}: status {status}")
        found: dict[str, str] = json.loads(text)
        return found

    def left(self) -> int:
        """Return how many tasks there are for this worker."""
        self._sign_in()
        found = re.search("([0-9,]+) tasks? left for you", self._ask("GET", "/")[1])
        return int(found[1].replace(",", "")) if found else 0

    def home(self) -> None:
        """Load the page that shows the job."""
        self._ask("GET", "/")

    def first_task(self) -> str:
        """Sign in and take a task; return its address."""
        self._sign_in()
        return self._send("/next", {"token": self.name})["location"]

    def send_raw(self, path: str, body: bytes) -> int:
        """Send a body as the portal's scripts do, whatever it is; return the status."""
        headers = {"accept": "application/json", "x-csrf-token": self._csrf}
        self._http.request("POST", path, body, {**self._headers, **headers})
        response = self._http.getresponse()
        response.read()
        return response.status

    def run(self) -> None:
        """Work as the portal's page does."""
        try:
            self._sign_in()
            while True:
                begun = time.perf_counter()
                place = self._send("/next", {"token": f"{self.name} {self.answers}"})["location"]
                self.waits.append(time.perf_counter() - begun)
                if place == "/no-task":
                    return
                for path in (place, f"{place}/page"):
                    status, _ = self._ask("GET", path)
                    if status != 200:
                        raise RuntimeError(f"page: status {status}")
                told = self._send(f"{place}/answer", {"token": "t", "answer": OWL})
                if not told["accepted"]:
                    raise RuntimeError(str(told["reason"]))
                self.answers += 1
        except Exception as error:  # noqa: BLE001 - counted and shown
            self.errors.append(f"{type(error).__name__}: {error}")


def resident(pid: int) -> float:
    """Return a process's resident memory in MiB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def serve(folder: Path, objects: int, port: int) -> subprocess.Popen[bytes]:
    """Start the server and wait until all objects are open."""
    (folder / "task.toml").write_text(TASK, encoding="utf-8")
    (folder / "template.liquid.html").write_text(TEMPLATE, encoding="utf-8")
    lines = "".join(f'{{"source": "bird {n}"}}\n' for n in range(objects))
    (folder / "manifest.jsonl").write_text(lines, encoding="utf-8")
    program = [sys.executable, "-c", "from labelwright_cli.main import main; main()", "serve"]
    options = ["--task", folder, "--manifest", folder / "manifest.jsonl", "--port", port]
    options += ["--workspace", folder / "workspace", "--workers", PER_OBJECT]
    server = subprocess.Popen([*program, *map(str, options)], stdout=subprocess.DEVNULL)
    for _ in range(240):
        time.sleep(0.5)
        with contextlib.suppress(OSError):
            if Worker(port, "nobody").left() >= min(objects, AT_ONCE):
                return server
    server.kill()
    raise SystemExit("the server did not open its tasks within two minutes")


def main() -> None:
    """Measure, show, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=2_000)
    objects = parser.parse_args().objects
    with listen(LOOPBACK, 0) as free:
        port = int(free.getsockname()[1])
    with tempfile.TemporaryDirectory() as name:
        server = serve(Path(name), objects, port)
        try:
            workers = [Worker(port, f"worker {n}") for n in range(WORKERS)]
            begun = time.perf_counter()
            for worker in workers:
                worker.start()
            memory = {}
            for quarter in (1, 2, 3):
                wanted = objects * PER_OBJECT * quarter // 4
                while sum(worker.answers for worker in workers) < wanted:
                    time.sleep(0.1)
                    if not any(worker.is_alive() for worker in workers):
                        break
                memory[f"{quarter * 25} %"] = resident(server.pid)
            for worker in workers:
                worker.join()
            seconds = time.perf_counter() - begun
            memory["100 %"] = resident(server.pid)
        finally:
            server.terminate()
            server.wait(60)
    waits = sorted(wait for worker in workers for wait in worker.waits)
    answers = sum(worker.answers for worker in workers)
    measured = {
        "workers": WORKERS,
        "objects": objects,
        "answers": answers,
        "errors": sum(len(worker.errors) for worker in workers),
        "seconds": round(seconds, 1),
        "next_task_ms": {
            "median": round(statistics.median(waits) * 1000, 1),
            "p95": round(waits[int(len(waits) * 0.95)] * 1000, 1),
            "worst": round(waits[-1] * 1000, 1),
        },
        "resident_mib": {when: round(size, 1) for when, size in memory.items()},
    }
    merge("portal", measured)
    rows = [[key, json.dumps(value)] for key, value in measured.items()]
    show("20 workers on the portal", ["measured"], rows)
    for worker in workers:
        for error in worker.errors:
            print(worker.name, error)  # noqa: T201 - what went wrong has to be seen
    if answers != objects * PER_OBJECT or any(worker.errors for worker in workers):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
