"""The way into a job: manifest lines, and pre-labeling that sends them to workers or not."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pre_labeling
from labelwright.contract.base import load_json
from labelwright.contract.manifest import labels_of
from labelwright.errors import LabelwrightError
from labelwright_local.folder_storage import FolderStorage
from labelwright_local.job_model import Entry, JobSpec, ObjectOutcome, Progress
from labelwright_local.usage import UsageError


def read_manifest(path: Path) -> Iterator[Entry]:
    """Yield the objects; an object's id is the number of its line, counted from 0."""
    with path.open("rb") as lines:
        for number, raw in enumerate(lines):
            text = raw.removeprefix(b"\xef\xbb\xbf") if number == 0 else raw
            if not text.strip():
                continue
            try:
                line = load_json(text)
            except ValueError as error:
                yield Entry(str(number), None, str(error))
                continue
            if isinstance(line, dict):
                yield Entry(str(number), line, None)
            else:
                yield Entry(str(number), None, "not a JSON object")


def pre_label(
    spec: JobSpec,
    storage: FolderStorage,
    entries: Sequence[Entry],
    outcomes: dict[str, ObjectOutcome],
    progress: Progress,
) -> Iterator[Entry]:
    """Yield the objects that go to workers; the others' outcomes are told at once."""
    settings = pre_labeling.Settings(task_definition=spec.definition_uri)
    for index, entry in enumerate(entries):
        progress("pre-labeling", index + 1, len(entries))
        outcome = _before_workers(spec, entry) or _ask(spec, storage, settings, entry)
        if outcome is None:
            yield entry
        else:
            outcomes[entry.identifier] = outcome


def _before_workers(spec: JobSpec, entry: Entry) -> ObjectOutcome | None:
    """Tell what the service itself keeps away from pre-labeling."""
    if entry.line is None:
        return entry.becomes("unreadable", entry.fault or "")
    labeled = any(
        label.attribute == spec.label_attribute and not label.failed
        for label in labels_of(entry.line)
    )
    if labeled:
        reason = f"already has a label '{spec.label_attribute}'; Ground Truth sends only the others"
        return entry.becomes("skipped", reason)
    return None


def _ask(
    spec: JobSpec, storage: FolderStorage, settings: pre_labeling.Settings, entry: Entry
) -> ObjectOutcome | None:
    event = {"version": "2018-10-16", "labelingJobArn": spec.arn, "dataObject": entry.line}
    try:
        answer = pre_labeling.handle(event, storage, settings)
    except UsageError:
        raise  # not this object's fault, but that of how the job was called
    except LabelwrightError as error:
        return entry.becomes("failed", f"ClientError: pre-labeling failed: [{error.code}] {error}")
    if answer["isHumanAnnotationRequired"]:
        return None
    skipped = answer["taskInput"]["skipped"]
    return entry.becomes("skipped", f"{skipped['rule']}: {skipped['reason']}")
