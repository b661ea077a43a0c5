"""The consolidation methods by kind of field, and the one way to apply them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from labelwright.answers.columns import Column, partial_places
from labelwright.consolidation.boxes import as_drawn, matched
from labelwright.consolidation.budget import Allowance, Planned, plan_whole
from labelwright.consolidation.choice.agreed import uphold
from labelwright.consolidation.choice.dawid_skene import dawid_skene
from labelwright.consolidation.choice.given import only_given
from labelwright.consolidation.choice.majority import majority
from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.choice_column import ChoiceResults
from labelwright.consolidation.choices import skill_on_each, vote_on_each
from labelwright.consolidation.earlier import join_column, join_votes
from labelwright.consolidation.ledger import FieldLedger
from labelwright.consolidation.numbers import median, skilled_median
from labelwright.consolidation.pinned import (
    Pin,
    known_as_it_is,
    known_boxes,
    known_labels,
    known_spans,
    pin,
)
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.simple import CHEAP, SIMPLE
from labelwright.consolidation.spans.vote import span_vote
from labelwright.consolidation.texts import medoid, skilled_medoid
from labelwright.consolidation.votes import ChoiceResult, Indices, Votes
from labelwright.contract.base import Json
from labelwright.errors import MethodError
from labelwright.task.definition import FieldDefinition, Kind

#: Known values of the field by datasetObjectId, in the form that results have.
Gold = Mapping[str, Any]

#: Decimals of a learnt confidence: further ones differ between processors.
DECIMALS = 6
#: As many as a share of votes has.
_ALL_DECIMALS = 17

_NO_GOLD: Gold = {}


class Method(NamedTuple):
    """A way to consolidate.

    ``apply`` turns a column, what earlier batches said of the field, and known values into one
    result for each object of the column, in order, within an allowance of work. ``learns`` says
    that it learns workers' skill, so that earlier batches help it.
    """

    apply: Callable[[Column, FieldLedger | None, Gold, Allowance], Sequence[Consolidated]]
    learns: bool = False


def consolidate(
    column: Column, gold: Gold = _NO_GOLD, earlier: FieldLedger | None = None
) -> list[Consolidated]:
    """Consolidate one field of a batch.

    ``gold`` has the known values of some objects, which are their results; methods that learn skill
    learn from them. Only ``none``, which merges nothing, pays no heed.
    ``earlier`` has the values of the job's earlier batches, from which methods that learn skill
    learn too. Only what is beyond all measure is left to the kind's simple method: time is the
    caller's.

    Raises:
        MethodError: the field names a method that its kind does not have.
    """
    return list(results_of(column, gold, earlier))


def results_of(
    column: Column, gold: Gold = _NO_GOLD, earlier: FieldLedger | None = None
) -> Sequence[Consolidated]:
    """Consolidate as ``consolidate`` does; those of a choice are ``ChoiceResults``.

    Raises:
        MethodError: the field names a method that its kind does not have.
    """
    return results_within(plan_whole(column), gold, earlier)


def results_within(
    planned: Planned, gold: Gold = _NO_GOLD, earlier: FieldLedger | None = None
) -> Sequence[Consolidated]:
    """Consolidate as ``results_of`` does, with what there is time for as planned.

    Raises:
        MethodError: the field names a method that its kind does not have.
    """
    column = planned.column
    kind, name = column.field.kind, method_name(column.field)
    simple: frozenset[int] = frozenset() if name in CHEAP else planned.simple
    whole = _without(column, simple)
    results = METHODS[kind][name].apply(whole, earlier, gold, planned.allowance)
    if isinstance(results, ChoiceResults):
        # Its methods pin the probabilities themselves.
        return results
    if simple:
        threshold = column.field.threshold
        results = [
            SIMPLE[kind](values, threshold)._replace(simplified=True) if index in simple else result
            for index, (values, result) in enumerate(zip(column.values, results, strict=True))
        ]
    if gold and name != "none":
        results = pin(column, results, gold, _GOLD_AS_RESULT.get(kind, known_as_it_is))
    if not column.labels and not any(planned.left_out):
        return results
    return [
        result._replace(undeclared=column.undeclared(index), left_out=planned.left_out[index])
        for index, result in enumerate(results)
    ]


def _without(column: Column, objects: frozenset[int]) -> Column:
    """Return the column as if nobody had answered some objects."""
    if not objects:
        return column
    values = (() if i in objects else given for i, given in enumerate(column.values))
    return column._replace(values=tuple(values))


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
    return METHODS[field.kind][method_name(field)].learns


def known_methods() -> list[str]:
    """Return the names of all methods, of whatever kind, sorted."""
    return sorted({method for available in METHODS.values() for method in available})


def with_method(
    fields: tuple[FieldDefinition, ...], name: str | None, *, required: bool = True
) -> tuple[FieldDefinition, ...]:
    """Give every field whose kind has the method that method; others keep their own.

    Raises:
        MethodError: there is no such method, or (where ``required``) none of the fields has it.
    """
    if name is None:
        return fields
    known = known_methods()
    if name not in known:
        raise MethodError(f"there is no method '{name}'; there are {', '.join(known)}")
    if required and fields and not any(name in METHODS[field.kind] for field in fields):
        kinds = ", ".join(sorted({field.kind for field in fields}))
        raise MethodError(f"no field has the method '{name}': the fields are of kind {kinds}")
    return tuple(
        field.model_copy(update={"method": name}) if name in METHODS[field.kind] else field
        for field in fields
    )


# What few fields need is imported where it is used: a small file takes little longer than to start.
def _ebcc(votes: Votes, known: Indices) -> ChoiceResult:
    from labelwright.consolidation.choice.ebcc import ebcc

    return ebcc(votes, known)


def _choice(
    algorithm: Callable[[Votes, Indices], ChoiceResult], decimals: int = DECIMALS
) -> Method:
    def apply(
        column: Column, earlier: FieldLedger | None, gold: Gold, _: Allowance
    ) -> ChoiceResults:
        votes, known = join_votes(column, earlier, gold.values()).known(gold)
        found = algorithm(votes, known)
        if algorithm is dawid_skene:
            found = only_given(votes, known, found)
        if algorithm is not majority:
            found = uphold(votes, known, found)
        return ChoiceResults(column, votes, known, found, decimals)

    return Method(apply, learns=algorithm is not majority)


def _skilled_choices(
    column: Column, earlier: FieldLedger | None, gold: Gold, allowance: Allowance
) -> list[Consolidated]:
    whole, known = _joined(column, earlier, gold, allowance)
    partial = [partial_places(values) for values in whole.values]
    found = skill_on_each(_by_worker(whole), column.field.threshold, known, partial)
    return found[: len(column.objects)]


def _skilled_numbers(
    column: Column, earlier: FieldLedger | None, gold: Gold, allowance: Allowance
) -> list[Consolidated]:
    whole, known = _joined(column, earlier, gold, allowance)
    return skilled_median(_by_worker(whole), known)[: len(column.objects)]


def _skilled_texts(
    column: Column, earlier: FieldLedger | None, gold: Gold, allowance: Allowance
) -> list[Consolidated]:
    whole, known = _joined(column, earlier, gold, allowance)
    return skilled_medoid(_by_worker(whole), known, len(column.objects))


def _by_worker(column: Column) -> list[list[tuple[str, Any]]]:
    return [[(value.worker, value.value) for value in values] for values in column.values]


def _sequences(
    column: Column, earlier: FieldLedger | None, gold: Gold, allowance: Allowance
) -> list[Consolidated]:
    from labelwright.consolidation.spans.sequence import sequence

    whole, known = _joined(column, earlier, gold, allowance)
    return _without_noise(sequence(whole, known, len(column.objects), allowance.cells))


def _matched(
    column: Column, earlier: FieldLedger | None, gold: Gold, allowance: Allowance
) -> list[Consolidated]:
    whole, known = _joined(column, earlier, gold, allowance)
    return _without_noise(matched(whole, known)[: len(column.objects)])


def _joined(
    column: Column, earlier: FieldLedger | None, gold: Gold, allowance: Allowance
) -> tuple[Column, dict[int, Json]]:
    """Return the column with earlier objects behind its own, and known values by index."""
    whole = join_column(column, earlier, gold, allowance.earlier_work)
    return whole, {i: gold[name] for i, name in enumerate(whole.objects) if name in gold}


def _without_noise(results: Sequence[Consolidated]) -> list[Consolidated]:
    return [
        result
        if result.confidence is None
        else result._replace(confidence=round(result.confidence, DECIMALS))
        for result in results
    ]


def _each(consolidator: Callable[[Sequence[Any]], Consolidated]) -> Method:
    return Method(
        lambda column, *_: [
            consolidator([value.value for value in values]) for values in column.values
        ]
    )


def _each_with_threshold(
    consolidator: Callable[[Sequence[Any], float | None, frozenset[int]], Consolidated],
) -> Method:
    return Method(
        lambda column, *_: [
            consolidator(
                [value.value for value in values], column.field.threshold, partial_places(values)
            )
            for values in column.values
        ]
    )


def _pass_through(answers: Sequence[Json]) -> Consolidated:
    """Merge nothing: every worker's value stands, in the order of the workers' annotations."""
    return Consolidated(list(answers) or None, None, len(answers))


#: The first method of a kind is its default.
METHODS: Mapping[Kind, Mapping[str, Method]] = {
    Kind.CHOICE: {
        "skill": _choice(skill),
        "majority": _choice(majority, _ALL_DECIMALS),
        "dawid-skene": _choice(dawid_skene),
        "ebcc": _choice(_ebcc),
    },
    Kind.CHOICES: {
        "majority": _each_with_threshold(vote_on_each),
        "skill": Method(_skilled_choices, learns=True),
    },
    Kind.SPANS: {
        "sequence": Method(_sequences, learns=True),
        "majority": _each_with_threshold(span_vote),
    },
    Kind.NUMBER: {"median": _each(median), "skill": Method(_skilled_numbers, learns=True)},
    Kind.TEXT: {"medoid": _each(medoid), "skill": Method(_skilled_texts, learns=True)},
    Kind.BOXES: {
        "matched": Method(_matched, learns=True),
        "none": Method(lambda column, *_: as_drawn(column)),
    },
    Kind.UNKNOWN: {"none": _each(_pass_through)},
}

#: How a known value becomes a result's, where that has another form than the value in a column.
_GOLD_AS_RESULT: Mapping[Kind, Pin] = {
    Kind.CHOICES: known_labels,
    Kind.SPANS: known_spans,
    Kind.BOXES: known_boxes,
}
