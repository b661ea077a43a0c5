"""``labelwright serve`` as people call it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Client
from typer.testing import CliRunner

from labelwright_cli.main import app
from labelwright_local.http.listening import LOOPBACK, listen
from tests.local.portal.portals import OWL, TASK, Browser

#: Two functions as people write them: a client made while the module is imported, no word of us.
FUNCTIONS = """
import json
import boto3

s3 = boto3.client("s3")

def before(event, context):
    return {"taskInput": {"taskObject": event["dataObject"]["source"].upper()}}

def after(event, context):
    bucket, key = event["payload"]["s3Uri"].removeprefix("s3://").split("/", 1)
    objects = json.load(s3.get_object(Bucket=bucket, Key=key)["Body"])
    label = {event["labelAttributeName"]: {"answers": [len(o["annotations"]) for o in objects]}}
    return [
        {"datasetObjectId": o["datasetObjectId"], "consolidatedAnnotation": {"content": label}}
        for o in objects
    ]
"""
#: A page as the service takes it.
PAGE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><h1>{{ task.input.taskObject }}</h1>
<crowd-classifier name="bird" categories="['owl', 'falcon']" header="Which bird?">
<classification-target>{{ task.input.taskObject }}</classification-target>
<full-instructions header="Birds">Name it.</full-instructions>
<short-instructions>Name it.</short-instructions>
</crowd-classifier></crowd-form>
"""
PROGRAM = [sys.executable, "-c", "from labelwright_cli.main import main; main()", "serve"]


def written(folder: Path) -> Path:
    """Write a small job without a task definition."""
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    (folder / "manifest.jsonl").write_text('{"source": "a"}\n', encoding="utf-8")
    return folder


def options(folder: Path) -> list[str]:
    """Name the template and the manifest."""
    named = ["--template", folder / "page.html", "--manifest", folder / "manifest.jsonl"]
    return [*map(str, named), "--workspace", str(folder / "w")]


def called(*arguments: str | Path) -> tuple[int, str]:
    """Call the command where it ends at once; return exit status and all it printed."""
    result = CliRunner().invoke(app, ["serve", *map(str, arguments)], env={"COLUMNS": "200"})
    return result.exit_code, result.output


MISCOUNTED = """
name = "who"
fields = [{name = "who", path = "who", kind = "spans", offsets = "codepoint"}]
"""
ELEMENT = '<crowd-form><crowd-entity-annotation name="who"></crowd-entity-annotation></crowd-form>'


def test_offsets_that_the_page_counts_otherwise_are_told_at_the_start(tmp_path: Path) -> None:
    """Before anything else, so that they can be mended before anybody works."""
    written(tmp_path)
    (tmp_path / "page.html").write_text(ELEMENT, encoding="utf-8")
    (tmp_path / "task.toml").write_text(MISCOUNTED, encoding="utf-8")
    # A workspace that can't be used: else the command would go on.
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "s3").touch()
    exit_status, output = called("--task", tmp_path, *options(tmp_path), "--port", "0")
    assert exit_status == 2
    assert "warning: spans after an emoji would lie elsewhere" in output


