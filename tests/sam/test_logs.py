import json
from pathlib import Path
from typing import Any

import pytest

from tests.sam.conftest import Functions
from tests.sam.host_build import HostBuild
from tests.sam.lambda_process import Answer, LambdaProcess
from tests.sam.s3_server import S3Server

TEXT = "quicksilver meadow"
ANSWER = "sandpiper dusk"
WORKER = "private.eu-west-1.feedfacecafebeef"
SECRETS = (TEXT, ANSWER, WORKER)

JOB = "arn:aws:sagemaker:eu-west-1:111122223333:labeling-job/quiet"
PAYLOAD = "Quiet/annotations/consolidated-annotation/consolidation-request/iteration-1/1.json"
PAYLOAD_URI = f"s3://answers/{PAYLOAD}"
TEXT_LINE = {"source-ref": "s3://input/a.png", "text-file-s3-uri": "s3://input/a.txt"}


def _answered(content: object) -> dict[str, Any]:
    annotation = {"workerId": WORKER, "annotationData": {"content": content}}
    return {
        "datasetObjectId": "0",
        "dataObject": {"content": TEXT},
        "annotations": [annotation, {**annotation, "workerId": WORKER[::-1]}],
    }


GOOD_ANSWER = json.dumps(
    {
        "choice": {"label": ANSWER},
        "notes": f"{TEXT} {ANSWER}",
        "entities": {"entities": [{"startOffset": 0, "endOffset": 4, "label": ANSWER}]},
    }
)

#: What stands in the payload file, and whether the function answers with labels.
PAYLOADS: dict[str, tuple[str, bool]] = {
    "good": (json.dumps([_answered(GOOD_ANSWER)]), True),
    "answer that is no JSON": (json.dumps([_answered(f"{{{ANSWER}")]), True),
    "answer that is a number": (json.dumps([_answered(17)]), True),
    "answer nested without end": (json.dumps([_answered("[" * 100_000 + ANSWER)]), True),
    "object without annotations": (json.dumps([{**_answered("{}"), "annotations": ANSWER}]), True),
    "object that is a text": (json.dumps([ANSWER, _answered(GOOD_ANSWER)]), True),
    "object without id": (json.dumps([{**_answered("{}"), "datasetObjectId": None}]), True),
    "file that is cut off": (json.dumps([_answered(GOOD_ANSWER)])[:-20], False),
    "file that is no list": (json.dumps(_answered(GOOD_ANSWER)), False),
    "file that is nothing but text": (f"{TEXT} {ANSWER} {WORKER}", False),
}

#: Manifest entries and texts that pre-labeling refuses.
REFUSED: dict[str, tuple[object, bytes]] = {
    "entry that is a text": (TEXT, b""),
    "entry without a source": ({"sauce": TEXT}, b""),
    "text's address that is a text": ({**TEXT_LINE, "text-file-s3-uri": TEXT}, b""),
    "text in another encoding": (TEXT_LINE, TEXT.encode("utf-16")),
    "text that is too long": (TEXT_LINE, TEXT.encode() * 10_000),
}

# Stands in for a mistake of ours: what holds the data is in the exception's message.
FAULTY_MODULE = """
import {name}

def broken(*arguments, **named):
    raise ValueError(repr(arguments) + repr(named))

{name}.{broken} = broken
lambda_handler = {name}.lambda_handler
"""


def _check_quiet(process: LambdaProcess, answer: Answer) -> None:
    shown = process.log + json.dumps(answer.error, ensure_ascii=False)
    found = [secret for secret in SECRETS if secret in shown or secret[::-1] in shown]
    assert not found, shown


def _names_place(answer: Answer, code: str, *others: str) -> None:
    assert answer.error is not None
    message = answer.error["errorMessage"]
    for part in (f"[{code}] ", JOB, answer.request_id, *others):
        assert part in message


def _pre_event(entry: object) -> dict[str, object]:
    return {"version": "2018-10-16", "labelingJobArn": JOB, "dataObject": entry}


