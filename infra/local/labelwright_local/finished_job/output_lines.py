"""The lines of an output manifest, each with its datasetObjectId."""

from collections.abc import Mapping
from io import BytesIO
from typing import NamedTuple

from labelwright.contract.base import Json, load_json
from labelwright.errors import LabelwrightError
from labelwright_lambda.whole_job.answers import AnswerFault
from labelwright_local.finished_job.places import JobPlace
from labelwright_local.manifest.lines import object_of, read_lines


class OutputLines(NamedTuple):
    """Lines by datasetObjectId, in order, and what can't be read."""

    lines: Mapping[str, dict[str, Json]]
    faults: tuple[AnswerFault, ...]


def read_output_lines(job: JobPlace) -> OutputLines:
    """Read the manifest whose labels count; without one there are no lines.

    A datasetObjectId is the line's number in the job's input, counted from 0. Of a local job, input
    lines that nobody could read are not in the output: they are told in ``unreadable.jsonl``.
    """
    if job.manifest is None:
        return OutputLines({}, ())
    shown = job.told(job.manifest)
    try:
        data = job.storage.read(job.manifest)
    except LabelwrightError as error:
        return OutputLines({}, (AnswerFault(shown, str(error)),))
    missing = _unreadable(job)
    lines: dict[str, dict[str, Json]] = {}
    faults = []
    number = 0
    for raw in read_lines(BytesIO(data)):
        while number in missing:
            number += 1
        line = object_of(raw)
        if line is not None:
            lines[str(number)] = line
        elif raw.data is None or raw.data.strip():
            faults.append(AnswerFault(f"{shown}:{raw.number}", "the line is not a JSON object"))
        number += 1
    return OutputLines(lines, tuple(faults))


def _unreadable(job: JobPlace) -> set[int]:
    address = job.layout.own("unreadable.jsonl")
    if address not in job.keys:
        return set()
    try:
        told = [load_json(line) for line in job.storage.read(address).splitlines() if line.strip()]
        return {int(entry["datasetObjectId"]) for entry in told}
    except (LabelwrightError, ValueError, TypeError, KeyError):
        return set()
