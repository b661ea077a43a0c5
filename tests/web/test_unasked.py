"""What the check of templates says of our own pages is what the pages say of themselves."""

import json
import re

import pytest

from labelwright.task.definition import TaskDefinition
from labelwright_local.findings import Severity
from labelwright_local.template_check.check import check_template
from tests.markdown import ROOT

CORE = ROOT / "web" / "page" / "core"
CASES = json.loads((CORE / "unasked.json").read_text("ascii"))
COMPARED = json.loads((CORE / "uncompared.json").read_text("ascii"))


@pytest.mark.parametrize(
    ("task", "case"),
    [("abstract-entities", case) for case in CASES]
    + [("text-entities", case) for case in CASES]
    + [("response-comparison", case) for case in COMPARED],
)
def test_fields_that_the_page_can_not_ask_for_are_a_warning(
    task: str, case: dict[str, list[str]]
) -> None:
    """One finding names them all, with their kinds; none when the page asks everything."""
    definition = TaskDefinition.model_validate({"name": "t", "fields": case["fields"]})
    page = (ROOT / "templates" / task / "template.liquid.html").read_text("utf-8")
    found = check_template(page, {"taskObject": "x"}, definition)
    told = [(finding.severity, finding.rule) for finding in found if "field" in finding.rule]
    assert told == ([(Severity.WARNING, "field-not-asked")] if case["unasked"] else [])
    message = "".join(finding.message for finding in found if finding.rule == "field-not-asked")
    assert re.findall(r"'(\w+)' \(path", message) == case["unasked"]


def test_the_page_hosted_elsewhere_is_known_too() -> None:
    """By the element that it fills, not by its script."""
    page = (
        '<crowd-form><input name="annotations"><div id="labelwright" data-task="{}"></div>'
        '</crowd-form><script src="https://x.s3.amazonaws.com/a.js"></script>'
    )
    definition = TaskDefinition.model_validate({"name": "t", "fields": CASES[1]["fields"]})
    assert "field-not-asked" in [item.rule for item in check_template(page, {}, definition)]
