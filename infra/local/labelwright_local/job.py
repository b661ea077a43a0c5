"""A labeling job on this machine: manifest, pre-labeling, answers, post-labeling, output manifest.

The very handlers that SAM deploys do the work; what is here moves the data between them, as Ground
Truth does. It can be run again on the same workspace: what is there is taken up, nothing doubles.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import datetime

from labelwright.consolidation.methods import method_name, with_method
from labelwright.contract.base import Json, dump_json, load_json
from labelwright.contract.label_categories import EmittedLabelCategory, EmittedLabelCategoryConfig
from labelwright.contract.manifest import (
    METADATA_SUFFIX,
    CustomLabelMetadata,
    FailedLabelMetadata,
    format_date,
    label_attribute_fault,
)
from labelwright_local.folder_storage import FolderStorage
from labelwright_local.job_batches import hand_over, post_label
from labelwright_local.job_files import JobFiles
from labelwright_local.job_model import Entry, JobSpec, ObjectOutcome, Progress
from labelwright_local.job_objects import pre_label, read_manifest
from labelwright_local.usage import UsageError

#: What CreateLabelingJob takes as a name.
_JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


def run_job(
    spec: JobSpec,
    storage: FolderStorage,
    now: Callable[[], datetime],
    progress: Progress = lambda *_: None,
) -> list[ObjectOutcome]:
    """Run a job to its end and return what became of each object, in manifest order.

    Raises:
        LabelwrightError: the job can't be run at all: its name, its label attribute or a method
            can't be used, or the workspace holds another job of that name, or is at work.
    """
    _check_names(spec)
    _check_methods(spec)
    files = JobFiles(storage, spec.name)
    with files.alone():
        return _run(spec, files, now, progress)


def _run(
    spec: JobSpec, files: JobFiles, now: Callable[[], datetime], progress: Progress
) -> list[ObjectOutcome]:
    _claim(spec, files)
    _write_annotation_tool(spec, files)
    entries = list(read_manifest(spec.manifest))
    outcomes: dict[str, ObjectOutcome] = {}
    waiting = list(pre_label(spec, files.storage, entries, outcomes, progress))
    batches = hand_over(spec, files, waiting, outcomes, now, progress)
    post_label(spec, files, batches, entries, outcomes, progress)
    ordered = [
        outcomes.get(entry.identifier)
        or entry.becomes("failed", "ClientError: this object was never consolidated")
        for entry in entries
    ]
    _write_results(files, spec, entries, ordered)
    return ordered


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


def _claim(spec: JobSpec, files: JobFiles) -> None:
    """Make sure that what the workspace holds of this name is this very job."""
    identity = {
        "manifest": hashlib.sha256(spec.manifest.read_bytes()).hexdigest(),
        "answers": spec.answers.digest,
        "task": hashlib.sha256(spec.task.definition_bytes).hexdigest() if spec.task else None,
        "method": spec.method,
        "labelAttribute": spec.label_attribute,
    }
    uri = f"{files.own}/job.json"
    if files.storage.exists(uri):
        held = _held(files, uri)
        changed = [key for key, value in identity.items() if held.get(key) != value]
        if changed:
            raise UsageError(
                f"{files.storage.path(files.prefix)} holds another run of job '{spec.name}' "
                f"(different: {', '.join(changed)}); name this one with --job-name, choose another "
                "--workspace, or delete that folder"
            )
    files.write_json(uri, identity)


def _held(files: JobFiles, uri: str) -> dict[str, Json]:
    """Return what the workspace says of the job that it holds."""
    try:
        held = load_json(files.storage.read(uri))
        fault = None if isinstance(held, dict) else "not a JSON object"
    except ValueError as error:
        held, fault = {}, str(error)
    if fault:
        raise UsageError(
            f"{files.storage.path(uri)}: this file says which job the folder holds, and it is "
            f"damaged ({fault}); delete the folder {files.storage.path(files.prefix)}, or choose "
            "another --workspace"
        )
    return dict(held)


def _write_annotation_tool(spec: JobSpec, files: JobFiles) -> None:
    if spec.task is None or spec.definition_uri is None:
        return
    files.storage.write(spec.definition_uri, spec.task.definition_bytes)
    if spec.task.template is not None:
        files.storage.write(f"{files.prefix}/annotation-tool/template.liquid", spec.task.template)
    labels = [label for field in spec.task.definition.fields for label in field.labels]
    categories = [EmittedLabelCategory(label=label) for label in dict.fromkeys(labels)]
    config = EmittedLabelCategoryConfig(labels=categories)
    files.write_json(f"{files.prefix}/annotation-tool/data.json", config.wire())


def _write_results(
    files: JobFiles,
    spec: JobSpec,
    entries: Sequence[Entry],
    outcomes: Sequence[ObjectOutcome],
) -> None:
    """Write the output manifest, and beside it what stands in no manifest.

    Skipped objects keep their line as it was; that is our choice, the service's is not documented.
    A line that is no JSON object has no place in a manifest and is told in ``unreadable.jsonl``.
    """
    lines = []
    for entry, outcome in zip(entries, outcomes, strict=True):
        if entry.line is not None:
            lines.append(_output_line(spec, entry.line, outcome))
    files.storage.write(files.output_manifest, _json_lines(lines))
    for kind in ("skipped", "unreadable"):
        told = [
            {"datasetObjectId": o.dataset_object_id, "line": o.line_number, "reason": o.reason}
            for o in outcomes
            if o.outcome == kind
        ]
        files.storage.write(f"{files.own}/{kind}.jsonl", _json_lines(told))


def _output_line(spec: JobSpec, line: dict[str, Json], outcome: ObjectOutcome) -> dict[str, Json]:
    attribute = spec.label_attribute
    kept = {k: v for k, v in line.items() if k not in (attribute, attribute + METADATA_SUFFIX)}
    if outcome.labeled_at is not None:
        created = format_date(outcome.labeled_at)
        metadata = CustomLabelMetadata(job_name=spec.name, creation_date=created)
        return {**kept, attribute: outcome.label, attribute + METADATA_SUFFIX: metadata.wire()}
    if outcome.outcome == "failed":
        failure = FailedLabelMetadata(failure_reason=outcome.reason or "")
        return {**kept, attribute + METADATA_SUFFIX: failure.wire()}
    return line


def _json_lines(values: Sequence[Json]) -> bytes:
    return "".join(dump_json(value) + "\n" for value in values).encode()
