"""Pages as Mechanical Turk makes them of a batch's rows."""

from typing import Any

import pytest

from labelwright_local.page.document import page_document
from labelwright_local.page.markup import read_elements
from labelwright_local.page.mturk import render_batch_page, renderer
from labelwright_local.page.template_error import TemplateError

FORM = '<form name="mturk_form" action="https://www.mturk.com/mturk/externalSubmit">'


def page(template: str, **columns: Any) -> str:
    """Make the page of a row, as our pre-labeling hands it on."""
    return render_batch_page(template, {"taskObject": columns}, str)


def test_variables_are_columns() -> None:
    """As they stand, markup included; what is none stays, since it may be a script's own."""
    template = FORM + "<p>${text} ${ image url } ${other}</p><script>`${x}`</script>{{ {% "
    assert page(template, **{"text": "<b>1</b>", "image url": "a&b"}) == (
        FORM + "<p><b>1</b> a&b ${other}</p><script>`${x}`</script>{{ {% "
    )


@pytest.mark.parametrize("key", ["taskObject", "manifestLine"])
def test_a_row_is_found_wherever_a_function_puts_it(key: str) -> None:
    """Whole as the input, the data object, or the line."""
    assert "1" in render_batch_page(FORM + "${a}", {key: {"a": "1"}}, str)
    assert "2" in render_batch_page(FORM + "${a}", {"a": "2", key: "x"}, str)


def test_a_template_without_columns_is_liquid() -> None:
    """As any other."""
    assert page(FORM + "{{ task.input.taskObject.a }}${b}", a="1") == FORM + "1${b}"


def test_a_page_that_a_batch_fills_need_not_be_liquid() -> None:
    """Scripts of Mechanical Turk's pages may hold Liquid's marks; those of other jobs may not."""
    template = FORM + "${a}<script>{% x</script>"
    assert renderer(template, batch=True)({"a": "1"}, str) == FORM + "1<script>{% x</script>"
    with pytest.raises(TemplateError):
        renderer(template, batch=False)


def test_a_page_that_cannot_be_parsed_is_an_error_before_it_is_made() -> None:
    """Of a batch, too, where no variable stands in it."""
    for batch in (False, True):
        with pytest.raises(TemplateError):
            renderer("{% if %}", batch=batch)


def test_a_page_without_a_form_gets_one() -> None:
    """With a button that submits it."""
    names = [element.name for element in read_elements(page("<p>${a}<input name=x>", a="1"))]
    assert names[0] == "form"
    assert names[-1] == "input"
    assert "crowd-form" in page("<crowd-form>${a}</crowd-form>", a="1")[:12]


def test_a_page_that_grows_without_bound_is_an_error() -> None:
    """A large cell, again and again."""
    with pytest.raises(TemplateError, match="too long"):
        page("${a}" * 1_000, a="x" * 100_000)
    with pytest.raises(TemplateError, match="tags"):
        page("${a}" * 10, a="<i>" * 60_000)


@pytest.mark.parametrize(
    ("form", "answers"),
    [
        (FORM, True),
        ('<form id="mturk_form">', True),
        ('<form action="/mturk/externalSubmit?x">', True),
        ('<form action="https://example.org/send">', False),
        ("<form>", False),
        ("<crowd-form>", False),
    ],
)
def test_a_form_of_mechanical_turk_answers(form: str, *, answers: bool) -> None:
    """No other form of HTML does; Mechanical Turk's own script goes, ours has its functions."""
    script = '<script src="https://s3.amazonaws.com/mturk-public/externalHIT_v1.js"></script>'
    document = page_document(f"{script}{form}", elements="local", crowd_script="/crowd.js")
    assert ("turkSetAssignmentID" in document) is answers
    assert "externalHIT_v1" not in document
