"""How much may be sent to a server of ours in one request, and how long that may take."""

import asyncio

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: An answer of 6 MB, which is what a Lambda function takes, and the JSON around it.
MAX_BODY = 6 * 1024 * 1024 + 64 * 1024

#: Seconds that a body may take, and bytes for each of which it may take another second: what a
#: poor mobile network carries.
PATIENCE, SLOWEST = 30.0, 8 * 1024


class BodyLimit:
    """Refuses a body that is longer than any answer may be, or too slow, before it is read whole.

    ``patience`` is in seconds.
    """

    def __init__(self, app: ASGIApp, *, most: int = MAX_BODY, patience: float = PATIENCE) -> None:
        self._app = app
        self._most = most
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its body as far as the limits; beyond them answer 413 or 408."""
        declared = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if declared.isdecimal() and int(declared) > self._most:
            await PlainTextResponse("too large", 413)(scope, receive, send)
            return
        taken = 0
        whole = False
        begun = asyncio.get_running_loop().time()

        async def counted() -> Message:
            nonlocal taken, whole
            if whole:
                return await receive()  # that the client goes may be waited for as long as it takes
            end = begun + self._patience + taken / SLOWEST
            try:
                async with asyncio.timeout_at(end):
                    message = await receive()
            except TimeoutError:
                raise BodyTooSlow from None
            taken += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if taken > self._most:
                raise BodyTooLarge
            return message

        try:
            await self._app(scope, counted, send)
        except BodyTooLarge:
            await PlainTextResponse("too large", 413)(scope, receive, send)
        except BodyTooSlow:
            text = "the request came too slowly; what you did is still in your page"
            await PlainTextResponse(text, 408, {"connection": "close"})(scope, receive, send)


class BodyTooLarge(Exception):
    """A body of undeclared length went on too long."""


class BodyTooSlow(Exception):
    """A body did not come to its end in time."""
