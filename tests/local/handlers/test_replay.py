"""``labelwright replay``: production events at home."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws
from typer.testing import CliRunner

from labelwright_cli.main import app
from labelwright_local.handlers.replay import pretty

ARN = "arn:aws:sagemaker:us-east-1:111122223333:labeling-job/birds"
PAYLOAD = (
    "s3://out/birds/annotations/consolidated-annotation/consolidation-request/iteration-1/x.json"
)
BATCH = [
    {
        "datasetObjectId": "4",
        "dataObject": {"content": "a bird"},
        "annotations": [
            {"workerId": "w", "annotationData": {"content": '{"bird": {"label": "owl"}}'}}
        ],
    }
]
POST = {
    "version": "2018-10-06",
    "labelingJobArn": ARN,
    "labelAttributeName": "birds",
    "payload": {"s3Uri": PAYLOAD},
}
PRE = {"labelingJobArn": ARN, "dataObject": {"source": "a bird"}}


def replay(*arguments: str | Path) -> tuple[int, str, str]:
    """Call the command; return exit status, standard output and standard error."""
    result = CliRunner().invoke(app, ["replay", *map(str, arguments)], env={"COLUMNS": "200"})
    return result.exit_code, result.stdout, result.stderr


def folder(tmp_path: Path, event: Any, expected: Any = None) -> Path:
    """Write a replay folder whose payload is there."""
    (tmp_path / "event.json").write_text(json.dumps(event))
    if expected is not None:
        (tmp_path / "expected.json").write_text(json.dumps(expected))
    payload = tmp_path / "s3" / PAYLOAD.removeprefix("s3://")
    payload.parent.mkdir(parents=True, exist_ok=True)
    payload.write_text(json.dumps(BATCH))
    return tmp_path


def test_a_pre_labeling_event_prints_its_response(tmp_path: Path) -> None:
    """Plain JSON on standard output, for other programs to read."""
    status, output, _ = replay(folder(tmp_path, PRE))
    assert status == 0
    assert json.loads(output) == {
        "taskInput": {"taskObject": "a bird"},
        "isHumanAnnotationRequired": True,
    }


def test_a_post_labeling_event_reads_its_payload_from_the_folder_beside_it(tmp_path: Path) -> None:
    """Named by its folder or by its file."""
    made = folder(tmp_path, POST)
    for place in (made, made / "event.json"):
        status, output, _ = replay(place)
        assert status == 0
        assert json.loads(output)[0]["datasetObjectId"] == "4"


def test_check_says_what_differs(tmp_path: Path) -> None:
    """A line diff, and status 1."""
    status, output, errors = replay(folder(tmp_path, PRE, {"taskInput": {}}), "--check")
    assert status == 1
    assert '+    "taskObject": "a bird"' in output
    assert "0 of 1 events" in output
    assert "different" in errors


def test_check_passes_when_nothing_differs(tmp_path: Path) -> None:
    """Status 0 and a count."""
    expected = {"taskInput": {"taskObject": "a bird"}, "isHumanAnnotationRequired": True}
    assert replay(folder(tmp_path, PRE, expected), "--check")[:2] == (
        0, "1 of 1 events answered as expected\n",
    )  # fmt: skip


def test_a_failing_event_prints_its_error_and_status_one(tmp_path: Path) -> None:
    """A payload that is not there is what production failed on."""
    made = folder(tmp_path, {**POST, "payload": {"s3Uri": "s3://out/none.json"}})
    status, output, _ = replay(made)
    assert status == 1
    assert json.loads(output)["error"]["code"] == "object-not-found"


def test_an_expected_error_is_compared_by_what_it_states(tmp_path: Path) -> None:
    """The code alone, if only that is stated."""
    event = {**POST, "payload": {"s3Uri": "s3://out/none.json"}}
    made = folder(tmp_path, event, {"error": {"code": "object-not-found"}})
    assert replay(made, "--check")[0] == 0


def test_what_is_no_event_of_ours_is_told(tmp_path: Path) -> None:
    """With the keys that would tell which handler it is for."""
    status, _, errors = replay(folder(tmp_path, {"version": "1"}))
    assert status == 2
    assert errors.startswith("error: ")
    assert "dataObject" in errors


def test_a_missing_event_is_told_in_one_line(tmp_path: Path) -> None:
    """No traceback."""
    status, _, errors = replay(tmp_path / "none")
    assert status == 2
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert "No such file" in errors


def test_an_unknown_setting_is_told(tmp_path: Path) -> None:
    """With those there are."""
    made = folder(tmp_path, PRE)
    (made / "settings.json").write_text('{"colour": "red"}')
    status, _, errors = replay(made)
    assert status == 2
    assert "colour" in errors
    assert "max_text_bytes" in errors


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("settings.json", "[]", "not a JSON object of settings"),
        ("settings.json", '{"max_text_bytes": "x"}', "max_text_bytes: Input should be a valid int"),
        ("settings.json", "{", "not JSON"),
        ("expected.json", '{"error": 5}', "'error' is not an object"),
    ],
)
def test_a_damaged_file_beside_the_event_is_told(
    tmp_path: Path, name: str, content: str, told: str
) -> None:
    """In one line, and status 2."""
    text = {"source": "p", "text-file-s3-uri": "s3://bucket/none.txt"}
    made = folder(tmp_path, {**PRE, "dataObject": text})
    (made / name).write_text(content)
    status, _, errors = replay(made, "--check")
    assert status == 2
    assert told in errors
    assert errors.count("\n") == 1


def test_check_reads_what_is_expected_beside_an_event_file(tmp_path: Path) -> None:
    """The event file is as good a name as its folder."""
    made = folder(tmp_path, PRE, {"taskInput": {}})
    assert replay(made / "event.json", "--check")[0] == 1


def test_an_object_that_is_not_there_is_told_with_the_folder_it_belongs_to(tmp_path: Path) -> None:
    """Not with a passing folder that nobody knows."""
    made = folder(tmp_path, {**POST, "payload": {"s3Uri": "s3://out/none.json"}})
    message = json.loads(replay(made)[1])["error"]["message"]
    assert message == (
        f"s3://out/none.json: there is no such object below {made / 's3'}; "
        "put it there, or copy it with --fetch"
    )


def test_fetch_tells_what_it_stopped_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials nothing is copied, and that is said."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    _, _, errors = replay(folder(tmp_path, POST), "--fetch")
    (line,) = [line for line in errors.splitlines() if line.startswith("stopped at: ")]
    assert PAYLOAD in line
    assert "check credentials" in line


def test_a_replay_writes_nothing_beside_the_event(tmp_path: Path) -> None:
    """What the handler writes is told, not kept."""
    big = json.dumps({"bird": {"label": "owl"}, "notes": "x" * 30_000})
    made = folder(tmp_path, POST)
    batch = [{**BATCH[0], "annotations": [{"workerId": "w", "annotationData": {"content": big}}]}]
    (made / "s3" / PAYLOAD.removeprefix("s3://")).write_text(json.dumps(batch))
    before = sorted(made.rglob("*"))
    status, _, errors = replay(made)
    assert status == 0
    assert "would write s3://out/birds/labelwright/labels/iteration-1/x/4.json" in errors
    assert sorted(made.rglob("*")) == before


def test_fetch_takes_what_the_handler_reads_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From then on the event replays without AWS."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    (tmp_path / "event.json").write_text(json.dumps(POST))
    task = b'name = "t"\n[[fields]]\nname = "species"\npath = "bird.label"\nkind = "choice"\n'
    with mock_aws():
        client = boto3.client("s3")
        for bucket, key, data in (
            ("out", PAYLOAD.removeprefix("s3://out/"), json.dumps(BATCH).encode()),
            ("inn", "task.toml", task),
        ):
            client.create_bucket(Bucket=bucket)
            client.put_object(Bucket=bucket, Key=key, Body=data)
        arguments = ("--fetch", "--task-definition", "s3://inn/task.toml")
        status, output, errors = replay(tmp_path, *arguments)
    assert status == 0, errors
    assert f"copied {PAYLOAD}" in errors
    again = replay(tmp_path)
    assert again[0] == 0
    assert json.loads(again[1]) == json.loads(output)
    label = json.loads(output)[0]["consolidatedAnnotation"]["content"]["birds"]
    assert label["fields"]["species"]["value"] == "owl"


@given(st.text())
def test_an_answer_is_printed_as_json_that_no_terminal_acts_on(text: str) -> None:
    """Escaped as JSON escapes, so that programs still read it."""
    printed = pretty({text: [text]})
    assert all(line.isprintable() for line in printed.split("\n"))
    assert json.loads(printed) == {text: [text]}


def test_letters_stay_letters() -> None:
    """Of every script."""
    assert pretty("déjà vu 語") == '"déjà vu 語"'
