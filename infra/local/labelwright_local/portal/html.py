"""The portal's pages, made of the templates beside this module."""

import json
import secrets
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from labelwright.contract.base import Json
from labelwright_local.engine.database import storable
from labelwright_local.portal.sessions import Session, Sessions

#: An answer longer than this is shown by its beginning; the export has it whole.
_MOST_SHOWN = 20_000


class Html:
    """Renders the templates; everything put into them is escaped."""

    def __init__(self, sessions: Sessions, job_title: str) -> None:
        self._sessions = sessions
        self._environment = Environment(
            loader=PackageLoader("labelwright_local.portal"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {
            "job_title": job_title,
            "new_token": lambda: secrets.token_urlsafe(16),
        }
        filters: dict[str, Callable[..., Any]] = {
            "seconds": in_words,
            "pretty": pretty,
            "share": lambda value: "-" if value is None else f"{value:.2f}",
        }
        self._environment.filters.update(filters)

    def page(
        self, template: str, session: Session | None, status: int = 200, /, **values: object
    ) -> HTMLResponse:
        """Make a page; ``session`` and its ``csrf`` token are there beside the values."""
        csrf = self._sessions.csrf_token(session) if session else ""
        found = self._environment.get_template(template)
        return HTMLResponse(found.render(session=session, csrf=csrf, **values), status)


def in_words(seconds: float | None) -> str:
    """Say a duration as people do."""
    if seconds is None:
        return "-"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def pretty(value: Json) -> str:
    """Show JSON with one key a line, a very long one by its beginning."""
    # Half a surrogate pair stays escaped: no page could carry it.
    text = storable(json.dumps(value, ensure_ascii=False, indent=2))
    if len(text) <= _MOST_SHOWN:
        return text
    return f"{text[:_MOST_SHOWN]}\n… {len(text) - _MOST_SHOWN:,} characters more"
