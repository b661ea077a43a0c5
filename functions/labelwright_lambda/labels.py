"""Labels of data objects, of all their answers and of the votes of the job they belong to.

What the handlers that consolidate have in common: post-labeling for a batch, refining for a job.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from labelwright.answers.columns import (
    AnsweredObject,
    Problem,
    ReadColumn,
    fields_of,
    gold_values,
    labels_for,
    read_column,
    read_object,
)
from labelwright.answers.shape import given_by_few
from labelwright.answers.texts import KnownText
from labelwright.answers.weight import without_too_heavy
from labelwright.consolidation.budget import Planned
from labelwright.consolidation.ledger import FieldLedger, Ledger, until
from labelwright.consolidation.methods import learns, method_name, results_within, with_method
from labelwright.contract.base import Json
from labelwright.contract.job_layout import RequestName
from labelwright.contract.post_labeling import RequestObject
from labelwright.label.model import FieldLabel, Label, field_label, make_label
from labelwright.label.notes import notes_on
from labelwright.task.definition import FieldDefinition, TaskDefinition
from labelwright.task.gold import Gold, parse_gold
from labelwright_lambda.entry import load_cached
from labelwright_lambda.settings import ConsolidationSettings
from labelwright_lambda.storage import Storage
from labelwright_lambda.texts import read_texts
from labelwright_lambda.whole_job.answers import fetch_answers


class JobVotes(NamedTuple):
    """What is known beyond the objects at hand: votes up to the request ``own``, objects' sources.

    Without a ledger only the objects themselves count.
    """

    own: RequestName
    ledger: Ledger | None
    sources: Mapping[str, str]

    @property
    def scope(self) -> Literal["job", "batch"]:
        """Whether earlier requests inform the labels."""
        if self.ledger is None:
            return "batch"
        return "job" if any(name < self.own for name in self.ledger.requests) else "batch"

    def earlier(self, field: str) -> FieldLedger | None:
        """Return a field's values of all requests up to the own one."""
        return until(self.ledger, field, self.own) if self.ledger else None


class Answered(NamedTuple):
    """Data objects with their answers, read field by field.

    ``few`` are names of fields that a minority gave where nothing declares them.
    """

    objects: Sequence[RequestObject]
    answered: list[AnsweredObject]
    fields: tuple[FieldDefinition, ...]
    columns: list[ReadColumn]
    few: frozenset[str]
    texts: Mapping[str, KnownText]

    @property
    def learning(self) -> list[FieldDefinition]:
        """The fields whose methods learn from other objects."""
        return [field for field in self.fields if learns(field) and field.name not in self.few]


def read_answers(objects: Sequence[RequestObject], storage: Storage) -> list[AnsweredObject]:
    """Decode all answers, fetching those that were sent by reference.

    Raises:
        StorageError: an answer's file is out of reach.
    """
    fetched = fetch_answers(objects, storage)
    return [read_object(entry, fetched) for entry in without_too_heavy(objects, fetched)]


def read_fields(
    objects: Sequence[RequestObject],
    answered: list[AnsweredObject],
    definition: TaskDefinition | None,
    categories: tuple[str, ...] | None,
    storage: Storage,
    settings: ConsolidationSettings,
) -> Answered:
    """Read the answers field by field; ``categories`` are labels that the request declares.

    Raises:
        MethodError: no field of the definition has the method that is set.
        StorageUnavailable: a text was not to be had now.
    """
    fields = with_method(
        fields_of(definition, answered), settings.method, required=definition is not None
    )
    texts = read_texts(objects, answered, fields, storage, settings.text_prefix)
    answered = texts.doubted(answered)
    few = frozenset() if definition else given_by_few(fields, _contents(answered))
    columns = [
        read_column(
            field,
            labels_for(field, fields, categories, few),
            answered,
            texts.known,
            of_few=field.name in few,
        )
        for field in fields
    ]
    return Answered(objects, answered, fields, columns, few, texts.known)


def _contents(answered: Sequence[AnsweredObject]) -> list[Json]:
    return [answer.content for item in answered for answer in item.answers]


def load_gold(definition: TaskDefinition | None, storage: Storage) -> Gold | None:
    """Return the known answers that the definition names.

    Raises:
        TaskDefinitionError: they can't be read.
    """
    uri = definition.gold if definition else None
    return load_cached("gold", uri, parse_gold, storage) if uri else None


def make_labels(
    read: Answered, planned: Iterable[Planned], job: JobVotes, gold: Gold | None
) -> list[tuple[str, Label]]:
    """Consolidate field by field, then put the labels together object by object.

    ``planned`` has the columns of ``read``, in order. Returns pairs of datasetObjectId and label.
    """
    known = {
        item.column.field.name: gold_values(item.column.field, gold, job.sources, read.texts)
        for item in read.columns
    }
    results: list[dict[str, FieldLabel]] = [{} for _ in read.objects]
    problems: list[tuple[Problem, ...]] = [()] * len(read.objects)
    for (_, found, offsets), plan in zip(read.columns, planned, strict=True):
        field = plan.column.field
        made = results_within(plan, known[field.name], job.earlier(field.name))
        for index, result in enumerate(made):
            results[index][field.name] = field_label(
                field, method_name(field), result, offsets[index]
            )
            notes = notes_on(result, field.name, read.answered[index])
            problems[index] += (*found[index], *notes)
    return [
        (
            entry.dataset_object_id,
            make_label(entry, read.answered[i], results[i], problems[i], job.scope),
        )
        for i, entry in enumerate(read.objects)
    ]
