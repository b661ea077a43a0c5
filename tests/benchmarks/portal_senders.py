"""The portal while others send it all they can: ``python -m tests.benchmarks.portal_senders``.

Three workers send bodies of 6 MB, one after the other, as answers to a task of their own, while an
honest one loads a page again and again, over loopback. Measured: how long that page takes, without
them, and with bodies of three kinds. Bound: 2 s for the slowest page.
"""

import argparse
import statistics
import tempfile
import threading
import time
from pathlib import Path

from labelwright_local.http.listening import LOOPBACK, listen
from tests.benchmarks.portal import Worker, resident, serve
from tests.benchmarks.report import merge, show

SENDERS = 3
SIZE = 6 * 1024 * 1024
BOUND = 2.0

BODIES = {
    "objects": b'{"token": "t", "answer": {"x": [' + b"{}," * (SIZE // 3) + b"{}]}}",
    "numbers": b'{"token": "t", "answer": {"x": [' + b"12345678901," * 490_000 + b"1]}}",
    "text": b'{"token": "t", "answer": {"x": "' + b"a" * SIZE + b'"}}',
}


class Sender(Worker):
    """Takes a task, and sends the same body to it until it is told to stop."""

    def __init__(self, port: int, name: str, body: bytes, over: threading.Event) -> None:
        super().__init__(port, name)
        self._body = body
        self._over = over
        self.sent = 0

    def run(self) -> None:
        """Send."""
        place = self.first_task()
        while not self._over.is_set():
            self.send_raw(f"{place}/answer", self._body)
            self.sent += 1


def pages(port: int, seconds: float) -> list[float]:
    """Return the seconds of each page that an honest worker loads meanwhile."""
    worker = Worker(port, "honest")
    worker.left()
    waits = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        begun = time.perf_counter()
        worker.home()
        waits.append(time.perf_counter() - begun)
        time.sleep(0.05)
    return sorted(waits)


def measured(port: int, body: bytes | None, seconds: float) -> dict[str, float]:
    """Measure the honest page with senders of this body, or without any."""
    over = threading.Event()
    senders = [Sender(port, f"sender {n}", body, over) for n in range(SENDERS)] if body else []
    for sender in senders:
        sender.start()
    waits = pages(port, seconds)
    over.set()
    for sender in senders:
        sender.join()
    return {
        "median_ms": round(statistics.median(waits) * 1000, 1),
        "p95_ms": round(waits[int(len(waits) * 0.95)] * 1000, 1),
        "worst_ms": round(waits[-1] * 1000, 1),
        "bodies": sum(sender.sent for sender in senders),
    }


def main() -> None:
    """Measure, show, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    seconds = parser.parse_args().seconds
    with listen(LOOPBACK, 0) as free:
        port = int(free.getsockname()[1])
    with tempfile.TemporaryDirectory() as name:
        server = serve(Path(name), 20, port)
        try:
            found = {"nobody": measured(port, None, seconds)}
            for kind, body in BODIES.items():
                found[kind] = measured(port, body, seconds)
            memory = resident(server.pid)
        finally:
            server.terminate()
            server.wait(60)
    merge("portal_senders", {"senders": SENDERS, "resident_mib": round(memory, 1), **found})
    columns = list(found["nobody"])
    rows = [
        [kind, *(str(figures[column]) for column in columns)] for kind, figures in found.items()
    ]
    show("an honest page while three workers send 6 MB bodies of", columns, rows)
    if max(figures["worst_ms"] for figures in found.values()) > BOUND * 1000:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
