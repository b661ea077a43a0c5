"""A sample's task inputs, made by the pre-labeling handler, and its pages, made of its template."""

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from liquid import Environment
from markupsafe import Markup

import pre_labeling
from storage import Version

TEMPLATES = Path(__file__).parents[2] / "templates"
TASK_DEFINITION = "s3://labelwright-sample/task.toml"


class SampleStorage:
    """The objects of one template's sample, read only; its ``task.toml`` among them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, uri: str) -> Path:
        """Where an object lies."""
        if uri == TASK_DEFINITION:
            return self._folder / "task.toml"
        return self._folder / "sample" / "s3" / uri.removeprefix("s3://")

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Return the object's bytes."""
        data = self.path(uri).read_bytes()
        assert limit is None or len(data) <= limit
        return data

    def read_if_changed(self, uri: str, etag: str | None) -> Version | None:
        """Return the object, or None when its tag still is ``etag``."""
        data = self.read(uri)
        tag = hashlib.sha256(data).hexdigest()
        return None if tag == etag else Version(tag, data)

    def write(self, uri: str, data: bytes) -> None:
        """Refuse."""
        raise NotImplementedError(uri, len(data))


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
    return pre_labeling.handle(event, SampleStorage(TEMPLATES / template), settings)


def environment() -> Environment:
    """Return Liquid with Ground Truth's filters; addresses are granted as ``/s3/bucket/key``."""
    liquid = Environment(autoescape=True)
    liquid.filters["to_json"] = lambda value: json.dumps(value, ensure_ascii=False)
    liquid.filters["grant_read_access"] = lambda uri: "/s3/" + quote(uri.removeprefix("s3://"))
    liquid.filters["skip_autoescape"] = Markup
    return liquid


def template_source(template: str) -> str:
    """Read the template."""
    return (TEMPLATES / template / "template.liquid.html").read_text("utf-8")


def render(template: str, task_input: dict[str, Any]) -> str:
    """Make the worker's page."""
    parsed = environment().from_string(template_source(template))
    return parsed.render(task={"input": task_input})
