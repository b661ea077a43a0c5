"""``labelwright serve``: a labeling job in the browser, with people as workers."""

import os
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from labelwright.errors import UsageError
from labelwright_cli.displays.serve import show_start, show_stop
from labelwright_cli.displays.start_check import show_before_start, show_data_folder
from labelwright_cli.options import Anyway, DataFolder, JobFolder, JobName, SkillFrom
from labelwright_local.engine.clock import steady_clock
from labelwright_local.engine.engine import open_engine
from labelwright_local.engine.model import Handlers
from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.spec import JobSpec
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.handlers.roles import find_functions
from labelwright_local.handlers.users_own import user_handlers
from labelwright_local.handlers.variables import NO_VARIABLES, read_variables
from labelwright_local.http.listening import EVERYWHERE, LOOPBACK, listen, own_address
from labelwright_local.page.mturk import renderer
from labelwright_local.page.object_links import ObjectLinks
from labelwright_local.page.object_routes import object_routes
from labelwright_local.portal.app import create_app, requester_key
from labelwright_local.portal.job_view import job_view
from labelwright_local.portal.keys import WorkspaceKey
from labelwright_local.portal.reach import PublicUrl, Reach, public_url
from labelwright_local.portal.serving import serve
from labelwright_local.portal.task_pages import TaskPages
from labelwright_local.start_check.check import check_start
from labelwright_local.workspace.batch_csv import is_batch
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.job_on_disk import JobOnDisk
from labelwright_local.workspace.named_files import file_fault
from labelwright_local.workspace.recorded_answers import read_earlier
from labelwright_local.workspace.task_folder import (
    MANIFEST,
    TEMPLATE,
    WORKERS,
    check_job_folder,
    check_manifest,
    first_manifest,
    job_part,
    name_of_job,
    read_task_folder,
)
from labelwright_local.workspace.texts import job_storage


class Elements(StrEnum):
    """Whose crowd elements task pages get."""

    LOCAL = "local"
    REAL = "real"


