"""``labelwright run``: a whole job on this machine, recorded answers standing in for workers."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from labelwright.errors import EventError, LabelwrightError
from labelwright_local.folder_storage import FolderStorage
from labelwright_local.job import run_job
from labelwright_local.job_files import JobFiles
from labelwright_local.job_model import JobSpec
from labelwright_local.job_report import accuracy, labels_by_id, read_truth, summarise_fields
from labelwright_local.recorded_answers import read_answers
from labelwright_local.run_display import (
    errors,
    show_accuracy,
    show_counts,
    show_faults,
    show_fields,
    show_files,
    show_labels,
    show_progress,
)
from labelwright_local.task_folder import TaskFolder, read_task_folder


def run(  # noqa: PLR0913, PLR0917 - a command has as many options as it has
    task: Annotated[
        Path | None,
        typer.Option(
            help="The task's folder, with its task.toml. Without it, fields are recognised "
            "by the shape of the answers."
        ),
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="The input manifest; without it, the task's own sample.")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            help="Recorded answers: a JSON Lines file, or a folder of worker-response files; "
            "without them, the task's own sample."
        ),
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="The consolidation method for every field whose kind has it.")
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option(
            help="True labels, CSV with task (datasetObjectId) and label, to tell the "
            "accuracy; without it, the sample's when the sample is run."
        ),
    ] = None,
    truth_field: Annotated[
        str | None, typer.Option(help="The choice field that --truth is about.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="The folder that stands in for S3: s3://bucket/key is the file bucket/key "
            "in it; without it, the folder s3 beside the manifest."
        ),
    ] = None,
    workspace: Annotated[Path, typer.Option(help="The folder that the job's files go to.")] = Path(
        "workspace"
    ),
    job_name: Annotated[
        str | None,
        typer.Option(help="The job's name, also its label attribute; without it, the task's."),
    ] = None,
    show: Annotated[int, typer.Option(min=0, help="How many of the labels to show.")] = 3,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with status 1 when objects failed.")
    ] = False,
) -> None:
    """Run a whole labeling job on this machine: manifest, pre-labeling, answers, post-labeling.

    The handlers are those that SAM deploys; recorded answers stand in for workers. The workspace
    gets every file that Ground Truth would write, under the service's names. Run again, the command
    takes up what is there.
    """
    try:
        folder = read_task_folder(task) if task else None
        spec, truth_path = _spec(folder, manifest, answers, truth, method, job_name)
        storage = FolderStorage(workspace / "s3", data or spec.manifest.parent / "s3")
        with show_progress() as report:
            outcomes = run_job(spec, storage, lambda: datetime.now(UTC), report)
        files = JobFiles(storage, spec.name)
        labels = labels_by_id(outcomes, storage)
        show_counts(spec, outcomes)
        show_labels(labels, show)
        show_fields(summarise_fields(spec, files, labels))
        show_faults(spec.answers)
        if truth_path is not None:
            show_accuracy(accuracy(labels, read_truth(truth_path), truth_field), truth_path)
        show_files(files)
    except LabelwrightError as error:
        errors.print(f"[bold red]error[/] [{error.code}] {escape(str(error))}")
        raise typer.Exit(2) from None
    if strict and any(outcome.outcome in ("failed", "unreadable") for outcome in outcomes):
        raise typer.Exit(1)


def _spec(
    folder: TaskFolder | None,
    manifest: Path | None,
    answers: Path | None,
    truth: Path | None,
    method: str | None,
    job_name: str | None,
) -> tuple[JobSpec, Path | None]:
    """Fill in what was not named from the task's sample."""
    sample = manifest is None and answers is None
    manifest = manifest or (folder.sample_manifest if folder else None)
    answers = answers or (folder.sample_answers if folder else None)
    if manifest is None or answers is None:
        raise EventError("name --manifest and --answers, or a --task that has a sample of both")
    if not manifest.is_file():
        raise EventError(f"{manifest}: no such file; --manifest takes a JSON Lines file")
    if truth is None and sample and folder:
        truth = folder.sample_truth
    name = job_name or (folder.definition.name if folder else _job_name(manifest))
    return JobSpec(name, name, manifest, folder, read_answers(answers), method), truth


def _job_name(manifest: Path) -> str:
    """Make a name that a job may have from that of the manifest's folder."""
    parts = re.findall("[A-Za-z0-9]+", manifest.resolve().parent.name)
    return "-".join(parts)[:63].strip("-") or "job"
