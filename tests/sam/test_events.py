import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from labelwright_local.handlers.replay import Replay, read_replay, run_replay
from tests.sam.conftest import Functions
from tests.sam.host_build import ROOT
from tests.sam.s3_server import S3Server

EVENTS = sorted(path.parent for path in ROOT.glob("events/*/event.json"))

_VARIABLES = {
    "task_definition": "TASK_DEFINITION",
    "max_text_bytes": "MAX_TEXT_BYTES",
    "pass_line": "PASS_LINE",
    "text_prefix": "TEXT_PREFIX",
    "assume_job_role": "ASSUME_JOB_ROLE",
    "method": "METHOD",
}


@pytest.mark.parametrize("folder", EVENTS, ids=lambda folder: folder.name)
def test_an_artifact_answers_as_the_source_tree_does(
    folder: Path, functions: Functions, s3: S3Server
) -> None:
    """The built function gives the response, writes the files or names the error of the source."""
    replay = read_replay(folder)
    source = run_replay(replay)
    for bucket in set(re.findall(r"s3://([a-z0-9.-]+)/", json.dumps(replay.event))):
        # Also where nothing is in it: a missing object is not a missing bucket.
        s3.make_bucket(bucket)
    _upload(replay.objects, s3)
    before = s3.objects()
    process = functions(_function(replay), **_environment(replay))

    answer = process.invoke(replay.event)

    written = {uri: size for uri, size in s3.objects().items() if uri not in before}
    assert written == dict(source.written)
    if not source.failed:
        assert answer.error is None
        assert answer.response == source.answer
        return
    assert answer.error is not None
    message = answer.error["errorMessage"]
    assert f"[{source.answer['error']['code']}] " in message
    assert replay.event["labelingJobArn"] in message
    assert answer.request_id in message
    assert replay.event.get("payload", {}).get("s3Uri", "") in message


def test_there_are_events_of_both_kinds() -> None:
    """The events drive both functions, with answers and with errors."""
    kinds = {(_function(replay), _failing(replay)) for replay in map(read_replay, EVENTS)}
    assert kinds == {
        (name, failing) for name in ("pre_labeling", "post_labeling") for failing in (True, False)
    }


def _function(replay: Replay) -> str:
    return "post_labeling" if "payload" in replay.event else "pre_labeling"


def _failing(replay: Replay) -> bool:
    return isinstance(replay.expected, dict) and "error" in replay.expected


def _environment(replay: Replay) -> dict[str, str]:
    def text(value: Any) -> str:
        return str(value).lower() if isinstance(value, bool) else str(value)

    return {_VARIABLES[name]: text(value) for name, value in replay.settings.items()}


def _upload(objects: Path, s3: S3Server) -> None:
    for path in sorted(objects.rglob("*")):
        if path.is_file():
            # Names that a file system forbids are percent-encoded in the folder.
            bucket, key = path.relative_to(objects).as_posix().split("/", 1)
            s3.put(bucket, unquote(key), path.read_bytes())
