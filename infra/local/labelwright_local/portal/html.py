"""The portal's pages, made of the templates beside this module."""

import json
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from labelwright.answers.decode import decode_nested
from labelwright.contract.base import Json
from labelwright.contract.own_label import Fetch
from labelwright.label.words import FieldWords, LabelWords, label_in_words, problems_in_words
from labelwright_local.portal.contexts import PageContext
from labelwright_local.portal.sessions import Session, Sessions
from labelwright_local.printable import storable

#: An answer longer than this is shown by its beginning; the export has it whole.
_MOST_SHOWN = 20_000


class Html:
    """Renders the templates; everything put into them is escaped.

    ``fetch`` reads the job's files: labels that are too large for the manifest lie in some.
    """

    def __init__(self, sessions: Sessions, job_title: str, fetch: Fetch) -> None:
        self._sessions = sessions
        self._environment = page_environment(job_title, sessions.cookie, fetch)

    def page(
        self, context: PageContext, session: Session | None, status: int = 200
    ) -> HTMLResponse:
        """Make a page; ``session`` and its ``csrf`` token are there beside the context's fields."""
        csrf = self._sessions.csrf_token(session) if session else ""
        found = self._environment.get_template(context.template)
        return HTMLResponse(found.render(vars(context), session=session, csrf=csrf), status)


def page_environment(job_title: str, workspace: str, fetch: Fetch) -> Environment:
    """Return what the templates are rendered in: what all of them know, and their filters."""
    environment = Environment(
        loader=PackageLoader("labelwright_local.portal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "job_title": job_title,
        "workspace": workspace,
        "new_token": lambda: secrets.token_urlsafe(16),
    }
    filters: dict[str, Callable[..., Any]] = {
        "seconds": in_words,
        "pretty": pretty,
        "decoded": decoded,
        # Not a lambda: what it returns is known to the test of the templates.
        "label_words": partial(label_words, fetch=fetch),
        "label_problems": partial(label_problems, fetch=fetch),
        "share": share,
    }
    environment.filters.update(filters)
    return environment


def share(value: float | None) -> str:
    """Show a number from 0 to 1, or that there is none."""
    return "-" if value is None else f"{value:.2f}"


def label_words(label: Json, fetch: Fetch) -> LabelWords:
    """Return a label in words that a page can carry."""
    fields, fault = label_in_words(label, fetch)
    told = [FieldWords(storable(name), storable(value), sure) for name, value, sure in fields]
    return LabelWords(told, None if fault is None else storable(fault))


def label_problems(label: Json, fetch: Fetch) -> list[str]:
    """Return what was wrong with a label's answers, in lines that a page can carry."""
    return [storable(line) for line in problems_in_words(label, fetch)]


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


def decoded(value: Json, levels: int = 3) -> Json:
    """Return a value with what its strings hold, where that is a JSON object or array.

    Forms send text, so that structured answers are JSON in JSON, at times more than once.
    """
    if isinstance(value, str) and levels:
        held = decode_nested(value)
        return held if held is value else decoded(held, levels - 1)
    if isinstance(value, dict):
        return {key: decoded(item, levels) for key, item in value.items()}
    if isinstance(value, list):
        return [decoded(item, levels) for item in value]
    return value


def pretty(value: Json) -> str:
    """Show JSON with one key a line, a very long one by its beginning."""
    # Half a surrogate pair stays escaped: no page could carry it.
    text = storable(json.dumps(value, ensure_ascii=False, indent=2))
    if len(text) <= _MOST_SHOWN:
        return text
    return f"{text[:_MOST_SHOWN]}\n… {len(text) - _MOST_SHOWN:,} characters more"
