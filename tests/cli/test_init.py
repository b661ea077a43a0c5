"""From somebody's data to a job that people do: ``labelwright init``, then ``serve``."""

import json
import re
import shutil
import sys
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Client
from playwright.sync_api import Page
from typer.testing import CliRunner, Result

from labelwright_cli.main import app
from labelwright_local.simulated.browser import chromium
from tests.cli.test_serve import labeled, started
from tests.local.portal.portals import Browser
from tests.samples.rendering import TEMPLATES

#: Names that addresses, file systems and pages each read in their own way.
AWKWARD = [
    "a b.png", "ü#1%20?.PNG", unicodedata.normalize("NFD", "é&amp;.png"), "x:y+z=.png",
    "quote'\"<b>.png", "sub dir/100%25.png",
]  # fmt: skip
#: Functions as people write them: the picture is read from S3, which they know by its address.
READING = """
import boto3
import json

s3 = boto3.client("s3")

def before(event, context):
    address = event["dataObject"]["source-ref"]
    bucket, key = address.removeprefix("s3://").split("/", 1)
    size = len(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    listed = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert key in listed, listed
    return {"taskInput": {"taskObject": address, "size": size}}

def after(event, context):
    bucket, key = event["payload"]["s3Uri"].removeprefix("s3://").split("/", 1)
    objects = json.load(s3.get_object(Bucket=bucket, Key=key)["Body"])
    return [
        {"datasetObjectId": each["datasetObjectId"], "consolidatedAnnotation": {"content": {
            event["labelAttributeName"]: {"of": each["dataObject"]["s3Uri"]}}}}
        for each in objects
    ]
"""


def call(*arguments: object) -> Result:
    """Call the command line."""
    return CliRunner().invoke(app, [*map(str, arguments)], env={"COLUMNS": "200"})


def leaves(folder: Path, names: Sequence[str]) -> Path:
    """Put pictures of these names into a folder."""
    found = sorted((TEMPLATES / "image-classification" / "sample").rglob("*.png"))
    for name, leaf in zip(names, found, strict=False):
        target = folder / "my pictures" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(leaf, target)
    return folder / "my pictures"


def pictures_job(folder: Path, *options: str) -> Path:
    """Make a job of pictures with awkward names."""
    made = call(
        "init", folder / "job", leaves(folder, AWKWARD), "--kind", "image-classification",
        "--labels", "Oak,Ivy", *options,
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    return folder / "job"


def test_what_was_understood_is_shown_with_the_next_command(tmp_path: Path) -> None:
    """Columns, labels, what was left out and where."""
    data = tmp_path / "in.csv"
    data.write_text('nr;Satz;note\n1;"eins; zwei";x\n2;;y\n3;drei;z\n', "utf-8")
    made = call(
        "init", tmp_path / "my job", data, "--kind", "abstract-entities",
        "--labels", '"A, or B",C', "--id", "nr", "--workers", "2",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    told = " ".join(made.output.split())
    assert "CSV, UTF-8, cells parted by semicolons" in told
    assert "text: 'Satz' (guessed), id: 'nr'" in told
    assert "A, or B, C" in told
    assert "left out: 1 x the text is empty (line 3)" in told
    assert f"labelwright serve '{tmp_path / 'my job'}'" in told
    again = call("init", tmp_path / "my job", data, "--kind", "abstract-entities")
    assert again.exit_code == 2
    assert "a job is there already" in again.output


def test_a_kind_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    """Whatever is wrong is one line, and status 2."""
    (tmp_path / "in.csv").write_text("text\na\n")
    made = call("init", tmp_path / "j", tmp_path / "in.csv", "--kind", "nonsense")
    assert made.exit_code == 2
    assert "image-classification" in made.output
    assert not (tmp_path / "j").exists()


def test_without_pyarrow_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the name of the extra."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "in.parquet").write_bytes(b"PAR1")
    made = call(
        "init", tmp_path / "j", tmp_path / "in.parquet", "--kind", "image-classification",
        "--labels", "a,b",
    )  # fmt: skip
    assert made.exit_code == 2
    assert "pip install 'labelwright[parquet]'" in made.output


@pytest.mark.browser
def test_pictures_with_awkward_names_are_seen_by_workers(tmp_path: Path) -> None:
    """In the real page; the label stands beside the line as it was."""
    job = pictures_job(tmp_path, "--workers", "1")
    lines = [json.loads(line) for line in (job / "manifest.jsonl").read_text("utf-8").splitlines()]
    assert sorted(line["source-ref"] for line in lines) == sorted(AWKWARD)
    with started(str(job)) as (_, printed), chromium() as browser:
        page = browser.new_context().new_page()
        page.goto(re.findall(r"http://\S+", printed)[0])
        page.get_by_label("Your name").fill("Ada")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Start").click()
        for number in range(len(AWKWARD)):
            page.wait_for_url("**/tasks/*")
            see_and_answer(page, last=number == len(AWKWARD) - 1)
        found = labeled(job / "workspace")
    assert [{"source-ref": line["source-ref"]} for line in found] == lines


def see_and_answer(page: Page, *, last: bool) -> None:
    """Wait until the picture is there with its pixels, then answer."""
    here = page.url
    frame = page.frame_locator("#page")
    picture = frame.locator("img").first
    picture.wait_for()
    picture.evaluate(
        "image => image.decode().then(() => { if (!image.naturalWidth) throw Error() })"
    )
    frame.get_by_text("Ivy", exact=True).locator("visible=true").first.click()
    frame.get_by_role("button", name="Submit").click()
    if not last:
        page.wait_for_url(lambda url: url != here)
    else:
        page.get_by_role("heading", name="No task for you").wait_for()


def test_peoples_own_functions_are_given_addresses_in_s3(tmp_path: Path) -> None:
    """boto3 reads and lists the pictures; the output manifest has the paths as they were."""
    job = pictures_job(tmp_path)
    (tmp_path / "functions.py").write_text(READING, "utf-8")
    (job / "template.liquid.html").write_text(
        "<crowd-form><p>{{ task.input.size }}</p><input name='x'></crowd-form>"
    )
    named = ["--handlers", "functions:before,functions:after", "--workers", "1"]
    with started(str(job), *named, folder=tmp_path) as (_, printed):
        address = re.findall(r"http://\S+", printed)[0]
        with Client(base_url=address, follow_redirects=True, timeout=30) as client:
            browser = Browser(client)
            browser.sign_in("Ada")
            for name in AWKWARD:
                task = take(browser, name)
                assert browser.answer(task, {"x": "y"}, name)["accepted"]
        found = labeled(job / "workspace")
    assert {line["source-ref"]: line["job"] for line in found} == {
        name: {"of": f"s3://labelwright-data/{name}"} for name in AWKWARD
    }


def take(browser: Browser, once: str) -> str:
    """Take a task as soon as there is one: functions are called while people come in."""
    for number in range(300):
        task = browser.next(f"{once}{number}")
        if task != "/no-task":
            return task
        time.sleep(0.1)
    raise AssertionError("there is no task after 30 seconds")


def test_a_jobs_folder_stands_for_the_options_that_name_its_parts(tmp_path: Path) -> None:
    """Workers are as many as its definition says, unless an option does."""
    job = pictures_job(tmp_path, "--workers", "2")
    for options, workers in (((), 2), (("--workers", "4", "--workspace", tmp_path / "w"), 4)):
        with started(str(job), *map(str, options)) as (_, printed):
            requester = re.findall(r"http://\S+", printed)[1]
            with Client(base_url=requester, follow_redirects=True, timeout=30) as client:
                page = client.get(requester).text
        assert re.search(rf"value=\"{workers}\"", page), page
    assert (job / "workspace" / "portal.key").is_file()
    assert (tmp_path / "w" / "portal.key").is_file()


def test_other_commands_take_a_jobs_folder_and_its_paths(tmp_path: Path) -> None:
    """Preview of the first object, check, filter; a folder that is no job's is told."""
    job = pictures_job(tmp_path)
    shown = call("preview", job, "--check", "--strict")
    assert shown.exit_code == 0, shown.output
    checked = call("manifest", "check", job / "manifest.jsonl")
    assert checked.exit_code == 0
    assert "6 lines with a relative path" in checked.output
    kept = call(
        "manifest", "filter", job / "manifest.jsonl", "--task", job, "--out", tmp_path / "kept"
    )
    assert kept.exit_code == 0, kept.output
    assert (tmp_path / "kept").read_bytes() == (job / "manifest.jsonl").read_bytes()
    for command in ("serve", "run", "preview"):
        wrong = call(command, tmp_path / "my pictures")
        assert wrong.exit_code == 2
        assert "no job's folder" in wrong.output


def test_paths_that_lead_out_are_refused_by_line(tmp_path: Path) -> None:
    """By the check, and before a job starts, where they are errors."""
    job = pictures_job(tmp_path)
    (tmp_path / "secret.png").write_bytes(b"x")
    (tmp_path / "my pictures" / "link.png").symlink_to(tmp_path / "secret.png")
    paths = ["a b.png", "../secret.png", "/etc/hostname", "link.png", "none.png"]
    rows: list[dict[str, Any]] = [{"source-ref": path} for path in paths]
    (job / "manifest.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    checked = call("manifest", "check", job / "manifest.jsonl").output
    refused = call("serve", job).output
    assert f"relative paths begin in {tmp_path / 'my pictures'}, as task.toml says" in refused
    for number, reason in ((2, "'..'"), (3, "an absolute path"), (4, "leads out")):
        for told in (checked, refused):
            place = f"manifest.jsonl:{number}: error: "
            (line,) = [one for one in told.splitlines() if place in one]
            assert reason in line
    assert "manifest.jsonl:5: error: 'source-ref': there is no such file" in checked
    assert "manifest.jsonl:5: warning: 'source-ref' none.png: it is not there" in refused
    assert "the job is not started" in refused


def test_an_unreadable_object_fails_alone_when_a_job_starts_anyway(tmp_path: Path) -> None:
    """The others are labeled by recorded answers; nothing is read outside of the folder."""
    job = pictures_job(tmp_path)
    rows = [{"source-ref": "../secret.png"}, {"source-ref": "a b.png"}]
    (job / "manifest.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    answers = [
        {"datasetObjectId": str(n), "workerId": "w", "answerContent": {
            "crowd-image-classifier": {"label": "Oak"}}}
        for n in range(2)
    ]  # fmt: skip
    (tmp_path / "answers.jsonl").write_text("\n".join(map(json.dumps, answers)))
    done = call("run", job, "--answers", tmp_path / "answers.jsonl")
    assert done.exit_code == 0, done.output
    first, second = labeled(job / "simulated")
    assert "leads out of the data folder" in first["job-metadata"]["failure-reason"]
    assert second["job"]["fields"]["category"]["value"] == "Oak"
