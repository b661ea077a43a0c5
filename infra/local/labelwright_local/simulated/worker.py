"""What a simulated worker takes an object for: the truth, or something else, by quality and chance.

Everything follows from seeds: the same worker gives the same value for the same object each time.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.errors import UsageError
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_local.workspace.task_folder import TaskFolder


@dataclass(frozen=True)
class SimulatedWorker:
    """A worker by name; ``quality``, 0 to 1, is the probability of each value being the true one.

    Raises:
        UsageError: ``quality`` is out of its range.
    """

    name: str
    quality: float = 0.85
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.quality <= 1:
            raise UsageError(f"quality {self.quality}: it is a probability, 0 to 1")


class Mark(NamedTuple):
    """A span of the text; code points, end exclusive."""

    start: int
    end: int
    label: str


class Box(NamedTuple):
    """A box on the image; all four are shares of its width and height, 0 to 1."""

    left: float
    top: float
    width: float
    height: float
    label: str


#: By field: a label, a list of labels, a list of marks or of boxes, a number, or a text.
Values = Mapping[str, Json]


def truth_values(
    task: TaskFolder | None, truth: Mapping[str, str], field: str | None
) -> Mapping[str, Mapping[str, Json]]:
    """Return true labels of a choice field, by object and field name; none of another field.

    ``field`` may be None where the task has one choice field only.
    """
    fields = task.definition.fields if task else ()
    choices = [item.name for item in fields if item.kind is Kind.CHOICE]
    named = field or (choices[0] if len(choices) == 1 else None)
    if named not in choices:
        return {}
    return {object_id: {named: label} for object_id, label in truth.items()}


def true_values(
    fields: Sequence[FieldDefinition],
    object_id: str,
    text: str,
    truth: Mapping[str, Json],
    seed: int,
) -> Values:
    """Return what is taken to be true of an object: its ``truth``, and a seeded guess else."""
    return {
        field.name: truth[field.name]
        if field.name in truth
        else _GUESSES[field.kind](field, text, _chance(seed, object_id, field.name))
        for field in fields
    }


def perceived(
    worker: SimulatedWorker, fields: Sequence[FieldDefinition], object_id: str, true: Values
) -> Values:
    """Return what a worker says of an object, given what is true of it."""
    return {
        field.name: _ERRORS[field.kind](
            field,
            true[field.name],
            worker.quality,
            _chance(worker.seed, worker.name, object_id, field.name),
        )
        for field in fields
    }


def _chance(*parts: object) -> Random:
    return Random("/".join(map(str, parts)))  # noqa: S311 - no secret, and the same every time


def _guess_choice(field: FieldDefinition, _text: str, chance: Random) -> Json:
    return chance.choice(_labels(field))


def _guess_choices(field: FieldDefinition, _text: str, chance: Random) -> Json:
    labels = _labels(field)
    return chance.sample(labels, chance.randint(1, max(1, len(labels) // 2)))


def _guess_spans(field: FieldDefinition, text: str, _chance: Random) -> Sequence[Mark]:
    """Give every sentence a label, in the order in which the labels are declared."""
    labels = _labels(field)
    sentences = [match.span() for match in re.finditer(r"\S(?:.*?[.!?](?=\s|$)|.*$)", text, re.M)]
    return [
        Mark(*span, labels[place * len(labels) // len(sentences)])
        for place, span in enumerate(sentences)
    ]


def _guess_boxes(field: FieldDefinition, _text: str, chance: Random) -> Sequence[Box]:
    left, top = chance.uniform(0.1, 0.4), chance.uniform(0.1, 0.4)
    width, height = chance.uniform(0.2, 0.5), chance.uniform(0.2, 0.5)
    return [Box(left, top, width, height, chance.choice(_labels(field)))]


def _guess_number(_field: FieldDefinition, _text: str, chance: Random) -> Json:
    return chance.randint(1, 9)


def _guess_text(_field: FieldDefinition, _text: str, chance: Random) -> Json:
    return chance.choice(("", "Nothing of note.", "Hard to read in places."))


def _wrong_choice(field: FieldDefinition, true: Json, quality: float, chance: Random) -> Json:
    others = [label for label in _labels(field) if label != true]
    return true if chance.random() < quality or not others else chance.choice(others)


def _wrong_choices(field: FieldDefinition, true: Json, quality: float, chance: Random) -> Json:
    return [label for label in _labels(field) if (label in true) == (chance.random() < quality)]


def _wrong_spans(
    field: FieldDefinition, true: Sequence[Mark], quality: float, chance: Random
) -> Sequence[Mark]:
    """Miss a span, end it early, or label it wrongly."""
    given = []
    for mark in true:
        if chance.random() < quality:
            given.append(mark)
            continue
        error = chance.choice(("missed", "short", "mislabeled"))
        if error == "short":
            given.append(mark._replace(end=mark.start + max(1, (mark.end - mark.start) // 2)))
        elif error == "mislabeled":
            given.append(mark._replace(label=chance.choice(_labels(field))))
    return given


def _wrong_boxes(
    field: FieldDefinition, true: Sequence[Box], quality: float, chance: Random
) -> Sequence[Box]:
    """Draw boxes a little off, the more so the lower the quality, or with another label."""
    off = (1 - quality) / 5
    return [
        Box(
            min(max(box.left + chance.uniform(-off, off), 0.0), 0.9 - box.width / 2),
            min(max(box.top + chance.uniform(-off, off), 0.0), 0.9 - box.height / 2),
            box.width / (1 + off),
            box.height / (1 + off),
            box.label if chance.random() < quality else chance.choice(_labels(field)),
        )
        for box in true
    ]


def _wrong_number(_field: FieldDefinition, true: Json, quality: float, chance: Random) -> Json:
    return true if chance.random() < quality else true + chance.choice((-1, 1))


def _wrong_text(_field: FieldDefinition, true: Json, quality: float, chance: Random) -> Json:
    return true if chance.random() < quality else "I am not sure."


def _labels(field: FieldDefinition) -> Sequence[str]:
    if not field.labels:
        raise UsageError(
            f"field '{field.name}': simulated workers choose among its labels, and the task "
            "definition declares none"
        )
    return field.labels


_GUESSES: Mapping[Kind, Callable[[FieldDefinition, str, Random], Json]] = {
    Kind.CHOICE: _guess_choice,
    Kind.CHOICES: _guess_choices,
    Kind.SPANS: _guess_spans,
    Kind.BOXES: _guess_boxes,
    Kind.NUMBER: _guess_number,
    Kind.TEXT: _guess_text,
}
_ERRORS: Mapping[Kind, Callable[[FieldDefinition, Json, float, Random], Json]] = {
    Kind.CHOICE: _wrong_choice,
    Kind.CHOICES: _wrong_choices,
    Kind.SPANS: _wrong_spans,
    Kind.BOXES: _wrong_boxes,
    Kind.NUMBER: _wrong_number,
    Kind.TEXT: _wrong_text,
}
