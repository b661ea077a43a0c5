"""The document that the sandboxed iframe shows: a template, rendered for one task."""

from collections.abc import Callable
from typing import NamedTuple

from labelwright.contract.base import Json

#: The page of a task runs with an origin of its own: it reaches no cookie, no storage and no page
#: of the portal. Forms post nowhere, and nothing is fetched from this machine's other servers or
#: the local network: only from the portal itself (its signed objects) and over HTTPS.
SANDBOX = "allow-scripts allow-forms allow-modals allow-popups allow-downloads"
_SOURCES = "'self' https: data: blob: 'unsafe-inline' 'unsafe-eval'"
TASK_POLICY = (
    f"sandbox {SANDBOX}; default-src {_SOURCES}; form-action 'none'; frame-ancestors 'self'"
)


class TaskPages(NamedTuple):
    """``document`` makes a task's whole HTML document of its task input."""

    document: Callable[[Json], str]
