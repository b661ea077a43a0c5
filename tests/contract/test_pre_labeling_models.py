from typing import Any

import pytest
from pydantic import ValidationError

from labelwright.contract.pre_labeling import PreLabelingRequest, PreLabelingResponse
from labelwright.errors import EventError

ARN = "arn:aws:sagemaker:eu-west-1:111122223333:labeling-job/otters"


@pytest.mark.parametrize("version", ["2018-10-16", "2018-10-06", "2031-01-01", 3, None])
def test_request_takes_any_version(version: Any) -> None:
    """The version is the service's own business: any is taken."""
    event = {"version": version, "labelingJobArn": ARN, "dataObject": {"source": "x"}}
    assert PreLabelingRequest.parse(event).version == version


def test_request_needs_no_version() -> None:
    """An event without a version is read as well."""
    request = PreLabelingRequest.parse({"labelingJobArn": ARN, "dataObject": {"source": "x"}})
    assert request.labeling_job_arn == ARN


def test_request_keeps_the_whole_line_and_unknown_keys() -> None:
    """The manifest line is kept as sent, and so are keys that nobody documented."""
    line = {"source": "x", "$id": 4, "job": {"a": [1]}, "job-metadata": {"job-name": "Job"}}
    request = PreLabelingRequest.parse(
        {"labelingJobArn": ARN, "dataObject": line, "newKey": {"a": 1}}
    )
    assert request.data_object == line
    assert request.model_extra == {"newKey": {"a": 1}}


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ({"dataObject": {"source": "x"}}, "labelingJobArn"),
        ({"labelingJobArn": ARN}, "dataObject"),
        ({"labelingJobArn": ARN, "dataObject": "SECRET"}, "dataObject"),
        ({"labelingJobArn": 5, "dataObject": {}}, "labelingJobArn"),
        ([], "labelingJobArn and dataObject"),
        (None, "labelingJobArn and dataObject"),
    ],
)
def test_what_is_no_request_is_an_event_error_that_names_the_key(event: Any, place: str) -> None:
    """An event of another shape is refused with the key that is wrong, without its value."""
    with pytest.raises(EventError, match=place) as caught:
        PreLabelingRequest.parse(event)
    assert "SECRET" not in str(caught.value)


def test_response_has_the_two_keys_of_the_contract() -> None:
    """The response is taskInput and the boolean isHumanAnnotationRequired, nothing else."""
    response = PreLabelingResponse(
        task_input={"taskObject": None}, is_human_annotation_required=False
    )
    assert response.wire() == {
        "taskInput": {"taskObject": None},
        "isHumanAnnotationRequired": False,
    }


@pytest.mark.parametrize("flag", ["true", "false", 1, 0, None])
def test_response_flag_is_nothing_but_a_boolean(flag: Any) -> None:
    """The string that official samples send can't be put into a response."""
    with pytest.raises(ValidationError):
        PreLabelingResponse(task_input={}, is_human_annotation_required=flag)


def test_response_has_no_other_keys() -> None:
    """The misspelt key of the official sample can't be put into a response."""
    with pytest.raises(ValidationError):
        PreLabelingResponse.model_validate(
            {"taskInput": {}, "isHumanAnnotationRequired": True, "humanAnnotationRequired": "true"}
        )
