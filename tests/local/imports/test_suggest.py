"""From entries to the suggestions of a manifest's lines."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.initial import initial_values
from labelwright.errors import UsageError
from labelwright.task.definition import Kind, TaskDefinition, parse_definition
from labelwright_local.imports.coco import read_coco
from labelwright_local.imports.label_studio import read_label_studio
from labelwright_local.imports.match import NO_OBJECT, Objects
from labelwright_local.imports.model import Entry, Names, Value
from labelwright_local.imports.spans import read_spans
from labelwright_local.imports.suggest import (
    TOO_LONG,
    TWICE,
    UNKNOWN_LABEL,
    Imported,
    import_suggestions,
    with_suggestions,
    written,
)
from labelwright_local.manifest.lines import RawLine
from tests.strategies import json_values

Json = Any

TASK = parse_definition(
    b"""
name = "t"
fields = [
    {name = "verdict", path = "v", kind = "choice", labels = ["good", "bad"], initial = "sv"},
    {name = "mood", path = "m", kind = "choice", labels = ["calm"], initial = "sm"},
    {name = "topics", path = "t", kind = "choices", labels = ["a", "b"], initial = "st"},
    {name = "parts", path = "p", kind = "spans", labels = ["AIM"], initial = "sp"},
    {name = "things", path = "b", kind = "boxes", labels = ["cat"], initial = "sb"},
    {name = "notes", path = "n", kind = "text"},
]
""",
    "task.toml",
)
LINES = [{"source": "ask why"}, {"source": "two", "id": "x"}, {"source-ref": "images/a.png"}]
OBJECTS = Objects(enumerate(LINES, 1))
ASK = {"start": 0, "end": 3, "label": "AIM"}
CAT = {"left": 1, "top": 2, "width": 3, "height": 4, "label": "cat"}


def choice(label: str, control: str = "", score: float | None = None) -> Value:
    """Return a choice."""
    return Value("here", Kind.CHOICE, label, control, score)


def entry(*values: Value, text: str = "ask why") -> Entry:
    """Return what a file says of a text."""
    return Entry("task 1", Names(texts=(text,)), values)


def take(*entries: Entry, definition: TaskDefinition = TASK, **options: Any) -> Imported:
    """Import entries."""
    return import_suggestions(entries, OBJECTS, definition, **options)


def test_values_go_to_the_field_that_takes_them() -> None:
    """By kind; of several fields the one that is called as the file calls it, else the first."""
    made = take(
        entry(choice("calm", "mood"), choice("good"), choice("a", "topics"), choice("b", "topics")),
        entry(Value("here", Kind.SPANS, ASK), text="two"),
    )
    assert made.by_line == {
        1: {"sv": "good", "sm": "calm", "st": ["a", "b"]},
        2: {"sp": [ASK]},
    }
    assert (made.values, made.entries, made.notes) == (5, 2, [])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (choice("fine"), UNKNOWN_LABEL),
        (choice("bad"), "its field takes one value, and has it"),
        (Value("here", Kind.TEXT, "x"), "shows no suggestions"),
        (Value("here", Kind.NUMBER, 1), "no field that takes number"),
        (choice("good", "mood"), UNKNOWN_LABEL),
        (choice("calm", "mood", 0.2), "score is under the least"),
    ],
)
def test_a_value_that_no_field_takes_is_told_and_costs_itself_alone(
    value: Value, reason: str
) -> None:
    """With the label that it is about."""
    made = take(entry(choice("good"), value), least_score=0.5)
    assert made.by_line == {1: {"sv": "good"}}
    [note] = made.notes
    assert reason in note.reason
    assert note.label == value.label


def test_labels_may_be_called_otherwise() -> None:
    """The file's name for the task's."""
    made = take(entry(choice("POS")), renamed={"POS": "good"})
    assert made.by_line == {1: {"sv": "good"}}


def test_an_entry_without_an_object_or_with_one_that_is_taken_is_told() -> None:
    """And the others are imported."""
    made = take(
        entry(choice("good"), text="three"), entry(choice("good")), entry(choice("bad")), entry()
    )
    assert made.by_line == {1: {"sv": "good"}}
    assert made.dropped == {NO_OBJECT: 1, TWICE: 1}
    assert made.silent == 1


def test_a_task_without_suggestions_is_an_error() -> None:
    """It says what to write."""
    bare = parse_definition(
        b'name = "t"\nfields = [{name = "v", path = "v", kind = "choice"}]', "task.toml"
    )
    with pytest.raises(UsageError, match=r'initial = "suggestion" below \[\[fields\]\]'):
        take(entry(choice("good")), definition=bare)


def test_the_older_name_of_a_task_s_suggestions_is_written_to() -> None:
    """``initial_spans`` names the key of spans."""
    old = parse_definition(
        b'name = "t"\ninitial_spans = "model"\nfields = [{name = "p", path = "p", kind = "spans"}]',
        "task.toml",
    )
    made = take(entry(Value("here", Kind.SPANS, ASK)), definition=old)
    assert made.by_line == {1: {"model": [ASK]}}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"source": "x"}', '{"source": "x", "k": ["\\u00e9"]}'),
        ('{"source": "x" }  ', '{"source": "x", "k": ["\\u00e9"]}  '),
        ('{"k": 1, "source":1.50}', '{"source":1.50, "k": ["\\u00e9"]}'),
        ('{"k": 1}', '{"k": ["\\u00e9"]}'),
        ("{}", '{"k": ["\\u00e9"]}'),
    ],
)
def test_a_line_keeps_all_else_as_it_was_written(line: str, expected: str) -> None:
    """What stood under the key before is replaced."""
    assert with_suggestions(line, {"k": ["é"]}) == expected


def _raw(*lines: bytes) -> list[RawLine]:
    return [RawLine(number, line, len(line)) for number, line in enumerate(lines, 1)]


def test_lines_without_suggestions_are_copied_byte_by_byte() -> None:
    """Whatever they hold."""
    made = take(entry(choice("good")))
    lines = (b'{"source": "ask why"}\r\n', b"torn {\r\n", b'{"source": "two"}')
    assert list(written(_raw(*lines), made)) == [
        b'{"source": "ask why", "sv": "good"}\n', *lines[1:]
    ]  # fmt: skip


def test_a_line_that_would_be_too_long_keeps_what_it_has() -> None:
    """The service would refuse the whole manifest."""
    many = [Value("x", Kind.BOXES, CAT | {"left": left}) for left in range(3_000)]
    made = take(entry(*many))
    line = b'{"source": "ask why"}\n'
    assert list(written(_raw(line), made)) == [line]
    assert made.notes[-1].reason == TOO_LONG


GOOD_REGION = {"type": "choices", "value": {"choices": ["good"]}}
GOOD_TASK = {"data": {"text": "ask why"}, "predictions": [{"result": [GOOD_REGION]}]}


@given(st.lists(json_values, max_size=4), st.lists(json_values, max_size=4))
def test_bad_tasks_and_regions_never_cost_a_good_one(
    tasks: Sequence[Json], regions: Sequence[Json]
) -> None:
    """Whatever stands before it in a file of Label Studio."""
    good = {"data": {"text": "ask why"}, "predictions": [{"result": [*regions, GOOD_REGION]}]}
    made = take(*read_label_studio([*tasks, good]))
    assert made.by_line[1]["sv"] == "good"
    _check(made)


@given(st.lists(json_values, max_size=4), st.lists(json_values, max_size=3))
def test_bad_annotations_never_cost_a_good_one(
    annotations: Sequence[Json], images: Sequence[Json]
) -> None:
    """Whatever stands beside it in a file of COCO."""
    data = {
        "images": [*images, {"id": 1, "file_name": "a.png", "width": 9, "height": 9}],
        "categories": [*images, {"id": 1, "name": "cat"}],
        "annotations": [*annotations, {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}],
    }
    made = take(*read_coco(data))
    assert CAT in made.by_line[3]["sb"]
    _check(made)


@given(st.lists(json_values, max_size=4), st.lists(json_values, max_size=4))
def test_bad_lines_and_spans_never_cost_a_good_one(
    lines: Sequence[Json], spans: Sequence[Json]
) -> None:
    """Whatever stands before it in JSON Lines."""
    good = {"text": "ask why", "spans": [*spans, [0, 3, "AIM"]]}
    data = [json.dumps(line).encode() for line in [*lines, good]]
    made = take(*read_spans(data))
    assert ASK in made.by_line[1]["sp"]
    _check(made)


def _check(made: Imported) -> None:
    """Make sure that pre-labeling shows all that was imported, and that all else has its reason."""
    for number, found in made.by_line.items():
        line = LINES[number - 1] | json.loads(with_suggestions("{}", found))
        shown = initial_values(line, line.get("source"), TASK)
        assert "initialLeftOut" not in shown
    assert all(note.reason for note in made.notes)
