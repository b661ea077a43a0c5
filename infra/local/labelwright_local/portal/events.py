"""Server-sent events: open pages are told that the job has moved on, and load what they show anew.

The stream itself carries a number and nothing else, so that it can be open to workers too.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from labelwright_local.engine.model import StateUnavailable

#: Seconds between two looks at the job, and between two signs of life on a quiet stream.
_LOOK, _HEARTBEAT = 0.5, 15.0


class Changes:
    """Looks at the job's version, as long as somebody listens, and passes it on."""

    def __init__(self, version: Callable[[], int]) -> None:
        self._version = version
        self._listeners: set[asyncio.Queue[int]] = set()
        self._watch: asyncio.Task[None] | None = None
        self._told: int | None = None
        self._stopped = False

    def response(self) -> StreamingResponse:
        """Return a stream that lasts until the browser goes or the server stops."""
        return StreamingResponse(
            self._stream(), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
        )

    def stop(self) -> None:
        """End all streams: a server that waits for them would not stop."""
        self._stopped = True

    async def _stream(self) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[int] = asyncio.Queue()
        self._listeners.add(queue)
        if self._told is not None:
            # The job may have moved on between the page and its stream.
            queue.put_nowait(self._told)
        quiet = 0.0
        try:
            yield b"retry: 2000\n\n"
            while not self._stopped:
                if self._watch is None or self._watch.done():
                    self._watch = asyncio.create_task(self._look())
                try:
                    version = await asyncio.wait_for(queue.get(), _LOOK)
                except TimeoutError:
                    quiet += _LOOK
                    if quiet >= _HEARTBEAT:
                        quiet = 0.0
                        yield b": still here\n\n"
                    continue
                quiet = 0.0
                yield f"data: {version}\n\n".encode()
        finally:
            self._listeners.discard(queue)

    async def _look(self) -> None:
        self._told = None
        while self._listeners and not self._stopped:
            # A look that fails is repeated; the pages that people load meanwhile tell of it.
            with contextlib.suppress(OSError, StateUnavailable):
                version = await run_in_threadpool(self._version)
                if version != self._told:
                    self._told = version
                    for queue in self._listeners:
                        queue.put_nowait(version)
            await asyncio.sleep(_LOOK)