POST_EVENT = {
    "version": "2018-10-16",
    "labelingJobArn": JOB,
    "labelAttributeName": "quiet",
    "roleArn": "arn:aws:iam::111122223333:role/job",
    "payload": {"s3Uri": PAYLOAD_URI},
}


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_answer_gets_into_the_log_of_post_labeling(
    payload: str, level: str, functions: Functions, s3: S3Server
) -> None:
    """Whatever the payload holds, the log and the error hold no answer, text or worker id."""
    content, answers = PAYLOADS[payload]
    s3.put("answers", PAYLOAD, content.encode())
    process = functions("post_labeling", LOG_LEVEL=level)

    answer = process.invoke(POST_EVENT)

    assert (answer.error is None) == answers
    if not answers:
        _names_place(answer, "payload-invalid", PAYLOAD_URI)
    _check_quiet(process, answer)
    assert answer.request_id in process.log


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_no_text_gets_into_the_log_of_pre_labeling(
    level: str, functions: Functions, s3: S3Server
) -> None:
    """A text is in the task input and not in the log."""
    s3.put("input", "a.txt", TEXT.encode())
    process = functions("pre_labeling", LOG_LEVEL=level)

    answer = process.invoke(_pre_event(TEXT_LINE))

    assert answer.response["taskInput"]["text"] == TEXT
    _check_quiet(process, answer)


@pytest.mark.parametrize("refused", REFUSED)
def test_what_pre_labeling_refuses_is_not_repeated(
    refused: str, functions: Functions, s3: S3Server
) -> None:
    """An error of pre-labeling says what is wrong without showing it."""
    entry, text = REFUSED[refused]
    s3.put("input", "a.txt", text)
    process = functions("pre_labeling", MAX_TEXT_BYTES="50000")

    answer = process.invoke(_pre_event(entry))

    assert answer.error is not None
    assert JOB in answer.error["errorMessage"]
    assert answer.request_id in answer.error["errorMessage"]
    _check_quiet(process, answer)


@pytest.mark.parametrize(
    ("name", "broken"), [("pre_labeling", "task_input"), ("post_labeling", "read_answers")]
)
def test_an_unforeseen_exception_keeps_its_message_to_itself(
    name: str, broken: str, build: HostBuild, s3: S3Server, tmp_path: Path
) -> None:
    """A mistake of ours is reported by its type and place, with job and request."""
    s3.put("input", "a.txt", TEXT.encode())
    s3.put("answers", PAYLOAD, PAYLOADS["good"][0].encode())
    (tmp_path / "faulty.py").write_text(FAULTY_MODULE.format(name=name, broken=broken))
    environment = {"AWS_ENDPOINT_URL": s3.url, "LOG_LEVEL": "DEBUG"}
    packages = (*getattr(build, name), tmp_path)
    event = POST_EVENT if name == "post_labeling" else _pre_event(TEXT_LINE)

    with LambdaProcess("faulty.lambda_handler", packages, environment) as process:
        answer = process.invoke(event)

        assert answer.error is not None
        assert answer.error["errorType"] == "UnexpectedError"
        _names_place(answer, "unexpected", "ValueError", "faulty.py")
        _check_quiet(process, answer)


def test_errors_carry_the_type_of_the_source(functions: Functions, s3: S3Server) -> None:
    """A missing payload is reported with its type, code, job, request id and address."""
    s3.put("answers", "something-else", b"")

    answer = functions("post_labeling").invoke(POST_EVENT)

    assert answer.error is not None
    assert answer.error["errorType"] == "ObjectNotFound"
    _names_place(answer, "object-not-found", PAYLOAD_URI)


def test_a_function_goes_on_after_an_error(functions: Functions, s3: S3Server) -> None:
    """An error costs one invocation, not the process."""
    s3.put("answers", PAYLOAD, b"no JSON")
    assert functions("post_labeling").invoke(POST_EVENT).error is not None

    s3.put("answers", PAYLOAD, PAYLOADS["good"][0].encode())
    answer = functions("post_labeling").invoke(POST_EVENT)

    assert [entry["datasetObjectId"] for entry in answer.response] == ["0"]
