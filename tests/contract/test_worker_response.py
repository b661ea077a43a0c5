import json
from typing import Any

import pytest

from labelwright.contract.worker_response import (
    EmittedWorkerAnswer,
    EmittedWorkerResponseFile,
    WorkerResponseFile,
)
from labelwright.errors import PayloadError

ANSWER: dict[str, Any] = {"workerId": "private.w", "answerContent": {"kind": {"label": "a"}}}


@pytest.mark.parametrize(
    "more",
    [
        {"submissionTime": "2019-04-18T16:11:15Z"},
        {
            "submissionTime": "2020-12-28T18:59:58.321Z",
            "acceptanceTime": "2020-12-28T18:59:15.191Z",
            "timeSpentInSeconds": 43.13,
            "workerMetadata": {
                "identityData": {"identityProviderType": "Cognito", "issuer": "i", "sub": "s"}
            },
        },
        {},
        {"somethingNew": 1},
    ],
)
def test_answers_of_every_year_are_read(more: dict[str, Any]) -> None:
    """All but worker and content is optional, and what is new is kept."""
    data = json.dumps({"answers": [{**ANSWER, **more}]}).encode()
    (answer,) = WorkerResponseFile.parse(data, "file").answers
    assert answer.worker_id == "private.w"
    assert answer.answer_content == {"kind": {"label": "a"}}
    assert answer.submission_time == more.get("submissionTime")


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b'{"answers": 5}', b'{"answers": [{"workerId": "SECRET"}]}', b"\xff",
     b'{"answers": [{"answerContent": "SECRET"}]}'],
)  # fmt: skip
def test_what_is_no_worker_response_is_an_error_without_content(data: bytes) -> None:
    """Another file is refused with its name and nothing of what is in it."""
    with pytest.raises(PayloadError, match=r"^answers/7\.json: ") as caught:
        WorkerResponseFile.parse(data, "answers/7.json")
    assert "SECRET" not in str(caught.value)


def test_written_file_reads_back() -> None:
    """What we write as a worker-response file reads as one."""
    answer = EmittedWorkerAnswer(
        worker_id="w", answer_content={"a": "b"}, time_spent_in_seconds=1.5
    )
    written = EmittedWorkerResponseFile(answers=[answer]).wire()
    assert written == {
        "answers": [{"answerContent": {"a": "b"}, "workerId": "w", "timeSpentInSeconds": 1.5}]
    }
    assert WorkerResponseFile.parse(json.dumps(written).encode(), "f").answers[0].worker_id == "w"
