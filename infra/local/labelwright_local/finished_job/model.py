"""A job as it is read: its objects, each with its label and with every answer of every worker."""

from collections.abc import Mapping
from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_lambda.whole_job.answers import AnswerFault


class LabelledSpan(NamedTuple):
    """A labelled stretch of text: offsets from 0, ``end`` exclusive; confidence 0 to 1."""

    start: int
    end: int
    label: str
    confidence: float | None


class LabelledBox(NamedTuple):
    """A labelled rectangle in pixels, from the upper left corner; confidence 0 to 1."""

    left: float
    top: float
    width: float
    height: float
    label: str
    confidence: float | None


class FieldLabel(NamedTuple):
    """The label of one field of an object.

    ``value`` by kind: ``str`` for choice and text, ``tuple[str, ...]`` for choices, ``float`` for
    number, ``tuple[LabelledSpan, ...]`` for spans, ``tuple[LabelledBox, ...]`` for boxes, JSON as
    it stands for unknown; None where nobody answered. ``confidence`` is 0 to 1, None where the
    label has none. ``parts`` are the confidences of several choices, by label, where they have
    their own. ``offsets`` is what ends of spans count where that is not code points. ``image`` is
    width and height in pixels, where the label says them.
    """

    name: str
    kind: Kind
    value: Json
    confidence: float | None = None
    parts: Mapping[str, float] = {}
    offsets: str | None = None
    image: tuple[float, float] | None = None


class JobAnswer(NamedTuple):
    """One answer of one worker to one object, as it came, and what each field's value is.

    ``content`` is the decoded answer, None where it is damaged: ``damage`` says how. ``values`` are
    by the field's name, in the form that ``labelwright.answers`` gives them. ``counts`` is false
    for what the same worker replaced with a later answer. Times are the service's, ISO 8601.
    """

    worker: str
    content: dict[str, Json] | None
    raw: Json
    values: Mapping[str, Json]
    counts: bool
    damage: str | None = None
    submission_time: str | None = None
    acceptance_time: str | None = None
    seconds: float | None = None


class JobObject(NamedTuple):
    """A data object of a job.

    ``id`` is its datasetObjectId; ``number`` its place in the manifest, from 1, and ``line`` its
    line there: None for an object of which only answers are known. ``text`` is the text itself,
    where there is one at hand; ``reference`` the address of the file that the object is in.
    ``error`` says why it has no label though the job is done with it.
    """

    id: str
    number: int | None
    line: dict[str, Json] | None
    text: str | None
    reference: str | None
    labels: tuple[FieldLabel, ...]
    answers: tuple[JobAnswer, ...]
    error: str | None = None

    def label(self, field: str) -> FieldLabel | None:
        """Return the label of a field, None where it has none."""
        return next((label for label in self.labels if label.name == field), None)


class ReadJob(NamedTuple):
    """All that there is of a job. ``attribute`` is its label attribute, None where no line has one.

    ``fields`` are those of the task definition, where one is at hand, else those found in labels
    and answers. ``names`` are the names that workers gave, by their ids: of local jobs alone.
    ``built_in`` is true for a job of one of the service's own task types, whose labels are theirs.
    """

    name: str
    attribute: str | None
    fields: tuple[FieldDefinition, ...]
    objects: tuple[JobObject, ...]
    faults: tuple[AnswerFault, ...]
    names: Mapping[str, str]
    built_in: bool
    place: str

    def field(self, name: str) -> FieldDefinition | None:
        """Return a field by its name."""
        return next((field for field in self.fields if field.name == name), None)
