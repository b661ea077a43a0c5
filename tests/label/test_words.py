"""Labels in words, for people."""

import pytest
from hypothesis import example, given

from labelwright.contract.base import Json
from labelwright.contract.own_label import SCHEMA
from labelwright.errors import ObjectNotFound
from labelwright.label.words import FieldWords, LabelWords, label_in_words, problems_in_words
from tests import strategies

FILE = "s3://b/7.json"


def nothing_there(uri: str) -> bytes:
    """Find no file."""
    raise ObjectNotFound(uri, "there is no such object")


def label(**fields: Json) -> Json:
    """Make a label of ours."""
    return {"schema": SCHEMA, "fields": fields}


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("choice", "owl", "owl"),
        ("choices", ["owl", "day"], "owl, day"),
        ("spans", [{"start": 0, "end": 3, "label": "A"}], "A 0-3"),
        ("spans", [], "nothing marked"),
        ("text", "two\n lines", "two lines"),
        ("number", 7.5, "7.5"),
        ("choice", None, "-"),
    ],
)
def test_each_kind_has_its_words(kind: str, value: Json, told: str) -> None:
    """One line a field."""
    made = label(field={"kind": kind, "value": value, "confidence": 0.5})
    assert label_in_words(made, nothing_there) == ([FieldWords("field", told, 0.5)], None)


def test_a_page_is_not_flooded_with_spans() -> None:
    """The first hundred are shown, and how many there are besides."""
    spans = [{"start": place, "end": place + 1, "label": "A"} for place in range(400)]
    made = label(field={"kind": "spans", "value": spans, "confidence": None})
    [found] = label_in_words(made, nothing_there).fields
    assert found.value.startswith("A 0-1, A 1-2, ")
    assert found.value.endswith(", A 99-100, … 300 more")


def test_what_can_not_be_read_is_told_instead_of_its_value() -> None:
    """A missing file and a damaged label are not taken for a label that nobody answered."""
    lost = f"can't be read: {FILE}: there is no such object"
    moved = label(
        lost={"kind": "spans", "value": None, "confidence": 0.5, "valueRef": FILE},
        odd={"kind": "spans", "value": [3], "confidence": None},
    )
    assert label_in_words(moved, nothing_there) == (
        [
            FieldWords("lost", lost, 0.5),
            FieldWords("odd", "can't be read: its value is none of kind spans", None),
        ],
        None,
    )
    gone = {"schema": SCHEMA, "fields": {}, "annotationsRef": FILE}
    assert label_in_words(gone, nothing_there) == ([], lost)


@given(strategies.json_values)
@example(10**400)
def test_a_label_that_is_none_of_ours_has_no_words(value: Json) -> None:
    """Whatever people's own functions make, also when it says that it is one of ours."""
    assert label_in_words(value, nothing_there) == ([], None)
    damaged = {"schema": SCHEMA, "fields": value}
    assert isinstance(label_in_words(damaged, nothing_there), LabelWords)
    for kind in ("spans", "choices", "text"):
        item = {"kind": kind, "value": value, "confidence": value}
        assert len(label_in_words(label(field=item), nothing_there).fields) == 1


def test_of_very_many_fields_the_first_are_told_and_how_many_more() -> None:
    """A page is not to grow with what a label's file holds."""
    item = {"kind": "choice", "value": "owl", "confidence": 1.0}
    fields, _ = label_in_words(label(**{f"f{n}": item for n in range(1_000)}), nothing_there)
    assert len(fields) == 201
    assert fields[-1] == FieldWords("…", "800 more fields", None)


def problem(annotation: int | None, field: str | None, reason: str) -> Json:
    """Make a problem as a label has it."""
    return {"annotation": annotation, "field": field, "code": "c", "reason": reason}


def test_what_was_wrong_with_answers_is_said_with_its_place() -> None:
    """The first answer is the first, not the one of number 0; of very many the first are told."""
    found = [
        problem(0, "parts", "lost"),
        problem(None, "parts", "no text"),
        problem(1, None, "odd"),
    ]
    made = {**label(), "problems": found}
    assert problems_in_words(made, nothing_there) == [
        "answer 1, parts: lost",
        "parts: no text",
        "answer 2: odd",
    ]
    flood = problems_in_words({**label(), "problems": found * 100}, nothing_there)
    assert len(flood) < 100
    assert flood[-1].endswith("more")
    assert problems_in_words(5, nothing_there) == []
