"""What is found wrong with a template."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.task.definition import FieldDefinition, GuideEntry, Kind, TaskDefinition
from labelwright_local.findings import Finding, Severity
from labelwright_local.page.liquid import parse_template
from labelwright_local.page.template_error import TemplateError
from labelwright_local.template_check.check import check_template
from tests.samples.rendering import TEMPLATES

IN_AWS_MANNER = sorted(Path(__file__).with_name("templates").glob("*.html"))
SCRIPT = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
FORM = f"{SCRIPT}<crowd-form>"


def found(template: str, task_input: Any = None) -> list[tuple[str, int | None, int | None]]:
    """Return rule and place of all findings."""
    return [
        (finding.rule, finding.line, finding.column)
        for finding in check_template(template, task_input)
    ]


def errors(findings: list[Finding]) -> list[Finding]:
    """Return those that a check fails on."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


@pytest.mark.parametrize("path", IN_AWS_MANNER, ids=lambda path: path.name)
def test_templates_in_the_manner_of_awss_samples_pass(path: Path) -> None:
    """With the constructs that those are made of: loops, captures, shadow roots, hidden forms."""
    assert errors(check_template(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "name", ["abstract-entities", "image-classification", "response-comparison", "text-entities"]
)
def test_the_tasks_that_come_with_us_have_no_finding(name: str) -> None:
    """Not even a warning."""
    assert check_template((TEMPLATES / name / "template.liquid.html").read_text("utf-8")) == []


def test_a_crowd_element_that_the_service_does_not_have_is_named() -> None:
    """Misspelt, it would do nothing."""
    [finding] = check_template(f"{FORM}\n<crowd-clasifier></crowd-clasifier></crowd-form>")
    assert (finding.rule, finding.line) == ("unknown-element", 2)
    assert "<crowd-clasifier>" in finding.message


def test_captions_of_a_slider_are_known() -> None:
    """AWS's own samples have them, though no page of the documentation."""
    slider = '<crowd-slider name="x"><crowd-slider-label position="1">1</crowd-slider-label>'
    assert check_template(f"{FORM}{slider}</crowd-slider></crowd-form>") == []


def test_an_unknown_crowd_element_is_told_once() -> None:
    """However often it is used."""
    assert found(f"{FORM}<crowd-tick></crowd-tick>\n<crowd-tick></crowd-tick>") == [
        ("unknown-element", 1, len(FORM) + 1)
    ]


def test_an_element_of_augmented_ai_is_told_as_such() -> None:
    """It is the service's, and yet in no labeling job."""
    [finding] = check_template(f"{FORM}<crowd-textract-analyze-document>")
    assert finding.rule == "unknown-element"
    assert "Augmented AI's human loops only" in finding.message


@pytest.mark.parametrize(
    ("liquid", "column"),
    [
        ("{{ task.input.x | nope }}", 19),
        ("{% nope %}", 4),
        ("{% if task.input.x %}", 4),
        ("{{ task.input.x", 1),
    ],
)
def test_wrong_liquid_is_an_error_with_its_place(liquid: str, column: int) -> None:
    """Syntax, filters and tags alike."""
    findings = errors(check_template(f"{FORM}\n{liquid}"))
    assert [(each.rule, each.line, each.column) for each in findings] == [("liquid", 2, column)]


def test_every_unknown_filter_is_told() -> None:
    """Not only the first."""
    template = f"{FORM}\n{{{{ 1 | one }}}}\n{{% if x %}}{{{{ 1 | two }}}}{{% endif %}}"
    told = errors(check_template(template))
    assert [each.line for each in told] == [2, 3]


@pytest.mark.parametrize("character", ["x", "😀"])
def test_a_template_has_128_000_characters_at_most(character: str) -> None:
    """Counted as JavaScript and Java do, where some take two."""
    room = 128_000 - len(FORM)
    full = character * (room // (1 if character == "x" else 2))
    most = f"{FORM}{full}{'y' * (room % 2 if character != 'x' else 0)}"
    assert found(most) == []
    assert found(f"{most}y") == [("too-long", None, None)]


@pytest.mark.parametrize(
    "template",
    [
        "<p>x</p>",
        '<form action="/send"><input name="x"></form>',
        "<!-- <crowd-form> -->",
        "{% comment %}<crowd-form>{% endcomment %}",
        f"{SCRIPT}<p>crowd-form</p>",
    ],
)
def test_a_template_that_submits_nothing_is_an_error(template: str) -> None:
    """A form of HTML alone has nowhere to send to."""
    assert [finding.rule for finding in errors(check_template(template))] == ["no-form"]


@pytest.mark.parametrize(
    "template",
    [
        FORM,
        f'{SCRIPT}<crowd-entity-annotation name="x">',
        f"{SCRIPT}<script>document.createElement('crowd-form')</script>",
        f"{SCRIPT}{{% raw %}}<crowd-form>{{% endraw %}}",
        f"{SCRIPT}{{% if task.input.x %}}<crowd-form>{{% endif %}}",
    ],
)
def test_what_submits_is_found(template: str) -> None:
    """The form, the element that has its own, and a script that makes one."""
    assert found(template) == []


def test_a_form_that_another_script_may_make_is_a_warning() -> None:
    """Its source is not here to be read."""
    template = '<div id="app"></div><script src="https://x.s3.amazonaws.com/app.js"></script>'
    assert found(template) == [("no-form", None, None)]
    assert errors(check_template(template)) == []


def test_crowd_elements_without_a_script_are_a_warning() -> None:
    """They work here, where the script is added, and not in the service."""
    assert found("<p>\n<crowd-form>") == [("no-crowd-script", 2, 1)]


@pytest.mark.parametrize(
    ("template", "rule"),
    [
        ("<script>\nlet x = {{ task.input.x | to_json }};</script>", "liquid-in-script"),
        ("<style>a {\nbg: x({{ task.input.x }}) }</style>", "liquid-in-style"),
        ("<script>\nlet x = {{ task.input.x | skip_autoescape }};</script>", "liquid-in-script"),
        ("<script type='a'>if (1 < 2)\nlet y = {{ task.input.x }}</script>", "liquid-in-script"),
    ],
)
def test_liquid_in_script_or_style_is_a_warning(template: str, rule: str) -> None:
    """At the place of the Liquid."""
    assert [(name, line) for name, line, _ in found(FORM + template)] == [(rule, 2)]


@pytest.mark.parametrize(
    "template",
    [
        '<p data-x="{{ task.input.x | to_json | escape }}">{{ task.input.x }}</p>',
        "<script>{% comment %}{{ task.input.x }}{% endcomment %}</script>",
        "<script>{% raw %}`{{ x }}`{% endraw %}</script>",
        "<textarea>{{ task.input.x }}</textarea>",
        "</script>{{ task.input.x }}",
    ],
)
def test_liquid_elsewhere_is_none(template: str) -> None:
    """Nor what Liquid itself leaves out, or leaves alone."""
    assert found(FORM + template) == []


@pytest.mark.parametrize(
    ("element", "warned"),
    [
        ('<input name="a.b">', True),
        ('<crowd-input name="a.{{ forloop.index }}">', True),
        ('<select name="a-b">', False),
        ('<crowd-input name="a{{ task.input.x }}">', False),
        ('<a name="a.b">', False),
    ],
)
def test_a_dot_in_a_controls_name_is_a_warning(element: str, warned: bool) -> None:
    """In answers, dots separate the steps of a path."""
    rules = [rule for rule, _, _ in found(f"{FORM}{element}")]
    assert ("dotted-name" in rules) == warned


@pytest.mark.parametrize(
    ("element", "warned"),
    [
        ('<script src="https://cdn.example.org/a.js"></script>', True),
        ('<img src="//example.org/a.png">', True),
        ('<img srcset="a.png 1x, https://example.org/a.png 2x">', True),
        ('<link rel="stylesheet" href="http://example.org/a.css">', True),
        ('<p style="background: url(https://example.org/a.png)">', True),
        ("<style>@import 'https://example.org/a.css';</style>", True),
        ('<script src="https://amazonaws.com.example.org/a.js"></script>', True),
        ('<script src="https://{{ task.input.x }}.example.org/a.js"></script>', True),
        ('<script src="https://bucket.s3.eu-west-1.amazonaws.com/a.js"></script>', False),
        ('<img src="https://{{ task.input.x }}.s3.amazonaws.com/a.png">', False),
        ('<img src="https://d111111abcdef8.cloudfront.net/a.png">', False),
        ('<img src="{{ task.input.x | grant_read_access }}">', False),
        ('<img src="data:image/png;base64,AAAA"><img src="a/b.png">', False),
        ('<a href="https://example.org/">', False),
        ('<img src="https://[broken">', False),
    ],
)
def test_what_is_loaded_from_elsewhere_is_a_warning(element: str, warned: bool) -> None:
    """Addresses that are AWS's own, made by Liquid or only links are not."""
    rules = [rule for rule, _, _ in found(f"{FORM}{element}")]
    assert rules == (["foreign-host"] if warned else [])


@pytest.mark.parametrize(
    ("template", "missing"),
    [
        ("{{ task.input.text }}{{ task.input.source-ref }}{{ task['input'].text }}", []),
        ("{{ task.input.txet }}", ["task.input.txet"]),
        ("{{ task.input.meta.author }}", ["task.input.meta.author"]),
        ("{{ task.input.meta.title.size }}{{ task.input.labels.first.name }}", []),
        ("{{ task.input.labels[0] }}{{ task.input.labels[-2] }}", []),
        ("{{ task.input.labels[2] }}", ["task.input.labels[2]"]),
        ("{{ task.input.labels[task.input.number] }}", []),
        ("{% for x in task.input.lables %}{{ x }}{% endfor %}", ["task.input.lables"]),
        ("{% for x in task.input.labels %}{{ x.any }}{{ forloop.index }}{% endfor %}", []),
        ("{% if task.input.hint %}{{ task.input.hint }}{% endif %}", []),
        ("{% unless a %}{% elsif task.input.hint %}{% endunless %}{{ task.input.hint }}", []),
        ("{{ task.input.hint | default: 'none' }}", []),
        ("{% capture a %}{{ task.input.text }}{% endcapture %}{% assign b = a %}{{ b }}", []),
    ],
)
def test_a_variable_that_the_input_lacks_is_a_warning(template: str, missing: list[str]) -> None:
    """Unless the template tests it, or gives it a default."""
    task_input = {
        "text": "x", "source-ref": "s3://bucket/k", "meta": {"title": "t"}, "labels": ["a", "b"],
        "number": 1,
    }  # fmt: skip
    told = [
        finding.message.split("'")[1]
        for finding in check_template(FORM + template, task_input)
        if finding.rule == "missing-variable"
    ]
    assert told == missing


def test_a_variable_that_no_page_has_is_a_warning_without_any_input() -> None:
    """Ground Truth gives a page task.input, and nothing else."""
    assert found(f"{FORM}\n{{{{ task.input.x }}}}{{{{ taskObject }}}}") == [
        ("unknown-variable", 2, 22)
    ]


@pytest.mark.parametrize(
    ("template", "bare"),
    [
        ("{{ task.input.labels | to_json }}{{ task.input.labels | join: ' ' }}", []),
        ("{{ task.input.labels.first }}{{ task.input.labels.size }}{{ task.input.text }}", []),
        ("{{ task.input.labels }}", ["task.input.labels"]),
        ("{% if task.input.labels %}{{ task.input.meta }}{% endif %}", ["task.input.meta"]),
        ("{% for x in task.input.labels %}{{ x }}{{ task.input }}{% endfor %}", ["task.input"]),
        ("{% assign all = task.input.labels %}{{ task.input[task.input.text] }}", []),
    ],
)
def test_lists_and_objects_that_are_printed_bare_are_a_note(template: str, bare: list[str]) -> None:
    """They print as JSON, which a reader of the template may not expect."""
    task_input = {"text": "x", "labels": ["a"], "meta": {"title": "t"}}
    told = [
        finding
        for finding in check_template(FORM + template, task_input)
        if finding.rule == "no-to-json"
    ]
    assert [finding.message.split("'")[1] for finding in told] == bare
    assert {finding.severity for finding in told} <= {Severity.NOTE}


@pytest.mark.parametrize(
    "used", ["localStorage.x = 1", "sessionStorage.getItem('x')", "document.cookie"]
)
def test_what_is_kept_in_the_browser_is_a_note(used: str) -> None:
    """Told once: it does not last."""
    template = f"{FORM}\n<script>let a = {used};\nlocalStorage.y</script>localStorage"
    [finding] = check_template(template)
    assert (finding.rule, finding.severity, finding.line) == ("kept-in-browser", Severity.NOTE, 2)
    assert "one task" in finding.message


def definition(*fields: FieldDefinition, guide: Sequence[GuideEntry] = ()) -> TaskDefinition:
    """Make a task definition."""
    return TaskDefinition(name="t", fields=fields, guide=tuple(guide))


def field(path: str) -> FieldDefinition:
    """Make a field."""
    return FieldDefinition(name=path.split(".", maxsplit=1)[0], path=path, kind=Kind.TEXT)


@pytest.mark.parametrize(
    ("page", "paths", "says"),
    [
        ('<input name="note">', ["note"], None),
        ('<crowd-classifier name="mood">', ["mood.label"], None),
        ("<crowd-text-ranking>", ["ordinalRankingDimensions"], None),
        ('<crowd-text-ranking name="order">', ["order.ordinalRankingDimensions"], None),
        ('<select name="rating{{ task.input.x }}">', ["rating1"], None),
        ("<script>field.name = 'made';</script>", ["made"], None),
        ('<p></p><script src="https://x.s3.amazonaws.com/a.js"></script>', ["made"], None),
        (
            '<input name="nota"><crowd-slider name="sure">',
            ["note", "mood.label"],
            "no field of the task definition can be answered: nothing gives 'note' (path note), "
            "'mood' (path mood.label), and the page's controls are 'nota', 'sure'",
        ),
        (
            '<input name="note">',
            ["note", "mood.label"],
            "not every field of the task definition can be answered: nothing gives 'mood'",
        ),
        ('<button name="note">', ["note"], "the page has no control with a name"),
        ('<input type="submit" name="note">', ["note"], "the page has no control with a name"),
        ('<crowd-form name="note">', ["note"], "the page has no control with a name"),
        ("".join(f'<input name="i{i}">' for i in range(12)), ["x"], "'i9' and 2 more"),
    ],
)
def test_fields_without_a_control_are_a_warning(
    page: str, paths: list[str], says: str | None
) -> None:
    """With the names of both; a control that a script may make is given the benefit of doubt."""
    findings = check_template(FORM + page, {"x": 1}, definition(*map(field, paths)))
    told = [finding for finding in findings if finding.rule == "field-without-control"]
    if says is None:
        assert told == []
    else:
        [finding] = told
        assert finding.severity is Severity.WARNING
        assert says in finding.message


ELEMENT = '<crowd-entity-annotation name="who" text="x" labels="[]">'
OUR_PAGE = '<div id="labelwright" data-task="{}"></div>'


@pytest.mark.parametrize(
    ("page", "path", "offsets", "says"),
    [
        (ELEMENT, "who", "codepoint", "crowd-entity-annotation counts UTF-16 units"),
        (ELEMENT, "who.entities", "codepoint", "'who' (path who.entities, offsets codepoint)"),
        (ELEMENT, "who", "utf16", None),
        (ELEMENT, "who", None, None),
        (ELEMENT, "else", "codepoint", None),
        (OUR_PAGE, "annotations.value", "utf16", "this page counts code points"),
        (OUR_PAGE, "annotations.value", "codepoint", None),
        ('<input type="hidden" name="who">', "who", "codepoint", None),
    ],
)
def test_offsets_that_the_page_counts_otherwise_are_a_warning(
    page: str, path: str, offsets: Literal["codepoint", "utf16"] | None, says: str | None
) -> None:
    """The first emoji would move all spans after it; a page of one's own may count as it likes."""
    spans = FieldDefinition(name="who", path=path, kind=Kind.SPANS, offsets=offsets)
    findings = check_template(FORM + page, {"x": 1}, definition(spans))
    told = [finding for finding in findings if finding.rule == "offsets-miscounted"]
    assert bool(told) == bool(says)
    for finding in told:
        assert finding.severity is Severity.WARNING
        assert str(says) in finding.message


@pytest.mark.parametrize(
    ("labels", "strange"), [(("A", "B"), "'C', 'D'"), (("A", "C", "D"), None), ((), None)]
)
def test_labels_of_the_guide_that_no_field_has_are_a_warning(
    labels: tuple[str, ...], strange: str | None
) -> None:
    """A label was renamed in one place; a field without labels takes any."""
    guide = [GuideEntry(label=name) for name in ("A", "C", "D")]
    one = FieldDefinition(name="x", path="x", kind=Kind.CHOICE, labels=labels)
    told = [
        (finding.severity, finding.message)
        for finding in check_template(FORM, None, definition(one, field("note"), guide=guide))
        if finding.rule == "guide-without-label"
    ]
    if strange is None:
        assert told == []
    else:
        [(severity, message)] = told
        assert severity is Severity.WARNING
        assert strange in message


def test_what_goes_wrong_with_the_input_is_an_error() -> None:
    """Such as an address that is none."""
    template = f"{FORM}\n{{{{ task.input.image | grant_read_access }}}}"
    assert found(template, {"image": "a.png"}) == [("liquid", 2, 23)]
    assert found(template, {"image": "s3://bucket/a.png"}) == []
    assert found(template) == []


@given(
    st.lists(
        st.sampled_from(
            [
                "{{",
                "}}",
                "{%",
                "%}",
                " raw ",
                " endraw ",
                " if x ",
                "<script",
                "<style>",
                ">",
                "</script>",
                "name='a.b'",
                "src='//h/'",
                "task.input.x",
                "|",
                "\n",
                "'",
                "<![",
                "é",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_any_text_can_be_checked(template: str) -> None:
    """Findings lie within it; what is no Liquid always has one."""
    findings = check_template(template, {"x": 1}, definition(field("x")))
    lines = template.split("\n")
    for finding in findings:
        if finding.line is not None and finding.column is not None:
            assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
    try:
        parse_template(template)
    except TemplateError:
        assert "liquid" in [finding.rule for finding in findings]


def test_a_page_of_a_batch_is_checked_by_its_columns() -> None:
    """Whatever its script has of the same form; a form comes around it, Liquid is not asked."""
    template = "<p>${a} ${b}</p><script>`${c}`</script>{{ <input name='x'>"
    told = check_template(template, {"taskObject": {"a": "1"}}, batch=True)
    assert [(each.rule, each.line, each.column) for each in told] == [("missing-variable", 1, 9)]
    assert "'${b}' is no column" in told[0].message


def test_a_form_of_mechanical_turk_submits() -> None:
    """Without any crowd element."""
    assert found('<form action="/mturk/externalSubmit"><input name="x"></form>') == []
