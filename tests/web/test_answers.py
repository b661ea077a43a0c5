"""What the page submits, as its own test suite recorded it, goes through post-labeling whole."""

import json
from typing import Any

import pytest

import post_labeling
from tests.fakes import FakeStorage
from tests.web.span_cases import CASES

PAYLOAD = (
    "s3://out/Job/annotations/consolidated-annotation/consolidation-request/iteration-1/a.json"
)
TASK = b"""
name = "t"
fields = [
    {name = "parts", path = "annotations.value", kind = "spans", method = "majority"},
    {name = "quality", path = "annotations.claimResult", kind = "choice"},
    {name = "notes", path = "annotations.notes", kind = "text"},
]
"""
TEXTS: list[str] = [case["text"] for case in json.loads(CASES.read_text("ascii"))]
ANSWERS: list[str] = json.loads(CASES.with_name("answers.json").read_text("utf-8"))


def storable(text: str) -> bool:
    """Whether a file can hold the text: no half surrogate pairs, no byte order mark to lose."""
    return not text.startswith("\ufeff") and not any("\ud800" <= one <= "\udfff" for one in text)


def label_of(number: int) -> dict[str, Any]:
    """Let post-labeling consolidate one worker's answer to one text."""
    annotation = {"content": json.dumps({"annotations": ANSWERS[number]})}
    payload = [
        {
            "datasetObjectId": "0",
            "dataObject": {"s3Uri": "s3://input/page.png"},
            "annotations": [{"workerId": "w", "annotationData": annotation}],
        }
    ]
    storage = FakeStorage({PAYLOAD: json.dumps(payload), "s3://input/task.toml": TASK})
    storage.put(f"s3://input/texts/{number}.txt", TEXTS[number])
    event = {"labelingJobArn": "arn", "labelAttributeName": "Job", "payload": {"s3Uri": PAYLOAD}}
    settings = post_labeling.Settings("s3://input/task.toml", text_prefix="s3://input/texts/")
    [response] = post_labeling.handle(event, storage, settings)
    label: dict[str, Any] = response["consolidatedAnnotation"]["content"]["Job"]
    return label


@pytest.mark.parametrize(
    "number", [number for number, text in enumerate(TEXTS) if text and storable(text)]
)
def test_a_submitted_answer_is_read_whole(number: int) -> None:
    """Each span, quote, hash and length fits Python's text: nothing is left out or told of."""
    answer = json.loads(ANSWERS[number])
    label = label_of(number)
    assert label["problems"] == []
    assert label["error"] is None
    wanted = {(span["start"], span["end"], span["label"]) for span in answer["value"]}
    kept = label["fields"]["parts"]["value"]
    assert {(span["start"], span["end"], span["label"]) for span in kept} == wanted
    assert label["fields"]["quality"]["value"] == "yes"
    assert label["fields"]["notes"]["value"] == 'a "note"\n'
    assert {found["decision"] for found in answer["suggestions"]} <= {"accepted", "rejected"}


def test_many_answers_are_put_to_the_test() -> None:
    """The cases hold texts enough, and answers with spans."""
    tested = [ANSWERS[n] for n, text in enumerate(TEXTS) if text and storable(text)]
    assert len(tested) > 30
    decided = [found for answer in tested for found in json.loads(answer)["suggestions"]]
    assert {found["decision"] for found in decided} == {"accepted", "rejected"}
    assert any(json.loads(answer)["value"] for answer in tested)
