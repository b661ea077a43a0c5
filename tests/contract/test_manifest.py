import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from labelwright.contract.manifest import (
    EXPIRED,
    CustomLabelMetadata,
    FailedLabelMetadata,
    LabelMetadata,
    ManifestLine,
    format_date,
    label_attribute_fault,
    labels_of,
    parse_date,
)
from labelwright.errors import ManifestLineError

Json = Any


@pytest.mark.parametrize(
    ("line", "task_object"),
    [
        ({"source": "x"}, "x"),
        ({"source-ref": "s3://b/k"}, "s3://b/k"),
        ({"source": "x", "source-ref": "s3://b/k"}, "x"),
        ({"source": "", "source-ref": "s3://b/k"}, ""),
        ({"source": None, "source-ref": "s3://b/k"}, "s3://b/k"),
        ({"source": {"a": [1]}}, {"a": [1]}),
    ],
)
def test_task_object_is_source_else_source_ref(line: Json, task_object: Json) -> None:
    """The data object is what stands under source, else the address under source-ref."""
    assert ManifestLine.parse(line).task_object == task_object


def test_line_keeps_unknown_keys() -> None:
    """Keys that mean nothing to us are kept as they are."""
    line = ManifestLine.parse({"source": "x", "any key": {"a": 1}, "$x": 2})
    assert line.model_extra == {"any key": {"a": 1}, "$x": 2}


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ({}, "neither 'source' nor 'source-ref'"),
        ({"source": None, "metadata": "SECRET"}, "neither"),
        ({"source-ref": ["SECRET"]}, "source-ref"),
        ({"source": "x", "text-file-s3-uri": {"SECRET": 1}}, "text-file-s3-uri"),
        ("SECRET", "manifest line"),
    ],
)
def test_unusable_line_is_an_error_that_names_the_key(line: Json, place: str) -> None:
    """A line that is no data object is refused with the key that is wrong, not its value."""
    with pytest.raises(ManifestLineError, match=place) as caught:
        ManifestLine.parse(line)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("name", ["birds", "a", "Birds-2026", "a--b", "9", "x" * 127])
def test_good_label_attributes(name: str) -> None:
    """Letters, digits and inner hyphens make a label attribute."""
    assert label_attribute_fault(name) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("source", "reserved"),
        ("source-ref", "reserved"),
        ("a-metadata", "-metadata"),
        ("a-ref", "-ref"),
        ("my_birds", "underscores"),
        ("birds-", "hyphens"),
        ("-birds", "hyphens"),
        ("", "1 to 127"),
        ("x" * 128, "1 to 127"),
        ("$birds", "letters"),
        ("birds\n", "letters"),
    ],
)
def test_bad_label_attributes(name: str, reason: str) -> None:
    """What the service refuses as a label attribute is told with the rule it breaks."""
    assert reason in str(label_attribute_fault(name))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-10-18T22:18:13.527256", datetime(2018, 10, 18, 22, 18, 13, 527256, UTC)),
        ("2021-11-01T17:42:26.177000", datetime(2021, 11, 1, 17, 42, 26, 177000, UTC)),
        ("2019-10-27T10:35:45+0000", datetime(2019, 10, 27, 10, 35, 45, tzinfo=UTC)),
        ("2019-10-27T10:35:45.1Z", datetime(2019, 10, 27, 10, 35, 45, 100000, UTC)),
        ("yesterday", None),
        ("", None),
    ],
)
def test_all_date_formats_are_read(text: str, expected: datetime | None) -> None:
    """Each creation-date format seen is read; without a zone it is UTC; what is none is None."""
    assert parse_date(text) == expected


@given(st.datetimes(datetime(1970, 1, 2), timezones=st.just(timezone(timedelta(hours=5)))))
def test_written_dates_have_padded_milliseconds_and_read_back(moment: datetime) -> None:
    """A date that we write has the service's form and reads back to the millisecond."""
    text = format_date(moment)
    assert text.endswith("000")
    read = parse_date(text)
    assert read is not None
    assert abs(read - moment) < timedelta(milliseconds=1)


def test_metadata_of_every_task_type_is_read() -> None:
    """Keys of built-in, custom and failed metadata are read, others are kept."""
    built_in = LabelMetadata.model_validate(
        {
            "class-name": "Dipper",
            "confidence": 0.81,
            "type": "groundtruth/image-classification",
            "job-name": "labeling-job/birds",
            "human-annotated": "yes",
            "creation-date": "2025-11-02T03:04:05.060708",
        }
    )
    assert built_in.confidence == 0.81
    assert built_in.created == datetime(2025, 11, 2, 3, 4, 5, 60708, UTC)
    assert built_in.model_extra == {"class-name": "Dipper"}
    assert LabelMetadata().created is None
    reference = LabelMetadata.model_validate({"worker-response-ref": "s3://b/k"})
    assert reference.worker_response_ref == "s3://b/k"


def test_labels_of_a_line_are_found_by_their_metadata() -> None:
    """A label is an attribute beside its metadata; a failed one has metadata alone."""
    line = {
        "source": "x",
        "metadata": {"title": "no label"},
        "page-metadata": {"title": "no label either"},
        "done": {"a": 1},
        "done-metadata": {"job-name": "Done", "human-annotated": "yes"},
        "index": 4,
        "index-metadata": {"class-name": "b", "confidence": 0.5},
        "lost-metadata": {"failure-reason": EXPIRED, "human-annotated": "true", "retry-count": 1},
        "odd": 1,
        "odd-metadata": "text",
        "-metadata": {"job-name": "x"},
    }
    found = {label.attribute: (label.value, label.failed) for label in labels_of(line)}
    assert found == {"done": ({"a": 1}, False), "index": (4, False), "lost": (None, True)}


def test_output_metadata_is_that_of_the_service() -> None:
    """Custom and failed metadata have exactly the keys and values that the service writes."""
    done = CustomLabelMetadata(job_name="Job", creation_date="2026-01-02T03:04:05.006000")
    assert done.wire() == {
        "type": "groundtruth/custom",
        "job-name": "Job",
        "human-annotated": "yes",
        "creation-date": "2026-01-02T03:04:05.006000",
    }
    failed = FailedLabelMetadata(failure_reason=EXPIRED)
    assert failed.wire() == {
        "retry-count": 1,
        "failure-reason": EXPIRED,
        "human-annotated": "true",
    }
    assert json.dumps(failed.wire())
    with pytest.raises(ValidationError):
        CustomLabelMetadata.model_validate({"job_name": "x", "creation_date": "y", "extra": 1})
