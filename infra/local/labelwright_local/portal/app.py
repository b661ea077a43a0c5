"""The portal as one ASGI application."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from labelwright.errors import UsageError
from labelwright_local import web_assets
from labelwright_local.engine.engine import Engine
from labelwright_local.engine.model import StateLost
from labelwright_local.http.body_limit import BodyLimit
from labelwright_local.portal.contexts import FailedContext
from labelwright_local.portal.events import Changes
from labelwright_local.portal.failures import RequestFailed, wants_json
from labelwright_local.portal.guard import CrashGuard, HostGuard, SecurityHeaders
from labelwright_local.portal.html import Html
from labelwright_local.portal.job_view import JobView
from labelwright_local.portal.keys import JobKey
from labelwright_local.portal.reach import Reach
from labelwright_local.portal.requester_actions import RequesterActions
from labelwright_local.portal.requester_export import RequesterExport
from labelwright_local.portal.requester_pages import RequesterPages
from labelwright_local.portal.sessions import Sessions
from labelwright_local.portal.task_pages import TaskPages
from labelwright_local.portal.try_limit import TryLimit
from labelwright_local.portal.worker_actions import WorkerActions
from labelwright_local.portal.worker_pages import WorkerPages

#: The portal's own style; its scripts are built.
_STATIC = Path(__file__).parent / "static"


#: For those at this machine alone.
ONLY_HERE = Reach()

_LOST = (
    "The portal can't keep answers any more, and stops; whoever runs it is told why. Leave this "
    "page open: what you did is still in it."
)


def requester_key(key: JobKey) -> str:
    """Return what the address of the job's requester carries."""
    return key.sign("requester", "key")[:32]


def create_app(  # noqa: PLR0913 - what is named stands for itself
    engine: Engine,
    tasks: TaskPages,
    job: JobView,
    key: JobKey,
    *,
    objects: Sequence[BaseRoute] = (),
    reach: Reach = ONLY_HERE,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Starlette:
    """Make the application of one job.

    ``objects`` are the routes of signed data objects. ``app.state.changes`` is what tells open
    pages of changes; whoever serves the application stops it before the server.
    """
    sessions = Sessions(key, engine, now, reach.is_encrypted)
    html = Html(sessions, job.title, engine.files.read_label_file)
    changes = Changes(engine.version)
    routes: list[BaseRoute] = [
        *WorkerPages(engine, job, sessions, html, changes, tasks, reach, TryLimit()).routes(),
        *WorkerActions(engine, sessions).routes(),
        *RequesterPages(engine, job, sessions, html, reach, requester_key(key)).routes(),
        *RequesterExport(engine, job, sessions).routes(),
        *RequesterActions(engine, sessions, html, reach).routes(),
        *objects,
        Mount("/static", StaticFiles(directory=_STATIC)),
        Mount(web_assets.ADDRESS, StaticFiles(directory=web_assets.FOLDER)),
    ]

    def failed(request: Request, error: Exception) -> Response:
        """Tell what is wrong, to people as a page."""
        if isinstance(error, RequestFailed):
            status, message = error.status, error.message
        elif isinstance(error, StateLost):
            status, message = 503, _LOST
        elif isinstance(error, UsageError):
            status, message = 400, str(error)
        elif isinstance(error, HTTPException):
            status, message = error.status_code, "There is no such page here."
        else:
            raise error
        if wants_json(request):
            return JSONResponse({"error": message}, status)
        session = None if isinstance(error, StateLost) else sessions.read(request)
        return html.page(FailedContext(message), session, status)

    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(CrashGuard),
            Middleware(HostGuard, reach=reach),
            Middleware(BodyLimit),
        ],
        exception_handlers={RequestFailed: failed, HTTPException: failed, UsageError: failed},
    )
    app.state.changes = changes
    return app
