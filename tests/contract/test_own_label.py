"""The one reader of our own label: it follows references, and nothing damaged stops it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.contract.base import Json, dump_json
from labelwright.contract.own_label import OwnLabel, read_any, read_label
from labelwright.errors import ObjectNotFound, UsageError
from labelwright.label.fit import fit_labels
from labelwright.label.model import FieldLabel, Label, LabelError, LabelProblem
from labelwright.task.definition import Kind
from tests import strategies

FILE = "s3://out/Job/labelwright/labels/iteration-1/x/7.json"


class Files:
    """Files by address, and which of them were asked for."""

    def __init__(self, found: dict[str, bytes]) -> None:
        self.found = found
        self.asked: list[str] = []

    def fetch(self, uri: str) -> bytes:
        """Return a file's bytes."""
        self.asked.append(uri)
        if uri not in self.found:
            raise ObjectNotFound(uri, "there is no such object")
        return self.found[uri]


def spans(count: int) -> FieldLabel:
    """Return a field with so many spans."""
    value = [
        {"start": place, "end": place + 1, "label": "A", "confidence": 1.0, "votes": 3}
        for place in range(count)
    ]
    return FieldLabel(kind=Kind.SPANS, method="vote", value=value, confidence=0.7, workers=3)


def choice(label: str = "owl") -> FieldLabel:
    """Return a field with votes and a label that the task does not declare."""
    return FieldLabel(
        kind=Kind.CHOICE, method="majority", value=label, confidence=0.6, workers=5,
        votes={label: 3, "x": 2}, undeclared=("x",),
    )  # fmt: skip


def label(answers: list[Json], **fields: FieldLabel) -> Label:
    """Return a label with these answers and fields, and one problem."""
    problem = LabelProblem(annotation=0, field="a", code="value-damaged", reason="odd")
    return Label(
        fields=fields, scope="job", annotations_from_all_workers=answers, problems=[problem],
        error=None,
    )  # fmt: skip


def sent(made: Label, inline_limit: int = 20_000) -> tuple[Json, Files]:
    """Fit a label into the limit; return what goes into the manifest, and the files."""
    fitted = fit_labels([("7", made)], FILE.rpartition("/")[0], "J", inline_limit=inline_limit)
    content = fitted.response[0]["consolidatedAnnotation"]["content"]
    return content["J"], Files({spill.uri: spill.data for spill in fitted.spills})


def read(value: Json, files: Files) -> OwnLabel:
    """Read a label of ours."""
    found = read_label(value, files.fetch)
    assert found is not None
    return found


def told(found: OwnLabel) -> Json:
    """Return all that the reader says of a label."""
    return [
        found.scope,
        found.error,
        found.answers,
        found.problems,
        found.fault,
        found.first_fault(),
        [
            [
                field.name, field.kind, field.method, field.value, field.fault, field.confidence,
                field.workers, field.votes, field.tie, field.undeclared, field.offsets,
            ]
            for field in found.fields.values()
        ],
    ]  # fmt: skip


def test_a_label_with_400_spans_is_read_from_its_file() -> None:
    """Its value moved; whoever asks for it has all 400."""
    value, files = sent(label(["answer"], parts=spans(400)))
    assert value["fields"]["parts"]["value"] is None
    field = read(value, files).fields["parts"]
    assert (len(field.value), field.fault, files.asked) == (400, None, [FILE])


def test_a_label_with_many_fields_is_read_from_its_file() -> None:
    """All its fields moved, and are there."""
    made = label([], **{f"field {number}": choice("é" * 90) for number in range(120)})
    value, files = sent(made)
    assert value["fields"] == {}
    assert list(read(value, files).fields) == list(made.fields)


def test_a_file_is_fetched_once_and_only_for_what_it_has() -> None:
    """A confidence that is still in the manifest costs nothing, nor do values that are there."""
    value, files = sent(label(["x" * 30_000], small=choice(), parts=spans(400)))
    found = read(value, files)
    assert {name: field.confidence for name, field in found.fields.items()} == {
        "small": 0.6,
        "parts": 0.7,
    }
    assert (found.fields["small"].value, found.error, found.fault) == ("owl", None, None)
    assert files.asked == []
    assert found.fields["small"].votes == {"owl": 3, "x": 2}
    assert found.fields["small"].undeclared == ("x",)
    assert len(found.fields["parts"].value) == 400
    assert [problem.code for problem in found.problems] == ["value-damaged"]
    assert found.answers == ("x" * 30_000,)
    assert files.asked == [FILE]


LABELS = st.builds(
    lambda answers, values, problems, error: Label(
        fields={
            name: FieldLabel(
                kind=Kind.CHOICE, method="majority", value=value, confidence=0.5, workers=2,
                votes=votes, tie=bool(votes), undeclared=tuple(votes or ()),
            )
            for name, (value, votes) in values.items()
        },
        scope="batch", annotations_from_all_workers=answers, problems=problems, error=error,
    ),
    st.lists(strategies.json_values, max_size=2),
    st.dictionaries(
        strategies.texts,
        st.tuples(
            strategies.json_values,
            st.none() | st.dictionaries(strategies.texts, st.integers(0, 9), min_size=1),
        ),
        max_size=3,
    ),
    st.lists(
        st.builds(
            LabelProblem, annotation=st.none() | st.integers(0, 9),
            field=st.none() | strategies.texts, code=st.just("odd"), reason=strategies.texts,
        ),
        max_size=2,
    ),
    st.none() | st.just(LabelError(code="no-answers", reason="none")),
)  # fmt: skip


