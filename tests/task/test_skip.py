from typing import Any

import pytest

from labelwright.task.skip import SkipRule, Text, first_skip

Json = Any
NO_TEXT = Text(None)


def applies(rule: dict[str, Json], line: dict[str, Json], text: Text = NO_TEXT) -> bool:
    """Tell whether a rule, as in a task definition, skips an object."""
    return first_skip([SkipRule.model_validate(rule)], line, text) is not None


def test_without_rules_nothing_is_skipped() -> None:
    """No rule, no skipping: not even an object without anything in it."""
    assert first_skip([], {}, Text("")) is None
    assert first_skip([], {}, Text(None, missing=True)) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [({}, True), ({"a": None}, True), ({"a": ""}, False), ({"a": False}, False), ({"b": 1}, True)],
)
def test_key_missing(line: dict[str, Json], expected: bool) -> None:
    """A key that is absent or null is missing; an empty or false one is there."""
    assert applies({"when": "key-missing", "key": "a"}, line) is expected


@pytest.mark.parametrize(
    ("value", "found", "expected"),
    [
        ("x", "x", True),
        ("x", "y", False),
        (1, 1, True),
        (1, 1.0, True),
        (1, True, False),
        (True, 1, False),
        (False, False, True),
        ("1", 1, False),
        ([1, "a"], [1, "a"], True),
        ({"a": 1}, {"a": 1}, True),
        ("x", None, False),
    ],
)
def test_key_equals_compares_as_json_does(value: Json, found: Json, expected: bool) -> None:
    """Values are equal as JSON values: true is not 1."""
    rule = {"when": "key-equals", "key": "a", "value": value}
    assert applies(rule, {"a": found}) is expected
    assert applies(rule, {}) is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (Text(""), True),
        (Text(" \r\n\t\u00a0"), True),
        (Text(None, missing=True), True),
        (Text("x"), False),
        (NO_TEXT, False),
        (Text(None, at_least=5), False),
    ],
)
def test_text_empty(text: Text, expected: bool) -> None:
    """White space alone and a missing file are empty; a line without text is not."""
    assert applies({"when": "text-empty"}, {}, text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (Text("12"), True),
        (Text("123"), False),
        (Text("12345"), False),
        (Text("123456"), True),
        (Text("😀😀😀😀😀"), False),
        (Text(None, at_least=6), True),
        (Text(None, at_least=5), False),
        (NO_TEXT, False),
        (Text(None, missing=True), False),
    ],
)
def test_text_length_counts_code_points(text: Text, expected: bool) -> None:
    """Fewer than min or more than max code points; where there is no text there is no length."""
    assert applies({"when": "text-length", "min": 3, "max": 5}, {}, text) is expected


def own(confidence: Json) -> dict[str, Json]:
    """Return a line with a label of ours whose field has this confidence."""
    return {
        "job": {"schema": "labelwright/1", "fields": {"quality": {"confidence": confidence}}},
        "job-metadata": {"type": "groundtruth/custom", "job-name": "Job"},
    }


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (own(0.8), True),
        (own(1), True),
        (own(0.79), False),
        (own(None), False),
        (own("0.9"), False),
        (own(True), False),
        (own(10**400), False),
        ({"job": 4, "job-metadata": {"confidence": 0.9, "class-name": "x"}}, True),
        ({"job": 4, "job-metadata": {"confidence": 0.5, "class-name": "x"}}, False),
        ({**own(0.9), "job-metadata": {"confidence": 0.1, "job-name": "x"}}, False),
        ({**own(0.9), "job-metadata": {"failure-reason": "expired"}}, False),
        ({"job-metadata": {"confidence": 0.9, "failure-reason": "expired"}}, False),
        ({"other": 4, "other-metadata": {"confidence": 0.9}}, False),
        ({"job": own(0.9)["job"]}, False),
        ({"job": [], "job-metadata": {"job-name": "Job"}}, False),
        ({"job": {"fields": []}, "job-metadata": {"job-name": "Job"}}, False),
    ],
)
def test_already_labeled_reads_metadata_then_our_own_label(
    line: dict[str, Json], expected: bool
) -> None:
    """Confidence is the metadata's, else that of a field of our label; failures have none."""
    rule = {"when": "already-labeled", "attribute": "job", "field": "quality", "confidence": 0.8}
    assert applies(rule, line) is expected


def boxes(*confidences: Json) -> dict[str, Json]:
    """Return a line with a built-in job's boxes of these confidences."""
    objects = [{"confidence": confidence} for confidence in confidences]
    metadata = {"type": "groundtruth/object-detection", "job-name": "j", "objects": objects}
    return {"job": {"annotations": [{} for _ in objects]}, "job-metadata": metadata}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (boxes(0.9, 0.8), True),
        (boxes(0.9, 0.79), False),
        (boxes(0.9, None), False),
        (boxes(0.9, "0.9"), False),
        (boxes(), False),
        ({"job": 1, "job-metadata": {"job-name": "j", "objects": {"confidence": 1}}}, False),
        ({"job": 1, "job-metadata": {"job-name": "j", "objects": [0.9]}}, False),
    ],
)
def test_boxes_are_as_sure_as_the_least_sure_of_them(line: dict[str, Json], expected: bool) -> None:
    """All have to say how sure they are; where there is none, nothing is known."""
    rule = {"when": "already-labeled", "attribute": "job", "confidence": 0.8}
    assert applies(rule, line) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (own(0.1), True),
        (own(None), True),
        (boxes(), True),
        ({"job": 4, "job-metadata": {"job-name": "x"}}, True),
        ({**own(0.9), "job-metadata": {"failure-reason": "expired"}}, False),
        ({"job-metadata": {"job-name": "x", "failure-reason": "expired"}}, False),
        ({"job-metadata": {"job-name": "x"}}, False),
        ({"job": 4}, False),
        ({}, False),
    ],
)
def test_without_a_confidence_any_label_counts_that_did_not_fail(
    line: dict[str, Json], expected: bool
) -> None:
    """However sure it is."""
    assert applies({"when": "already-labeled", "attribute": "job"}, line) is expected


def test_a_fields_confidence_is_read_only_where_one_is_asked() -> None:
    """A rule that names the field alone would skip what was not meant."""
    with pytest.raises(ValueError, match="needs 'confidence'"):
        SkipRule.model_validate({"when": "already-labeled", "attribute": "job", "field": "q"})


def test_first_rule_that_applies_is_told() -> None:
    """Rules are tried in order, and the reason has nothing of the object in it."""
    rules = [
        SkipRule.model_validate(rule)
        for rule in (
            {"when": "key-missing", "key": "a"},
            {"when": "key-equals", "key": "a", "value": "SECRET"},
            {"when": "text-empty"},
        )
    ]
    skip = first_skip(rules, {"a": "SECRET"}, Text(""))
    assert skip is not None
    assert skip.rule == "key-equals"
    assert "SECRET" not in skip.reason
