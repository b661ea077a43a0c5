"""How a job's state is made, or taken up where it was left."""

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from labelwright.consolidation.methods import method_name, with_method
from labelwright.contract.base import Json, load_json
from labelwright.contract.label_categories import EmittedLabelCategory, EmittedLabelCategoryConfig
from labelwright.contract.manifest import label_attribute_fault
from labelwright.errors import UsageError
from labelwright_local.engine import objects
from labelwright_local.engine.assignments.control import set_workers_per_object
from labelwright_local.engine.assignments.leases import bound
from labelwright_local.engine.assignments.submission import import_earlier, import_recorded
from labelwright_local.engine.labeling import batches
from labelwright_local.engine.labeling.retrying import (
    post_label_again,
    pre_label_again,
    request_again,
)
from labelwright_local.engine.model import Recorded, RecordedAnswer
from labelwright_local.engine.spec import JobSpec
from labelwright_local.engine.state.database import Database
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.job_on_disk import JobOnDisk
from labelwright_local.workspace.recorded_answers import RecordedAnswers

#: What CreateLabelingJob takes as a name.
_JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


@contextmanager
def opened(spec: JobSpec, files: JobFiles, disk: JobOnDisk, now: int) -> Iterator[Database]:
    """Open a job's state, alone; what failed in a handler is to be tried again.

    Raises:
        LabelwrightError: the job can't be run at all: its name, its label attribute or a method
            can't be used, or the workspace holds another job of that name, or is at work.
    """
    _check_names(spec)
    _check_methods(spec)
    with disk.alone():
        if not disk.state.exists() and files.batches():
            raise UsageError(
                f"{disk.state}: the folder {disk.folder} holds a job, but this file "
                "with its state is not there; delete the folder or choose another --job-name (its "
                "annotations/worker-response can be given to labelwright run as --answers)"
            )
        _claim(spec, files, disk)
        _write_annotation_tool(spec, files)
        state = Database(disk.state)
        try:
            with state.writing() as db:
                if db.execute("SELECT 1 FROM job").fetchone() is None:
                    _make(db, spec)
                else:
                    _take_up(db, spec, files, now)
            yield state
        finally:
            state.close()


def _check_names(spec: JobSpec) -> None:
    if not _JOB_NAME.fullmatch(spec.name):
        raise UsageError(
            f"job name '{spec.name}': it must be 1 to 63 letters, digits and inner hyphens; "
            "choose one with --job-name"
        )
    fault = label_attribute_fault(spec.label_attribute)
    if fault:
        raise UsageError(
            f"label attribute '{spec.label_attribute}': {fault}; it is the job's name, choose "
            "another with --job-name"
        )


def _check_methods(spec: JobSpec) -> None:
    """Find out before any work that a method does not exist, or not for any of the fields."""
    for field in with_method(spec.task.definition.fields if spec.task else (), spec.method):
        method_name(field)


def _claim(spec: JobSpec, files: JobFiles, disk: JobOnDisk) -> None:
    """Make sure that what the workspace holds of this name is this very job."""
    with spec.manifest.open("rb") as manifest:
        digest = hashlib.file_digest(manifest, "sha256").hexdigest()
    identity = {
        "manifest": digest,
        "answers": spec.answers.digest if spec.answers else None,
        "task": hashlib.sha256(spec.task.definition_bytes).hexdigest() if spec.task else None,
        "method": spec.method,
        "labelAttribute": spec.label_attribute,
    }
    uri = files.layout.own("job.json")
    if files.storage.exists(uri):
        held = _held(files, disk, uri)
        changed = [key for key, value in identity.items() if held.get(key) != value]
        if changed:
            raise UsageError(
                f"{disk.folder} holds another run of job '{spec.name}' "
                f"(different: {', '.join(changed)}); name this one with --job-name, choose another "
                "--workspace, or delete that folder"
            )
    files.write_json(uri, identity)


def _held(files: JobFiles, disk: JobOnDisk, uri: str) -> dict[str, Json]:
    """Return what the workspace says of the job that it holds."""
    try:
        held = load_json(files.storage.read(uri))
        fault = None if isinstance(held, dict) else "not a JSON object"
    except ValueError as error:
        held, fault = {}, str(error)
    if fault:
        raise UsageError(
            f"{disk.path(uri)}: this file says which job the folder holds, and it is "
            f"damaged ({fault}); delete the folder {disk.folder}, or choose "
            "another --workspace"
        )
    return dict(held)


def _write_annotation_tool(spec: JobSpec, files: JobFiles) -> None:
    if spec.worker_page is not None:
        files.storage.write(files.layout.template, spec.worker_page)
    if spec.task is None or spec.definition_uri is None:
        return
    files.storage.write(spec.definition_uri, spec.task.definition_bytes)
    labels = [label for field in spec.task.definition.fields for label in field.labels]
    categories = [EmittedLabelCategory(label=label) for label in dict.fromkeys(labels)]
    config = EmittedLabelCategoryConfig(labels=categories)
    files.write_json(files.layout.label_categories, config.wire())


def _make(db: sqlite3.Connection, spec: JobSpec) -> None:
    """Take everything in that the job is given; in one transaction, so that it is all or none."""
    workers = spec.workers_per_object
    db.execute(
        "INSERT INTO job (one, workers_per_object, named_workers, recorded) VALUES (1, ?, ?, ?)",
        (workers, workers, spec.answers is not None),
    )
    objects.load(db, spec.manifest, spec.label_attribute, workers)
    if spec.answers is not None:
        # Whoever nobody answered is told so when its turn comes.
        db.execute("UPDATE objects SET wanted = 0")
        import_recorded(db, _recorded(spec.answers))
    elif spec.earlier is not None:
        import_earlier(db, _recorded(spec.earlier))


def _recorded(recorded: RecordedAnswers) -> Recorded:
    for identifier, answers in recorded.answers.items():
        yield (
            identifier,
            [
                RecordedAnswer(
                    answer.worker_id,
                    answer.answer_content,
                    answer.submission_time,
                    answer.acceptance_time,
                    answer.time_spent_in_seconds,
                    answer.worker_metadata,
                )
                for answer in answers
            ],
        )


def _take_up(db: sqlite3.Connection, spec: JobSpec, files: JobFiles, now: int) -> None:
    """Go on with a job: what failed in a handler, and what lacks its files, is done again."""
    settings = spec.settings
    bound(db, now, settings.task_time_limit * 1000, settings.availability * 1000)
    job = db.execute("SELECT * FROM job").fetchone()
    if job["named_workers"] != spec.workers_per_object:
        db.execute("UPDATE job SET named_workers = ?", (spec.workers_per_object,))
        set_workers_per_object(db, spec.workers_per_object, now)
    if not job["stopped"]:
        pre_label_again(db, now)
    post_label_again(db, files, now)
    for row in db.execute("SELECT * FROM batches WHERE state = 'labeled'").fetchall():
        batch = batches.of(files, row)
        if not (files.holds(batch.request_uri) and files.holds(batch.response_uri)):
            request_again(db, row["id"], now)
    if job["finished"] and not files.holds(files.layout.output_manifest):
        db.execute("UPDATE job SET unwritten = 1, finished = 0")
