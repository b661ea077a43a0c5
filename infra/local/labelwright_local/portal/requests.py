"""What a request brings: its session, its form or JSON, checked before anything is done."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from labelwright.contract.base import Json, has_lone_surrogate, load_json
from labelwright_local.portal.failures import RequestFailed
from labelwright_local.portal.sessions import Session, Sessions

#: The header that carries the session's token where a script sends JSON.
CSRF_HEADER = "x-csrf-token"

#: No form of the portal is longer.
_MAX_FORM = 16_384

#: Values, objects and lists that a request may have, counted together. Making them holds up all
#: other threads for about a tenth of a second then; an answer as long as may be, of numbers only,
#: has as many.
_MOST_PARTS = 500_000

#: Up to so many bytes are parsed beside each other, larger bodies one after the other: whoever
#: sends many of those waits for himself, and their memory is that of one.
_SMALL = 65_536
_small = ThreadPoolExecutor(4, "labelwright-json")
_large = ThreadPoolExecutor(1, "labelwright-large-json")

_STALE = "This page is out of date. Load it again, then repeat what you did."


def worker_session(request: Request, sessions: Sessions) -> tuple[Session, str]:
    """Return the session and the worker's id.

    Raises:
        RequestFailed: nobody has signed in.
    """
    session = sessions.read(request)
    if session is None or session.worker_id is None:
        raise RequestFailed(401, "Nobody is signed in here. Sign in; nothing you did is lost.")
    return session, session.worker_id


def requester_session(request: Request, sessions: Sessions) -> Session:
    """Return the session of somebody who has shown the requester's key.

    Raises:
        RequestFailed: they have not.
    """
    session = sessions.read(request)
    if session is None or not session.requester:
        raise RequestFailed(
            403,
            "This view is the requester's. Open it by the address with the key that "
            "labelwright serve printed.",
        )
    return session


async def worker_at(request: Request, sessions: Sessions) -> tuple[Session, str]:
    """Do what ``worker_session`` does, from the event loop: the job's state may have to wait."""
    return await run_in_threadpool(worker_session, request, sessions)


async def requester_at(request: Request, sessions: Sessions) -> Session:
    """Do what ``requester_session`` does, from the event loop."""
    return await run_in_threadpool(requester_session, request, sessions)


async def read_form(request: Request, sessions: Sessions, session: Session) -> Mapping[str, str]:
    """Return a form's fields.

    Raises:
        RequestFailed: it is not a form of a page that this session was shown.
    """
    body = await request.body()
    if len(body) > _MAX_FORM:
        raise RequestFailed(413, "The form is too long.")
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50))
    except ValueError:
        raise RequestFailed(400, "The form can't be read.") from None
    if not sessions.is_meant(session, fields.get("csrf", "")):
        raise RequestFailed(403, _STALE)
    return fields


def check_meant(request: Request, sessions: Sessions, session: Session) -> None:
    """Make sure that a script of the portal sends this, before any of it is read.

    Raises:
        RequestFailed: it does not carry the session's token.
    """
    if not sessions.is_meant(session, request.headers.get(CSRF_HEADER, "")):
        raise RequestFailed(403, _STALE)


async def read_object(request: Request) -> dict[str, Json]:
    """Return the JSON object that a script sends; the event loop goes on while it is parsed.

    Raises:
        RequestFailed: it is no JSON object.
    """
    body = await request.body()
    loop = asyncio.get_running_loop()
    try:
        value = await loop.run_in_executor(_small if len(body) <= _SMALL else _large, _parsed, body)
    except ValueError as error:
        raise RequestFailed(400, f"The request is not JSON that can be used: {error}.") from None
    if not isinstance(value, dict):
        raise RequestFailed(400, "The request is not a JSON object.")
    return value


def _parsed(body: bytes) -> Json:
    if _parts(body) > _MOST_PARTS:
        raise RequestFailed(413, f"An answer has at most {_MOST_PARTS:,} values.")
    return load_json(body)


def _parts(body: bytes) -> int:
    """Return how many values JSON has, or more: quickly, before any of them is made."""
    plain = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    if plain.count(b'"') > 2 * _MOST_PARTS:
        return _MOST_PARTS + 1
    outside = b"".join(plain.split(b'"')[::2])
    return sum(map(outside.count, (b",", b"{", b"[")))


def text_field(fields: Mapping[str, Json], name: str, most: int) -> str:
    """Return a text of 1 to ``most`` characters.

    Raises:
        RequestFailed: it is missing, no text, or too long.
    """
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise RequestFailed(400, f"'{name}' must be a text of 1 to {most:,} characters.")
    if has_lone_surrogate(value):
        raise RequestFailed(400, f"'{name}' must be Unicode, without half a surrogate pair.")
    return value


def whole_number(text: str, name: str, least: int, most: int) -> int:
    """Return a whole number within its limits.

    Raises:
        RequestFailed: it is none, or outside them.
    """
    if text.isascii() and text.isdecimal() and len(text) <= 9 and least <= int(text) <= most:
        return int(text)
    raise RequestFailed(400, f"'{name}' must be a whole number from {least:,} to {most:,}.")
