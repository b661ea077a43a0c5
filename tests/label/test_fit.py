import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.contract.base import dump_json
from labelwright.contract.manifest import MAX_ATTRIBUTE_CHARACTERS
from labelwright.errors import ResponseTooLarge
from labelwright.label.fit import RESPONSE_BUDGET, Fitted, fit_labels
from labelwright.label.model import FieldLabel, Label, LabelError, LabelProblem
from labelwright.task.definition import Kind
from tests import strategies

Json = Any
FOLDER = "s3://out/Job/labelwright/labels/iteration-1/x"


def label(answers: list[Json], value: Json = "x", fields: int = 1, problems: int = 0) -> Label:
    """Return a label with these answers, and as many fields and problems."""
    field = FieldLabel(
        kind=Kind.CHOICE, method="majority", value=value, confidence=1.0, workers=1, votes={"x": 1}
    )
    return Label(
        fields={f"field {number}": field for number in range(fields)},
        scope="batch",
        annotations_from_all_workers=answers,
        problems=[
            LabelProblem(annotation=0, field="field 0", code="value-damaged", reason="odd")
            for _ in range(problems)
        ],
        error=None,
    )


def found(fitted: Fitted, place: int, attribute: str = "Job") -> dict[str, Json]:
    """Return the label in an entry of the response."""
    made = fitted.response[place]["consolidatedAnnotation"]["content"][attribute]
    assert isinstance(made, dict)
    return made


def files(fitted: Fitted) -> dict[str, Json]:
    """Return the files to write by address, each of which is there once."""
    assert len({spill.uri for spill in fitted.spills}) == len(fitted.spills)
    return {spill.uri: json.loads(spill.data) for spill in fitted.spills}


def test_small_label_stays_whole() -> None:
    """A label within the limits is sent as it is, and nothing is written."""
    small = label([{"workerId": "w", "annotationData": {"content": "{}"}}], problems=1)
    fitted = fit_labels([("7", small)], FOLDER, "Job")
    assert fitted.response == [
        {"datasetObjectId": "7", "consolidatedAnnotation": {"content": {"Job": small.wire()}}}
    ]
    assert fitted.spills == []


def test_limit_is_20_000_characters_as_sent() -> None:
    """A label of 20,000 characters stays inline, one more moves its answers out."""
    room = MAX_ATTRIBUTE_CHARACTERS - len(dump_json(label([""]).wire()))
    fitted = fit_labels([("a", label(["x" * room])), ("b", label(["x" * (room + 1)]))], FOLDER, "J")
    assert "annotationsFromAllWorkers" in found(fitted, 0, "J")
    assert "annotationsRef" in found(fitted, 1, "J")
    assert len(dump_json(found(fitted, 0, "J"))) == MAX_ATTRIBUTE_CHARACTERS


def test_answers_go_first_then_values_then_fields() -> None:
    """No more is taken out of a label than has to be, and the file has all of it."""
    answers = ["x" * 20_000]
    labels = [
        ("answers", label(answers, problems=2)),
        ("values", label(answers, value="y" * 20_000, problems=2)),
        ("fields", label(answers, fields=500, problems=2)),
    ]
    fitted = fit_labels(labels, FOLDER, "Job")
    answers_out, values_out, fields_out = (found(fitted, place) for place in range(3))
    whole = files(fitted)
    for (name, sent), made in zip(labels, (answers_out, values_out, fields_out), strict=True):
        assert made["annotationsRef"] == f"{FOLDER}/{name}.json"
        assert whole[made["annotationsRef"]] == sent.wire()
    assert answers_out["fields"]["field 0"]["value"] == "x"
    assert len(answers_out["problems"]) == 2
    assert values_out["fields"]["field 0"] == {
        "kind": "choice",
        "value": None,
        "confidence": 1.0,
        "method": "majority",
        "workers": 1,
        "tie": False,
        "valueRef": f"{FOLDER}/values.json",
    }
    assert fields_out["fields"] == {}


def test_largest_labels_move_out_until_the_response_fits() -> None:
    """Over the budget the largest label loses first, and the small ones stay whole."""
    sizes = [300, 5_000, 400, 9_000]
    labels = [(str(size), label(["x" * size])) for size in sizes]
    fitted = fit_labels(labels, FOLDER, "Job", budget=4_000)
    assert [spill.uri for spill in fitted.spills] == [f"{FOLDER}/5000.json", f"{FOLDER}/9000.json"]
    assert len(json.dumps(fitted.response)) <= 4_000


