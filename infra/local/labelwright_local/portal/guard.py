"""What stands before every request: who may ask, what browsers are told."""

import ipaddress
import logging

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from labelwright_local.portal.reach import Reach

_log = logging.getLogger("labelwright.portal")

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

#: For the portal's own pages; a task's page and data objects bring their own policy.
PORTAL_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

_HEADERS = {
    "content-security-policy": PORTAL_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


class HostGuard:
    """Answers only to the machine's own names.

    A foreign page whose name was made to point here (DNS rebinding) comes with that name as its
    Host. Open to a network, every literal address is one of our own: rebinding needs a name.
    """

    def __init__(self, app: ASGIApp, *, reach: Reach) -> None:
        self._app = app
        self._open = reach.open_to_network
        self._names = _LOOPBACK | reach.names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if its Host is one of ours, else answer 421."""
        if scope["type"] == "http" and not self._is_ours(Headers(scope=scope).get("host", "")):
            text = "This name is not the portal's. Use the address that labelwright serve printed."
            await PlainTextResponse(text, 421)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        name = host.lower()
        if not name.endswith("]"):
            head, colon, port = name.rpartition(":")
            name = head if colon and port.isdecimal() else name
        return name in self._names or (self._open and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


class SecurityHeaders:
    """Adds what every response tells the browser, except where the response says it itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add to the response's headers."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, told)


class CrashGuard:
    """Turns a mistake of ours into a plain response, and logs its kind and place, never a value."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; answer 500 if nothing has answered before it failed."""
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - an uncaught message could hold an answer
            _log.error("request failed", extra={"kind": type(error).__name__, **_place(error)})
            if not started:
                text = "The portal failed at this request. Nothing that was saved is lost."
                await PlainTextResponse(text, 500)(scope, receive, send)


def _place(error: BaseException) -> dict[str, str | int]:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return {}
    return {"module_name": trace.tb_frame.f_globals.get("__name__", ""), "at_line": trace.tb_lineno}
