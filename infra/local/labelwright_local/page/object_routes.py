"""Objects over HTTP, for those who have a signed link: the browser's way to ``s3://`` objects."""

import mimetypes
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from labelwright.errors import ObjectNotFound, StorageError
from labelwright_local.page.object_links import ObjectLinks
from labelwright_local.workspace.folder_storage import FolderStorage

#: A task page has an origin of its own (sandboxed), so it reads objects across origins. An object
#: that is HTML or SVG runs nothing, also when it is opened in a tab.
_HEADERS: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Range, ETag",
    "Cache-Control": "private",
    "Content-Security-Policy": "sandbox",
    "X-Content-Type-Options": "nosniff",
}


def object_routes(storage: FolderStorage, links: ObjectLinks) -> list[BaseRoute]:
    """Return the routes that ``links`` signs addresses of: GET and HEAD, also of byte ranges.

    403 for an address that is not signed, is expired, or leads out of the folder; 404 for an object
    that is not there.
    """

    async def read(request: Request) -> Response:
        uri = links.verify(request.scope["path"], request.query_params)
        if uri is None:
            return _refusal(403, "This link is not signed by this workspace, or has expired.")
        try:
            path = await run_in_threadpool(storage.locate, uri)
        except ObjectNotFound:
            # Workers see this; the storage's own words tell this machine's folders.
            return _refusal(404, f"{uri}: there is no such object here")
        except StorageError as error:
            return _refusal(403, str(error))
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return FileResponse(path, media_type=kind, headers=_HEADERS)

    return [Route("/s3/{path:path}", read, methods=["GET", "HEAD"])]


def _refusal(status: int, reason: str) -> Response:
    return PlainTextResponse(reason, status, headers=_HEADERS)
