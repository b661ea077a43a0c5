"""A job's answers, each with its values and times, as they are handed on."""

from collections.abc import Iterator, Mapping, Sequence

from labelwright.answers.columns import AnsweredObject, read_column
from labelwright.answers.decode import decode_content
from labelwright.answers.texts import KnownText
from labelwright.contract.base import Json
from labelwright.contract.post_labeling import ReceivedAnnotation
from labelwright.task.definition import FieldDefinition
from labelwright_local.finished_job.all_answers import GatheredObject
from labelwright_local.finished_job.model import JobAnswer


def values_of(
    fields: Sequence[FieldDefinition],
    answered: Sequence[AnsweredObject],
    texts: Mapping[str, KnownText],
) -> Mapping[tuple[str, str], dict[str, Json]]:
    """Return what each worker answered in each field, by object and worker."""
    found: dict[tuple[str, str], dict[str, Json]] = {}
    for field in fields:
        column = read_column(field, field.labels, answered, texts).column
        for identifier, values in zip(column.objects, column.values, strict=True):
            for value in values:
                found.setdefault((identifier, value.worker), {})[field.name] = value.value
    return found


def answers_of(
    item: AnsweredObject, entry: GatheredObject, values: Mapping[tuple[str, str], dict[str, Json]]
) -> Iterator[JobAnswer]:
    """Yield all answers to an object, in the order of time."""
    counting = {answer.annotation: answer for answer in item.answers}
    damages = {
        problem.annotation: problem.reason
        for problem in item.problems
        if problem.code == "annotation-damaged"
    }
    for place, (annotation, sent) in enumerate(zip(entry.annotations, entry.sent, strict=True)):
        counts = counting.get(place)
        read = annotation.annotation
        content: dict[str, Json] | None = counts.content if counts else _decoded(annotation)
        worker = read.worker_id if read else ""
        yield JobAnswer(
            worker=worker,
            content=None if place in damages else content,
            raw=annotation.raw,
            values=values.get((item.dataset_object_id, worker), {}) if counts else {},
            counts=counts is not None,
            damage=damages.get(place),
            submission_time=sent.submission_time if sent else None,
            acceptance_time=sent.acceptance_time if sent else None,
            seconds=sent.time_spent_in_seconds if sent else None,
        )


def _decoded(annotation: ReceivedAnnotation) -> dict[str, Json] | None:
    """Return an answer that a later one replaced; None where it can't be read."""
    if annotation.annotation is None:
        return None
    try:
        content = decode_content(annotation.annotation.annotation_data.content)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
