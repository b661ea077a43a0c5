"""People's own functions, run as they are."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import pre_labeling
from labelwright.errors import LabelwrightError, UsageError
from labelwright_local.engine.engine import open_engine
from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.spec import JobSpec
from labelwright_local.handlers.roles import find_functions
from labelwright_local.handlers.users_own import HandlerError, UserHandlers, load_handlers
from labelwright_local.s3_endpoint.app import S3Endpoint, serve_s3
from labelwright_local.workspace.folder_storage import FolderStorage
from tests.local.engine.small_jobs import Clock, answer, take, work

#: Written as people write them: clients when the module is imported, the job's role assumed.
FUNCTIONS = """
import json
import boto3

s3 = boto3.client("s3")
sts = boto3.client("sts")


def before(event, context):
    print(context.function_name, context.aws_request_id)
    assert context.get_remaining_time_in_millis() > 1000
    event["dataObject"]["seen"] = True
    return {"taskInput": event["dataObject"], "isHumanAnnotationRequired": True}


def after(event, context):
    role = sts.assume_role(RoleArn=event["roleArn"], RoleSessionName="labels")["Credentials"]
    mine = boto3.client(
        "s3",
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
    )
    bucket, key = event["payload"]["s3Uri"].removeprefix("s3://").split("/", 1)
    payload = json.loads(mine.get_object(Bucket=bucket, Key=key)["Body"].read())
    s3.put_object(Bucket=bucket, Key="mine/count.txt", Body=str(len(payload)).encode())
    return [
        {
            "datasetObjectId": item["datasetObjectId"],
            "consolidatedAnnotation": {
                "content": {event["labelAttributeName"]: {"answers": item["annotations"]}}
            },
        }
        for item in payload
    ]
"""

Loader = Callable[[str, str], UserHandlers]


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    """Offer an empty folder."""
    return FolderStorage(tmp_path / "s3")


@pytest.fixture
def endpoint(storage: FolderStorage) -> Iterator[S3Endpoint]:
    """Offer it as S3."""
    with serve_s3(storage) as served:
        yield served


@pytest.fixture
def load(endpoint: S3Endpoint, storage: FolderStorage, tmp_path: Path) -> Iterator[Loader]:
    """Write a module into a folder and load functions; leave the process as it was."""
    environment = dict(os.environ)
    os.environ["AWS_PROFILE"] = "the-users-own"

    def loaded(
        source: str, functions: str = "my_functions:before,my_functions:after"
    ) -> UserHandlers:
        (tmp_path / "my_functions.py").write_text(source, "utf-8")
        return load_handlers(find_functions(functions, tmp_path), storage, endpoint)

    yield loaded
    os.environ.clear()
    os.environ.update(environment)


def test_functions_as_people_write_them_run_unmodified(
    load: Loader, storage: FolderStorage, capsys: pytest.CaptureFixture[str]
) -> None:
    """With clients made on import, an assumed role, and files of their own."""
    uri = "s3://labelwright-local/output/job/consolidation-request/2026-01-01_00:00:00.json"
    storage.write(uri, json.dumps([{"datasetObjectId": "7", "annotations": [{"a": 1}]}]).encode())
    handlers = load(FUNCTIONS, "my_functions:before,my_functions:after")
    line: dict[str, Any] = {"source": "text"}
    event: Any = {"version": "2018-10-16", "dataObject": line}
    assert handlers.pre(event) == {
        "taskInput": {"source": "text", "seen": True}, "isHumanAnnotationRequired": True
    }  # fmt: skip
    assert line == {"source": "text"}
    assert handlers.post(
        {
            "payload": {"s3Uri": uri},
            "roleArn": "arn:aws:iam::000000000000:role/labelwright-local",
            "labelAttributeName": "mine",
        }
    ) == [
        {
            "datasetObjectId": "7",
            "consolidatedAnnotation": {"content": {"mine": {"answers": [{"a": 1}]}}},
        }
    ]
    assert storage.read("s3://labelwright-local/mine/count.txt") == b"1"
    assert capsys.readouterr().out.startswith("before ")


def test_a_job_runs_with_a_users_own_functions(
    load: Loader, storage: FolderStorage, tmp_path: Path
) -> None:
    """From the manifest to the output manifest, in the place of ours."""
    handlers = load(FUNCTIONS, "my_functions:before,my_functions:after")
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text('{"source": "one"}\n{"source": "two"}\n', "utf-8")
    spec = JobSpec("mine", "mine", manifest, None, settings=JobSettings())
    with open_engine(spec, storage, Clock(), handlers) as engine:
        work(engine)
        ann = engine.sign_in("Ann")
        assert take(engine, ann).task_input == {"source": "one", "seen": True}
        for _ in range(2):
            answer(engine, ann)
        work(engine)
        assert engine.progress().finished
        output = storage.read(engine.files.layout.output_manifest).splitlines()
    labels = [json.loads(line)["mine"]["answers"] for line in output]
    assert [len(answers) for answers in labels] == [1, 1]
    assert storage.read("s3://labelwright-local/mine/count.txt") == b"2"


def test_no_credentials_of_the_users_own_are_left(load: Loader, endpoint: S3Endpoint) -> None:
    """Neither in the environment nor in files."""
    load("def before(e, c): return 1\nafter = before", "my_functions:before,my_functions:after")
    assert "AWS_PROFILE" not in os.environ
    assert os.environ["AWS_ACCESS_KEY_ID"] == endpoint.access_key_id
    assert os.environ["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("raise KeyError('label')", "my_functions:before: KeyError: 'label'"),
        ("raise SystemExit(3)", "my_functions:before: SystemExit: 3"),
        ("import asyncio; raise asyncio.CancelledError", "asyncio.exceptions.CancelledError"),
        ("return {1, 2}", "the answer is not JSON: Object of type set"),
        ("return float('nan')", "the answer is not JSON"),
        ("return 'x' * 7_000_000", "Lambda passes on 6,291,456"),
    ],
)
def test_what_goes_wrong_in_a_function_is_an_error_with_its_name(
    load: Loader, body: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the last line of the traceback, with its place; all of it goes to the terminal."""
    handlers = load(f"def before(event, context):\n    {body}\nafter = before",
                    "my_functions:before,my_functions:after")  # fmt: skip
    with pytest.raises(HandlerError) as caught:
        handlers.pre({})
    assert isinstance(caught.value, LabelwrightError)
    assert says in str(caught.value)
    if "raise" in body:
        assert str(caught.value).endswith("(my_functions.py, line 2)")
        assert "line 2" in capsys.readouterr().err


