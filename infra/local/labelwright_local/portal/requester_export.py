"""The job's labels for the requester to download, in the formats that need no other library."""

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from labelwright.errors import LabelwrightError
from labelwright_local.engine.engine import Engine
from labelwright_local.export.formats import default_place, format_named
from labelwright_local.export.prepare import Settings, prepare
from labelwright_local.finished_job.reader import read_job
from labelwright_local.portal.failures import RequestFailed
from labelwright_local.portal.job_view import JobView
from labelwright_local.portal.requests import requester_session
from labelwright_local.portal.sessions import Sessions


class RequesterExport(NamedTuple):
    """Reads the job from its files and hands out its labels; nothing of the job changes."""

    engine: Engine
    job: JobView
    sessions: Sessions

    def routes(self) -> list[Route]:
        """Return where the download is."""
        return [Route("/requester/export", self.export)]

    def export(self, request: Request) -> Response:
        """Hand out the labels that there are now; ``format`` is one of the job's formats."""
        requester_session(request, self.sessions)
        name = request.query_params.get("format", "")
        if name not in self.job.formats:
            raise RequestFailed(400, "There is no such format for this job.")
        self.engine.write_output()
        # People open CSV in spreadsheets; who trains takes the command, or another format.
        settings = Settings(min_confidence=_confidence(request), spreadsheet=True)
        try:
            prepared = prepare(read_job(str(self.job.folder)), settings)
            found = format_named(name)
            content = found.content(prepared) if found.content else iter(())
            # What is wrong shows with the first piece, while there can be an error still.
            content = chain([next(content, b"")], content)
        except LabelwrightError as error:
            raise RequestFailed(409, f"The labels can't be exported: {error}") from None
        return _download(content, default_place(self.job.name, name), found.media_type)


def _download(content: Iterator[bytes], name: str, media_type: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return StreamingResponse(
        content, media_type=media_type, headers={"content-disposition": disposition}
    )


def _confidence(request: Request) -> float | None:
    """Return the least confidence that is wanted; an empty one is none.

    Raises:
        RequestFailed: it is no number from 0 to 1.
    """
    text = request.query_params.get("min-confidence", "")
    if not text:
        return None
    try:
        least = float(text)
    except ValueError:
        least = -1
    if not 0 <= least <= 1:
        raise RequestFailed(400, "The least confidence must be a number from 0 to 1.")
    return least
