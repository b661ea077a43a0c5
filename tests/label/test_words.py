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


def test_problems_are_told_in_lines() -> None:
    """With whose answer and which field they concern; those beyond fifty are counted."""
    problem = {"annotation": 2, "field": "f", "code": "value-damaged", "reason": "not a number"}
    told = problems_in_words({**label(), "problems": [problem]}, nothing_there)
    assert told == ["answer 3, f: not a number"]
    whole = {"annotation": None, "field": "f", "code": "field-simplified", "reason": "too much"}
    told = problems_in_words({**label(), "problems": [whole, *[problem] * 60]}, nothing_there)
    assert (told[0], told[-1], len(told)) == ("f: too much", "… 11 more", 51)
    assert problems_in_words("another label", nothing_there) == []
