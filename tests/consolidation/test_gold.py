"""Known values: they are results, they teach skill, and workers are measured by them."""

from typing import Any

import pytest

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Box, Boxes, Span
from labelwright.consolidation.earlier import MOST_EARLIER_OBJECTS, join_column
from labelwright.consolidation.ledger import (
    FieldLedger,
    Ledger,
    extend,
    until,
    votes_of,
)
from labelwright.consolidation.methods import METHODS, consolidate
from labelwright.consolidation.result import Consolidated
from labelwright.contract.job_layout import RequestName
from labelwright.quality.gold_results import GoldResult, gold_results
from labelwright.task.definition import FieldDefinition, Kind
from tests.consolidation.spans.columns import TEXT, span_column, spans_of

SPAN, SHIFTED, OTHER = Span(4, 9, "A"), Span(4, 15, "A"), Span(20, 25, "B")
CAT, LOOSE = Box(10, 10, 100, 50, "cat"), Box(5, 5, 110, 60, "cat")
DOG = CAT._replace(label="dog")


def column(kind: str, *objects: dict[str, Any], method: str | None = None) -> Column:
    """Make a column from what each worker answered in each object."""
    field = FieldDefinition.model_validate(
        {"name": "f", "path": "f", "kind": kind, "method": method}
    )
    values = tuple(tuple(WorkerValue(*item) for item in answers.items()) for answers in objects)
    return Column(field, (), tuple(map(str, range(len(objects)))), values)


def boxes(*drawn: Box) -> Boxes:
    """Return what a worker drew."""
    return Boxes(drawn, None)


def drawn(result: Consolidated) -> list[Box]:
    """Return a result's boxes."""
    return [Box(*(item[key] for key in Box._fields)) for item in result.value["boundingBoxes"]]


EXAMPLES: dict[Kind, tuple[Any, Any, Any]] = {
    Kind.CHOICE: ("owl", "falcon", "falcon"),
    Kind.CHOICES: (("owl",), ("falcon", "owl"), ["falcon", "owl"]),
    Kind.SPANS: ((SPAN,), (OTHER,), [{**OTHER._asdict(), "confidence": 1.0, "votes": 0}]),
    Kind.NUMBER: (1.0, 2.0, 2.0),
    Kind.TEXT: ("one", "two", "two"),
    Kind.BOXES: (
        boxes(CAT),
        boxes(DOG),
        {
            "boundingBoxes": [{**DOG._asdict(), "confidence": 1.0, "votes": 2}],
            "inputImageProperties": None,
        },
    ),
}


@pytest.mark.parametrize(
    ("kind", "method"),
    [(kind, name) for kind in EXAMPLES for name in METHODS[kind] if name != "none"],
)
def test_a_known_value_is_the_result_by_every_method(kind: Kind, method: str) -> None:
    """With confidence 1, against all workers; an object that nobody answered has no result."""
    given, known, wire = EXAMPLES[kind]
    answered = {"a": given, "b": given}
    results = consolidate(
        column(kind, answered, {}, answered, method=method), {"0": known, "1": known}
    )
    assert (results[0].value, results[0].confidence, results[0].tie) == (wire, 1.0, False)
    assert (results[0].workers, results[1].value) == (2, None)


def test_what_merges_nothing_pays_no_heed_to_gold() -> None:
    """All workers' boxes stand."""
    objects = column("boxes", {"a": boxes(CAT)}, method="none")
    assert consolidate(objects, {"0": boxes(DOG)}) == consolidate(objects)


def test_known_spans_tell_whose_ends_to_follow() -> None:
    """Two workers always differ; the one who had the known ends right is followed."""
    objects = [{"bad": [SHIFTED], "good": [SPAN]}] * 12
    spans = span_column(*objects, texts=[TEXT] * 12)
    results = consolidate(spans, {str(n): (SPAN,) for n in range(10)})
    assert [spans_of(result) for result in results] == [[SPAN]] * 12
    results = consolidate(spans, {str(n): (SHIFTED,) for n in range(10)})
    assert [spans_of(result) for result in results] == [[SHIFTED]] * 12


def test_known_spans_tell_who_marks_what_is_not_there() -> None:
    """A span of the careless worker alone is less sure than one of the other."""
    both = [SPAN, OTHER]
    true = [[SPAN], both, [OTHER]] * 4
    teaching = [{"bad": both, "good": spans} for spans in true]
    tested = [{"bad": [OTHER], "good": []}, {"bad": [], "good": [OTHER]}]
    spans = span_column(*teaching, *tested, texts=[TEXT] * 14)
    gold = {str(n): known for n, known in enumerate(true)}
    *_, careless, careful = consolidate(spans, gold)
    assert careless.value[0]["confidence"] < careful.value[0]["confidence"]


def test_known_spans_that_nobody_marked_or_that_overlap_do_no_harm() -> None:
    """Nested, of labels that nobody gave, beyond the text."""
    odd = (Span(0, 30, "A"), Span(4, 9, "A"), Span(5, 7, "Z"), Span(60, 90, "Y"))
    spans = span_column({"a": [SPAN]}, {"a": [SPAN], "b": [SPAN]}, texts=[TEXT, None])
    found, other = consolidate(spans, {"0": odd})
    assert (spans_of(found), spans_of(other)) == (sorted(odd), [SPAN])


