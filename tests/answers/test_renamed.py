"""Labels that were renamed: answers stay as they were given, and mean the present names."""

import pytest

from labelwright.answers.initial import suggestion
from labelwright.answers.values import Box, Boxes, MarkedSpan, Span, read_known, read_value
from labelwright.contract.base import Json
from labelwright.errors import TaskDefinitionError
from labelwright.task.definition import TaskDefinition, parse_definition

_TASK = """
name = "moods"
[[fields]]
name = "mood"
path = "mood"
kind = "{kind}"
labels = ["happy", "sad"]
[[guide]]
label = "happy"
text = "as it was"
"""


def task(*renames: tuple[str, str], kind: str = "choice") -> TaskDefinition:
    """Return the definition with renames written behind it."""
    written = "".join(
        f'[[renamed]]\nfield = "mood"\nold = "{old}"\nnew = "{new}"\n' for old, new in renames
    )
    return parse_definition((_TASK.format(kind=kind) + written).encode(), "task.toml")


def test_fields_and_guide_have_the_present_names() -> None:
    """So pages offer what labels are called now."""
    found = task(("happy", "glad"))
    assert found.fields[0].labels == ("glad", "sad")
    assert [(entry.label, entry.text) for entry in found.guide] == [("glad", "as it was")]


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("choice", "happy", "glad"),
        ("choice", "glad", "glad"),
        ("choice", "sad", "sad"),
        ("choice", {"happy": True, "sad": False}, "glad"),
        ("choices", ["sad", "happy", "glad"], ("glad", "sad")),
        (
            "spans",
            [{"start": 0, "end": 2, "label": name} for name in ("happy", "glad")],
            (MarkedSpan(Span(0, 2, "glad"), None),),
        ),
        (
            "boxes",
            {"boundingBoxes": [{"left": 1, "top": 1, "width": 2, "height": 2, "label": "happy"}]},
            Boxes((Box(1, 1, 2, 2, "glad"),), None),
        ),
    ],
)
def test_an_answer_under_an_old_name_means_the_present_one(
    kind: str, raw: Json, value: Json
) -> None:
    """In every kind that has labels; what has become one is there once."""
    (field,) = task(("happy", "glad"), kind=kind).fields
    assert read_value(field, raw).value == value


def test_a_label_that_is_renamed_back_has_its_old_name_again() -> None:
    """Also for answers that were given under the name between."""
    (field,) = task(("happy", "glad"), ("glad", "happy")).fields
    assert field.labels == ("happy", "sad")
    assert {read_value(field, name).value for name in ("happy", "glad")} == {"happy"}


def test_renames_follow_each_other() -> None:
    """A label may have had several names."""
    (field,) = task(("happy", "glad"), ("glad", "merry")).fields
    assert [read_value(field, name).value for name in ("happy", "glad")] == ["merry", "merry"]


def test_labels_can_become_one() -> None:
    """Declared once, and known values mean it, too."""
    (field,) = task(("happy", "sad")).fields
    assert field.labels == ("sad",)
    assert read_known(field, "happy").value == "sad"


def test_a_rename_of_no_field_is_told() -> None:
    """It would change nothing, and nobody would notice."""
    with pytest.raises(TaskDefinitionError, match="renamed: no field with labels"):
        parse_definition(
            (_TASK.format(kind="choice") + '[[renamed]]\nfield="m"\nold="a"\nnew="b"\n').encode(),
            "task.toml",
        )


@pytest.mark.parametrize(
    ("kind", "raw", "shown"),
    [
        ("choice", "happy", "glad"),
        ("choices", ["happy", "sad"], ["glad", "sad"]),
        (
            "spans",
            [{"start": 0, "end": 2, "label": "happy"}],
            [{"start": 0, "end": 2, "label": "glad"}],
        ),
        (
            "boxes",
            {"boundingBoxes": [{"left": 1, "top": 1, "width": 2, "height": 2, "label": "happy"}]},
            [{"left": 1, "top": 1, "width": 2, "height": 2, "label": "glad"}],
        ),
    ],
)
def test_a_suggestion_under_an_old_name_is_shown_under_the_present_one(
    kind: str, raw: Json, shown: Json
) -> None:
    """A model that learnt the old name goes on suggesting; nothing of it is left out."""
    field = task(("happy", "glad"), kind=kind).fields[0]
    found = suggestion(field, "model", {"model": raw}, "some text")
    assert (found.value, found.left_out) == (shown, ())
