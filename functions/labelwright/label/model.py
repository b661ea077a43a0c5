"""The label that stands under the label attribute, schema ``labelwright/1``."""

from typing import Any, Literal

from labelwright.answers.columns import AnsweredObject, Problem
from labelwright.answers.texts import Offsets
from labelwright.consolidation.result import Consolidated
from labelwright.contract.base import Emitted, Json
from labelwright.contract.own_label import SCHEMA
from labelwright.contract.post_labeling import RequestObject
from labelwright.task.definition import FieldDefinition, Kind


class FieldLabel(Emitted):
    """One field: its consolidated value and how it came about.

    ``value`` has the form of its kind: the table in functions/README.md, "The label". What is
    passed through is the list of all workers' values. ``offsets`` says that span ends are UTF-16
    units or the 2019 page's tokens, because the text to convert them by is not known; else they are
    code points. The value is null when nobody answered, and when it moved into the file that
    ``value_ref`` names.
    """

    kind: Kind
    method: str
    value: Any
    confidence: float | None
    workers: int
    votes: dict[str, int] | None = None
    tie: bool = False
    undeclared: tuple[str, ...] = ()
    offsets: Offsets | None = None
    value_ref: str | None = None


class LabelProblem(Emitted):
    """What was wrong with (part of) an answer, or with a field.

    ``annotation`` counts from 0 in all answers, None where it concerns none of them.
    """

    annotation: int | None
    field: str | None
    code: str
    reason: str


class LabelError(Emitted):
    """Why an object could not be consolidated."""

    code: str
    reason: str


class Label(Emitted):
    """A whole label. Either all answers are in it, or ``annotations_ref`` names the file.

    That file holds the complete label: what was taken out of this one is there.
    """

    fields: dict[str, FieldLabel]
    scope: Literal["job", "batch"]
    annotations_from_all_workers: list[Any] | None
    annotations_ref: str | None = None
    problems: list[LabelProblem]
    error: LabelError | None

    def wire(self) -> dict[str, Json]:
        """Return the label as JSON: a null that says something stays, an unused key goes."""
        made: dict[str, Json] = {
            "schema": SCHEMA,
            "fields": {name: _field_wire(field) for name, field in self.fields.items()},
            "scope": self.scope,
        }
        if self.annotations_ref is None:
            made["annotationsFromAllWorkers"] = self.annotations_from_all_workers
        else:
            made["annotationsRef"] = self.annotations_ref
        made["problems"] = [problem.model_dump() for problem in self.problems]
        made["error"] = None if self.error is None else self.error.model_dump()
        return made


def _field_wire(field: FieldLabel) -> dict[str, Json]:
    # Not model_dump: values are workers' JSON, which pydantic would walk through and rebuild.
    made: dict[str, Json] = {
        "kind": str(field.kind),
        "value": field.value,
        "confidence": field.confidence,
        "method": field.method,
        "workers": field.workers,
    }
    if field.votes is not None:
        made["votes"] = field.votes
    made["tie"] = field.tie
    if field.undeclared:
        made["undeclared"] = list(field.undeclared)
    if field.offsets is not None:
        made["offsets"] = field.offsets
    if field.value_ref is not None:
        made["valueRef"] = field.value_ref
    return made


def field_label(
    field: FieldDefinition, method: str, result: Consolidated, offsets: Offsets | None
) -> FieldLabel:
    """Say how one field of one object was consolidated."""
    return FieldLabel(
        kind=field.kind,
        method=method,
        value=result.value,
        confidence=result.confidence,
        workers=result.workers,
        votes=result.votes,
        tie=result.tie,
        undeclared=result.undeclared,
        offsets=offsets,
    )


def make_label(
    entry: RequestObject,
    answered: AnsweredObject,
    fields: dict[str, FieldLabel],
    problems: tuple[Problem, ...],
    scope: Literal["job", "batch"],
) -> Label:
    """Put an object's label together."""
    return Label(
        fields=fields,
        scope=scope,
        annotations_from_all_workers=[received.raw for received in entry.annotations],
        problems=[LabelProblem(**problem._asdict()) for problem in (*answered.problems, *problems)],
        error=_error(entry, answered),
    )


def _error(entry: RequestObject, answered: AnsweredObject) -> LabelError | None:
    if entry.damage:
        return LabelError(code="object-damaged", reason=entry.damage)
    if not answered.answers:
        return LabelError(
            code="no-answers",
            reason=f"none of {len(entry.annotations)} annotations could be read",
        )
    return None