def test_two_workers_whom_nobody_has_judged_keep_both_versions() -> None:
    """As in the vote: nobody can say who is right."""
    (found,) = consolidate(span_column({"a": [SPAN], "b": [SHIFTED]}, texts=[TEXT]))
    assert spans_of(found) == [SPAN, SHIFTED]
    judging = {"a": [SPAN, OTHER], "b": [SPAN, OTHER], "c": [SPAN, OTHER]}
    found, _ = consolidate(span_column({"a": [SPAN], "b": [SHIFTED]}, judging, texts=[TEXT, TEXT]))
    assert len(found.value) == 1


def test_known_boxes_tell_whose_edges_and_labels_to_follow() -> None:
    """Two workers differ in edges and label."""
    objects = [{"bad": boxes(LOOSE._replace(label="dog")), "good": boxes(CAT)}] * 12
    *_, result = consolidate(column("boxes", *objects), {str(n): boxes(CAT) for n in range(10)})
    (box,) = drawn(result)
    assert box.label == "cat"
    assert abs(box.left - CAT.left) < abs(box.left - LOOSE.left) / 4


def test_known_texts_tell_whom_to_follow() -> None:
    """Two answers alone tie; the one of the worker who was right before wins."""
    objects = [{"bad": "aaaa", "good": "zzzz"}] * 12
    for known in ("aaaa", "zzzz"):
        gold = {str(n): known for n in range(10)}
        *_, result = consolidate(column("text", *objects, method="skill"), gold)
        assert (result.value, result.tie) == (known, False)


def earlier_of(old: Column) -> FieldLedger:
    """Return a column as the votes of an earlier batch."""
    request = RequestName(1, "a")
    ledger = until(extend(Ledger("", (), {}), [votes_of(request, [old], {})]), "f", request)
    assert ledger is not None
    return ledger


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("spans", (SPAN,), (SHIFTED,)),
        ("boxes", boxes(CAT), boxes(LOOSE)),
        ("text", "zzzz", "aaaa"),
    ],
)
def test_gold_of_earlier_batches_teach_too(kind: str, good: Any, bad: Any) -> None:
    """The same two answers, decided by what is known of earlier objects."""
    old = column(kind, *[{"bad": bad, "good": good}] * 10)
    old = old._replace(objects=tuple(f"old{n}" for n in range(10)))
    new = column(kind, {"bad": bad, "good": good}, method=None if kind != "text" else "skill")
    (one,) = consolidate(new, dict.fromkeys(old.objects, good), earlier_of(old))
    (other,) = consolidate(new, dict.fromkeys(old.objects, bad), earlier_of(old))
    assert one.value != other.value


def test_of_a_long_job_gold_and_the_batchs_own_workers_teach_first() -> None:
    """Then the latest; never more than the limit."""
    tasks = tuple(f"t{n}" for n in range(MOST_EARLIER_OBJECTS + 10))
    old = column("number", *[{"strange": 1.0}] * len(tasks))._replace(objects=tasks)
    values = list(old.values)
    values[3] = (WorkerValue("known", 1.0),)
    whole = join_column(
        column("number", {"known": 2.0}), earlier_of(old._replace(values=tuple(values))), {"t5"}
    )
    assert whole.objects[:4] == ("0", "t5", "t3", tasks[-1])
    assert len(whole.objects) == MOST_EARLIER_OBJECTS + 1


@pytest.mark.parametrize(
    ("kind", "answers", "known", "expected"),
    [
        ("choice", ["owl", "owl"], ["owl", "falcon"], (1.0, 2, 2, 0.5)),
        ("choices", [("a", "b"), ()], [("a",), ()], (1.0, 2, 1, 2 / 3)),
        ("spans", [(SPAN, OTHER), (SHIFTED,)], [(SPAN,), (SPAN,)], (1.0, 3, 2, 0.4)),
        ("number", [1.0, 2.0], [1.0, 3.0], (1.0, 2, 2, 0.5)),
        ("text", ["abcd", "abcd"], ["abcd", "abce"], (1.75, 2, 2, 0.875)),
        ("boxes", [boxes(CAT, DOG), boxes()], [boxes(CAT), boxes(CAT)], (1.0, 2, 2, 0.5)),
        ("boxes", [boxes(CAT), boxes(LOOSE)], [boxes(DOG), boxes(CAT)], (1.0, 2, 2, 0.5)),
    ],
)
def test_workers_are_measured_on_gold(
    kind: str, answers: list[Any], known: list[Any], expected: tuple[float, int, int, float]
) -> None:
    """Right items of given and of known ones, and their F1; other objects do not count."""
    objects = column(kind, *({"w": answer} for answer in answers), {"w": answers[0]})
    (found,) = gold_results(objects, {str(n): value for n, value in enumerate(known)})
    assert found == GoldResult("w", 2, *expected[:3])
    assert found.score == pytest.approx(expected[3])


def test_a_worker_who_rightly_gave_nothing_has_a_full_score() -> None:
    """There was nothing to find; workers without known objects are not measured."""
    spans = span_column({"a": [], "b": [SPAN]}, {"c": []})
    found = {item.worker: item.score for item in gold_results(spans, {"0": ()})}
    assert found == {"a": 1.0, "b": 0.0}
