"""What a worker does: take a task, keep a draft, submit, decline, give back."""

from collections.abc import Callable
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from labelwright_local.engine.assignments.submission import NOT_YOURS
from labelwright_local.engine.engine import Engine
from labelwright_local.engine.model import Submitted
from labelwright_local.engine.settings import MAX_DRAFT_CHARACTERS
from labelwright_local.portal.failures import RequestFailed, wants_json
from labelwright_local.portal.requests import (
    check_meant,
    read_form,
    read_object,
    text_field,
    worker_at,
)
from labelwright_local.portal.sessions import Sessions

_MAX_TOKEN = 100


class WorkerActions(NamedTuple):
    """Every one of them can be repeated: what was done once is not done again."""

    engine: Engine
    sessions: Sessions

    def routes(self) -> list[Route]:
        """Return where the requests go."""
        return [
            Route("/next", self.next, methods=["POST"]),
            Route("/tasks/{assignment}/draft", self.draft, methods=["POST"]),
            Route("/tasks/{assignment}/answer", self.answer, methods=["POST"]),
            Route("/tasks/{assignment}/correction", self.correction, methods=["POST"]),
            Route("/tasks/{assignment}/decline", self.decline, methods=["POST"]),
            Route("/tasks/{assignment}/return", self.give_back, methods=["POST"]),
        ]

    async def next(self, request: Request) -> Response:
        """Give the worker the next task: its address to a script, else the way there."""
        session, worker_id = await worker_at(request, self.sessions)
        if wants_json(request):
            check_meant(request, self.sessions, session)
            fields = await read_object(request)
        else:
            fields = dict(await read_form(request, self.sessions, session))
        place = await self._next(worker_id, text_field(fields, "token", _MAX_TOKEN))
        if wants_json(request):
            return JSONResponse({"location": place})
        return RedirectResponse(place, 303)

    async def _next(self, worker_id: str, token: str) -> str:
        found = await run_in_threadpool(self.engine.next_assignment, worker_id, token)
        return "/no-task" if found is None else f"/tasks/{found.id}"

    async def draft(self, request: Request) -> Response:
        """Keep what the task's page wants kept."""
        session, worker_id = await worker_at(request, self.sessions)
        check_meant(request, self.sessions, session)
        if not await self._is_theirs(request, worker_id):
            return JSONResponse({"saved": False})
        fields = await read_object(request)
        draft = fields.get("draft")
        if not isinstance(draft, str) or len(draft) > MAX_DRAFT_CHARACTERS:
            raise RequestFailed(
                400, f"A draft is a text of at most {MAX_DRAFT_CHARACTERS:,} characters."
            )
        kept = await run_in_threadpool(
            self.engine.save_draft, request.path_params["assignment"], worker_id, draft
        )
        return JSONResponse({"saved": kept})

    async def answer(self, request: Request) -> Response:
        """Take an answer; it is on disk when the worker hears that it is accepted."""
        return await self._take(request, self.engine.submit)

    async def correction(self, request: Request) -> Response:
        """Put a correction in the place of the worker's last answer, if that can still be."""
        return await self._take(request, self.engine.correct)

    async def _take(self, request: Request, take: Callable[..., Submitted]) -> Response:
        session, worker_id = await worker_at(request, self.sessions)
        check_meant(request, self.sessions, session)
        if not await self._is_theirs(request, worker_id):
            return JSONResponse({"accepted": False, "reason": NOT_YOURS})
        fields = await read_object(request)
        token = text_field(fields, "token", _MAX_TOKEN)
        answer = fields.get("answer")
        if not isinstance(answer, dict):
            raise RequestFailed(400, "An answer is a JSON object.")
        draft = fields.get("draft")
        found = await run_in_threadpool(
            take,
            request.path_params["assignment"],
            worker_id,
            token,
            answer,
            draft if isinstance(draft, str) else None,
        )
        return JSONResponse({"accepted": found.accepted, "reason": found.reason})

    async def _is_theirs(self, request: Request, worker_id: str) -> bool:
        """Tell whose task it is before anything large is read and parsed for it."""
        assignment = request.path_params["assignment"]
        return await run_in_threadpool(self.engine.is_theirs, assignment, worker_id)

    async def decline(self, request: Request) -> Response:
        """Take the task away from this worker for good, and go on with another."""
        session, worker_id = await worker_at(request, self.sessions)
        fields = await read_form(request, self.sessions, session)
        token = text_field(fields, "token", _MAX_TOKEN)
        await run_in_threadpool(self.engine.decline, request.path_params["assignment"], worker_id)
        return RedirectResponse(await self._next(worker_id, token), 303)

    async def give_back(self, request: Request) -> Response:
        """Open the task for all again, and leave it at that."""
        session, worker_id = await worker_at(request, self.sessions)
        await read_form(request, self.sessions, session)
        await run_in_threadpool(self.engine.give_back, request.path_params["assignment"], worker_id)
        return RedirectResponse("/", 303)
