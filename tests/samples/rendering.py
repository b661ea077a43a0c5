"""A sample's task inputs, made by the pre-labeling handler, and its pages, made of its template."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pre_labeling
from labelwright_local.page.liquid import render_page
from tests.fakes import FakeStorage

TEMPLATES = Path(__file__).parents[2] / "templates"
TASK_DEFINITION = "s3://labelwright-sample/task.toml"


def sample_storage(template: str) -> FakeStorage:
    """Return the objects of a template's sample, its ``task.toml`` among them."""
    below = TEMPLATES / template / "sample" / "s3"
    objects: dict[str, bytes | str] = {
        f"s3://{path.relative_to(below).as_posix()}": path.read_bytes()
        for path in below.rglob("*")
        if path.is_file()
    }
    return FakeStorage(
        objects | {TASK_DEFINITION: (TEMPLATES / template / "task.toml").read_bytes()}
    )


def manifest(template: str) -> list[dict[str, Any]]:
    """Read the sample's manifest."""
    lines = (TEMPLATES / template / "sample" / "manifest.jsonl").read_text("utf-8")
    return [json.loads(line) for line in lines.splitlines()]


def pre_label(template: str, line: dict[str, Any]) -> dict[str, Any]:
    """Let the pre-labeling handler answer for a manifest line."""
    event = {
        "version": "2018-10-16",
        "labelingJobArn": "arn:aws:sagemaker:eu-west-1:111122223333:labeling-job/sample",
        "dataObject": line,
    }
    settings = pre_labeling.Settings(task_definition=TASK_DEFINITION)
    return pre_labeling.handle(event, sample_storage(template), settings)


def template_source(template: str) -> str:
    """Read the template."""
    return (TEMPLATES / template / "template.liquid.html").read_text("utf-8")


def render(template: str, task_input: dict[str, Any]) -> str:
    """Make the worker's page of a sample."""
    return render_source(template_source(template), task_input)


def render_source(source: str, task_input: dict[str, Any]) -> str:
    """Make a page of any template; objects are granted under ``/s3/bucket/key``."""
    return render_page(source, task_input, lambda uri: "/s3/" + quote(uri.removeprefix("s3://")))
