"""A batch of objects and their answers, turned into one column of values for each field."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from labelwright.answers.decode import decode_content
from labelwright.answers.raw import raw_value
from labelwright.answers.reading import Reading
from labelwright.answers.shape import recognise_fields
from labelwright.answers.texts import (
    KnownText,
    Offsets,
    Placed,
    claim_fault,
    place_spans,
    text_claim,
)
from labelwright.answers.values import VALUE_KINDS, read_value
from labelwright.contract.base import Json
from labelwright.contract.post_labeling import RequestObject
from labelwright.errors import TaskDefinitionError
from labelwright.task.definition import LABELLED_KINDS, FieldDefinition, Kind, TaskDefinition
from labelwright.task.gold import Gold


class Problem(NamedTuple):
    """What was wrong with (part of) an annotation, or with a field.

    ``annotation`` is its index in ``annotationsFromAllWorkers``, None when it concerns none of
    them; ``field`` is None when the whole annotation is damaged.
    """

    annotation: int | None
    field: str | None
    code: str
    reason: str


class Answer(NamedTuple):
    """A readable answer of one worker; ``annotation`` is its index among the object's."""

    annotation: int
    worker: str
    content: dict[str, Json]


class AnsweredObject(NamedTuple):
    """A data object with its readable answers, one a worker, and what could not be read."""

    dataset_object_id: str
    answers: tuple[Answer, ...]
    problems: tuple[Problem, ...]


class WorkerValue(NamedTuple):
    """What one worker answered in one field.

    ``partial``: items of the answer were lost. Those in ``value`` are votes; that others are not in
    it speaks against nobody.
    """

    worker: str
    value: Json
    partial: bool = False


def partial_places(values: Sequence[WorkerValue]) -> frozenset[int]:
    """Return the places of the values of which items were lost."""
    return frozenset(place for place, value in enumerate(values) if value.partial)


class Column(NamedTuple):
    """One field of a batch: ``values[i]`` are the workers' values for object ``i``.

    ``labels`` are the declared labels in order, empty when labels are open. ``texts[i]`` is the
    text of object ``i`` where it is known, for spans; empty when none is. A choice of many votes
    makes its values when they are asked for (``labelwright.consolidation.choice_column``).
    """

    field: FieldDefinition
    labels: tuple[str, ...]
    objects: tuple[str, ...]
    values: Sequence[tuple[WorkerValue, ...]]
    texts: tuple[str | None, ...] = ()

    def undeclared(self, index: int) -> tuple[str, ...]:
        """Return the labels, sorted, that an object's workers gave and that are not declared."""
        if not self.labels:
            return ()
        labels_in = VALUE_KINDS[self.field.kind].labels
        given = {label for value in self.values[index] for label in labels_in(value.value)}
        return tuple(sorted(given.difference(self.labels)))


#: Content fetched for annotations that came by reference: the bytes, or why there are none.
Fetched = Mapping[str, bytes | str]


def read_object(entry: RequestObject, fetched: Fetched) -> AnsweredObject:
    """Decode every annotation of an object; a worker's last readable answer counts."""
    answers: dict[str, Answer] = {}
    problems = []
    for index, received in enumerate(entry.annotations):
        if received.annotation is None:
            problems.append(Problem(index, None, "annotation-damaged", received.damage or ""))
            continue
        data = received.annotation.annotation_data
        content: Json = data.content
        try:
            if content is None:
                content = _referenced(fetched.get(str(data.s3_uri), "it was not read"))
            decoded = decode_content(content)
        except ValueError as error:
            problems.append(Problem(index, None, "annotation-damaged", str(error)))
            continue
        worker = received.annotation.worker_id
        if worker in answers:
            problems.append(
                Problem(
                    answers[worker].annotation,
                    None,
                    "annotation-repeated",
                    "the same worker answered again later; the last answer counts",
                )
            )
        answers[worker] = Answer(index, worker, decoded)
    return AnsweredObject(entry.dataset_object_id, tuple(answers.values()), tuple(problems))


