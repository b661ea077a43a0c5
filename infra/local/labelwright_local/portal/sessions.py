"""Who is at the other end: signed cookies, and the token that proves a request was meant."""

import base64
import json
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from starlette.requests import HTTPConnection
from starlette.responses import Response

from labelwright_local.portal.keys import WorkspaceKey

#: A cookie is good for so many seconds; signing in again by the same name goes on where one was.
_LIFETIME = 30 * 86_400


class Session(NamedTuple):
    """A browser; ``worker_id`` is None until somebody signs in, ``requester`` opens their view."""

    id: str
    worker_id: str | None = None
    name: str | None = None
    requester: bool = False


class Sessions:
    """Keeps sessions in the browsers alone: a restarted server knows everybody again.

    Cookies are HttpOnly and SameSite=Strict. They are named after the key, because browsers don't
    tell ports apart: two jobs on one machine must not overwrite each other's.
    """

    def __init__(self, key: WorkspaceKey, now: Callable[[], datetime]) -> None:
        self._key = key
        self._now = now
        self.cookie = f"labelwright-{key.sign('cookie', 'name')[:12]}"

    def read(self, connection: HTTPConnection) -> Session | None:
        """Return a request's session; None where there is none, or an old or forged one."""
        body, _, signature = connection.cookies.get(self.cookie, "").partition(".")
        if not self._key.verify("session", body, signature):
            return None
        issued, *fields = json.loads(base64.urlsafe_b64decode(body))
        if self._now().timestamp() - issued > _LIFETIME:
            return None
        return Session(*fields)

    def write(self, response: Response, session: Session) -> None:
        """Give the session to the browser."""
        value = [int(self._now().timestamp()), *session]
        body = base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
        response.set_cookie(
            self.cookie,
            f"{body}.{self._key.sign('session', body)}",
            httponly=True,
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
