"""Requests that are sent in part, or drop by drop, over loopback."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from labelwright_local.http.body_limit import BodyLimit
from labelwright_local.http.listening import LOOPBACK, listen
from labelwright_local.http.patience import PatientProtocol

HEAD = b"GET / HTTP/1.1\r\nHost: here\r\n"
POST = b"POST /%s HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n"


class Hurried(PatientProtocol):
    """Waits a moment only."""

    seconds = 0.4


async def echo(request: Request) -> Response:
    """Read the body and say how long it is."""
    return PlainTextResponse(f"{len(await request.body())} bytes")


async def deaf(_: Request) -> Response:
    """Answer at once, whatever is still to come."""
    return PlainTextResponse("not read")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve with little patience."""
    routes = [Route("/", echo), Route("/echo", echo, methods=["POST"])]
    routes.append(Route("/deaf", deaf, methods=["POST"]))
    app = Starlette(routes=routes, middleware=[Middleware(BodyLimit, patience=0.8)])
    with listen(LOOPBACK, 0) as listener:
        config = uvicorn.Config(
            app, http=Hurried, log_config=None, lifespan="off", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield int(listener.getsockname()[1])
        server.should_exit = True
        thread.join()


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """Open a connection that gives up after ten seconds."""
    with socket.create_connection((LOOPBACK, port), 10) as connection:
        yield connection


def rest(connection: socket.socket) -> bytes:
    """Return all that comes until the other side closes the connection."""
    found = b""
    while piece := connection.recv(65_536):
        found += piece
    return found


def drip(connection: socket.socket, data: bytes) -> None:
    """Send a byte every twentieth of a second, until nobody takes them."""
    for number in range(len(data)):
        try:
            connection.sendall(data[number : number + 1])
        except OSError:
            return
        time.sleep(0.05)


def is_closed(connection: socket.socket) -> bool:
    """Tell whether the other side is gone; resets and ends are both told, as the system has it."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("sent", [b"", HEAD])
def test_a_head_that_never_ends_is_not_waited_for(port: int, sent: bytes) -> None:
    """Neither where nothing comes nor where it stops."""
    with connected(port) as connection:
        connection.sendall(sent)
        assert rest(connection) == b""


def test_a_head_that_drips_does_not_last_longer_for_it(port: int) -> None:
    """Every byte is in time, the whole is not."""
    with connected(port) as connection:
        drip(connection, HEAD * 4)
        assert is_closed(connection)


def test_half_a_second_head_is_not_waited_for(port: int) -> None:
    """A connection that was used well has no more time than a new one."""
    with connected(port) as connection:
        connection.sendall(HEAD + b"\r\n" + HEAD)
        assert rest(connection).count(b"0 bytes") == 1


@pytest.mark.parametrize("dripping", [False, True])
def test_a_body_that_never_ends_is_answered_and_closed(port: int, dripping: bool) -> None:
    """With the status that says so."""
    with connected(port) as connection:
        connection.sendall(POST % b"echo")
        if dripping:
            drip(connection, b"12345")
        found = rest(connection)
        assert found.startswith(b"HTTP/1.1 408 ")
        assert b"too slowly" in found


def test_a_body_that_nobody_reads_is_not_waited_for_either(port: int) -> None:
    """The answer was given before."""
    with connected(port) as connection:
        connection.sendall(POST % b"deaf" + b"12345")
        assert b"not read" in rest(connection)


def test_who_is_slow_but_comes_to_an_end_is_served(port: int) -> None:
    """And again on the same connection."""
    with connected(port) as connection:
        for _ in range(2):
            connection.sendall(POST % b"echo")
            drip(connection, b"1234567890")
            assert b"10 bytes" in connection.recv(65_536)
