"""What a job amounts to: what went wrong by reason, and each field with its agreement.

Of labels that are read already, so that a job's report, the requester's pages and the command line
tell the same of them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from labelwright.answers.columns import Column, WorkerValue
from labelwright.contract.own_label import OwnLabel
from labelwright.quality.agreement import pairwise_agreement
from labelwright.quality.reasons import Alike, Reason, alike
from labelwright.task.definition import FieldDefinition, Kind

#: Labels by datasetObjectId.
Labels = Mapping[str, OwnLabel]


class FieldSummary(NamedTuple):
    """One field over the whole job; shares are 0 to 1, None where they can't be told."""

    name: str
    kind: Kind
    method: str
    answered: int
    ties: int
    agreement: float | None
    confidence: float | None


class ProblemCount(NamedTuple):
    """Problems of one code in one field (None: in whole answers), and the first of them."""

    code: str
    field: str | None
    times: int
    reason: str
    object_id: str


class Undeclared(NamedTuple):
    """How many objects have labels that the task does not declare, and which, most given first."""

    objects: int
    labels: list[str]


def with_error(labels: Labels) -> list[Alike]:
    """Group the labels that hold an error by its code and reason."""
    return alike(
        Reason("with error", f"[{error.code}] {error.reason}", f"object {identifier}")
        for identifier, label in labels.items()
        if (error := label.error) is not None
    )


def damaged(labels: Labels) -> list[Alike]:
    """Group the labels that can't be read whole by what is wrong: their file is missing, say."""
    return alike(
        Reason("damaged", fault, f"object {identifier}")
        for identifier, label in labels.items()
        if (fault := label.first_fault()) is not None
    )


def problems(labels: Labels) -> list[ProblemCount]:
    """Count what was wrong with answers by code and field, the most frequent first."""
    times = Counter[tuple[str, str | None]]()
    first: dict[tuple[str, str | None], tuple[str, str]] = {}
    for identifier, label in labels.items():
        for problem in label.problems:
            kind = (problem.code, problem.field)
            times[kind] += 1
            first.setdefault(kind, (problem.reason, identifier))
    return [ProblemCount(*kind, count, *first[kind]) for kind, count in times.most_common()]


def undeclared(labels: Labels) -> Undeclared:
    """Tell which labels were given that the task does not declare."""
    objects, given = 0, Counter[str]()
    for label in labels.values():
        found = {name for item in label.fields.values() for name in item.undeclared}
        objects += bool(found)
        given.update(sorted(found))
    return Undeclared(objects, [name for name, _ in given.most_common()])


def summarise_field(
    field: FieldDefinition, values: Sequence[tuple[WorkerValue, ...]], labels: Labels
) -> FieldSummary:
    """Summarise one field; ``values[i]`` are the workers' values for object ``i``.

    Agreement is that of the answers as they came: no text is read for it. Spans that do not fit
    their text, or that were marked on another one, count like any others, and UTF-16 offsets are
    compared unconverted, which makes no difference between workers who saw the same text. The
    labels that a definition declares play no part in it.
    """
    made = [label.fields[field.name] for label in labels.values() if field.name in label.fields]
    confidences = [item.confidence for item in made if item.confidence is not None]
    column = Column(field, field.labels, tuple(map(str, range(len(values)))), tuple(values))
    return FieldSummary(
        field.name,
        field.kind,
        made[0].method if made else "",
        sum(item.value is not None for item in made),
        sum(item.tie for item in made),
        pairwise_agreement(column),
        sum(confidences) / len(confidences) if confidences else None,
    )
