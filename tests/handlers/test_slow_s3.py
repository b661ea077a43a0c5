"""S3 that answers late, or drop by drop, does not outlast the function that waits for it."""

import itertools
import socket
import threading
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from labelwright.errors import StorageUnavailable
from labelwright_lambda.s3_storage import LONG, QUICK, Patience, S3Storage

HURRIED = Patience(connect=0.5, read=0.5, attempts=2, body=0.7)
URI = "s3://bucket/key"


class Slow(NamedTuple):
    """A server of this machine in the place of S3, which behaves as it is told."""

    listener: socket.socket
    over: threading.Event
    requests: list[str]

    def serve(self, behaviour: str) -> None:
        """Answer each request so, in a thread of its own, until the test is over."""
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection, behaviour), daemon=True).start()

    def _answer(self, connection: socket.socket, behaviour: str) -> None:
        with connection:
            self.requests.append(connection.recv(65_536).decode().split(" ", 1)[0])
            if behaviour == "silent":
                self.over.wait(30)
                return
            head = b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\nETag: "x"\r\n\r\n'
            try:
                connection.sendall(head)
                # Each byte is in time for the client's own timeout.
                for _ in itertools.repeat(None, 100):
                    connection.sendall(b"x")
                    if self.over.wait(0.2 if behaviour == "drips" else 0):
                        return
            except OSError:
                return


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Slow]:
    """Put a slow server in the place of S3; how it behaves is the test's parameter."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", address)
        server = Slow(listener, threading.Event(), [])
        thread = threading.Thread(target=server.serve, args=(request.param,), daemon=True)
        thread.start()
        yield server
        server.over.set()
        # On Linux, closing alone would not wake who waits for a connection.
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.mark.parametrize("slow", ["drips"], indirect=True)
def test_a_body_that_drips_is_given_up(slow: Slow) -> None:
    """Every byte comes in time, the whole does not; no content is told."""
    storage = S3Storage.connect(patience=HURRIED)
    for read in (lambda: storage.read(URI), lambda: storage.read_if_changed(URI, None)):
        with pytest.raises(StorageUnavailable, match="of 100 bytes in the time there was; try"):
            read()
    assert slow.requests == ["GET", "GET"]


@pytest.mark.parametrize("slow", ["drips"], indirect=True)
def test_a_body_may_take_no_longer_than_the_function_has(slow: Slow) -> None:
    """Though the storage itself would wait longer."""
    storage = S3Storage.connect(patience=HURRIED._replace(body=60)).within(lambda: 1_500)
    with pytest.raises(StorageUnavailable, match="in the time there was"):
        storage.read(URI)
    assert slow.requests == ["GET"]


@pytest.mark.parametrize("slow", ["silent"], indirect=True)
def test_an_answer_that_never_comes_is_given_up(slow: Slow) -> None:
    """After as many attempts as are made."""
    with pytest.raises(StorageUnavailable, match="ReadTimeoutError"):
        S3Storage.connect(patience=HURRIED).read(URI)
    assert slow.requests == ["GET", "GET"]


@pytest.mark.parametrize("slow", ["quick"], indirect=True)
def test_a_function_without_time_asks_for_nothing_more(slow: Slow) -> None:
    """It tells why, while it still can; with time, the same object is read."""
    storage = S3Storage.connect(patience=HURRIED)
    with pytest.raises(StorageUnavailable, match="no time"):
        storage.within(lambda: 900).read(URI)
    assert slow.requests == []
    assert storage.within(lambda: 9_000).read(URI) == b"x" * 100


def test_what_is_waited_for_fits_the_functions_own_time() -> None:
    """Pre-labeling reads two objects in 30 seconds, post-labeling one at least in 300."""

    def longest(patience: Patience) -> float:
        # The waits between attempts double from a second at most, and are 20 seconds at most.
        pauses = sum(min(1 << n, 20) for n in range(patience.attempts - 1))
        return patience.attempts * (patience.connect + patience.read) + pauses

    assert 2 * longest(QUICK) <= 30
    assert QUICK.body < 30
    assert longest(LONG) + LONG.body < 300