def _referenced(content: bytes | str) -> Json:
    if isinstance(content, str):
        raise ValueError(f"the answer kept in a file is missing: {content}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from None


def fields_of(
    definition: TaskDefinition | None, objects: Sequence[AnsweredObject]
) -> tuple[FieldDefinition, ...]:
    """Return the definition's fields, or without one those recognised by shape."""
    if definition is not None:
        return definition.fields
    answers = [answer for item in objects for answer in item.answers]
    return recognise_fields(
        [answer.content for answer in answers], [answer.worker for answer in answers]
    )


def labels_for(
    field: FieldDefinition,
    fields: Sequence[FieldDefinition],
    categories: tuple[str, ...] | None,
    few: Collection[str] = (),
) -> tuple[str, ...]:
    """Return a field's declared labels: the request's categories, else the definition's.

    Categories belong to the whole job; where several fields have labels they can't be meant for
    all of them, and each field's own are taken. Fields that ``few`` gave, who may have invented
    them, count where there are no others.
    """
    labelled = [other.name for other in fields if other.kind in LABELLED_KINDS]
    meant = [name for name in labelled if name not in few] or labelled
    if categories and meant == [field.name]:
        return tuple(dict.fromkeys(map(field.current, categories)))
    return field.labels


class ReadColumn(NamedTuple):
    """A column, and for each object what was wrong with answers to this field.

    ``offsets`` tell by object what span ends count where the text to turn them into code points by
    is not known.
    """

    column: Column
    problems: tuple[tuple[Problem, ...], ...]
    offsets: tuple[Offsets | None, ...]


def read_column(
    field: FieldDefinition,
    labels: tuple[str, ...],
    objects: Sequence[AnsweredObject],
    texts: Mapping[str, KnownText],
    *,
    of_few: bool = False,
) -> ReadColumn:
    """Read one field of all objects; ``texts`` by datasetObjectId, where they are known.

    ``of_few`` gave it, who may have invented it: where another answer has a text on the way to it,
    that is another field, and nothing is damaged.
    """
    values, problems, offsets = [], [], []
    field = field.model_copy(update={"labels": labels})
    for item in objects:
        read: list[WorkerValue] = []
        found: list[Problem] = []
        units: Counter[Offsets | None] = Counter()
        for answer in item.answers:
            reading, unplaced = _read(field, answer, texts.get(item.dataset_object_id), of_few)
            found += [
                Problem(answer.annotation, field.name, "value-damaged", reason)
                for reason in reading.problems
            ]
            if reading.value is not None:
                read.append(WorkerValue(answer.worker, reading.value, reading.partial))
            if reading.value:
                units.update(unplaced or {None})
        values.append(tuple(read))
        if len(units) > 1:
            found.append(Problem(None, field.name, "offsets-differ", _UNITS_DIFFER))
        problems.append(tuple(found))
        offsets.append(_most_used(units))
    ids = tuple(item.dataset_object_id for item in objects)
    known = [texts.get(name) for name in ids] if field.kind is Kind.SPANS else []
    column = Column(
        field, labels, ids, tuple(values), tuple(text.text if text else None for text in known)
    )
    return ReadColumn(column, tuple(problems), tuple(offsets))


_UNITS_DIFFER = (
    "spans of different answers count in different units (code points, UTF-16 units or tokens), "
    "and the text to convert them by is not known: the same stretch can have other ends"
)


def _most_used(units: Counter[Offsets | None]) -> Offsets | None:
    """Return what most answers with spans count; of several the first by name."""
    return min(units, key=lambda unit: (-units[unit], unit or ""), default=None)


def gold_values(
    field: FieldDefinition,
    gold: Gold | None,
    sources: Mapping[str, str],
    texts: Mapping[str, KnownText],
) -> dict[str, Json]:
    """Return a field's known values by datasetObjectId, in the form that columns have.

    Known spans are written as workers' are, and turned into code points where those are: where the
    text is known. They are not checked against it, because its address comes from answers.

    Raises:
        TaskDefinitionError: a gold value is none that the field can have.
    """
    if gold is None:
        return {}
    known = {}
    for task, raw in gold.of_field(field.name, sources).items():
        reading = read_value(field, raw)
        if reading.value is None or reading.problems:
            raise TaskDefinitionError(
                f"gold: a value of field '{field.name}' is not of kind {field.kind}"
            )
        known[task] = reading.value
        if field.kind is Kind.SPANS:
            placed = place_spans(reading.value, field, texts.get(task)).reading
            fits = placed.value is not None and not placed.problems
            as_given = tuple(marked.span for marked in reading.value)
            known[task] = placed.value if fits else as_given
    return known


def _read(field: FieldDefinition, answer: Answer, known: KnownText | None, of_few: bool) -> Placed:
    try:
        raw = raw_value(answer.content, field)
    except ValueError as error:
        return Placed(Reading(None, () if of_few else (str(error),)))
    reading = read_value(field, raw)
    if field.kind is not Kind.SPANS or reading.value is None:
        return Placed(reading)
    fault = claim_fault(text_claim(answer.content, field), known)
    if fault:
        return Placed(Reading(None, (*reading.problems, fault)))
    placed, units = place_spans(reading.value, field, known)
    return Placed(
        Reading(
            placed.value,
            reading.problems + placed.problems,
            partial=placed.value is not None and (reading.partial or placed.partial),
        ),
        units,
    )