@given(LABELS, st.integers(0, 2_000))
def test_what_is_written_is_read_back_whole(made: Label, inline_limit: int) -> None:
    """For every label and every limit: with its files, a label says what it said when made."""
    value, files = sent(made, inline_limit)
    assert told(read(value, files)) == told(read(made.wire(), Files({})))
    assert {name: field.value for name, field in read(value, files).fields.items()} == {
        name: field.value for name, field in made.fields.items()
    }


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, f"{FILE}: there is no such object"),
        (b"{", f"{FILE}: not JSON: "),
        (b"\xff", f"{FILE}: not UTF-8"),
        (b"[]", f"{FILE}: there is no label of schema labelwright/1 in it"),
        (b'{"schema": "labelwright/1"}', "it has no fields"),
    ],
)
def test_a_file_that_is_no_help_is_a_reason(data: bytes | None, reason: str) -> None:
    """Missing or damaged, it is told where a value or the fields would be; the rest is there."""
    files = Files({} if data is None else {FILE: data})
    moved = {"kind": "spans", "value": None, "confidence": 0.7, "valueRef": FILE}
    wire = {"schema": "labelwright/1", "fields": {"parts": moved}, "annotationsRef": FILE}
    found = read(wire, files)
    field = found.fields["parts"]
    assert (field.value, field.confidence, field.votes) == (None, 0.7, None)
    assert field.fault is not None
    assert found.first_fault() is not None
    empty = read({**wire, "fields": {}}, files)
    assert (dict(empty.fields), empty.problems, empty.answers) == ({}, (), ())
    assert (empty.fault or "").startswith(reason)


def test_without_a_fetch_what_moved_is_a_reason() -> None:
    """Pre-labeling passes none: nothing is read, and the field says where its value is."""
    value, _ = sent(label([], parts=spans(400)))
    found = read_label(value)
    assert found is not None
    field = found.fields["parts"]
    assert (field.value, field.moved_to) == (None, FILE)
    assert field.fault == f"{FILE}: it moved into this file, which is not read here"


def test_a_file_that_names_itself_is_read_once() -> None:
    """References are followed one step: a loop ends."""
    wire = {"schema": "labelwright/1", "fields": {}, "annotationsRef": FILE}
    files = Files({FILE: dump_json(wire).encode()})
    found = read(wire, files)
    assert (dict(found.fields), files.asked) == ({}, [FILE])
    assert found.fault == f"{FILE}: it moved into this file, which is not read here"


def test_a_file_that_nobody_can_read_costs_its_label_alone() -> None:
    """Whatever reason of ours it has: the address comes from the label."""

    def fetch(_: str) -> bytes:
        raise UsageError("the folder is missing")

    found = read_label({"schema": "labelwright/1", "annotationsRef": FILE}, fetch)
    assert found is not None
    assert (dict(found.fields), found.fault) == ({}, "the folder is missing")


@pytest.mark.parametrize("value", [None, 4, [], {}, {"schema": "labelwright/2"}, {"schema": []}])
def test_what_is_no_label_of_ours_is_told_apart(value: Json) -> None:
    """People's own functions make any label."""
    assert read_label(value) is None
    assert read_any(value).fault == "it is no label of schema labelwright/1"


def test_damaged_parts_do_not_vanish() -> None:
    """A problem and an error that can't be read are still a problem and an error."""
    found = read_any({"schema": "labelwright/1", "fields": {"a": 3}, "problems": [3], "error": 3})
    assert [problem.code for problem in found.problems] == ["problem-damaged"]
    assert found.error is not None
    assert found.error.code == "error-damaged"
    assert found.first_fault() == "'a': it has no value"


KEYS = (
    "schema", "fields", "scope", "annotationsFromAllWorkers", "annotationsRef", "problems", "error",
)  # fmt: skip
FIELD_KEYS = (
    "kind", "value", "confidence", "method", "workers", "votes", "tie", "undeclared", "offsets",
    "valueRef",
)  # fmt: skip


def _damaged(keys: tuple[str, ...], **given_values: Any) -> st.SearchStrategy[dict[str, Json]]:
    values = {key: given_values.get(key, strategies.json_values) for key in keys}
    return st.fixed_dictionaries({}, optional=values)


DAMAGED = strategies.json_values | _damaged(
    KEYS,
    schema=st.just("labelwright/1"),
    annotationsRef=st.just(FILE) | strategies.json_values,
    problems=st.lists(
        strategies.json_values
        | _damaged(("annotation", "field", "code", "reason"), annotation=st.integers())
    ),
    fields=strategies.json_values
    | st.dictionaries(
        st.sampled_from("ab"),
        strategies.json_values
        | _damaged(FIELD_KEYS, valueRef=st.just(FILE) | strategies.json_values),
    ),
)


@given(DAMAGED, DAMAGED | st.none())
def test_no_json_stops_the_reader(value: Json, in_file: Json) -> None:
    """Whatever stands in a manifest or a file, every part has an answer."""
    if isinstance(value, dict):
        value = {**value, "schema": "labelwright/1"}
    files = Files({FILE: dump_json(in_file).encode()})
    for fetch in (None, files.fetch):
        _check(read_any(value, fetch))


def _check(found: OwnLabel) -> None:
    told(found)
    checks: list[Callable[[], bool]] = [
        lambda: all(f.confidence is None or 0 <= f.confidence <= 1 for f in found.fields.values()),
        lambda: all(f.workers >= 0 for f in found.fields.values()),
        lambda: not found.fault or not found.fields,
    ]
    assert all(check() for check in checks)
