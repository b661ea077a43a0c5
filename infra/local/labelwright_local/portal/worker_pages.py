"""What a worker sees: sign-in, the job, one task after another, and when there is none."""

import math
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from labelwright_local.engine.engine import Engine
from labelwright_local.engine.model import Assignment, Joined
from labelwright_local.page.frame import SANDBOX
from labelwright_local.portal.contexts import (
    JobContext,
    NoTaskContext,
    SignInContext,
    TaskContext,
    TaskGoneContext,
)
from labelwright_local.portal.events import Changes
from labelwright_local.portal.failures import RequestFailed
from labelwright_local.portal.html import Html
from labelwright_local.portal.job_view import JobView
from labelwright_local.portal.reach import Reach
from labelwright_local.portal.requests import read_form, text_field, worker_at, worker_session
from labelwright_local.portal.sessions import Session, Sessions, new_session
from labelwright_local.portal.task_pages import TaskPages
from labelwright_local.portal.try_limit import TryLimit

#: What the engine takes as a name.
MAX_NAME = 64

_WRONG_CODE = (
    "This join code does not belong to this name, or has run out. Type both as the requester gave "
    "them to you, or ask for a new one."
)


class WorkerPages(NamedTuple):
    """The pages, and the forms on them; scripts' requests are in ``worker_actions``."""

    engine: Engine
    job: JobView
    sessions: Sessions
    html: Html
    changes: Changes
    tasks: TaskPages
    reach: Reach
    tries: TryLimit

    def routes(self) -> list[Route]:
        """Return where the pages are."""
        return [
            Route("/", self.home),
            Route("/sign-in", self.sign_in, methods=["POST"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
            Route("/no-task", self.no_task),
            Route("/tasks/{assignment}", self.task),
            Route("/tasks/{assignment}/page", self.task_page),
            Route("/events", self.events),
        ]

    def home(self, request: Request) -> Response:
        """Show the job to who is signed in, else the way in."""
        session = self.sessions.read(request)
        if session is None or session.worker_id is None:
            return self._way_in(request, session)
        context = JobContext(
            job=self.job,
            progress=self.engine.progress(),
            mine=self.engine.worker_progress(session.worker_id),
        )
        return self.html.page(context, session)

    def _way_in(self, request: Request, session: Session | None) -> HTMLResponse:
        known = session or new_session()
        context = SignInContext(
            needs_code=self.reach.needs_code,
        )
        response = self.html.page(context, known)
        if session is None:
            self.sessions.write(request, response, known)
        return response

    async def sign_in(self, request: Request) -> Response:
        """Take a name, and the code that belongs to it where one is needed."""
        session = await run_in_threadpool(self.sessions.read, request)
        if session is None:
            raise RequestFailed(403, "Cookies are needed to sign in. Allow them, and try again.")
        fields = await read_form(request, self.sessions, session)
        name = text_field(fields, "name", MAX_NAME)
        if self.reach.needs_code:
            worker: str | Joined = await self._join(request, name, fields.get("code", ""))
        else:
            worker = await run_in_threadpool(self.engine.sign_in, name)
        response = RedirectResponse("/", 303)
        await run_in_threadpool(self._renew, request, response, session, worker)
        return response

    async def _join(self, request: Request, name: str, code: str) -> Joined:
        address = request.client.host if request.client else ""
        wait = self.tries.wait(address)
        if wait:
            raise RequestFailed(
                429, f"Too many wrong join codes were tried. Try again in {wait} seconds."
            )
        joined = await run_in_threadpool(self.engine.join, name, code)
        if joined is None:
            raise RequestFailed(403, _WRONG_CODE)
        self.tries.was_right(address)
        return joined

    def _renew(
        self, request: Request, response: Response, old: Session, worker: str | Joined | None
    ) -> None:
        """Give the browser a session anew, who is the requester stays that.

        An id that was known before signing in must not become a worker's, and one that somebody
        has a copy of must not stay one after signing out.
        """
        fresh = new_session()
        somebody = worker is not None or old.requester
        if somebody and not self.engine.begin_session(fresh.id, worker, requester=old.requester):
            raise RequestFailed(403, _WRONG_CODE)
        self.engine.end_session(old.id)
        self.sessions.write(request, response, fresh)

    async def sign_out(self, request: Request) -> Response:
        """Forget the worker; what they did and hold stays."""
        session, _ = await worker_at(request, self.sessions)
        await read_form(request, self.sessions, session)
        response = RedirectResponse("/", 303)
        await run_in_threadpool(self._renew, request, response, session, None)
        return response

    def task(self, request: Request) -> Response:
        """Show a task: the portal's bar, and the template in its sandbox."""
        session, worker_id = worker_session(request, self.sessions)
        identifier = request.path_params["assignment"]
        assignment = self.engine.assignment(identifier, worker_id)
        corrected = None if assignment else self.engine.correctable(identifier, worker_id)
        assignment = assignment or corrected
        if assignment is None:
            return self.html.page(TaskGoneContext(), session, 410)
        context = TaskContext(
            job=self.job,
            assignment=assignment,
            remaining=self._remaining(assignment),
            mine=self.engine.worker_progress(worker_id),
            sandbox=SANDBOX,
            correcting=corrected is not None,
        )
        return self.html.page(context, session)

    def _remaining(self, assignment: Assignment) -> int:
        """Return the seconds until the lease ends: browsers' clocks may be wrong.

        None is left out: to whoever is told too early that the time is over, the server would give
        the same task again.
        """
        return max(0, math.ceil((assignment.deadline - self.engine.now()).total_seconds()))

    def task_page(self, request: Request) -> Response:
        """Return the template as rendered for this task, for the iframe alone."""
        _, worker_id = worker_session(request, self.sessions)
        identifier = request.path_params["assignment"]
        assignment = self.engine.assignment(identifier, worker_id) or self.engine.correctable(
            identifier, worker_id
        )
        if assignment is None:
            raise RequestFailed(410, "This task is no longer yours.")
        page = self.tasks.page(assignment.task_input)
        self.engine.note_troubles(assignment.object_id, page.troubles)
        return HTMLResponse(page.document, headers={"content-security-policy": self.tasks.policy})

    def no_task(self, request: Request) -> Response:
        """Say that there is nothing to do now, and why; the page notices when there is."""
        session, worker_id = worker_session(request, self.sessions)
        context = NoTaskContext(
            progress=self.engine.progress(), mine=self.engine.worker_progress(worker_id)
        )
        return self.html.page(context, session)

    async def events(self, request: Request) -> Response:
        """Tell an open page that the job has moved on."""
        session = await run_in_threadpool(self.sessions.read, request)
        if session is None or not (session.worker_id or session.requester):
            raise RequestFailed(401, "Nobody is signed in here.")
        return self.changes.response()
