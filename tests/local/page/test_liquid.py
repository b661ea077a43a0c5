"""Liquid as Ground Truth speaks it."""

import html
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright_local.page.liquid import render_page
from labelwright_local.page.template_error import TemplateError, error_page


def grant(uri: str) -> str:
    """Give an address that has an ampersand, as signed ones have."""
    return f"/s3/{uri.removeprefix('s3://')}?expires=1&signature=2"


def rendered(template: str, **task_input: Any) -> str:
    """Render with a task input."""
    return render_page(template, task_input, grant)


def fault(template: str, **task_input: Any) -> TemplateError:
    """Return the error that rendering ends with."""
    with pytest.raises(TemplateError) as caught:
        rendered(template, **task_input)
    return caught.value


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("{{ task.input.t }}", "&lt;b&gt;&#39;&amp;amp;"),
        ("{{ task.input.t | escape }}", "&lt;b&gt;&#39;&amp;amp;"),
        ("{{ task.input.t | escape_once }}", "&lt;b&gt;&#39;&amp;"),
        ("{{ task.input.t | skip_autoescape }}", "<b>'&amp;"),
        ("{{ task.input.missing }}|{{ task.input.missing.deeper }}", "|"),
        ("{{ task.input.missing | to_json }}", "null"),
        ("{{ task.input.source-ref }}", "s3://bucket/k"),
        ("{{ task.input.labels | to_json }}", "[&#34;a&#34;, &#34;é&#34;]"),
        ("{{ task.input.labels | to_json | escape }}", "[&#34;a&#34;, &#34;é&#34;]"),
        ("{% for l in task.input.labels %}{{ l }},{% endfor %}", "a,é,"),
    ],
)
def test_what_is_printed_is_escaped_once(template: str, page: str) -> None:
    """Unless the template asks for it as it stands; what is missing prints nothing."""
    values = {"t": "<b>'&amp;", "labels": ["a", "é"], "source-ref": "s3://bucket/k"}
    assert rendered(template, **values) == page


@pytest.mark.parametrize("name", ["grant_read_access", "s3_presign"])
def test_an_object_is_granted_by_its_address(name: str) -> None:
    """The link's ampersand is escaped, as in an attribute it must be."""
    page = rendered(
        f'<img src="{{{{ task.input.source-ref | {name} }}}}">',
        **{"source-ref": "s3://bucket/a.png"},
    )
    assert page == '<img src="/s3/bucket/a.png?expires=1&amp;signature=2">'


@pytest.mark.parametrize(
    "value", [" ", "", None, "https://elsewhere/a.png", "s3://", 7, ["s3://b/k"]]
)
def test_what_is_no_s3_address_is_refused_in_the_services_words(value: Any) -> None:
    """With the place of the filter."""
    error = fault("\n  {{ task.input.image | grant_read_access }}", image=value)
    assert error.message.startswith(
        'InvalidParameters: \'"grant_read_access" input is not a valid S3 URI: '
    )
    assert (error.line, error.column) == (2, 25)


@pytest.mark.parametrize(
    ("template", "place", "says"),
    [
        ("a\n{{ task.input.x | nope }}", (2, 19), "unknown filter 'nope'"),
        ("a\r\n\r\n  {% nope %}", (3, 6), "unexpected tag 'nope'"),
        ("{{ task.input.x ", (1, 1), "expected '}}'"),
        ("a\n{% if task.input.x %}\n{% for y in z %}{% endfor %}\n", (2, 4), "expected tag endif"),
        ("{% for x in y %}{% if z %}\n{% endif %}", (1, 4), "expected tag endfor"),
        ("\n{% endfor %}", (2, 4), "unexpected tag 'endfor'"),
        ("{% include 'other' %}", (1, 12), "other"),
    ],
)
def test_an_error_has_line_and_column(template: str, place: tuple[int, int], says: str) -> None:
    """Also of a block that is never closed, which is where it begins."""
    error = fault(template)
    assert (error.line, error.column) == place
    assert says in error.message
    assert str(error).startswith(f"line {place[0]}, column {place[1]}: ")


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in (1..2000000) %}x{% endfor %}",
        "{% for i in (1..2000) %}{% for j in (1..2000) %}x{% endfor %}{% endfor %}",
        "{% assign s = 'xxxxxxxx' %}{% for i in (1..64) %}"
        "{% assign s = s | append: s %}{% endfor %}",
        "{% for i in (1..900000) %}{{ task.input.text }}{% endfor %}",
        "{% assign n = 10 %}{% for i in (1..20) %}{% assign n = n | times: n %}{% endfor %}{{ n }}",
    ],
)
def test_a_template_that_runs_away_is_stopped(template: str) -> None:
    """It neither fills the memory nor runs for hours."""
    assert fault(template, text="x" * 100_000).code == "template-invalid"


def test_an_error_page_shows_the_lines_around_and_runs_nothing() -> None:
    """Whatever markup is in them."""
    template = "<script>alert(1)</script>\n\t{{ task.input.x | nope }}\n<b>last</b>"
    page = error_page(template, fault(template))
    assert "unknown filter" in page
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<mark>     2 | \t{{ task.input.x | nope }}</mark>" in page
    assert "&lt;b&gt;last" in page


def test_a_page_of_an_error_without_a_place_shows_no_lines() -> None:
    """There is none to show."""
    assert "<pre>" not in error_page("x", TemplateError("wrong"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_json_in_an_attribute_is_read_back_exactly(value: Any) -> None:
    """The channel that templates should use for data."""
    page = rendered("{{ task.input.v | to_json | escape }}", v=value)
    assert json.loads(html.unescape(page)) == value
    assert not set(page) & set("<>\"'")


@given(st.text("{}%|.:-'\" \ntaskinputforedlabsgvx12()", max_size=80))
def test_any_text_is_a_page_or_a_template_error(template: str) -> None:
    """With a place inside the template, if with one at all."""
    try:
        page: object = rendered(template, labels=["a"])
    except TemplateError as error:
        page = error
    if isinstance(page, TemplateError) and page.line is not None and page.column is not None:
        line = template.split("\n")[page.line - 1]
        assert 1 <= page.column <= len(line) + 1
