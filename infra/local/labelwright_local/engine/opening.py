"""How a job's state is made, or taken up where it was left."""

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from labelwright.consolidation.methods import method_name, with_method
from labelwright.contract.base import Json, dump_json, load_json
from labelwright.contract.label_categories import EmittedLabelCategory, EmittedLabelCategoryConfig
from labelwright.contract.manifest import label_attribute_fault
from labelwright.errors import UsageError
from labelwright_local.engine.assignments.control import set_workers_per_object
from labelwright_local.engine.assignments.leases import bound
from labelwright_local.engine.assignments.submission import import_earlier, import_recorded
from labelwright_local.engine.labeling import batches, whole_job
from labelwright_local.engine.labeling.retrying import (
    post_label_again,
    pre_label_again,
    request_again,
)
from labelwright_local.engine.living import growth, skill, versions
from labelwright_local.engine.living.history import note
from labelwright_local.engine.living.record import write_record
from labelwright_local.engine.model import Recorded, RecordedAnswer
from labelwright_local.engine.spec import JobSpec
from labelwright_local.engine.state.database import Database
from labelwright_local.printable import storable
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.job_on_disk import JobOnDisk
from labelwright_local.workspace.recorded_answers import RecordedAnswers

#: What CreateLabelingJob takes as a name.
_JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


