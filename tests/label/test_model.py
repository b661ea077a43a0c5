import json
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from labelwright.answers.columns import Answer, AnsweredObject, Problem
from labelwright.consolidation.result import Consolidated
from labelwright.contract.post_labeling import RequestObject, read_request_file
from labelwright.label.model import FieldLabel, Label, LabelError, field_label, make_label
from labelwright.task.definition import FieldDefinition, Kind

Json = Any


def entry(**fields: Json) -> RequestObject:
    """Return a data object as the reader of request files gives it."""
    data = json.dumps([{"datasetObjectId": "7", **fields}]).encode()
    return read_request_file(data, "file").objects[0]


FIELD = FieldDefinition(name="kind", path="kind", kind=Kind.CHOICE)
ANSWERED = AnsweredObject("7", (Answer(0, "w", {}),), ())


def test_label_has_the_documented_keys() -> None:
    """A label says schema, fields, scope, answers, problems and error, nulls included."""
    annotations = [{"workerId": "w", "annotationData": {"content": "{}"}}]
    result = Consolidated("a", 0.75, 4, {"a": 3, "b": 1}, False, ("a",))
    made = make_label(
        entry(dataObject={}, annotations=annotations),
        ANSWERED,
        {"kind": field_label(FIELD, "majority", result, None)},
        (Problem(0, "kind", "value-damaged", "odd"),),
        "batch",
    )
    assert made.wire() == {
        "schema": "labelwright/1",
        "fields": {
            "kind": {
                "kind": "choice",
                "value": "a",
                "confidence": 0.75,
                "method": "majority",
                "workers": 4,
                "votes": {"a": 3, "b": 1},
                "tie": False,
                "undeclared": ["a"],
            }
        },
        "scope": "batch",
        "annotationsFromAllWorkers": annotations,
        "problems": [{"annotation": 0, "field": "kind", "code": "value-damaged", "reason": "odd"}],
        "error": None,
    }


def test_keys_that_say_nothing_are_left_out() -> None:
    """Votes, undeclared labels and a value's address are there only when there are any."""
    field = FieldLabel(kind=Kind.TEXT, method="medoid", value=None, confidence=None, workers=0)
    made = Label(
        fields={"notes": field},
        scope="job",
        annotations_from_all_workers=[],
        problems=[],
        error=None,
    ).wire()
    assert made["fields"]["notes"] == {
        "kind": "text",
        "value": None,
        "confidence": None,
        "method": "medoid",
        "workers": 0,
        "tie": False,
    }


def test_damaged_object_and_object_without_answers_have_errors() -> None:
    """An object's damage comes before its lack of answers; a sound object has no error."""
    none = AnsweredObject("7", (), ())

    def error(found: RequestObject, answered: AnsweredObject) -> LabelError | None:
        return make_label(found, answered, {}, (), "batch").error

    damaged = error(entry(annotations=[]), none)
    silent = error(entry(dataObject={}, annotations=[1, 2]), none)
    assert damaged is not None
    assert damaged.code == "object-damaged"
    assert silent == LabelError(code="no-answers", reason="none of 2 annotations could be read")
    assert error(entry(dataObject={}, annotations=[]), ANSWERED) is None


def test_label_is_strict() -> None:
    """No key or type but those of the format can be emitted."""
    sound: dict[str, Json] = {
        "fields": {},
        "scope": "batch",
        "annotationsFromAllWorkers": [],
        "problems": [],
        "error": None,
    }
    Label.model_validate(sound)
    broken: dict[str, Json]
    for broken in ({"scope": "world"}, {"more": 1}, {"fields": {"a": {}}}, {"error": "x"}):
        with pytest.raises(ValidationError):
            Label.model_validate({**sound, **broken})


@pytest.mark.parametrize("unit", [None, "utf16", "token"])
def test_a_label_says_when_its_offsets_could_not_be_converted(
    unit: Literal["utf16", "token"] | None,
) -> None:
    """Without the text, what a page gave stays in its unit."""
    field = FieldDefinition(name="names", path="names", kind=Kind.SPANS)
    made = field_label(field, "majority", Consolidated([], 1.0, 1), unit)
    assert made.offsets == unit
