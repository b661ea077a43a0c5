import json
from typing import Any

import pytest
from hypothesis import example, given

from labelwright.errors import ManifestLineError, TaskInputError, TaskInputTooLarge
from labelwright.task.definition import parse_definition
from labelwright.task.task_input import MAX_TASK_INPUT_CHARACTERS, task_input
from tests import strategies

Json = Any

TASK = parse_definition(
    b"""
name = "t"
title = "Title"
instructions = "Do."
page_keys = ["shelf", "row"]
guide = [{label = "a", text = "A."}]
fields = [
    {name = "kind", path = "kind", kind = "choice", labels = ["a", "b"], required = true},
    {name = "notes", path = "notes", kind = "text", title = "Notes", hint = "If any."},
]
""",
    "task.toml",
)
BARE = parse_definition(b'name="t"\nfields=[{name="n",path="n",kind="text"}]', "task.toml")


def test_task_input_is_the_object_and_nothing_else() -> None:
    """Without page keys, labels and texts, a page is given the data object and the fields alone."""
    line = {"source": "x", "shelf": 1}
    assert task_input(line, None, None) == {"taskObject": "x"}
    assert task_input(line, None, BARE) == {
        "taskObject": "x",
        "fields": [{"name": "n", "path": "n", "kind": "text"}],
    }


def test_metadata_and_text_have_their_places() -> None:
    """A text file adds the text and, in the metadata, its address; the line stays as it was."""
    line = {"source-ref": "s3://b/k", "text-file-s3-uri": "s3://b/t", "metadata": {"title": "T"}}
    assert task_input(line, "text", None) == {
        "taskObject": "s3://b/k",
        "metadata": {"title": "T", "text_file_s3_uri": "s3://b/t"},
        "text": "text",
    }
    assert line["metadata"] == {"title": "T"}


@pytest.mark.parametrize("metadata", ["words", ["a"], 5, {"title": "T"}, {}])
def test_metadata_without_a_text_file_is_as_in_the_manifest(metadata: Json) -> None:
    """Metadata of any type is passed on where nothing has to be added to it."""
    assert task_input({"source": "x", "metadata": metadata}, None, None)["metadata"] == metadata


def test_metadata_that_cannot_take_the_address_is_an_error() -> None:
    """Metadata that is no object can't carry the text's address, and that is told."""
    line = {"source": "x", "text-file-s3-uri": "s3://b/t", "metadata": "SECRET"}
    with pytest.raises(ManifestLineError, match="'metadata' must be a JSON object") as caught:
        task_input(line, "text", None)
    assert "SECRET" not in str(caught.value)


def test_definition_gives_page_keys_labels_and_texts() -> None:
    """The page gets the declared keys that the line has, and what the definition says to it."""
    assert task_input({"source": "x", "shelf": None, "other": 1}, None, TASK) == {
        "taskObject": "x",
        "shelf": None,
        "title": "Title",
        "instructions": "Do.",
        "guide": [{"label": "a", "text": "A.", "good": [], "bad": []}],
        "labels": {"kind": ["a", "b"]},
        "fields": [
            {
                "name": "kind",
                "path": "kind",
                "kind": "choice",
                "required": True,
            },
            {"name": "notes", "path": "notes", "kind": "text", "title": "Notes", "hint": "If any."},
        ],
    }


@given(strategies.chained_lines())
@example({"source": "x", "metadata": strategies.EARLIER, "metadata-metadata": {"job-name": "x"}})
def test_no_earlier_label_ever_reaches_a_task_input(line: dict[str, Json]) -> None:
    """Whatever labels a chained line carries, under whatever names, none reaches the page."""
    for definition in (None, BARE, TASK):
        try:
            made = task_input(line, "text", definition)
        except TaskInputError as error:
            assert "page_keys" in str(error)  # noqa: PT017 - a label under a page key is refused
            continue
        assert strategies.EARLIER not in json.dumps(made)


def test_page_key_that_holds_a_label_is_refused() -> None:
    """A page key under which an earlier job left its label is an error, not a leak."""
    with pytest.raises(TaskInputError, match="'shelf' holds an earlier job's label"):
        task_input({"source": "x", "shelf": 1, "shelf-metadata": {}}, None, TASK)


def test_limit_counts_the_characters_that_the_page_has() -> None:
    """120,000 characters of JSON pass, one more is a named error; any character counts as one."""
    room = MAX_TASK_INPUT_CHARACTERS - len('{"taskObject": ""}')
    assert task_input({"source": "中" * room}, None, None)
    assert task_input({"source": "😀" * room}, None, None)
    with pytest.raises(TaskInputTooLarge, match="120,001 characters"):
        task_input({"source": "中" * (room + 1)}, None, None)
    with pytest.raises(TaskInputTooLarge):
        task_input({"source": '"' * (room // 2 + 1)}, None, None)


@pytest.mark.parametrize("source", [float("nan"), {"a": [float("inf")]}, "half \ud83d", ["\udc00"]])
def test_what_json_cannot_carry_is_a_named_error(source: Json) -> None:
    """Numbers that are not finite and half surrogate pairs are told before Lambda fails on them."""
    with pytest.raises(TaskInputError, match="manifest line holds"):
        task_input({"source": source}, None, None)


def test_the_whole_line_passes_only_when_asked_to() -> None:
    """Every key and the line itself are there, and what is made of the line wins."""
    line = {"source": "x", "taskObject": "mine", "manifestLine": 1, "labels": ["a"], "boxes": {}}
    assert task_input(line, None, None, pass_line=True) == {
        "source": "x", "taskObject": "x", "labels": ["a"], "boxes": {}, "manifestLine": line
    }  # fmt: skip
    assert task_input(line, None, TASK, pass_line=True)["labels"] == {"kind": ["a", "b"]}


@given(strategies.chained_lines())
def test_a_passed_line_changes_no_other_key(line: dict[str, Json]) -> None:
    """Whatever is in the line: the page has what it had, and the line beside it."""
    try:
        made = task_input(line, "text", BARE)
    except (ManifestLineError, TaskInputError):
        return
    passed = task_input(line, "text", BARE, pass_line=True)
    assert {key: passed[key] for key in made} == made
    assert passed["manifestLine"] == line
    assert passed.keys() == made.keys() | line.keys() | {"manifestLine"}


def test_what_a_passed_line_repeats_is_counted_once() -> None:
    """Any line that Ground Truth takes can be shown; one beyond that can not."""
    line: dict[str, Json] = {"source": "x" * 99_000}
    assert task_input(line, None, None, pass_line=True)["manifestLine"] == line
    with pytest.raises(TaskInputTooLarge):
        task_input(
            {"source": "x", "more": "x" * MAX_TASK_INPUT_CHARACTERS}, None, None, pass_line=True
        )