def test_response_that_cannot_fit_is_a_named_error() -> None:
    """When not even bare entries fit, the batch can't be answered, and that is told."""
    with pytest.raises(ResponseTooLarge, match="3 objects"):
        fit_labels([(str(n), label([])) for n in range(3)], FOLDER, "Job", budget=300)


def test_budget_leaves_room_in_lambdas_answer() -> None:
    """Lambda answers with at most 6 MB."""
    assert RESPONSE_BUDGET < 6 * 1024 * 1024


@pytest.mark.parametrize(
    ("identifier", "name"),
    [("7", "7"), ("a/b:c %", "a%2Fb%3Ac%20%25"), ("..", ".."), ("é", "%C3%A9")],
)
def test_file_is_named_by_the_id(identifier: str, name: str) -> None:
    """An id is the file's name, with everything escaped that is more than a name in a key."""
    fitted = fit_labels([(identifier, label(["x" * 20_000]))], FOLDER, "Job")
    assert fitted.spills[0].uri == f"{FOLDER}/{name}.json"


def test_long_ids_have_names_that_fit_and_differ() -> None:
    """Ids too long for a key are told apart all the same."""
    labels = [("中" * 400 + end, label(["x" * 20_000])) for end in "ab"]
    uris = list(files(fit_labels(labels, FOLDER, "Job")))
    assert len(uris) == 2
    assert max(len(uri) for uri in uris) < 300


def test_half_surrogate_pairs_travel_in_files_only() -> None:
    """An answer that UTF-8 can't carry moves out, where it is escaped and stays as received."""
    fitted = fit_labels([("1", label(["\ud800"])), ("2", label(["😀"]))], FOLDER, "Job")
    json.dumps(fitted.response, ensure_ascii=False).encode()
    assert files(fitted)[f"{FOLDER}/1.json"]["annotationsFromAllWorkers"] == ["\ud800"]
    assert found(fitted, 1)["annotationsFromAllWorkers"] == ["😀"]


def test_error_stays_whatever_moves_out() -> None:
    """Why an object could not be consolidated is told in the response itself."""
    damaged = label(["x" * 20_000], fields=500).model_copy(
        update={"error": LabelError(code="object-damaged", reason="dataObject")}
    )
    made = found(fit_labels([("1", damaged)], FOLDER, "Job"), 0)
    assert made["error"] == {"code": "object-damaged", "reason": "dataObject"}


@given(
    st.lists(
        st.builds(
            label,
            st.lists(
                st.one_of(
                    strategies.json_values,
                    st.integers(0, 3_000).map(lambda size: "é" * size),
                ),
                max_size=3,
            ),
            strategies.texts,
            st.integers(0, 4),
        ),
        max_size=6,
    ),
    st.integers(300, 2_000),
    st.integers(3_000, 20_000),
)
def test_one_entry_each_in_order_within_the_limits(
    labels: list[Label], inline_limit: int, budget: int
) -> None:
    """Each object has its entry, in order; labels and response fit; files are complete."""
    named = [(f"id {number}", made) for number, made in enumerate(labels)]
    fitted = fit_labels(named, FOLDER, "Job", inline_limit=inline_limit, budget=budget)
    whole = files(fitted)
    assert [entry["datasetObjectId"] for entry in fitted.response] == [name for name, _ in named]
    assert len(json.dumps(fitted.response)) <= budget
    for place, (_, sent) in enumerate(named):
        made = found(fitted, place)
        assert len(dump_json(made)) <= inline_limit
        if "annotationsRef" in made:
            assert whole.pop(made["annotationsRef"]) == sent.wire()
        else:
            assert made == sent.wire()
    assert whole == {}


def test_one_huge_answer_takes_no_value_of_another_field_away() -> None:
    """Counts of votes go before values, and the largest value before the others."""
    hostile = FieldLabel(
        kind=Kind.CHOICE, method="majority", value="good", confidence=0.8, workers=5,
        votes={"good": 4, "x" * 30_000: 1}, undeclared=("x" * 30_000,),
    )  # fmt: skip
    boxes = hostile.model_copy(update={"votes": None, "undeclared": (), "value": ["y" * 30_000]})
    made = label([]).model_copy(update={"fields": {"kind": hostile, "boxes": boxes}})
    fields = found(fit_labels([("7", made)], FOLDER, "J"), 0, "J")["fields"]
    assert fields["kind"]["value"] == "good"
    assert fields["boxes"]["value"] is None
    assert fields["boxes"]["valueRef"].endswith("/7.json")
