"""How much may be sent to a server of ours in one request."""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: An answer of 6 MB, which is what a Lambda function takes, and the JSON around it.
MAX_BODY = 6 * 1024 * 1024 + 64 * 1024


class BodyLimit:
    """Refuses a body that is longer than any answer may be, before it is read whole."""

    def __init__(self, app: ASGIApp, *, most: int = MAX_BODY) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its body as far as the limit; beyond it answer 413."""
        declared = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if declared.isdecimal() and int(declared) > self._most:
            await PlainTextResponse("too large", 413)(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._most:
                raise BodyTooLarge
            return message

        try:
            await self._app(scope, counted, send)
        except BodyTooLarge:
            await PlainTextResponse("too large", 413)(scope, receive, send)


class BodyTooLarge(Exception):
    """A body of undeclared length went on too long."""
