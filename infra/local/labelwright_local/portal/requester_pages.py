"""What the requester sees: the job as it goes, its objects with all answers, its workers."""

import hmac
from typing import NamedTuple, get_args

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from labelwright_local.engine.assignments.workers import CODE_DAYS
from labelwright_local.engine.engine import Engine
from labelwright_local.engine.model import ObjectState
from labelwright_local.portal.contexts import (
    FinishContext,
    HistoryContext,
    ObjectContext,
    ObjectsContext,
    OverviewContext,
    WorkersContext,
)
from labelwright_local.portal.failures import RequestFailed
from labelwright_local.portal.html import Html
from labelwright_local.portal.job_view import JobView
from labelwright_local.portal.reach import Reach
from labelwright_local.portal.requests import requester_session, whole_number
from labelwright_local.portal.sessions import Sessions, new_session

#: Objects on one page of the table.
PAGE = 50

STATES: tuple[str, ...] = get_args(ObjectState)


class RequesterPages(NamedTuple):
    """The pages; what is done on them is in ``requester_actions``."""

    engine: Engine
    job: JobView
    sessions: Sessions
    html: Html
    reach: Reach
    requester_key: str

    def routes(self) -> list[Route]:
        """Return where the pages are."""
        return [
            Route("/requester", self.overview),
            Route("/requester/objects", self.objects),
            Route("/requester/objects/{object}", self.object),
            Route("/requester/history", self.history),
            Route("/requester/workers", self.workers),
            Route("/requester/finish", self.finish),
            Route("/requester/output.manifest", self.output),
            Route("/requester/refined.manifest", self.refined),
            Route("/requester/report.html", self.report),
        ]

    def overview(self, request: Request) -> Response:
        """Show how far the job is; the key in the address opens the view for this browser."""
        key = request.query_params.get("key")
        if key is not None:
            return self._open(request, key)
        session = requester_session(request, self.sessions)
        context = OverviewContext(
            job=self.job,
            progress=self.engine.progress(),
            states=STATES,
            has_report=self.job.report.is_file(),
            can_refine=self.engine.can_refine,
        )
        return self.html.page(context, session)

    def _open(self, request: Request, key: str) -> Response:
        if not hmac.compare_digest(key.encode(), self.requester_key.encode()):
            raise RequestFailed(403, "This is not the requester's key.")
        session = self.sessions.read(request) or new_session()
        self.engine.begin_session(session.id, session.worker_id, requester=True)
        # Without the key in the address: nobody reads it over a shoulder or in the history.
        response = RedirectResponse("/requester", 303)
        self.sessions.write(request, response, session)
        return response

    def objects(self, request: Request) -> Response:
        """Show one page of the objects, of one state or of all."""
        session = requester_session(request, self.sessions)
        state = request.query_params.get("state") or None
        if state is not None and state not in STATES:
            raise RequestFailed(400, "There is no such state.")
        troubled = state is None and "troubled" in request.query_params
        page = whole_number(request.query_params.get("page", "1"), "page", 1, 10_000_000)
        progress = self.engine.progress()
        total = progress.objects if state is None else getattr(progress, state)
        total = progress.troubled if troubled else total
        context = ObjectsContext(
            objects=self.engine.objects((page - 1) * PAGE, PAGE, state, troubled=troubled),
            state=state,
            troubled=troubled,
            states=STATES,
            progress=progress,
            page=page,
            pages=max(1, -(-total // PAGE)),
        )
        return self.html.page(context, session)

    def object(self, request: Request) -> Response:
        """Show one object: its data, every worker's answer, and its label."""
        session = requester_session(request, self.sessions)
        found = self.engine.object(request.path_params["object"])
        if found is None:
            raise RequestFailed(404, "There is no such object in this job.")
        return self.html.page(ObjectContext(found), session)

    def history(self, request: Request) -> Response:
        """Show what happened to the job."""
        session = requester_session(request, self.sessions)
        return self.html.page(HistoryContext(self.engine.history()), session)

    def workers(self, request: Request) -> Response:
        """Show who works, how much and how fast, and how they get in."""
        session = requester_session(request, self.sessions)
        context = WorkersContext(self.engine.workers(), self.reach.needs_code, CODE_DAYS)
        return self.html.page(context, session)

    def finish(self, request: Request) -> Response:
        """Ask once more before the job is finished early."""
        session = requester_session(request, self.sessions)
        return self.html.page(FinishContext(self.engine.progress()), session)

    def output(self, request: Request) -> Response:
        """Hand out the output manifest as it is now."""
        requester_session(request, self.sessions)
        self.engine.write_output()
        return FileResponse(
            self.job.output_manifest,
            media_type="application/jsonl",
            filename=f"{self.job.name}.manifest",
        )

    def refined(self, request: Request) -> Response:
        """Hand out the manifest with the labels of the whole job, if it was consolidated whole."""
        requester_session(request, self.sessions)
        if not self.job.refined_manifest.is_file():
            raise RequestFailed(
                404, "The whole job was not consolidated since its labels changed last."
            )
        return FileResponse(
            self.job.refined_manifest,
            media_type="application/jsonl",
            filename=f"{self.job.name}.refined.manifest",
        )

    def report(self, request: Request) -> Response:
        """Show the job's report, if there is one."""
        requester_session(request, self.sessions)
        if not self.job.report.is_file():
            raise RequestFailed(404, "There is no report yet.")
        # A report brings its own styles and scripts, and must not act as the portal.
        policy = "sandbox allow-scripts; frame-ancestors 'none'; form-action 'none'"
        return FileResponse(
            self.job.report, media_type="text/html", headers={"content-security-policy": policy}
        )
