import json
import re
import tomllib
from html.parser import HTMLParser
from typing import Any

import pytest

from labelwright_local.page.liquid import parse_template
from labelwright_local.template_check.check import check_template
from tests.samples.rendering import (
    TEMPLATES,
    manifest,
    pre_label,
    render,
    template_source,
)

#: Their templates are built from web/page, whose own tests drive them in a browser.
BUILT = ("abstract-entities", "text-entities", "response-comparison")
WRITTEN = ("image-classification", "image-boxes", "text-classification")
ALL = (*BUILT, *WRITTEN)

#: What an element of the service puts under its name (contract section 5).
ELEMENT_ANSWERS = {
    "crowd-image-classifier": ".label", "crowd-classifier": ".label", "crowd-bounding-box": "",
}  # fmt: skip
#: What a browser's form submits, besides the service's own elements.
NATIVE = ("input", "textarea", "select")


class Page(HTMLParser):
    """The named controls inside the form, and every element's attributes."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.controls: dict[str, str] = {}
        self.attributes: list[dict[str, str | None]] = []
        self._inside = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a control, and whether the form has begun."""
        attributes = dict(attrs)
        self.attributes.append(attributes)
        self._inside |= tag == "crowd-form"
        name = attributes.get("name")
        if self._inside and name and (tag in NATIVE or tag.startswith("crowd-")):
            self.controls[name] = tag

    def handle_endtag(self, tag: str) -> None:
        """Note that the form has ended."""
        self._inside &= tag != "crowd-form"


def task_input_keys(template: str) -> set[str]:
    """Return all keys that pre-labeling gives for the sample."""
    answers = [pre_label(template, line) for line in manifest(template)]
    return {
        key
        for answer in answers
        if answer["isHumanAnnotationRequired"]
        for key in answer["taskInput"]
    }


def liquid_paths(template: str) -> list[tuple[Any, ...]]:
    """Return what the template's Liquid reads below ``task.input``."""
    analysis = parse_template(template_source(template)).analyze()
    variables = [variable for found in analysis.globals.values() for variable in found]
    assert all(variable.segments[:2] == ["task", "input"] for variable in variables)
    return [tuple(variable.segments[2:]) for variable in variables]


def definition(template: str) -> dict[str, Any]:
    """Read the task definition as plain data."""
    return tomllib.loads((TEMPLATES / template / "task.toml").read_text("utf-8"))


@pytest.mark.parametrize("template", WRITTEN)
def test_a_written_template_reads_what_pre_labeling_gives(template: str) -> None:
    """No variable is read that is never given, and none is given that is not read."""
    read = {str(path[0]) for path in liquid_paths(template)}
    sometimes = {"initial", "initialLeftOut", "text"}
    assert read - sometimes == task_input_keys(template)
    assert {"initial", "initialLeftOut"} <= read


@pytest.mark.parametrize("template", WRITTEN)
def test_a_written_template_names_no_field_and_no_label(template: str) -> None:
    """It asks for the definition's only field, however that is called."""
    [field] = definition(template)["fields"]
    assert field["name"] not in re.findall(r"[\w-]+", template_source(template))


@pytest.mark.parametrize("template", WRITTEN)
def test_a_written_template_answers_what_the_definition_declares(template: str) -> None:
    """Each declared field is answered, and nothing else but what was suggested."""
    controls = Page(template_source(template)).controls
    answered = {
        name + ELEMENT_ANSWERS[tag] for name, tag in controls.items() if tag in ELEMENT_ANSWERS
    }
    assert answered == {field["path"] for field in definition(template)["fields"]}
    others = {name for name, tag in controls.items() if tag not in ELEMENT_ANSWERS}
    assert others <= {"suggestion", "suggestionLeftOut"}


@pytest.mark.parametrize("template", BUILT)
def test_a_built_template_is_given_the_whole_task_and_answers_in_one_control(
    template: str,
) -> None:
    """Its script reads the task input itself; Liquid reads only the image's address besides."""
    image = {("taskObject",)} if template == "abstract-entities" else set()
    assert set(liquid_paths(template)) == {(), *image}
    assert Page(template_source(template)).controls == {"annotations": "input"}
    paths = [field["path"] for field in definition(template)["fields"]]
    assert all(path.startswith("annotations.") for path in paths)


@pytest.mark.parametrize("template", ALL)
def test_no_label_is_written_into_the_template(template: str) -> None:
    """Every label comes from the task definition."""
    source = template_source(template).replace('translate="no"', "")
    for field in definition(template)["fields"]:
        for label in field.get("labels", ()):
            assert not re.search(rf"[\"'>]{label}[\"'<]", source)


@pytest.mark.parametrize("template", ALL)
def test_liquid_stands_outside_scripts_and_styles(template: str) -> None:
    """Escaping spoils what is written into a script or a style, so nothing is."""
    source = template_source(template)
    raw = re.findall(r"<(?:script|style)[^>]*>(.*?)</(?:script|style)>", source, re.DOTALL)
    assert not any("{{" in text or "{%" in text for text in raw)


@pytest.mark.parametrize("template", ALL)
def test_the_template_fits_a_preview(template: str) -> None:
    """The service's preview takes templates under 128,000 characters; ours are half of it."""
    source = template_source(template)
    assert len(source) <= 65_536
    assert source.isascii()
    assert source.startswith('<script src="https://assets.crowd.aws/crowd-html-elements.js">')


@pytest.mark.parametrize(
    "text",
    [
        "line\r\nend\r and more\n",
        " \t blanks around \u00a0",
        "</div></script><script>alert(1)</script>{{ task.input }}{% raw %}&amp;&quot;'\"",
        "\U0001f642\u2028\u202e\u05d0\u0301",
    ],
)
def test_texts_reach_the_page_unchanged(text: str) -> None:
    """The whole task input can be read back from the page, whatever the text holds."""
    line = manifest("abstract-entities")[0]
    given = pre_label("abstract-entities", line)["taskInput"] | {"text": text}
    page = Page(render("abstract-entities", given))
    [data] = [found["data-task"] for found in page.attributes if "data-task" in found]
    assert data is not None
    assert json.loads(data) == given


@pytest.mark.parametrize("template", WRITTEN)
def test_labels_reach_the_element(template: str) -> None:
    """As JSON, in the definition's order."""
    given = pre_label(template, manifest(template)[0])["taskInput"]
    page = Page(render(template, given))
    lists = [found.get("categories", found.get("labels")) for found in page.attributes]
    [labels] = [found for found in lists if found is not None]
    assert [json.loads(labels)] == list(given["labels"].values())


@pytest.mark.parametrize("template", WRITTEN)
def test_a_definition_needs_no_more_than_its_field(template: str) -> None:
    """Without title, instructions and guide the page has no finding, and prints nothing odd."""
    given = pre_label(template, manifest(template)[0])["taskInput"]
    bare = {key: given[key] for key in ("taskObject", "labels", "fields")}
    assert check_template(template_source(template), bare) == []
    assert "null" not in render(template, bare)
