"""``labelwright preview`` as a web application: a worker's page, and what is behind it."""

from html import escape
from typing import Any, Final, Literal

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from labelwright.contract.base import Json, dump_json, load_json
from labelwright.errors import LabelwrightError
from labelwright_local import web_assets
from labelwright_local.findings import Finding
from labelwright_local.http.body_limit import BodyLimit
from labelwright_local.page.document import page_document
from labelwright_local.page.frame import SANDBOX, task_policy
from labelwright_local.page.mturk import renderer
from labelwright_local.page.object_links import ObjectLinks
from labelwright_local.page.object_routes import object_routes
from labelwright_local.page.template_error import TemplateError, error_page
from labelwright_local.preview.answer import read_fields
from labelwright_local.preview.source import PreviewSource
from labelwright_local.template_check.check import check_template

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def preview_app(
    source: PreviewSource, links: ObjectLinks, elements: Literal["local", "real"]
) -> Starlette:
    """Make the application; it answers to names of this machine only."""
    preview = _Preview(source, links, elements)
    return Starlette(
        routes=[
            Route("/", preview.host),
            Route("/page", preview.page),
            Route("/state", preview.state),
            Route("/answer", preview.answer, methods=["POST"]),
            Route("/version", preview.version),
            Mount(web_assets.ADDRESS, StaticFiles(directory=web_assets.FOLDER)),
            *object_routes(source.storage, links),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
            Middleware(BodyLimit),
        ],
    )


class _Preview:
    def __init__(
        self, source: PreviewSource, links: ObjectLinks, elements: Literal["local", "real"]
    ) -> None:
        self._source = source
        self._links = links
        self._elements = elements

    async def host(self, _: Request) -> Response:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        # Told before the frame loads its page: no change in between is missed.
        version = await run_in_threadpool(self._source.version)
        page = _HOST_PAGE.format(version=escape(version), sandbox=escape(SANDBOX))
        return HTMLResponse(page, headers=headers)

    async def page(self, _: Request) -> Response:
        document = await run_in_threadpool(self._document)
        headers = {"Content-Security-Policy": task_policy(), "Cache-Control": "no-store"}
        return HTMLResponse(document, headers=headers)

    async def state(self, _: Request) -> Response:
        return _json(await run_in_threadpool(self._state))

    async def answer(self, request: Request) -> Response:
        """Tell what post-labeling reads in an answer; nothing is kept."""
        try:
            answer = load_json(await request.body())
            fields = read_fields(answer, await run_in_threadpool(self._source.definition))
        except (ValueError, LabelwrightError) as error:
            return _json({"error": str(error), "fields": []}, 400)
        return _json({"error": None, "fields": [field._asdict() for field in fields]})

    async def version(self, _: Request) -> Response:
        """Tell what changes whenever a file does; the page asks for it twice a second."""
        return _json(await run_in_threadpool(self._source.version))

    def _document(self) -> str:
        try:
            template = self._source.read_template()
            task_input = self._source.task_input()
        except LabelwrightError as error:
            return error_page("", TemplateError(str(error)))
        try:
            render = renderer(template, batch=self._source.is_batch)
            rendered = render(task_input, self._links.sign)
        except TemplateError as error:
            return error_page(template, error)
        return page_document(
            rendered, elements=self._elements, crowd_script=web_assets.CROWD_SCRIPT
        )

    def _state(self) -> dict[str, Any]:
        try:
            task_input = self._source.task_input()
            findings = check_template(
                self._source.read_template(),
                task_input,
                self._source.definition(),
                batch=self._source.is_batch,
            )
        except LabelwrightError as error:
            return {"error": str(error), "taskInput": None, "findings": []}
        return {
            "error": None,
            "taskInput": task_input,
            "findings": [_shown(finding) for finding in findings],
        }


def _shown(finding: Finding) -> dict[str, Json]:
    """Return what the page's script shows of a finding."""
    return {
        "severity": finding.severity,
        "rule": finding.rule,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
    }


def _json(value: Json, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(dump_json(value), status, headers, media_type="application/json")


#: Final, so that mypy compares what it is filled with to its fields.
_HOST_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Template preview</title>
<link rel="stylesheet" href="/assets/preview.css">
<script src="/assets/preview.js" defer></script>
</head>
<body data-version="{version}">
<header><h1>Template preview</h1><p id="status" role="status">Loading…</p></header>
<main>
<iframe id="page" title="The page as a worker sees it" sandbox="{sandbox}" src="/page"></iframe>
<div id="panel">
<section aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2><ul id="findings"></ul>
</section>
<section aria-labelledby="answer-title">
<h2 id="answer-title">Answer</h2>
<p id="answer-note">Submit the page to see what it answers.</p>
<table id="fields" hidden>
<caption>What post-labeling reads in it</caption>
<thead><tr><th scope="col">Field</th><th scope="col">Kind</th><th scope="col">Value</th>
<th scope="col">Result</th></tr></thead>
<tbody></tbody>
</table>
<pre id="answer" tabindex="0" aria-label="The answer as JSON" hidden></pre>
</section>
<section aria-labelledby="input-title">
<h2 id="input-title">Task input</h2>
<pre id="input" tabindex="0" aria-label="The task input as JSON"></pre>
</section>
</div>
</main>
</body>
</html>
"""
