"""What the requester does: pause, resume, finish early, try again, more workers."""

from collections.abc import Callable
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from labelwright_local.engine.assignments.workers import CODE_DAYS
from labelwright_local.engine.engine import Engine
from labelwright_local.engine.model import JoinCode
from labelwright_local.portal.contexts import WorkersContext
from labelwright_local.portal.failures import RequestFailed
from labelwright_local.portal.html import Html
from labelwright_local.portal.invitation import invitation
from labelwright_local.portal.reach import Reach
from labelwright_local.portal.requests import (
    read_form,
    requester_at,
    text_field,
    whole_number,
)
from labelwright_local.portal.sessions import Session, Sessions
from labelwright_local.portal.worker_pages import MAX_NAME

#: So many objects are asked again at once.
MOST_ASKED = 10_000


def _selected(text: str) -> list[str]:
    """Return the ids of a selection: ``3, 17, 20-29``.

    Raises:
        RequestFailed: it is none, or too large.
    """
    ids: list[str] = []
    for part in text.replace(",", " ").split():
        first, _, last = part.partition("-")
        begin = whole_number(first, "objects", 0, 999_999_999)
        end = whole_number(last or first, "objects", begin, 999_999_999)
        if len(ids) + end - begin >= MOST_ASKED:
            raise RequestFailed(400, f"At most {MOST_ASKED:,} objects are asked again at once.")
        ids += map(str, range(begin, end + 1))
    return ids


class RequesterActions(NamedTuple):
    """Forms of the requester's pages; each leads back to a page that shows what has changed."""

    engine: Engine
    sessions: Sessions
    html: Html
    reach: Reach

    def routes(self) -> list[Route]:
        """Return where the forms go."""
        return [
            Route("/requester/pause", self.pause, methods=["POST"]),
            Route("/requester/resume", self.resume, methods=["POST"]),
            Route("/requester/finish", self.finish, methods=["POST"]),
            Route("/requester/post-label-again", self.post_label_again, methods=["POST"]),
            Route("/requester/refine", self.refine, methods=["POST"]),
            Route("/requester/ask-again", self.ask_again, methods=["POST"]),
            Route("/requester/objects/{object}/ask-again", self.ask_one_again, methods=["POST"]),
            Route("/requester/workers-per-object", self.workers_per_object, methods=["POST"]),
            Route("/requester/workers", self.add_worker, methods=["POST"]),
            Route("/requester/workers/{worker}/code", self.new_code, methods=["POST"]),
            Route("/requester/workers/{worker}/revoke", self.revoke, methods=["POST"]),
            Route("/requester/workers/{worker}/sign-out", self.sign_out, methods=["POST"]),
            Route("/requester/workers/{worker}/remove", self.remove, methods=["POST"]),
        ]

    async def pause(self, request: Request) -> Response:
        """Hand out no more tasks; those that are out may be submitted."""
        return await self._simple(request, self.engine.pause)

    async def resume(self, request: Request) -> Response:
        """Hand out tasks again."""
        return await self._simple(request, self.engine.resume)

    async def finish(self, request: Request) -> Response:
        """End the job with the answers that are there."""
        return await self._simple(request, self.engine.finish_early)

    async def post_label_again(self, request: Request) -> Response:
        """Try post-labeling again for what it failed for."""
        return await self._simple(request, self.engine.post_label_again)

    async def refine(self, request: Request) -> Response:
        """Consolidate the whole job as far as it is."""
        return await self._simple(request, self.engine.refine)

    async def _simple(self, request: Request, action: Callable[[], object]) -> Response:
        session = await requester_at(request, self.sessions)
        await read_form(request, self.sessions, session)
        await run_in_threadpool(action)
        return RedirectResponse("/requester", 303)

    async def ask_again(self, request: Request) -> Response:
        """Ask for one more answer to a selection, or to the objects whose labels are least sure."""
        session = await requester_at(request, self.sessions)
        fields = await read_form(request, self.sessions, session)
        if "objects" in fields:
            ids = _selected(text_field(fields, "objects", 2_000))
            return await self._asked(lambda: self.engine.ask_again(ids), "/requester/objects")
        most = whole_number(fields.get("least-sure", ""), "least sure", 1, MOST_ASKED)
        return await self._asked(
            lambda: self.engine.ask_least_sure_again(most), "/requester/objects"
        )

    async def ask_one_again(self, request: Request) -> Response:
        """Ask for one more answer to one object."""
        session = await requester_at(request, self.sessions)
        await read_form(request, self.sessions, session)
        found = await run_in_threadpool(self.engine.object, request.path_params["object"])
        if found is None:
            raise RequestFailed(404, "There is no such object in this job.")
        back = f"/requester/objects/{found.view.id}"
        return await self._asked(lambda: self.engine.ask_again([found.view.id]), back)

    async def _asked(self, action: Callable[[], int], back: str) -> Response:
        if not await run_in_threadpool(action):
            raise RequestFailed(
                400,
                "Nobody can be asked for these: there is no such object, it can't be shown to "
                "workers, or nine have answered.",
            )
        return RedirectResponse(back, 303)

    async def workers_per_object(self, request: Request) -> Response:
        """Ask for more or fewer answers to each object from now on."""
        session = await requester_at(request, self.sessions)
        fields = await read_form(request, self.sessions, session)
        number = whole_number(fields.get("number", ""), "workers for each object", 1, 9)
        await run_in_threadpool(self.engine.set_workers_per_object, number)
        return RedirectResponse("/requester", 303)

    async def add_worker(self, request: Request) -> Response:
        """Make a worker known, or let one in again, and show the code: it is told only once."""
        session = await requester_at(request, self.sessions)
        fields = await read_form(request, self.sessions, session)
        name = text_field(fields, "name", MAX_NAME)
        days = whole_number(fields.get("days", str(CODE_DAYS[0])), "days", 1, max(CODE_DAYS))
        joined = await run_in_threadpool(self.engine.add_worker, name, days)
        return await self._told(session, joined, name)

    async def _told(self, session: Session, joined: JoinCode, name: str) -> Response:
        workers = await run_in_threadpool(self.engine.workers)
        told = invitation(self.reach.address, name, joined.code, joined.until)
        shown = told if self.reach.needs_code else None
        context = WorkersContext(workers, self.reach.needs_code, CODE_DAYS, shown)
        return self.html.page(context, session)

    async def revoke(self, request: Request) -> Response:
        """Let a worker's join code let nobody in any more; who is signed in stays that."""
        return await self._of_worker(request, self.engine.revoke_code)

    async def new_code(self, request: Request) -> Response:
        """Give a worker a new join code; the old one and their sessions end."""
        session = await requester_at(request, self.sessions)
        await read_form(request, self.sessions, session)
        worker_id = request.path_params["worker"]
        return await self._told(session, *await run_in_threadpool(self.engine.new_code, worker_id))

    async def sign_out(self, request: Request) -> Response:
        """Sign a worker out in all browsers."""
        return await self._of_worker(request, self.engine.end_sessions)

    async def remove(self, request: Request) -> Response:
        """Take a worker out of the job; their answers stay."""
        return await self._of_worker(request, self.engine.remove_worker)

    async def _of_worker(self, request: Request, action: Callable[[str], None]) -> Response:
        session = await requester_at(request, self.sessions)
        await read_form(request, self.sessions, session)
        await run_in_threadpool(action, request.path_params["worker"])
        return RedirectResponse("/requester/workers", 303)
