"""Labels in words, for people."""

import pytest
from hypothesis import example, given

from labelwright.contract.base import Json
from labelwright.label.words import fields_in_words
from tests import strategies


def label(**fields: Json) -> Json:
    """Make a label of ours."""
    return {"schema": "labelwright/1", "fields": fields}


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
    [found] = fields_in_words(label(field={"kind": kind, "value": value, "confidence": 0.5}))
    assert found == ("field", told, 0.5)


@given(strategies.json_values)
@example(10**400)
def test_a_label_that_is_none_of_ours_has_no_words(value: Json) -> None:
    """Whatever people's own functions make, also when it says that it is one of ours."""
    assert fields_in_words(value) == []
    assert isinstance(fields_in_words({"schema": "labelwright/1", "fields": value}), list)
    for kind in ("spans", "choices", "text"):
        item = {"kind": kind, "value": value, "confidence": value}
        assert isinstance(fields_in_words(label(field=item)), list)
