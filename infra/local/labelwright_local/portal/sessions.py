"""Who is at the other end: signed cookies, and the token that proves a request was meant."""

import base64
import json
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, Protocol

from starlette.requests import HTTPConnection
from starlette.responses import Response

from labelwright_local.engine.assignments.sessions import LIFETIME
from labelwright_local.engine.model import SessionOwner
from labelwright_local.portal.keys import JobKey


class Session(NamedTuple):
    """A browser; ``worker_id`` is None until somebody signs in, ``requester`` opens their view."""

    id: str
    worker_id: str | None = None
    name: str | None = None
    requester: bool = False


class KeptSessions(Protocol):
    """Where it is kept who is signed in."""

    def session(self, session_id: str) -> SessionOwner | None:
        """Return whose session it is, None if it is nobody's, or no more."""


class Sessions:
    """Gives browsers a signed id; whose it is, and whether still, is in the job's state alone.

    Cookies are HttpOnly and SameSite=Strict, and Secure where ``is_encrypted`` says so. They are
    signed with, and named after, the job's key: a session of one job is none in another, and,
    because browsers don't tell ports apart, two jobs on one machine don't overwrite each other's.
    """

    def __init__(
        self,
        key: JobKey,
        kept: KeptSessions,
        now: Callable[[], datetime],
        is_encrypted: Callable[[HTTPConnection], bool] = lambda _: False,
    ) -> None:
        self._key = key
        self._kept = kept
        self._now = now
        self._is_encrypted = is_encrypted
        self.cookie = f"labelwright-{key.sign('cookie', 'name')[:12]}"
        self.workspace = key.workspace

    def read(self, connection: HTTPConnection) -> Session | None:
        """Return a request's session; None where there is none, or an old or forged one.

        It asks the job's state: from the event loop, call it in a thread.
        """
        body, _, signature = connection.cookies.get(self.cookie, "").partition(".")
        if not self._key.verify("session", body, signature):
            return None
        issued, identifier = json.loads(base64.urlsafe_b64decode(body))
        if self._now().timestamp() - issued > LIFETIME:
            return None
        owner = self._kept.session(identifier)
        return Session(identifier, *owner) if owner else Session(identifier)

    def write(self, request: HTTPConnection, response: Response, session: Session) -> None:
        """Give the session to the browser; one that came over HTTPS sends it no other way."""
        value = [int(self._now().timestamp()), session.id]
        body = base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
        response.set_cookie(
            self.cookie,
            f"{body}.{self._key.sign('session', body)}",
            httponly=True,
            secure=self._is_encrypted(request),
            samesite="strict",
        )

    def csrf_token(self, session: Session) -> str:
        """Return what every state-changing request of this session must carry."""
        return self._key.sign("csrf", session.id)

    def is_meant(self, session: Session, token: str) -> bool:
        """Tell whether a request carries the session's token."""
        return self._key.verify("csrf", session.id, token)


def new_session() -> Session:
    """Return the session of a browser that nobody knows."""
    return Session(secrets.token_urlsafe(16))