@contextmanager
def started(
    *arguments: str, folder: Path | None = None, variables: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the command on a free port; yields it, and what it printed until it can be reached."""
    process = subprocess.Popen(
        [*PROGRAM, *arguments, "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=folder,
        env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1", **(variables or {})},
    )  # fmt: skip
    assert process.stdout is not None
    printed = ""
    try:
        while "Ctrl+C" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        yield process, printed
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def status(address: str) -> int:
    """Return the status of a page."""
    port, path = re.findall("http://[0-9.]+:([0-9]+)(.*)", address)[0]
    with closing(HTTPConnection(LOOPBACK, int(port), timeout=30)) as http:
        http.request("GET", path)
        return http.getresponse().status


def test_addresses_are_printed_and_ctrl_c_stops(tmp_path: Path) -> None:
    """A template and a manifest are enough; the requester's address opens their view."""
    with started(*options(written(tmp_path))) as (process, printed):
        worker, requester = re.findall(r"http://\S+", printed)
        assert worker.startswith(f"http://{LOOPBACK}:")
        assert status(worker) == 200
        assert status(requester) == 303
        assert "1 object: 0 labeled, 1 not done yet; 0 answers of 0 workers" in printed
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read() if process.stdout else ""
        assert process.wait(30) == 0
        assert "Stopped" in rest
        assert "labelwright export" not in rest
        assert "Traceback" not in rest
    assert (tmp_path / "w" / "portal.key").stat().st_mode & 0o077 == 0


def test_peoples_own_functions_label_the_job(tmp_path: Path) -> None:
    """Unmodified, with the workspace in the place of S3."""
    written(tmp_path)
    (tmp_path / "functions.py").write_text(FUNCTIONS, encoding="utf-8")
    named = ["--handlers", "functions:before,functions:after", "--workers", "1"]
    with started(*options(tmp_path), *named, folder=tmp_path) as (process, printed):
        address = re.findall(r"http://\S+", printed)[0]
        with Client(base_url=address, follow_redirects=True, timeout=30) as client:
            browser = Browser(client)
            browser.sign_in("Ada")
            task = browser.next()
            assert "<h1>A</h1>" in browser.get(f"{task}/page").text
            assert browser.answer(task, OWL)["accepted"]
        [line] = labeled(tmp_path / "w")
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read() if process.stdout else ""
    assert f"labelwright export {tmp_path / 'w'} csv" in rest
    assert next(value for value in line.values() if isinstance(value, dict)) == {"answers": [1]}


#: As a function that waits for a service which does not answer, in a thread that Python waits for.
HANGING = """
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import time

def wait():
    Path("hangs").touch()
    time.sleep(600)

def after(event, context):
    return ThreadPoolExecutor().submit(wait).result()
"""


@pytest.mark.parametrize("signals", [1, 2])
def test_ctrl_c_does_not_wait_for_a_function_that_hangs(tmp_path: Path, signals: int) -> None:
    """What was submitted is labeled after the next start."""
    written(tmp_path)
    (tmp_path / "functions.py").write_text(FUNCTIONS + HANGING, encoding="utf-8")
    named = ["--handlers", "functions:before,functions:after", "--workers", "1"]
    with started(*options(tmp_path), *named, folder=tmp_path) as (process, printed):
        address = re.findall(r"http://\S+", printed)[0]
        with Client(base_url=address, follow_redirects=True, timeout=30) as client:
            browser = Browser(client)
            browser.sign_in("Ada")
            assert browser.answer(browser.next(), OWL)["accepted"]
        for _ in range(300):
            if (tmp_path / "hangs").exists():
                break
            time.sleep(0.1)
        for _ in range(signals):
            process.send_signal(signal.SIGINT)
            time.sleep(0.2)
        assert process.wait(60) == 0
        rest = process.stdout.read() if process.stdout else ""
        assert "was still at work; the next start calls it again" in rest
    assert not [*tmp_path.rglob(".uploads-*")]
    (tmp_path / "functions.py").write_text(FUNCTIONS, encoding="utf-8")
    with started(*options(tmp_path), *named, folder=tmp_path):
        [line] = labeled(tmp_path / "w")
    assert {"answers": [1]} in line.values()


def labeled(workspace: Path) -> list[dict[str, Any]]:
    """Wait for the output manifest of a finished job, and return its lines."""
    for _ in range(300):
        for file in workspace.rglob("output.manifest"):
            lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
            if all(len(line) > 1 for line in lines):
                return lines
        time.sleep(0.1)
    raise AssertionError("there is no output manifest after 30 seconds")


def test_open_to_the_network_says_what_that_means(tmp_path: Path) -> None:
    """Join codes, and no encryption."""
    with started(*options(written(tmp_path)), "--open-to-network") as (_, printed):
        assert "join code" in printed
        assert "without encryption" in printed


def test_mistakes_are_one_line_and_status_two(tmp_path: Path) -> None:
    """Each says what to do."""
    good = options(written(tmp_path))
    bad = tmp_path / "bad.html"
    bad.write_text("one\n{% if %}", encoding="utf-8")
    latin = tmp_path / "latin.html"
    latin.write_bytes(b"\xe9")
    with listen(LOOPBACK, 0) as taken:
        port = str(taken.getsockname()[1])
        for arguments, word in (
            ([], "--manifest"),
            (["--manifest", tmp_path / "none"], "no such file"),
            (["--manifest", tmp_path / "manifest.jsonl"], "--template"),
            ([*good, "--template", tmp_path / "none"], "--template"),
            ([*good, "--template", latin], "UTF-8"),
            ([*good, "--template", bad], "line 2"),
            ([*good, "--job-name", "a_b"], "--job-name"),
            ([*good, "--port", port], "--port"),
        ):
            told = [*arguments, *([] if "--port" in arguments else ["--port", "0"])]
            exit_status, output = called(*told)
            assert exit_status == 2, output
            assert word in output
            assert output.startswith("error: ")
            assert output.count("\n") == 1


def test_a_task_without_a_page_is_told(tmp_path: Path) -> None:
    """Its folder needs one, or --template."""
    (tmp_path / "task.toml").write_text(TASK, encoding="utf-8")
    found, output = called("--task", tmp_path, "--manifest", written(tmp_path) / "manifest.jsonl")
    assert found == 2
    assert "template.liquid.html" in output


@pytest.mark.parametrize("workers", ["0", "10"])
def test_workers_are_one_to_nine(tmp_path: Path, workers: str) -> None:
    """As in the service."""
    assert called(*options(written(tmp_path)), "--workers", workers)[0] == 2


UNANSWERABLE = "<p>{{ task.input.taskObject }}</p>"


def test_a_job_that_nobody_could_answer_is_not_started(tmp_path: Path) -> None:
    """What is wrong is told, and how to start all the same; nothing of it is in the workspace."""
    named = options(written(tmp_path))
    (tmp_path / "page.html").write_text(UNANSWERABLE, encoding="utf-8")
    exit_status, output = called(*named, "--port", "0")
    assert exit_status == 2
    assert f"{tmp_path / 'page.html'}: error: nothing submits" in output
    assert "the job is not started: 1 error, see above" in output
    assert "--anyway" in output
    assert not [*tmp_path.rglob("*.sqlite3")]
    with started(*named, "--anyway") as (_, printed):
        assert "Ctrl+C" in printed


def test_a_job_under_way_goes_on_whatever_is_found(tmp_path: Path) -> None:
    """What people answered is not held up by a page that was changed meanwhile."""
    named = options(written(tmp_path))
    with started(*named):
        pass
    (tmp_path / "page.html").write_text(UNANSWERABLE, encoding="utf-8")
    with started(*named) as (_, printed):
        assert "Ctrl+C" in printed


def test_variables_go_with_functions_of_ones_own(tmp_path: Path) -> None:
    """Ours read none."""
    (tmp_path / "env").write_text("A=1", "utf-8")
    exit_status, output = called(*options(written(tmp_path)), "--env", tmp_path / "env")
    assert exit_status == 2
    assert "--handlers" in output


def test_a_function_that_can_not_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    """A file with a hyphen in its name and a mistake in its third line."""
    (tmp_path / "gt-pre.py").write_text("\n\ndef before(event context):\n", "utf-8")
    named = ["--port", "0", "--handlers", f"{tmp_path}/gt-pre:before,none"]
    found = subprocess.run(
        [*PROGRAM, *options(written(tmp_path)), *named], capture_output=True, text=True, check=False
    )
    assert found.returncode == 2
    assert "SyntaxError" in found.stderr
    assert "(gt-pre.py, line 3)" in found.stderr
