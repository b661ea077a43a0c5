"""``labelwright preview``: a template as a worker sees it, or only what is wrong with it."""

import secrets
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

import typer

from labelwright.errors import UsageError
from labelwright_cli.displays.findings import show_finding
from labelwright_cli.terminal import remark, say
from labelwright_local.findings import Finding, Severity
from labelwright_local.http.listening import LOOPBACK, listen
from labelwright_local.page.object_links import ObjectLinks
from labelwright_local.preview.source import PreviewSource
from labelwright_local.printable import counted
from labelwright_local.template_check.check import check_template
from labelwright_local.workspace.data_folder import DataFolder, data_folder
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.task_folder import (
    MANIFEST,
    TEMPLATE,
    check_job_folder,
    task_folder,
)


def preview(  # noqa: PLR0913, PLR0917 - a command has as many options as it has
    template: Annotated[
        Path | None,
        typer.Argument(
            metavar="TEMPLATE",
            help="The template, a file with HTML and Liquid; or a job's folder.",
            show_default="the task's page",
        ),
    ] = None,
    input_file: Annotated[
        Path | None,
        typer.Option(
            "--input",
            help="A JSON file with the task input: what is task.input. Or a batch of Mechanical "
            "Turk (a .csv file), whose columns the page names by ${column}.",
        ),
    ] = None,
    task: Annotated[
        Path | None,
        typer.Option(
            help="The task's folder: the task input is made by pre-labeling of an object of the "
            "task's sample, unless --manifest or --input names another, and answers are read by "
            "the task's fields."
        ),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            help="The manifest that the object is from; without it, the task's manifest.jsonl, "
            "else its sample. Without "
            "--task, task.input is its whole line."
        ),
    ] = None,
    number: Annotated[
        int,
        typer.Option(
            "--object",
            min=0,
            help="Which object of the manifest or batch, counted from 0.",
        ),
    ] = 0,
    data: Annotated[
        Path | None,
        typer.Option(
            help="The folder that stands in for S3: s3://bucket/key is the file bucket/key in it; "
            "without it, the folder s3 beside the input or the manifest, or in the task's sample."
        ),
    ] = None,
    elements: Annotated[
        Literal["local", "real"],
        typer.Option(
            help="local: the crowd elements that come with Labelwright; real: the service's own, "
            "which are loaded from the internet."
        ),
    ] = "local",
    port: Annotated[
        int, typer.Option(min=1, max=65_535, help="The port of this machine to serve at.")
    ] = 8001,
    check: Annotated[
        bool,
        typer.Option("--check", help="Only print the findings, without a browser."),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="With --check: exit with status 1 on warnings too.")
    ] = False,
) -> None:
    """Show a template as workers see it, with what it answers and what is wrong with it.

    The page is shown anew whenever the template or the input changes. --check prints the findings
    one a line, as FILE:LINE:COLUMN: error: reason, for editors and CI.

    Exit status of --check: 0 when there is no error, 1 when there is one (with --strict: or a
    warning), 2 when a file can't be read.
    """
    if template is None:
        template = _page_of(task)
    elif template.is_dir():
        check_job_folder(template)
        template, task = template / TEMPLATE, task or template
    source = _source(template, input_file, task, manifest, number, data)
    text, task_input = source.read_template(), source.task_input()
    if check:
        findings = check_template(text, task_input, source.definition(), batch=source.is_batch)
        _show_findings(template, findings)
        wrong = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
        raise typer.Exit(int(any(finding.severity in wrong for finding in findings)))
    _serve(source, elements, port)


def _serve(source: PreviewSource, elements: Literal["local", "real"], port: int) -> None:
    # Only here: a check in CI needs no server.
    import uvicorn

    from labelwright_local.http.patience import PatientProtocol
    from labelwright_local.preview.app import preview_app

    listener = listen(LOOPBACK, port)
    app = preview_app(source, ObjectLinks(secrets.token_bytes(32)), elements)
    # A page that waits for changes would hold the server's end up.
    config = uvicorn.Config(
        app, http=PatientProtocol, log_level="warning", timeout_graceful_shutdown=1
    )
    with listener, suppress(KeyboardInterrupt):
        say(f"preview at http://{LOOPBACK}:{port}/ (end it with Ctrl+C)")
        uvicorn.Server(config).run(sockets=[listener])


def _page_of(task: Path | None) -> Path:
    if task is None:
        raise UsageError("name a template, or a task's folder with --task")
    return task_folder(task) / TEMPLATE


def _source(
    template: Path,
    input_file: Path | None,
    task: Path | None,
    manifest: Path | None,
    number: int,
    data: Path | None,
) -> PreviewSource:
    if manifest is not None and input_file is not None:
        raise UsageError("--manifest and --input are two ways to a task input; name one of them")
    if data is not None and not data.is_dir():
        raise UsageError(f"{data}: there is no such folder; --data names the one in place of S3")
    task = task_folder(task) if task is not None else None
    beside = template.parent
    if manifest is None and input_file is None and task is not None:
        manifest = _own_manifest(task)
    if input_file is not None:
        beside = input_file.parent
    elif manifest is not None:
        beside = manifest.parent
    elif task is not None:
        beside = task / "sample"
    storage = FolderStorage(
        data or beside / "s3",
        remedy="put it there, or name the folder with --data",
        data=DataFolder(data_folder(manifest or beside / "manifest.jsonl")),
    )
    return PreviewSource(template, storage, input_file, task, number, manifest)


def _own_manifest(task: Path) -> Path | None:
    manifest = task / MANIFEST
    return manifest if manifest.is_file() else None


def _show_findings(template: Path, findings: list[Finding]) -> None:
    for finding in findings:
        show_finding(str(template), finding)
    counts = Counter(finding.severity for finding in findings)
    told = (counted(counts[severity], severity) for severity in Severity)
    remark(f"{template}: {', '.join(told)}")