def serve_command(  # noqa: PLR0913, PLR0917 - a command has as many options as it has
    folder: JobFolder = None,
    task: Annotated[
        Path | None,
        typer.Option(
            help="The task's folder, with its task.toml and its page, or the name of a template "
            "that comes along. Without it, --template and --manifest are enough: fields are "
            "recognised by the shape of the answers."
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(help="The worker page, a Ground Truth template; without it, the task's."),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            help="The input manifest, or a batch of Mechanical Turk (a .csv file, whose columns "
            "the page names by ${column}); without it, the task's manifest.jsonl, else its "
            "sample."
        ),
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option(
            help="The folder that the job's files go to; without it, workspace in DIR, else here."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=9,
            help="How many workers label each object; without it, as many as workers in task.toml "
            "says, else 3.",
        ),
    ] = None,
    time_limit: Annotated[
        int,
        typer.Option(
            min=30, max=28_800, help="Seconds that a worker has for a task before others get it."
        ),
    ] = 3_600,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="The port; 0 takes any that is free.")
    ] = 8000,
    elements: Annotated[
        Elements,
        typer.Option(
            help="local: stand-in crowd elements, which work offline; real: the template's own "
            "script, for people who are online."
        ),
    ] = Elements.LOCAL,
    open_to_network: Annotated[
        bool,
        typer.Option(
            "--open-to-network",
            help="Let other machines in, too. Each worker then needs a join code, which the "
            "requester's view gives.",
        ),
    ] = False,
    at_public_url: Annotated[
        str | None,
        typer.Option(
            "--public-url",
            metavar="URL",
            help="The address by which workers elsewhere come, through a proxy on this machine. "
            "Each worker then needs a join code.",
        ),
    ] = None,
    handlers: Annotated[
        str | None,
        typer.Option(
            metavar="PRE,POST",
            help="Your own pre- and post-labeling functions instead of ours, from this folder: "
            "my_lambdas:pre,my_lambdas:post, or src/gt-pre.py:handler, or gt-pre.handler; or a "
            "template.yaml of SAM or CloudFormation that deploys both. Leave one empty where the "
            "job has none (gt-pre:handler,), or write none. Their boto3 clients find the workspace "
            "in the place of S3.",
        ),
    ] = None,
    env: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Environment variables of your own functions: NAME=value lines, or JSON as "
            "sam local takes it.",
        ),
    ] = None,
    data: DataFolder = None,
    job_name: JobName = None,
    skill_from: SkillFrom = None,
    anyway: Anyway = False,
) -> None:
    """Serve a labeling job to people in the browser: several workers, and a view for the requester.

    Pre- and post-labeling run as deployed, and the workspace fills with the files that Ground Truth
    would write. What was submitted is on disk; stopped and started again, the job goes on.

    Before it starts, the manifest, the files that it names and the page with its first object are
    looked at. What the service would refuse, and what lets nobody see or answer anything, is an
    error and ends the start; all else is a warning.

    Exit status: 0 when Ctrl+C ended it, whether or not the job is done; 2 when it could not begin.
    """
    public = public_url(at_public_url) if at_public_url is not None else None
    if folder is not None:
        check_job_folder(folder)
    task, manifest = task or folder, job_part(folder, manifest, MANIFEST)
    workspace = job_part(folder, workspace, "workspace") or Path("workspace")
    settings = JobSettings(task_time_limit=time_limit)
    named = find_functions(handlers, Path.cwd()) if handlers is not None else None
    spec = replace(
        _spec(task, template, manifest, job_name, settings, workers),
        post_labeled=named is None or named.post is not None,
        skill_from=skill_from,
    )
    if env is not None and named is None:
        raise UsageError("--env sets variables of your own functions; name them with --handlers")
    variables = read_variables(env) if env is not None else NO_VARIABLES
    storage = job_storage(workspace, data, spec.manifest)
    show_data_folder(spec.manifest)
    key = WorkspaceKey.kept_in(workspace / "portal.key")
    with (
        listen(EVERYWHERE if open_to_network else LOOPBACK, port) as listener,
        user_handlers(named, storage, key.derived("s3"), variables) as functions,
    ):
        renderer(spec.page_text, batch=is_batch(spec.manifest))
        pre = functions.pre if functions else DeployedHandlers(spec, storage).pre_before_start
        page = template or Path(str(task), TEMPLATE)
        show_before_start(
            check_start(spec, storage, pre, str(page)),
            anyway=anyway,
            under_way=JobOnDisk(storage, JobFiles(storage, spec.name).layout).state.exists(),
        )
        ended = serve_job(
            spec,
            storage,
            key,
            listener,
            elements,
            functions,
            # Other machines would look for it on themselves.
            origins=[functions.s3_url] if functions and not open_to_network else [],
            open_to_network=open_to_network,
            public=public,
            workspace=workspace,
        )
    if not ended:
        # Python would wait for threads that the function has begun.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def serve_job(  # noqa: PLR0913 - what is named stands for itself
    spec: JobSpec,
    storage: FolderStorage,
    key: WorkspaceKey,
    listener: socket.socket,
    elements: Elements = Elements.LOCAL,
    handlers: Handlers | None = None,
    *,
    origins: Sequence[str] = (),
    open_to_network: bool = False,
    public: PublicUrl | None = None,
    workspace: Path | None = None,
    now: Callable[[], datetime] | None = None,
) -> bool:
    """Serve one job on a socket until a signal asks to stop; tell whether all steps have ended.

    If not, a handler is still at work: its process should end without waiting for it.
    Without ``handlers`` those that SAM deploys do the work; without ``now`` time goes on from what
    the machine's clock says at the start, whatever that is set to later. Task pages may fetch from
    ``origins``. ``workspace`` is what people export of, as they are told at the end.

    Raises:
        LabelwrightError: the job or its template can't be used, or the job can't go on.
    """
    now = now or steady_clock()
    own = key.of_job(spec.name)
    links = ObjectLinks(own.derived("object-links"))
    tasks = TaskPages(
        spec.page_text,
        links,
        elements.value,
        origins,
        partial(file_fault, storage),
        batch=is_batch(spec.manifest),
    )
    with open_engine(spec, storage, now, handlers or DeployedHandlers(spec, storage)) as engine:
        view = job_view(spec, JobOnDisk(storage, engine.files.layout))
        port = listener.getsockname()[1]
        host = (own_address() if open_to_network else None) or LOOPBACK
        address = public.address if public else f"http://{host}:{port}/"
        reach = Reach(address, open_to_network, public)
        app = create_app(
            engine,
            tasks,
            view,
            own,
            objects=object_routes(storage, links),
            reach=reach,
            now=now,
        )
        show_start(
            view.title,
            engine.progress(),
            address,
            f"http://{LOOPBACK}:{port}/requester?key={requester_key(own)}",
            reach=reach,
            own_functions=handlers is not None,
        )
        ended = serve(engine, app, listener, behind_proxy=public is not None)
        show_stop(engine.progress(), workspace, ended=ended)
    return ended


def _spec(
    task: Path | None,
    template: Path | None,
    manifest: Path | None,
    job_name: str | None,
    settings: JobSettings,
    workers: int | None,
) -> JobSpec:
    """Put together what was named; the sample's manifest is there for a first look."""
    folder = read_task_folder(task) if task else None
    found = manifest or first_manifest(folder)
    if found is None:
        raise UsageError(
            "name a job's folder (labelwright init makes one from your data), or --manifest, or a "
            "--task that has a sample with one"
        )
    check_manifest(found)
    name = job_name or name_of_job(folder, found)
    page = _read(template) if template else None
    said = folder.definition.workers if folder else None
    settings = replace(settings, workers_per_object=workers or said or WORKERS)
    earlier = read_earlier(folder, found)
    spec = JobSpec(name, name, found, folder, settings=settings, template=page, earlier=earlier)
    if spec.worker_page is None:
        raise UsageError(
            f"{task}: there is no template.liquid.html; name the page with --template"
            if task
            else "name the worker page with --template, or a --task that has one"
        )
    return spec


def _read(template: Path) -> bytes:
    try:
        data = template.read_bytes()
        data.decode()
    except OSError as error:
        raise UsageError(
            f"{template}: {error.strerror}; --template takes a Ground Truth template"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{template}: not UTF-8 text; save the template as UTF-8") from None
    return data
