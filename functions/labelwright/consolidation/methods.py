"""The consolidation methods by kind of field, and the one way to apply them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from labelwright.answers.columns import Column
from labelwright.consolidation.boxes import as_drawn, matched
from labelwright.consolidation.choices import vote_on_each
from labelwright.consolidation.dawid_skene import dawid_skene
from labelwright.consolidation.majority import majority
from labelwright.consolidation.numbers import median
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.span_sequence import sequence
from labelwright.consolidation.spans import span_vote
from labelwright.consolidation.texts import medoid
from labelwright.consolidation.votes import ChoiceResult, Votes
from labelwright.contract.base import Json
from labelwright.errors import MethodError
from labelwright.task.definition import FieldDefinition, Kind

#: A method turns a column into one result for each of its objects, in order.
Method = Callable[[Column], list[Consolidated]]


def consolidate(column: Column) -> list[Consolidated]:
    """Consolidate one field of a batch.

    Raises:
        MethodError: the field names a method that its kind does not have.
    """
    results = METHODS[column.field.kind][method_name(column.field)](column)
    declared = set(column.labels)
    return [
        result._replace(undeclared=_undeclared(result, declared)) if declared else result
        for result in results
    ]


def method_name(field: FieldDefinition) -> str:
    """Return the name of the field's method: the one it names, else the first of its kind.

    Raises:
        MethodError: the kind does not have the method.
    """
    available = METHODS[field.kind]
    name = field.method or next(iter(available))
    if name not in available:
        raise MethodError(
            f"field '{field.name}': kind {field.kind} has no method '{name}'; it has "
            f"{', '.join(available)}"
        )
    return name


def _choice(algorithm: Callable[[Votes], ChoiceResult]) -> Method:
    def method(column: Column) -> list[Consolidated]:
        votes = choice_votes(column)
        result = algorithm(votes)
        counts = votes.counts()
        found = []
        for index, values in enumerate(column.values):
            if not values:
                found.append(Consolidated(None, None, 0, {}))
                continue
            given = {
                votes.labels[label]: int(counts[index, label])
                for label in counts[index].nonzero()[0]
            }
            found.append(
                Consolidated(
                    votes.labels[result.label[index]],
                    min(1.0, float(result.confidence[index])),
                    len(values),
                    given,
                    bool(result.tie[index]),
                )
            )
        return found

    return method


def choice_votes(column: Column) -> Votes:
    """Return a choice column's votes, with all its objects as tasks."""
    rows = (
        (task, value.worker, value.value)
        for task, values in zip(column.objects, column.values, strict=True)
        for value in values
    )
    return Votes.from_rows(rows, column.objects, column.labels)


def _each(consolidator: Callable[[Sequence[Any]], Consolidated]) -> Method:
    return lambda column: [
        consolidator([value.value for value in values]) for values in column.values
    ]


def _each_with_threshold(
    consolidator: Callable[[Sequence[Any], float | None], Consolidated],
) -> Method:
    return lambda column: [
        consolidator([value.value for value in values], column.field.threshold)
        for values in column.values
    ]


def _pass_through(answers: Sequence[Json]) -> Consolidated:
    """Merge nothing: every worker's value stands, in the order of the workers' annotations."""
    return Consolidated(list(answers) or None, None, len(answers))


#: The first method of a kind is its default.
METHODS: Mapping[Kind, Mapping[str, Method]] = {
    Kind.CHOICE: {"majority": _choice(majority), "dawid-skene": _choice(dawid_skene)},
    Kind.CHOICES: {"majority": _each_with_threshold(vote_on_each)},
    Kind.SPANS: {"sequence": sequence, "majority": _each_with_threshold(span_vote)},
    Kind.NUMBER: {"median": _each(median)},
    Kind.TEXT: {"medoid": _each(medoid)},
    Kind.BOXES: {"matched": matched, "none": as_drawn},
    Kind.UNKNOWN: {"none": _each(_pass_through)},
}


def _undeclared(result: Consolidated, declared: set[str]) -> tuple[str, ...]:
    given = set(result.votes or ())
    items = result.value
    if isinstance(items, dict):
        items = items.get("boundingBoxes")
    if isinstance(items, list):
        given |= {item["label"] for item in items if isinstance(item, dict) and "label" in item}
    return tuple(sorted(given - declared))