@contextmanager
def opened(
    spec: JobSpec, files: JobFiles, disk: JobOnDisk, now: int
) -> Iterator[tuple[Database, JobSpec]]:
    """Open a job's state, alone, with the job as its labels are called now.

    What failed in a handler is to be tried again, and what is new in manifest and task is taken in.

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
        held = _claim(spec, files, disk)
        state = Database(disk.state)
        try:
            with state.writing() as db:
                if db.execute("SELECT 1 FROM job").fetchone() is None:
                    _make(db, spec, now)
                else:
                    _take_up(db, spec, files, held, now)
                present = _present(db, spec)
                if spec.skill_from is not None:
                    skill.borrow(db, present, files, spec.skill_from, now)
            # Only what was taken in is written: a start that is refused leaves all as it was.
            files.write_json(files.layout.own("job.json"), _identity(spec))
            _write_annotation_tool(present, files)
            with state.snapshot() as db:
                write_record(db, files)
            yield state, present
        finally:
            state.close()


def _present(db: sqlite3.Connection, spec: JobSpec) -> JobSpec:
    """Return the job with its labels as they are called now."""
    if spec.task is None:
        return spec
    data = versions.with_renames(db, spec.task.definition_bytes)
    definition = versions.present_definition(db, spec.task.definition_bytes)
    if data is None or definition is None:
        return spec
    task = spec.task._replace(definition=definition, definition_bytes=data)
    return replace(spec, task=task)


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


def _claim(spec: JobSpec, files: JobFiles, disk: JobOnDisk) -> Json:
    """Make sure that what the workspace holds of this name is this very job; return what it says.

    Its manifest and its task may have changed since; how far is found out line by line, and part by
    part.
    """
    uri = files.layout.own("job.json")
    held = _held(files, disk, uri) if files.storage.exists(uri) else None
    if held is None:
        files.write_json(uri, _identity(spec))
        return None
    changed = [
        key
        for key, value in _identity(spec).items()
        if (key in _MAY_CHANGE and (held.get(key) is None) != (value is None))
        or (key not in _MAY_CHANGE and held.get(key) != value)
    ]
    if changed:
        raise UsageError(
            f"{disk.folder} holds another run of job '{spec.name}' "
            f"(different: {', '.join(changed)}); name this one with --job-name, choose another "
            "--workspace, or delete that folder"
        )
    return held


#: What a job may have another of, while it lives.
_MAY_CHANGE = ("manifest", "answers", "task")


def _identity(spec: JobSpec) -> dict[str, Json]:
    with spec.manifest.open("rb") as manifest:
        digest = hashlib.file_digest(manifest, "sha256").hexdigest()
    return {
        "manifest": digest,
        "answers": spec.answers.digest if spec.answers else None,
        "task": hashlib.sha256(spec.task.definition_bytes).hexdigest() if spec.task else None,
        "method": spec.method,
        "labelAttribute": spec.label_attribute,
    }


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


def _make(db: sqlite3.Connection, spec: JobSpec, now: int) -> None:
    """Take everything in that the job is given; in one transaction, so that it is all or none."""
    workers = spec.workers_per_object
    db.execute(
        "INSERT INTO job (one, workers_per_object, named_workers, recorded) VALUES (1, ?, ?, ?)",
        (workers, workers, spec.answers is not None),
    )
    versions.keep(db, versions.shown(spec), now)
    wanted = 0 if spec.answers is not None else workers
    lines = growth.begin(db, spec.manifest, spec.label_attribute, wanted)
    note(db, "begun", now, lines=lines)
    if spec.answers is not None:
        # Whoever nobody answered is told so when its turn comes.
        import_recorded(db, _recorded(spec.answers))
    elif spec.earlier is not None:
        import_earlier(db, _recorded(spec.earlier))


def _recorded(recorded: RecordedAnswers, first: int = 0) -> Recorded:
    """Yield recorded answers to the lines from ``first`` on."""
    for identifier, answers in recorded.answers.items():
        if first and not (identifier.isdecimal() and int(identifier) >= first):
            continue
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


def _take_up(db: sqlite3.Connection, spec: JobSpec, files: JobFiles, held: Json, now: int) -> None:
    """Go on with a job: what failed in a handler, and what lacks its files, is done again."""
    settings = spec.settings
    bound(db, now, settings.task_time_limit * 1000, settings.availability * 1000)
    job = db.execute("SELECT * FROM job").fetchone()
    if versions.latest(db) is None:
        _adopt(db, spec, files, held or {}, now)
    versions.change(db, versions.shown(spec), now)
    if job["named_workers"] != spec.workers_per_object:
        db.execute("UPDATE job SET named_workers = ?", (spec.workers_per_object,))
        if spec.answers is None:
            set_workers_per_object(db, spec.workers_per_object, now)
        else:  # who answered what is recorded, and may be more than people are asked
            db.execute("UPDATE job SET workers_per_object = ?", (spec.workers_per_object,))
    if not job["stopped"]:
        pre_label_again(db, now)
    post_label_again(db, files, now)
    for row in db.execute("SELECT * FROM batches WHERE state = 'labeled'").fetchall():
        batch = batches.of(files, row)
        if not (files.holds(batch.request_uri) and files.holds(batch.response_uri)):
            request_again(db, row["id"], now)
    if job["finished"] and not files.holds(files.layout.output_manifest):
        db.execute("UPDATE job SET unwritten = 1, finished = 0")
    whole_job.take_up(db, files)
    _grow(db, spec, held or {}, now)


def _grow(db: sqlite3.Connection, spec: JobSpec, held: dict[str, Json], now: int) -> None:
    """Take new lines in, and the recorded answers to them."""
    (first,) = db.execute("SELECT coalesce(max(number), -1) + 1 FROM objects").fetchone()
    (workers,) = db.execute("SELECT workers_per_object FROM job").fetchone()
    if spec.answers is not None and spec.answers.digest != held.get("answers"):
        _check_recorded(db, spec, first)
    wanted = 0 if spec.answers is not None else workers
    if growth.grow(db, spec.manifest, spec.label_attribute, wanted, now) and spec.answers:
        import_recorded(db, _recorded(spec.answers, first))


def _check_recorded(db: sqlite3.Connection, spec: JobSpec, first: int) -> None:
    """Make sure that the recorded answers to the lines that the job has are what they were."""
    answers = spec.answers.answers if spec.answers else {}
    for (number,) in db.execute("SELECT number FROM objects WHERE number < ?", (first,)).fetchall():
        kept = [
            (row["worker"], row["content"])
            for row in db.execute(
                "SELECT worker, content FROM submissions WHERE object = ? ORDER BY id", (number,)
            )
        ]
        given = [
            (storable(answer.worker_id), dump_json(answer.answer_content))
            for answer in answers.get(str(number), ())
        ]
        if kept != given:
            raise UsageError(
                f"the answers to line {number + 1:,} are not those that the job has; answers to "
                "new lines can be added, or name another job with --job-name"
            )


def _adopt(
    db: sqlite3.Connection, spec: JobSpec, files: JobFiles, held: dict[str, Json], now: int
) -> None:
    """Keep of an earlier version's job what this one needs to let it change."""
    growth.adopt(db, spec.manifest, held.get("manifest"))
    uri = spec.definition_uri
    definition = files.storage.read(uri) if uri and files.storage.exists(uri) else None
    known = definition is not None and hashlib.sha256(definition).hexdigest() == held.get("task")
    if spec.task is not None and not known:
        # What it was begun with is not there any more: it is this one, or nobody can tell.
        definition = spec.task.definition_bytes
        if hashlib.sha256(definition).hexdigest() != held.get("task"):
            raise UsageError(
                "the task.toml that this job was begun with is not in the workspace any more, and "
                "this is another one; start the job once with that, or name another with --job-name"
            )
    template = files.layout.template
    page = files.storage.read(template) if files.storage.exists(template) else None
    versions.keep(db, versions.Version(definition, page), now)
    (lines,) = db.execute("SELECT count(*) FROM objects").fetchone()
    note(db, "kept", now, lines=lines)
