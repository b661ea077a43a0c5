"""HTTP/1.1 with an end to waiting: whoever sends half a request holds no connection for long."""

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle


class PatientProtocol(H11Protocol):
    """Closes a connection on which no whole head of a request came for ``seconds``.

    The time begins with the connection, and anew with the end of each response: what has come by
    then of the next head, or is still to come of a body that nobody reads any more, does not
    prolong it. While a request is answered there is no such end; its body has one of its own, in
    ``body_limit``. (uvicorn itself ends only the silence between two requests.)
    """

    seconds: ClassVar[float] = 15.0

    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._mind()

    def data_received(self, data: bytes) -> None:
        """Take what was sent: it may be a whole head."""
        super().data_received(data)
        self._mind()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self._mind()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        super().connection_lost(exc)
        self._stop()

    def _mind(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle  # there is none before the first request
        at_work = cycle is not None and not cycle.response_complete
        if at_work or self.transport.is_closing():
            self._stop()
        elif self._end is None:
            self._end = self.loop.call_later(self.seconds, self.transport.close)

    def _stop(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None
