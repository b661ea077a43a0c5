import json
from typing import Any

from labelwright.answers.columns import (
    AnsweredObject,
    WorkerValue,
    fields_of,
    labels_for,
    read_column,
    read_object,
)
from labelwright.contract.post_labeling import RequestObject, read_request_file
from labelwright.task.definition import FieldDefinition, Kind, parse_definition

Json = Any


def entry(*annotations: Json) -> RequestObject:
    """Return a data object with these annotations, as the reader of request files gives it."""
    data = json.dumps([{"datasetObjectId": "7", "dataObject": {}, "annotations": annotations}])
    return read_request_file(data.encode(), "file").objects[0]


def inline(worker: str, content: Json) -> Json:
    """Return an annotation with its answer in it."""
    return {"workerId": worker, "annotationData": {"content": json.dumps(content)}}


def by_reference(worker: str, uri: str) -> Json:
    """Return an annotation with the address of its answer."""
    return {"workerId": worker, "annotationData": {"s3Uri": uri}}


def codes(answered: AnsweredObject) -> list[tuple[int | None, str]]:
    """Return place and code of each problem."""
    return [(problem.annotation, problem.code) for problem in answered.problems]


def test_last_readable_answer_of_a_worker_counts() -> None:
    """A worker who answers again replaces their answer, unless the later one is damaged."""
    damaged = {"workerId": "a", "annotationData": {"content": "{"}}
    answered = read_object(entry(inline("a", {"x": 1}), inline("a", {"x": 2}), damaged), {})
    assert [(answer.annotation, answer.content) for answer in answered.answers] == [(1, {"x": 2})]
    assert codes(answered) == [(0, "annotation-repeated"), (2, "annotation-damaged")]


def test_answers_kept_in_files_are_read() -> None:
    """A file's answer counts like an inline one; a missing or damaged file costs that answer."""
    uris = [f"s3://bucket/{number}" for number in range(4)]
    fetched: dict[str, bytes | str] = {
        uris[0]: b'\xef\xbb\xbf{"x": 1}',
        uris[1]: "object-not-found",
        uris[2]: b"\xff",
    }
    answered = read_object(
        entry(*(by_reference(str(number), uri) for number, uri in enumerate(uris))), fetched
    )
    assert [answer.content for answer in answered.answers] == [{"x": 1}]
    assert codes(answered) == [(number, "annotation-damaged") for number in (1, 2, 3)]
    assert "object-not-found" in answered.problems[0].reason


def test_definition_decides_the_fields_and_shapes_do_without_one() -> None:
    """With a definition its fields are read and no others; without one those that occur."""
    task = parse_definition(b'name="t"\nfields=[{name="n",path="n",kind="text"}]', "task.toml")
    answered = [read_object(entry(inline("a", {"x": 1})), {})]
    assert [field.name for field in fields_of(task, answered)] == ["n"]
    assert [field.name for field in fields_of(None, answered)] == ["x"]


def test_categories_are_meant_for_the_only_field_with_labels() -> None:
    """The request's categories win over the definition's labels, where one field alone has any."""
    choice = FieldDefinition(name="c", path="c", kind=Kind.CHOICE, labels=("x",))
    spans = FieldDefinition(name="s", path="s", kind=Kind.SPANS)
    notes = FieldDefinition(name="n", path="n", kind=Kind.TEXT)
    assert labels_for(choice, (choice, notes), ("a", "b")) == ("a", "b")
    assert labels_for(choice, (choice, notes), None) == ("x",)
    assert labels_for(notes, (choice, notes), ("a", "b")) == ()
    assert labels_for(choice, (choice, spans), ("a", "b")) == ("x",)


def test_categories_are_not_lost_to_a_field_that_few_gave() -> None:
    """Who invents a field with labels takes none from the others'; an only field has them."""
    choice = FieldDefinition(name="c", path="c", kind=Kind.CHOICE)
    invented = FieldDefinition(name="a", path="a", kind=Kind.CHOICE)
    assert labels_for(choice, (invented, choice), ("x", "y"), {"a"}) == ("x", "y")
    assert labels_for(invented, (invented, choice), ("x", "y"), {"a"}) == ()
    assert labels_for(invented, (invented,), ("x", "y"), {"a"}) == ("x", "y")


def test_column_keeps_objects_workers_and_problems_apart() -> None:
    """Each object has its workers' values in order, and the problems of its own answers."""
    field = FieldDefinition(name="c", path="c.d", kind=Kind.CHOICE)
    first = read_object(
        entry(
            inline("b", {"c": {"d": "x"}}),
            inline("a", {"c": '{"d": {"label": "y"}}'}),
            inline("c", {"c": "{"}),
            inline("d", {"c": {"d": [1]}}),
            inline("e", {}),
        ),
        {},
    )
    second = AnsweredObject("8", (), ())
    column, problems, _ = read_column(field, (), [first, second], {})
    assert column.objects == ("7", "8")
    assert column.values == ((WorkerValue("b", "x"), WorkerValue("a", "y")), ())
    assert [(problem.annotation, problem.field) for problem in problems[0]] == [(2, "c"), (3, "c")]
    assert problems[1] == ()
