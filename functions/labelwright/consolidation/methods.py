"""The consolidation methods by kind of field, and the one way to apply them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from labelwright.answers.columns import Column
from labelwright.answers.values import Boxes
from labelwright.consolidation.boxes import as_drawn, matched
from labelwright.consolidation.choice.dawid_skene import dawid_skene
from labelwright.consolidation.choice.ebcc import ebcc
from labelwright.consolidation.choice.majority import majority
from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.choices import skill_on_each, vote_on_each
from labelwright.consolidation.earlier import join_column, join_votes
from labelwright.consolidation.ledger import FieldLedger
from labelwright.consolidation.numbers import median, skilled_median
from labelwright.consolidation.pinned import pin
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.spans.sequence import sequence
from labelwright.consolidation.spans.vote import span_vote
from labelwright.consolidation.texts import medoid, skilled_medoid
from labelwright.consolidation.votes import ChoiceResult, Indices, Votes
from labelwright.contract.base import Json
from labelwright.errors import MethodError
from labelwright.task.definition import FieldDefinition, Kind

#: Known values of the field by datasetObjectId, in the form that results have.
Gold = Mapping[str, Any]

#: A method turns a column, what earlier batches said of the field, and known values into one result
#: for each object of the column, in order.
Method = Callable[[Column, FieldLedger | None, Gold], list[Consolidated]]

#: Decimals of a learnt confidence: further ones differ between processors.
DECIMALS = 6

_NO_GOLD: Gold = {}


def consolidate(
    column: Column, gold: Gold = _NO_GOLD, earlier: FieldLedger | None = None
) -> list[Consolidated]:
    """Consolidate one field of a batch.

    ``gold`` has the known values of some objects, which are their results; methods that learn skill
    learn from them. Only ``none``, which merges nothing, pays no heed.
    ``earlier`` has the values of the job's earlier batches, from which methods that learn skill
    learn too.

    Raises:
        MethodError: the field names a method that its kind does not have.
    """
    name = method_name(column.field)
    results = METHODS[column.field.kind][name](column, earlier, gold)
    if gold and name != "none":
        results = pin(column, results, gold)
    declared = set(column.labels)
    if not declared:
        return results
    return [
        result._replace(undeclared=tuple(sorted(set(_given(column, index)) - declared)))
        for index, result in enumerate(results)
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


def learns(field: FieldDefinition) -> bool:
    """Tell whether the field's method learns workers' skill, so that earlier batches help it."""
    return (field.kind, method_name(field)) in _LEARNING


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


def _choice(
    algorithm: Callable[[Votes, Indices], ChoiceResult], decimals: int = DECIMALS
) -> Method:
    def method(column: Column, earlier: FieldLedger | None, gold: Gold) -> list[Consolidated]:
        votes, known = join_votes(column, earlier, gold.values()).known(gold)
        result = algorithm(votes, known)
        found = []
        for index, values in enumerate(column.values):
            if not values:
                found.append(Consolidated(None, None, 0, {}))
                continue
            given = Counter(value.value for value in values)
            found.append(
                Consolidated(
                    votes.labels[result.label[index]],
                    min(1.0, round(float(result.confidence[index]), decimals)),
                    len(values),
                    dict(sorted(given.items())),
                    bool(result.tie[index]),
                )
            )
        return found

    return method


def _skilled_choices(column: Column, earlier: FieldLedger | None, gold: Gold) -> list[Consolidated]:
    whole, known = _joined(column, earlier, gold)
    return skill_on_each(whole.values, column.field.threshold, known)[: len(column.objects)]


def _skilled_numbers(column: Column, earlier: FieldLedger | None, gold: Gold) -> list[Consolidated]:
    whole, known = _joined(column, earlier, gold)
    return skilled_median(whole.values, known)[: len(column.objects)]


def _skilled_texts(column: Column, earlier: FieldLedger | None, gold: Gold) -> list[Consolidated]:
    whole, known = _joined(column, earlier, gold)
    return skilled_medoid(whole.values, known, len(column.objects))


def _sequences(column: Column, earlier: FieldLedger | None, gold: Gold) -> list[Consolidated]:
    whole, known = _joined(column, earlier, gold)
    return _without_noise(sequence(whole, known, len(column.objects)))


def _matched(column: Column, earlier: FieldLedger | None, gold: Gold) -> list[Consolidated]:
    whole, known = _joined(column, earlier, gold)
    return _without_noise(matched(whole, known)[: len(column.objects)])


def _joined(
    column: Column, earlier: FieldLedger | None, gold: Gold
) -> tuple[Column, dict[int, Json]]:
    """Return the column with earlier objects behind its own, and known values by index."""
    whole = join_column(column, earlier, gold)
    return whole, {i: gold[name] for i, name in enumerate(whole.objects) if name in gold}


def _without_noise(results: Sequence[Consolidated]) -> list[Consolidated]:
    return [
        result
        if result.confidence is None
        else result._replace(confidence=round(result.confidence, DECIMALS))
        for result in results
    ]


def _each(consolidator: Callable[[Sequence[Any]], Consolidated]) -> Method:
    return lambda column, _, __: [
        consolidator([value.value for value in values]) for values in column.values
    ]


def _each_with_threshold(
    consolidator: Callable[[Sequence[Any], float | None], Consolidated],
) -> Method:
    return lambda column, _, __: [
        consolidator([value.value for value in values], column.field.threshold)
        for values in column.values
    ]


def _pass_through(answers: Sequence[Json]) -> Consolidated:
    """Merge nothing: every worker's value stands, in the order of the workers' annotations."""
    return Consolidated(list(answers) or None, None, len(answers))


#: Choice algorithms by name, on votes in columns; the second argument is the known labels.
CHOICE_ALGORITHMS: Mapping[str, Callable[[Votes, Indices], ChoiceResult]] = {
    "skill": skill,
    "majority": majority,
    "dawid-skene": dawid_skene,
    "ebcc": ebcc,
}

#: The first method of a kind is its default.
METHODS: Mapping[Kind, Mapping[str, Method]] = {
    Kind.CHOICE: {
        name: _choice(algorithm, 17 if name == "majority" else DECIMALS)
        for name, algorithm in CHOICE_ALGORITHMS.items()
    },
    Kind.CHOICES: {"majority": _each_with_threshold(vote_on_each), "skill": _skilled_choices},
    Kind.SPANS: {"sequence": _sequences, "majority": _each_with_threshold(span_vote)},
    Kind.NUMBER: {"median": _each(median), "skill": _skilled_numbers},
    Kind.TEXT: {"medoid": _each(medoid), "skill": _skilled_texts},
    Kind.BOXES: {"matched": _matched, "none": lambda column, _, __: as_drawn(column)},
    Kind.UNKNOWN: {"none": _each(_pass_through)},
}

_LEARNING = {
    (Kind.CHOICE, "skill"),
    (Kind.CHOICE, "dawid-skene"),
    (Kind.CHOICE, "ebcc"),
    (Kind.CHOICES, "skill"),
    (Kind.SPANS, "sequence"),
    (Kind.NUMBER, "skill"),
    (Kind.TEXT, "skill"),
    (Kind.BOXES, "matched"),
}


def _given(column: Column, index: int) -> Iterator[str]:
    """Yield the labels that an object's workers gave, kept or not."""
    for value in column.values[index]:
        match column.field.kind:
            case Kind.CHOICE:
                yield value.value
            case Kind.CHOICES:
                yield from value.value
            case Kind.SPANS:
                yield from (span.label for span in value.value)
            case Kind.BOXES if isinstance(value.value, Boxes):
                yield from (box.label for box in value.value.boxes)
            case _:
                return
