"""A labeling job on this machine: manifest, pre-labeling, answers, post-labeling, output manifest.

The very handlers that SAM deploys do the work; what is here moves the data between them, as Ground
Truth does. It can be run again on the same workspace: what is there is taken up, nothing doubles.
"""

import hashlib
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
from labelwright.errors import EventError
from labelwright_local.folder_storage import FolderStorage
from labelwright_local.job_batches import hand_over, post_label
from labelwright_local.job_files import JobFiles
from labelwright_local.job_model import Entry, JobSpec, ObjectOutcome, Progress
from labelwright_local.job_objects import pre_label, read_manifest


def run_job(
    spec: JobSpec,
    storage: FolderStorage,
    now: Callable[[], datetime],
    progress: Progress = lambda *_: None,
) -> list[ObjectOutcome]:
    """Run a job to its end and return what became of each object, in manifest order.

    Raises:
        LabelwrightError: the job can't be run at all: its label attribute or a method can't be
            used, or the workspace holds another job of that name.
    """
    fault = label_attribute_fault(spec.label_attribute)
    if fault:
        raise EventError(f"label attribute '{spec.label_attribute}': {fault}")
    _check_methods(spec)
    files = JobFiles(storage, spec.name)
    _claim(spec, files)
    _write_annotation_tool(spec, files)
    entries = list(read_manifest(spec.manifest))
    outcomes: dict[str, ObjectOutcome] = {}
    waiting = list(pre_label(spec, storage, entries, outcomes, progress))
    hand_over(spec, files, waiting, outcomes, now, progress)
    post_label(spec, files, entries, outcomes, progress)
    ordered = [
        outcomes.get(entry.identifier)
        or entry.becomes("failed", "ClientError: this object was never consolidated")
        for entry in entries
    ]
    _write_results(files, spec, entries, ordered)
    return ordered


def _check_methods(spec: JobSpec) -> None:
    """Find out before any work that a method does not exist."""
    with_method((), spec.method)
    for field in spec.task.definition.fields if spec.task else ():
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
        held = load_json(files.storage.read(uri))
        changed = [key for key, value in identity.items() if held.get(key) != value]
        if changed:
            raise EventError(
                f"{files.storage.path(files.prefix)} holds another run of job '{spec.name}' "
                f"(different: {', '.join(changed)}); name this one with --job-name, choose another "
                "--workspace, or delete that folder"
            )
    files.write_json(uri, identity)


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
