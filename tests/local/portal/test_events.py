"""Server-sent events, without a server."""

import asyncio
import itertools
from collections.abc import AsyncIterator

from labelwright_local.portal.events import Changes


async def read(changes: Changes, parts: int) -> list[bytes]:
    """Read so many parts of a stream, then go away."""
    stream = changes.response().body_iterator
    assert isinstance(stream, AsyncIterator)
    found = []
    async for part in stream:
        found.append(bytes(part) if not isinstance(part, str) else part.encode())
        if len(found) == parts:
            break
    return found


def test_every_listener_is_told_of_every_version() -> None:
    """Two open pages hear the same."""
    versions = iter(range(100))

    async def listen() -> list[list[bytes]]:
        changes = Changes(lambda: next(versions))
        return list(await asyncio.gather(read(changes, 3), read(changes, 3)))

    first, second = asyncio.run(listen())
    assert first == second == [b"retry: 2000\n\n", b"data: 0\n\n", b"data: 1\n\n"]


def test_streams_end_when_the_server_stops() -> None:
    """A server that waits for them would not stop."""

    async def stopped() -> list[bytes]:
        changes = Changes(lambda: 1)
        reading = asyncio.create_task(read(changes, 99))
        await asyncio.sleep(0.1)
        changes.stop()
        return await asyncio.wait_for(reading, 10)

    assert asyncio.run(stopped())[0] == b"retry: 2000\n\n"


def test_a_look_that_fails_is_repeated() -> None:
    """What is told is then told late."""
    tries = itertools.count()

    def version() -> int:
        if next(tries) == 0:
            raise OSError
        return 7

    assert asyncio.run(read(Changes(version), 2))[-1] == b"data: 7\n\n"


def test_who_comes_later_is_told_what_the_others_know() -> None:
    """The job may have moved on after the page was made, and before it listened."""

    async def listen() -> list[bytes]:
        changes = Changes(lambda: 7)
        first = asyncio.create_task(read(changes, 3))
        await asyncio.sleep(0.1)
        later = await asyncio.wait_for(read(changes, 2), 10)
        first.cancel()
        return later

    assert asyncio.run(listen()) == [b"retry: 2000\n\n", b"data: 7\n\n"]
