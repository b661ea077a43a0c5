import json
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from labelwright.contract.manifest import LabelMetadata, ManifestLine
from labelwright.contract.post_labeling import PostLabelingRequest, read_request_file
from labelwright.contract.pre_labeling import PreLabelingRequest
from labelwright.contract.worker_response import WorkerResponseFile
from labelwright.errors import LabelwrightError
from tests import strategies

Json = Any
MARKER = "geheim-7f3a"

PRE = {"version": "v", "labelingJobArn": "arn", "dataObject": {"source": "x", "source-ref": "y"}}
POST = {
    "version": "v",
    "labelingJobArn": "arn",
    "labelAttributeName": "Job",
    "roleArn": "arn",
    "labelCategories": ["a"],
    "payload": {"s3Uri": "s3://b/k"},
    "outputConfig": "s3://b",
    "maxHumanWorkersPerDataObject": 3,
    "vpcEnabled": False,
}
ANSWERS = {"answers": [{"workerId": "w", "answerContent": {}, "workerMetadata": {"a": {"b": 1}}}]}
METADATA = {"confidence": 0.5, "job-name": "a", "retry-count": 1}

READERS: list[tuple[Callable[[Json], object], Json]] = [
    (PreLabelingRequest.parse, PRE),
    (PostLabelingRequest.parse, POST),
    (ManifestLine.parse, {"source": 1, "source-ref": "s3://b/k", "text-file-s3-uri": "x"}),
    (lambda value: WorkerResponseFile.parse(json.dumps(value).encode(), "file"), ANSWERS),
    (LabelMetadata.model_validate, METADATA),
]


def places(value: Json, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of every value inside a JSON value, its own included."""
    if not isinstance(value, dict | list):
        return [path]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [path, *(found for key, inner in items for found in places(inner, (*path, key)))]


def replaced(value: Json, path: tuple[Any, ...], new: Json) -> Json:
    """Return a copy with another value in one place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


secrets = st.one_of(
    st.sampled_from(
        [MARKER, [MARKER], {MARKER: MARKER}, MARKER + "\ud800", {MARKER + "\ud800": 1}, None]
    ),
    strategies.json_values.map(lambda value: [MARKER, value]),
)


def outcome(reader: Callable[[Json], object], value: Json) -> Exception | None:
    """Return the error that reading raises, or None."""
    try:
        reader(value)
    except (LabelwrightError, ValidationError) as error:
        return error
    return None


def told(error: Exception | None) -> str:
    """Return all that an uncaught error prints, and its own representations."""
    if error is None:
        return ""
    return "".join([*traceback.format_exception(error), str(error), repr(error)])


@given(st.data())
def test_errors_never_contain_what_was_wrong(data: st.DataObject) -> None:
    """Whatever stands in the wrong place of what the service sends is not repeated by the error."""
    reader, value = data.draw(st.sampled_from(READERS))
    broken = replaced(value, data.draw(st.sampled_from(places(value))), data.draw(secrets))
    assert MARKER not in told(outcome(reader, broken))


@given(strategies.payloads, st.integers(0, 200), secrets)
def test_damage_is_told_without_what_was_damaged(payload: Json, cut: int, secret: Json) -> None:
    """The reasons for damage, and the error for a damaged file, hold nothing of the file."""
    entry = {"datasetObjectId": "s", "dataObject": secret, "annotations": [secret, [secret]]}
    data = json.dumps([entry, *payload]).encode()
    batch = read_request_file(data, "s3://b/k")
    reasons = [entry.damage for entry in batch.objects]
    reasons += [item.damage for entry in batch.objects for item in entry.annotations]
    assert MARKER not in " ".join(filter(None, reasons))
    with pytest.raises(LabelwrightError) as caught:
        read_request_file(data[: -1 - cut % len(data)], "s3://b/k")
    assert MARKER not in told(caught.value)
