"""The lines of an output manifest, each with its datasetObjectId."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import count
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

    A datasetObjectId is the line's number in the job's input, counted from 0. Input lines that
    nobody could read are not in the output: ``object-ids.txt`` says then whose lines the others
    are; without it, ``unreadable.jsonl`` says which numbers have none.
    """
    if job.manifest is None:
        return OutputLines({}, ())
    shown = job.told(job.manifest)
    try:
        data = job.storage.read(job.manifest)
    except LabelwrightError as error:
        return OutputLines({}, (AnswerFault(shown, str(error)),))
    faults: list[AnswerFault] = []
    identifiers = _identifiers(job, faults)
    lines: dict[str, dict[str, Json]] = {}
    for raw in read_lines(BytesIO(data)):
        identifier = next(identifiers, None)
        line = object_of(raw)
        if line is not None and identifier is not None:
            lines[identifier] = line
        elif line is not None:
            faults.append(AnswerFault(f"{shown}:{raw.number}", "object-ids.txt has no id for it"))
        elif raw.data is None or raw.data.strip():
            faults.append(AnswerFault(f"{shown}:{raw.number}", "the line is not a JSON object"))
    return OutputLines(lines, tuple(faults))


def _identifiers(job: JobPlace, faults: list[AnswerFault]) -> Iterator[str]:
    address = job.layout.object_ids
    if address in job.keys:
        try:
            told = job.storage.read(address).decode("ascii").split()
        except (LabelwrightError, UnicodeDecodeError):
            told = ["not read"]
        if all(map(str.isdecimal, told)) and len(set(told)) == len(told):
            return iter(told)
        faults.append(
            AnswerFault(job.told(address), "not a list of ids; lines are counted in its place")
        )
    missing = _unreadable(job)
    return (str(number) for number in count() if number not in missing)


def _unreadable(job: JobPlace) -> set[int]:
    address = job.layout.own("unreadable.jsonl")
    if address not in job.keys:
        return set()
    try:
        told = [load_json(line) for line in job.storage.read(address).splitlines() if line.strip()]
        return {int(entry["datasetObjectId"]) for entry in told}
    except (LabelwrightError, ValueError, TypeError, KeyError):
        return set()
