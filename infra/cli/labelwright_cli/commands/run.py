"""``labelwright run``: a whole job on this machine, recorded answers standing in for workers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from labelwright.errors import UsageError
from labelwright.quality.report import Labels
from labelwright_cli.displays.answers import show_faults
from labelwright_cli.displays.page import show_page_faults
from labelwright_cli.displays.run import (
    show_counts,
    show_fields,
    show_files,
    show_labels,
    show_progress,
)
from labelwright_cli.displays.start_check import show_before_start, show_data_folder
from labelwright_cli.displays.truth import show_job_truth
from labelwright_cli.options import DataFolder, JobFolder, JobName, SkillFrom
from labelwright_local.engine.clock import steady_clock
from labelwright_local.engine.run import run_job
from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.spec import JobSpec, ObjectOutcome
from labelwright_local.finished_job.report import as_called_now, labels_by_id, summarise_fields
from labelwright_local.finished_job.ties import tied_labels
from labelwright_local.finished_job.truth import compare_labels, read_truth
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.simulated.browser import check_playwright
from labelwright_local.simulated.worker import SimulatedWorker, truth_values
from labelwright_local.start_check.check import check_start
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.job_on_disk import JobOnDisk
from labelwright_local.workspace.recorded_answers import RecordedAnswers, read_answers, read_earlier
from labelwright_local.workspace.task_folder import (
    MANIFEST,
    TEMPLATE,
    TaskFolder,
    check_job_folder,
    check_manifest,
    job_part,
    name_of_job,
    read_task_folder,
    task_folder,
)
from labelwright_local.workspace.texts import job_storage


def run(  # noqa: PLR0913, PLR0917 - a command has as many options as it has
    job: JobFolder = None,
    task: Annotated[
        Path | None,
        typer.Option(
            help="The task's folder, with its task.toml, or the name of a template that comes "
            "along. Without it, fields are recognised by the shape of the answers."
        ),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            help="The input manifest; --answers or --browser goes with it. Without it, the "
            "task's manifest.jsonl; without all, the task's own sample is run."
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            help="Recorded answers: a JSON Lines file, or a folder of worker-response files; "
            "--manifest goes with them. Without both, the task's own sample is run."
        ),
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="The consolidation method for every field whose kind has it.")
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option(
            help="True labels, CSV with task (datasetObjectId) and label (as consolidate takes "
            "them), to tell the accuracy; without it, the sample's when the sample is run."
        ),
    ] = None,
    truth_field: Annotated[
        str | None,
        typer.Option(
            help="The field that --truth is about; without it, the one choice, or the one field."
        ),
    ] = None,
    data: DataFolder = None,
    workspace: Annotated[
        Path | None,
        typer.Option(
            help="The folder that the job's files go to; without it, simulated in DIR, beside what "
            "serve keeps of people, else workspace here."
        ),
    ] = None,
    job_name: JobName = None,
    skill_from: SkillFrom = None,
    browser: Annotated[
        int,
        typer.Option(
            min=0,
            max=9,
            help="Instead of recorded answers: so many simulated workers fill in the task's real "
            "page in a headless browser.",
        ),
    ] = 0,
    quality: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="With --browser: the probability of each value being the true one."
        ),
    ] = 0.85,
    seed: Annotated[
        int,
        typer.Option(help="With --browser: what chance begins with; the same, the same answers."),
    ] = 0,
    show: Annotated[int, typer.Option(min=0, help="How many of the labels to show.")] = 3,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit with status 1 when objects failed or have a label that holds only an error, "
            "or when manifest lines or recorded answers could not be read.",
        ),
    ] = False,
    anyway: Annotated[
        bool,
        typer.Option(
            "--anyway",
            help="With --browser: start also where what is looked at before has errors.",
        ),
    ] = False,
) -> None:
    """Run a whole labeling job on this machine: manifest, pre-labeling, answers, post-labeling.

    The handlers are those that SAM deploys; recorded answers stand in for workers. The workspace
    gets every file that Ground Truth would write, under the service's names. Run again, the command
    takes up what is there.

    Exit status: 0 when the job was done, also when some objects have no label; 1 with --strict when
    an object failed or a line or an answer could not be read; 2 when the job could not be run.
    """
    if job is not None:
        check_job_folder(job)
    task, manifest = task or job, job_part(job, manifest, MANIFEST)
    workspace = job_part(job, workspace, "simulated") or Path("workspace")
    folder = read_task_folder(task) if task else None
    if folder is not None and (answers or browser):
        manifest = manifest or folder.manifest
    spec, recorded, truth_path = (
        _asked(folder, manifest, answers, truth, method, job_name, browser)
        if browser
        else _spec(folder, manifest, answers, truth, method, job_name)
    )
    spec = replace(spec, skill_from=skill_from)
    true_labels = read_truth(truth_path) if truth_path is not None else None
    if folder is not None and truth_path is not None and truth_path == folder.sample_truth:
        truth_field = truth_field or folder.sample_truth_field
    storage = job_storage(workspace, data, spec.manifest)
    show_data_folder(spec.manifest)
    handlers = DeployedHandlers(spec, storage)
    if not browser:
        # With simulated workers it is among what is looked at before the start.
        show_page_faults(spec)
    with show_progress() as report:
        if browser:
            # Only here: whoever asks no simulated workers needs no browser.
            check_playwright()
            seen = check_start(spec, storage, handlers.pre_before_start, _page_name(task))
            under_way = JobOnDisk(storage, JobFiles(storage, spec.name).layout).state.exists()
            show_before_start(seen, anyway=anyway, under_way=under_way)
            from labelwright_local.simulated.browser_job import run_in_browser

            crowd = [SimulatedWorker(f"w{n}", quality, seed) for n in range(1, browser + 1)]
            true = truth_values(spec.task, true_labels or {}, truth_field)
            outcomes = run_in_browser(
                spec,
                storage,
                steady_clock(),
                handlers,
                crowd,
                truth=true,
                progress=report,
            )
        else:
            outcomes = run_job(spec, storage, lambda: datetime.now(UTC), handlers, report)
    files = JobFiles(storage, spec.name)
    spec = as_called_now(spec, files)
    labels = labels_by_id(outcomes, files.read_label_file)
    show_counts(spec.name, recorded, outcomes, labels)
    show_labels(labels, show)
    show_fields(summarise_fields(spec, files, labels), labels)
    show_faults(recorded)
    show_files(JobOnDisk(storage, files.layout))
    if truth_path is not None and true_labels is not None:
        objects = [outcome.dataset_object_id for outcome in outcomes]
        ties = partial(tied_labels, spec, files)
        renames = spec.task.definition.renamed if spec.task else ()
        found = compare_labels(labels, true_labels, truth_field, objects, ties, renames)
        show_job_truth(found, truth_path)
    if strict and _is_flawed(recorded, outcomes, labels):
        raise typer.Exit(1)


def _page_name(task: Path | None) -> str:
    """Return what the page's file is called; simulated workers have no other than the task's."""
    return str(task_folder(task or Path()) / TEMPLATE)


def _is_flawed(
    recorded: RecordedAnswers,
    outcomes: Sequence[ObjectOutcome],
    labels: Labels,
) -> bool:
    """Tell whether anything was lost on the way from the manifest and the answers to labels."""
    return (
        bool(recorded.faults)
        or any(outcome.outcome in ("failed", "unreadable") for outcome in outcomes)
        or any(label.error is not None or label.first_fault() for label in labels.values())
    )


def _spec(
    folder: TaskFolder | None,
    manifest: Path | None,
    answers: Path | None,
    truth: Path | None,
    method: str | None,
    job_name: str | None,
) -> tuple[JobSpec, RecordedAnswers, Path | None]:
    """Put together what was named, or take the task's sample: whole, or not at all.

    Answers belong to the lines of one manifest: with those of another they would be given to
    objects that nobody saw.
    """
    if manifest is None and answers is None and folder:
        manifest, answers = folder.sample_manifest, folder.sample_answers
        truth = truth or folder.sample_truth
    elif (manifest is None) != (answers is None):
        named, other = ("--manifest", "--answers") if manifest else ("--answers", "--manifest")
        raise UsageError(
            f"{named} is named without {other}: answers belong to the lines of one manifest, so "
            "name both, or neither to run the task's sample; --browser N makes answers for a "
            "--manifest by N simulated workers"
        )
    if manifest is None or answers is None:
        raise UsageError(
            "name --manifest and --answers (or --browser N for simulated workers), or a --task "
            "that has a sample of both"
        )
    check_manifest(manifest)
    name = job_name or name_of_job(folder, manifest)
    recorded = read_answers(answers)
    if not recorded.answers:
        first = recorded.faults[0] if recorded.faults else None
        reason = f"none can be read, the first: {first.place}: {first.reason}" if first else "none"
        raise UsageError(
            f"{answers}: no recorded answers in it ({reason}); each is a line with "
            "datasetObjectId, workerId and answerContent, or is in a worker-response file"
        )
    return JobSpec(name, name, manifest, folder, recorded, method), recorded, truth


def _asked(  # noqa: PLR0913, PLR0917 - they are the command's options
    folder: TaskFolder | None,
    manifest: Path | None,
    answers: Path | None,
    truth: Path | None,
    method: str | None,
    job_name: str | None,
    workers: int,
) -> tuple[JobSpec, RecordedAnswers, Path | None]:
    """Put together what simulated workers are asked."""
    if answers is not None:
        raise UsageError("--answers and --browser are two ways to get answers; name one of them")
    if folder is None:
        raise UsageError("--browser needs a --task: its definition says what there is to answer")
    found = manifest or folder.sample_manifest
    if found is None:
        raise UsageError("the task has no sample with a manifest; name one with --manifest")
    check_manifest(found)
    truth = truth or (None if manifest else folder.sample_truth)
    name = job_name or folder.definition.name
    settings = JobSettings(workers_per_object=workers)
    earlier = read_earlier(folder, found)
    spec = JobSpec(name, name, found, folder, method=method, settings=settings, earlier=earlier)
    if spec.worker_page is None:
        raise UsageError(f"task '{folder.definition.name}' has no template.liquid.html to fill in")
    return spec, RecordedAnswers({}, [], ""), truth
