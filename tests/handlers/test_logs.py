import io
import json
import logging
import traceback
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings

import post_labeling
import pre_labeling
from labelwright.errors import LabelwrightError, StorageAccessDenied, UnexpectedError
from labelwright_lambda.entry import guarded, set_up_logging
from tests import strategies
from tests.fakes import FakeStorage

Json = Any
SECRET = "geheim-7f3a"  # noqa: S105 - stands for what people wrote
WORKER = "private.eu-west-1.geheim-7f3a"
PAYLOAD = (
    "s3://output/Job/annotations/consolidated-annotation/consolidation-request/iteration-1/a.json"
)
TEXT = "s3://input/a.txt"
ARN = "arn:aws:sagemaker:eu-west-1:111122223333:labeling-job/job"
CONTEXT = SimpleNamespace(aws_request_id="request-1")


@pytest.fixture(scope="module")
def log() -> Iterator[io.StringIO]:
    """Return what every logger writes from DEBUG on, with all that its records carry."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(EverythingFormatter())
    set_up_logging("DEBUG")
    loggers = [logging.getLogger(), logging.getLogger("labelwright")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield stream
    for logger, level in zip(loggers, before, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


class EverythingFormatter(logging.Formatter):
    """Writes a record's message, its extra keys and its exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Return it all as one line."""
        extra = {key: repr(value) for key, value in vars(record).items()}
        return json.dumps([super().format(record), extra])


def call(handle: Any, event: Json) -> tuple[Json, str]:
    """Return the answer and what Lambda's runtime would print of an uncaught error."""
    try:
        return guarded(handle, event, CONTEXT, {"payload": PAYLOAD}), ""
    except LabelwrightError as error:
        return None, "".join([*traceback.format_exception(error), str(error), repr(error)])


def post_event(**more: Json) -> Json:
    """Return a request for the payload."""
    return {
        "labelingJobArn": ARN,
        "labelAttributeName": "Job",
        "payload": {"s3Uri": PAYLOAD},
        **more,
    }


@settings(max_examples=40)
@given(strategies.json_values, strategies.contents)
def test_consolidating_logs_no_answer_text_or_worker(
    log: io.StringIO, value: Json, content: Json
) -> None:
    """Sound, damaged and unreadable answers leave counts in the log and nothing of themselves."""
    page = {"value": [{"start": 0, "end": 3, "label": SECRET, "quote": SECRET}], "notes": SECRET}
    echoed = {**page, "text": {"uri": TEXT, "length": 1}}
    contents = [
        {"annotations": json.dumps(echoed)},
        {SECRET: {SECRET: [SECRET, value]}},
        SECRET,
        [SECRET, content],
    ]
    annotations: list[Json] = [
        {"workerId": f"{WORKER}{number}", "annotationData": {"content": json.dumps(content)}}
        for number, content in enumerate(contents)
    ]
    annotations += [SECRET, {"workerId": [SECRET]}, {"workerId": WORKER, "annotationData": SECRET}]
    payload = [
        {"datasetObjectId": "1", "dataObject": {"content": SECRET}, "annotations": annotations},
        {"datasetObjectId": "2", "dataObject": {"s3Uri": "s3://b/k"}, "annotations": annotations},
        {"datasetObjectId": "3", "dataObject": SECRET, "annotations": {SECRET: SECRET}},
        SECRET,
    ]
    storage = FakeStorage({PAYLOAD: json.dumps(payload), TEXT: f"{SECRET} and more"})
    chosen = post_labeling.Settings(text_prefix="s3://input/")
    event = post_event()
    answer, error = call(lambda: post_labeling.handle(event, storage, chosen), event)
    assert len(answer) == 3
    assert error == ""
    assert SECRET not in log.getvalue()
    assert '"consolidated"' in log.getvalue()


@pytest.mark.parametrize(
    "event",
    [
        {"labelingJobArn": ARN, "dataObject": {"source": SECRET}},
        {"labelingJobArn": ARN, "dataObject": {"source": "\ud800" + SECRET}},
        {"labelingJobArn": ARN, "dataObject": {"source": SECRET * 20_000}},
        {"labelingJobArn": ARN, "dataObject": {"source-ref": [SECRET]}},
        {"labelingJobArn": ARN, "dataObject": {"metadata": SECRET}},
        {"labelingJobArn": ARN, "dataObject": SECRET},
        {"labelingJobArn": {SECRET: 1}, "dataObject": {}},
        {"labelingJobArn": ARN, "dataObject": {"source": "x", "text-file-s3-uri": SECRET}},
        {"labelingJobArn": ARN, "dataObject": {"source": "x", "text-file-s3-uri": TEXT}},
        [SECRET],
    ],
)
def test_preparing_logs_no_text(log: io.StringIO, event: Json) -> None:
    """Neither a prepared object nor one that fails leaves its data in the log or the error."""
    storage = FakeStorage({TEXT: f"{SECRET} \xff".encode("latin-1")})
    _, error = call(lambda: pre_labeling.handle(event, storage, pre_labeling.Settings()), event)
    assert SECRET not in error
    assert SECRET not in log.getvalue()


def nested_failure() -> Json:
    """Fail as libraries do: with the data in the message, and in the error it came from."""
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(f"cannot handle {SECRET}") from error


def test_unexpected_error_tells_type_and_place_only(log: io.StringIO) -> None:
    """Of an error that is not ours, its message and its causes are withheld."""
    with pytest.raises(UnexpectedError, match=r"ValueError at .*nested_failure") as caught:
        guarded(nested_failure, post_event(), CONTEXT, {"payload": PAYLOAD})
    printed = "".join(traceback.format_exception(caught.value))
    assert SECRET not in printed + str(caught.value) + repr(caught.value)
    assert SECRET not in log.getvalue()
    for known in (ARN, "request-1", PAYLOAD):
        assert known in str(caught.value)


def test_own_error_keeps_its_type_and_says_where(log: io.StringIO) -> None:
    """An error of ours reaches the service with code, job, payload and request id."""

    def denied() -> Json:
        raise StorageAccessDenied(PAYLOAD, "access denied; allow s3:GetObject")

    with pytest.raises(StorageAccessDenied, match="s3:GetObject") as caught:
        guarded(denied, post_event(), CONTEXT, {"payload": PAYLOAD})
    for known in ("[access-denied]", ARN, "request-1", f"payload={PAYLOAD}"):
        assert known in str(caught.value)
    assert caught.value.uri == PAYLOAD
    assert "access-denied" in log.getvalue()


def test_boundary_takes_any_event_and_context() -> None:
    """An event or context of another shape does not keep an error from being told."""
    event: Json
    for event in (None, 5, [], {"labelingJobArn": [SECRET]}):
        with pytest.raises(UnexpectedError) as caught:
            guarded(nested_failure, event, None, {})
        assert SECRET not in str(caught.value)


def test_talkative_libraries_are_silenced() -> None:
    """Botocore and the like, which log what they send, are heard from warnings on."""
    set_up_logging("DEBUG")
    for name in ("boto3", "botocore", "s3transfer", "urllib3"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING
