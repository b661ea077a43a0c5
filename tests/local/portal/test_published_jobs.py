"""Whole jobs through a browser, with templates and functions as people publish them."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page

from labelwright_local.simulated.browser import chromium
from tests.cli.test_serve import started
from tests.local.portal.browsers import elsewhere

pytestmark = pytest.mark.browser

SCRIPT = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'

#: For a job without functions: the page reads the manifest's own keys.
MOOD = f"""{SCRIPT}
<crowd-form>
  <crowd-classifier name="mood" categories="{{{{ task.input.moods | to_json | escape }}}}"
      header="{{{{ task.input.question }}}}">
    <classification-target>{{{{ task.input.source }}}}</classification-target>
    <full-instructions header="How">Choose one.</full-instructions>
    <short-instructions>Choose one.</short-instructions>
  </crowd-classifier>
</crowd-form>
"""
#: For an adjustment job: boxes of an earlier, built-in one.
ADJUST = f"""{SCRIPT}
<crowd-form>
  <crowd-bounding-box name="boxes" header="Move what is wrong"
      src="{{{{ task.input.manifestLine['source-ref'] | grant_read_access }}}}"
      labels="{{{{ task.input.birds | to_json | escape }}}}"
      initial-value="[
      {{% for box in task.input.manifestLine.first.annotations %}}
        {{% capture id %}}{{{{ box.class_id }}}}{{% endcapture %}}
        {{% assign label = task.input.manifestLine.first-metadata.class-map[id] %}}
        {{
          label: {{{{ label | to_json }}}},
          left: {{{{ box.left }}}}, top: {{{{ box.top }}}},
          width: {{{{ box.width }}}}, height: {{{{ box.height }}}},
        }},
      {{% endfor %}}
      ]">
    <full-instructions header="How">Move them.</full-instructions>
    <short-instructions>Move them.</short-instructions>
  </crowd-bounding-box>
</crowd-form>
"""
#: For a pair of functions: what the first gives, and a question.
NOTE = f"""{SCRIPT}
<crowd-form>
  <p id="shown">{{{{ task.input.taskObject }}}}</p>
  <p id="stage">{{{{ task.input.stage }}}}</p>
  <crowd-input name="note" label="What is it?" required></crowd-input>
</crowd-form>
"""
#: As the recipe's copies have it: the wrong flag, clients at each call, all annotations kept.
RECIPE_PRE = """
def lambda_handler(event, context):
    data = event["dataObject"]
    source = data["source"] if "source" in data else data["source-ref"]
    return {"taskInput": {"taskObject": source}, "humanAnnotationRequired": "true"}
"""
RECIPE_POST = """
import json
from urllib.parse import urlparse
import boto3


def lambda_handler(event, context):
    parsed = urlparse(event["payload"]["s3Uri"])
    s3 = boto3.client("s3")
    text = s3.get_object(Bucket=parsed.netloc, Key=parsed.path[1:])["Body"].read().decode("utf-8")
    consolidated = []
    for item in json.loads(text):
        told = [json.loads(a["annotationData"]["content"]) for a in item["annotations"]]
        consolidated.append({
            "datasetObjectId": item["datasetObjectId"],
            "consolidatedAnnotation": {
                "content": {event["labelAttributeName"]: {"annotationsFromAllWorkers": told}}
            },
        })
    return consolidated
"""
#: Two functions with modules of one name each, in folders of their own.
SAM = """
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev}
Globals:
  Function: {Timeout: 60, Runtime: python3.12, Handler: app.lambda_handler}
Resources:
  PreAnnotationFunction:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub '${AWS::StackName}-PreAnnotationLabelingFunction'
      CodeUri: src/pre
      Environment: {Variables: {STAGE: !Ref Stage}}
  ConsolidationFunction:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: src/post, Role: !GetAtt Role.Arn, Environment: {Variables: {ADD: x}}}
  NotifyFunction:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: src/notify, Runtime: nodejs20.x, Handler: index.handler}
"""
SAM_PRE = """
from utils import made

def lambda_handler(event, context):
    return {"taskInput": made(event["dataObject"]), "isHumanAnnotationRequired": True}
"""
SAM_PRE_UTILS = """
import os

def made(line):
    return {"taskObject": line["source"], "stage": os.environ["STAGE"]}
"""
SAM_POST_UTILS = """
import os
import boto3

S3 = boto3.client("s3")
ADDED = os.environ["ADD"]
"""
SAM_POST = """
import json
import utils

def lambda_handler(event, context):
    bucket, key = event["payload"]["s3Uri"].replace("s3://", "").split("/", 1)
    items = json.load(utils.S3.get_object(Bucket=bucket, Key=key)["Body"])
    return [
        {"datasetObjectId": item["datasetObjectId"], "consolidatedAnnotation": {"content": {
            event["labelAttributeName"]: {"added": utils.ADDED, "n": len(item["annotations"])}
        }}}
        for item in items
    ]
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"/>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Open Chromium."""
    with chromium() as opened:
        yield opened


def job(folder: Path, page: str, *lines: dict[str, Any], **files: str) -> Path:
    """Write a job's template, manifest and other files, ``__`` in a name for a slash."""
    (folder / "page.liquid.html").write_text(page, "utf-8")
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (folder / "input.manifest").write_text(text, "utf-8")
    for name, content in files.items():
        file = folder / name.replace("__", "/").replace("_DASH_", "-").replace("_DOT_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    return folder


class AtWork:
    """Somebody who labels all objects of a job, one after the other."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.page: Page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
        self.page.goto(address)
        self.page.get_by_label("Your name").fill("Ada")
        self.page.get_by_role("button", name="Sign in").click()
        self.page.locator("[data-next]").click()

    @property
    def frame(self) -> FrameLocator:
        """The task's page."""
        return self.page.frame_locator("#page")

    def submit(self) -> None:
        """Press the page's button, and wait until the task is done."""
        here = self.page.url
        self.frame.get_by_role("button", name="Submit").click()
        elsewhere(self.page, here)


def labeled(workspace: Path) -> list[dict[str, Any]]:
    """Wait until all objects have a label, and return the lines of the output manifest."""
    for _ in range(300):
        for file in workspace.rglob("output.manifest"):
            lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
            if lines and all("job" in line for line in lines):
                return lines
        time.sleep(0.1)
    raise AssertionError("there are not all labels after 30 seconds")


def serve(*arguments: str) -> list[str]:
    """Return the arguments of the command, one worker for each object."""
    files = ["--template", "page.liquid.html", "--manifest", "input.manifest"]
    return [*files, "--workspace", "w", "--workers", "1", "--job-name", "job", *arguments]


@pytest.mark.parametrize("named", [[], ["--handlers", "none"]])
def test_a_job_without_any_function(tmp_path: Path, browser: Browser, named: list[str]) -> None:
    """The page is given the manifest's keys; without functions the label says where answers are."""
    line = {"source": "No bus came.", "moods": ["glad", "cross"], "question": "How is the writer?"}
    job(tmp_path, MOOD, line, {**line, "source": "It came."})
    with started(*serve(*named), folder=tmp_path) as (_, printed):
        ada = AtWork(browser, re.findall(r"http://\S+", printed)[0])
        for text in ("No bus came.", "It came."):
            ada.frame.get_by_text(text).wait_for()
            ada.frame.get_by_text("How is the writer?").first.wait_for()
            ada.frame.get_by_text("cross").click()
            ada.submit()
        lines = labeled(tmp_path / "w")
    assert [found["source"] for found in lines] == ["No bus came.", "It came."]
    for found in lines:
        if not named:
            assert found["job"]["fields"]["mood"]["value"] == "cross"
            assert "worker-response-ref" not in found["job-metadata"]
            continue
        assert found["job"] == {}
        place = found["job-metadata"]["worker-response-ref"].removeprefix("s3://")
        [file] = (tmp_path / "w" / "s3").glob(f"{place.replace(':', '[:%]*')}")
        [answer] = json.loads(file.read_text("utf-8"))["answers"]
        assert answer["answerContent"] == {"mood": {"label": "cross"}}


def test_copies_of_the_recipe_with_hyphens_in_their_names(tmp_path: Path, browser: Browser) -> None:
    """Named as Lambda's console names them, behind a proxy that is not there."""
    files = {"gt_DASH_pre_DOT_py": RECIPE_PRE, "lambdas__gt_DASH_post_DOT_py": RECIPE_POST}
    job(tmp_path, NOTE, {"source": "A bird."}, **files)
    named = ["--handlers", "gt-pre.lambda_handler,lambdas/gt-post:lambda_handler"]
    proxy = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    with started(*serve(*named), folder=tmp_path, variables=proxy) as (_, printed):
        ada = AtWork(browser, re.findall(r"http://\S+", printed)[0])
        assert ada.frame.locator("#shown").inner_text() == "A bird."
        ada.frame.get_by_label("What is it?").fill("a teal")
        ada.submit()
        [line] = labeled(tmp_path / "w")
    assert line["job"] == {"annotationsFromAllWorkers": [{"note": "a teal"}]}


def test_a_sam_project_with_two_apps(tmp_path: Path, browser: Browser) -> None:
    """Found by their roles, each with its own ``utils.py`` and its own variables."""
    files = {
        "template_DOT_yaml": SAM,
        "src__pre__app_DOT_py": SAM_PRE,
        "src__pre__utils_DOT_py": SAM_PRE_UTILS,
        "src__post__app_DOT_py": SAM_POST,
        "src__post__utils_DOT_py": SAM_POST_UTILS,
        "env_DOT_json": '{"ConsolidationFunction": {"ADD": "from env.json"}}',
    }
    job(tmp_path, NOTE, {"source": "A bird."}, **files)
    named = ["--handlers", "template.yaml", "--env", "env.json"]
    with started(*serve(*named), folder=tmp_path) as (_, printed):
        ada = AtWork(browser, re.findall(r"http://\S+", printed)[0])
        assert ada.frame.locator("#stage").inner_text() == "dev"
        ada.frame.get_by_label("What is it?").fill("a teal")
        ada.submit()
        [line] = labeled(tmp_path / "w")
    assert line["job"] == {"added": "from env.json", "n": 1}


def test_boxes_of_an_earlier_job_are_adjusted(tmp_path: Path, browser: Browser) -> None:
    """The template reads the earlier label from the manifest's line; nothing has to be drawn."""
    line = {
        "source-ref": "s3://data/pond.svg",
        "birds": ["teal", "coot"],
        "first": {
            "image_size": [{"width": 300, "height": 200, "depth": 3}],
            "annotations": [
                {"class_id": 0, "left": 10, "top": 20, "width": 30, "height": 40},
                {"class_id": 1, "left": 100, "top": 20, "width": 50, "height": 60},
            ],
        },
        "first-metadata": {
            "objects": [{"confidence": 0.9}, {"confidence": 0.8}],
            "class-map": {"0": "teal", "1": "coot"},
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": "2026-02-03T04:05:06.070809",
            "job-name": "labeling-job/first",
        },
    }
    job(tmp_path, ADJUST, line, s3__data__pond_DOT_svg=SVG)
    with started(*serve(), folder=tmp_path) as (_, printed):
        ada = AtWork(browser, re.findall(r"http://\S+", printed)[0])
        ada.frame.locator("crowd-bounding-box").wait_for()
        ada.submit()
        [found] = labeled(tmp_path / "w")
    boxes = found["job"]["fields"]["boxes"]["value"]["boundingBoxes"]
    assert sorted((box["label"], box["left"], box["width"]) for box in boxes) == [
        ("coot", 100, 50), ("teal", 10, 30)
    ]  # fmt: skip
    assert found["first"] == line["first"]
