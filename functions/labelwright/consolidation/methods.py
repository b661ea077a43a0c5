"""The consolidation methods by kind of field, and the one way to apply them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from labelwright.answers.columns import Column
from labelwright.consolidation.choices import vote_on_each
from labelwright.consolidation.dawid_skene import dawid_skene
from labelwright.consolidation.majority import majority
from labelwright.consolidation.numbers import median
from labelwright.consolidation.result import Consolidated
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


def with_method(
    fields: tuple[FieldDefinition, ...], name: str | None, *, required: bool = True
) -> tuple[FieldDefinition, ...]:
    """Give every field whose kind has the method that method; others keep their own.

    Raises:
        MethodError: there is no such method, or (where ``required``) none of the fields has it.
    """
    if name is None:
        return fields
    known = sorted({method for available in METHODS.values() for method in available})
    if name not in known:
        raise MethodError(f"there is no method '{name}'; there are {', '.join(known)}")
    if required and fields and not any(name in METHODS[field.kind] for field in fields):
        kinds = ", ".join(sorted({field.kind for field in fields}))
        raise MethodError(f"no field has the method '{name}': the fields are of kind {kinds}")
    return tuple(
        field.model_copy(update={"method": name}) if name in METHODS[field.kind] else field
        for field in fields
    )


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
    Kind.SPANS: {"majority": _each_with_threshold(span_vote)},
    Kind.NUMBER: {"median": _each(median)},
    Kind.TEXT: {"medoid": _each(medoid)},
    Kind.BOXES: {"none": _each(_pass_through)},
    Kind.UNKNOWN: {"none": _each(_pass_through)},
}


def _undeclared(result: Consolidated, declared: set[str]) -> tuple[str, ...]:
    return tuple(sorted({*(result.votes or ()), *_labels_in(result.value)} - declared))


def _labels_in(value: Json) -> Iterator[str]:
    """Yield the labels of spans, and of the boxes in what workers' boxes were passed through."""
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield from _labels_in(item.get("boundingBoxes"))
            if isinstance(item.get("label"), str):
                yield item["label"]