def test_a_traceback_that_repeats_an_answer_reaches_the_terminal_escaped(
    load: Loader, capsys: pytest.CaptureFixture[str]
) -> None:
    """A worker could else write to the terminal of whoever serves the job."""
    body = "def before(event, context):\n    raise ValueError(event['answer'])\nafter = before"
    with pytest.raises(HandlerError):
        load(body, "my_functions:before,my_functions:after").pre({"answer": "\x1b[31m\u202e"})
    told = capsys.readouterr().err
    assert "ValueError: \\x1b[31m\\u202e\n" in told
    assert "\x1b" not in told


@pytest.mark.parametrize(
    ("source", "functions", "says"),
    [
        ("", "my_functions:before", "takes two functions, pre-labeling first"),
        ("", "my_functions,my_functions", "takes two functions"),
        ("", "my_functions:be-fore,my_functions:after", "takes two functions"),
        ("", "../x:before,my_functions:after", "../x:before: there is no file ../x.py"),
        ("", "gt-pre:a,my_functions:b", "there is no file gt-pre.py"),
        ("x = (\n", "my_functions:a,my_functions:b", "(my_functions.py, line 1)"),
        ("\n\nx = = 1", "my_functions:a,my_functions:b", "SyntaxError: invalid syntax (my_func"),
        ("", "my_functions:before,my_functions:after", "has no function 'before'"),
        ("before = 1", "my_functions:before,my_functions:before", "has no function"),
        ("x = 1 / 0", "my_functions:a,my_functions:b", "ZeroDivisionError: division by zero"),
        ("", "my_functions_none:a,my_functions:b", "No module named 'my_functions_none'"),
    ],
)
def test_what_can_not_be_loaded_is_told(
    load: Loader, source: str, functions: str, says: str
) -> None:
    """With the form that is meant, or the module's own fault."""
    with pytest.raises(UsageError, match=re.escape(says)):
        load(source, functions)


def test_a_module_may_have_a_name_of_ours(load: Loader, tmp_path: Path) -> None:
    """It is called, and ours stays what it is."""
    (tmp_path / "pre_labeling.py").write_text("def before(event, context): return 1", "utf-8")
    assert load("", "pre_labeling:before,pre_labeling:before").pre({}) == 1
    assert sys.modules["pre_labeling"] is pre_labeling


def test_a_module_with_a_name_of_pythons_is_refused(load: Loader, tmp_path: Path) -> None:
    """Python's would be called in its place."""
    (tmp_path / "token.py").write_text("def before(event, context): return 1", "utf-8")
    with pytest.raises(UsageError, match="Python has a module token of its own"):
        load("", "token:before,token:before")
