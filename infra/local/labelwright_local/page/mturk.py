"""Pages as Mechanical Turk makes them: ``${name}`` stands for a column, a form around all answers.

https://docs.aws.amazon.com/AWSMechTurk/latest/RequesterUI/CreatingaHITTemplate.html
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from labelwright.contract.base import Json
from labelwright_local.page.liquid import (
    GroundTruthLiquid,
    check_tags,
    parse_template,
    render_page,
)
from labelwright_local.page.markup import Element, read_elements
from labelwright_local.page.template_error import TemplateError

_VARIABLE = re.compile(r"\$\{\s*([^{}$\s][^{}$]*?)\s*\}")
_FORMS = frozenset({"form", "crowd-form", "crowd-entity-annotation"})


#: Makes a page of a task input; its second argument turns ``s3://`` addresses into readable ones.
Renderer = Callable[[Json, Callable[[str], str]], str]


def is_mturk_form(element: Element) -> bool:
    """Tell a form that would post its fields to Mechanical Turk."""
    named = {element.attributes.get("id"), element.attributes.get("name")}
    posts = "externalsubmit" in element.attributes.get("action", "").lower()
    return element.name == "form" and (posts or "mturk_form" in named)


def variables(template: str) -> Iterator[tuple[str, int]]:
    """Yield each ``${name}`` of a template, with the character where it stands."""
    for match in _VARIABLE.finditer(template):
        yield match.group(1), match.start()


def columns_of(task_input: Json) -> dict[str, Json]:
    """Return a batch's row in a task input, whatever the pre-labeling function made of it."""
    found: dict[str, Json] = {}
    for part in (
        _object(task_input),
        *map(_object(task_input).get, ("taskObject", "manifestLine")),
    ):
        found |= _object(part)
    return found


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def render_batch_page(template: str, task_input: Json, grant: Callable[[str], str]) -> str:
    """Make a template into the page of one row of a batch.

    Values are put in as they stand, as Mechanical Turk does: columns may hold HTML. A template
    without a variable that is a column is Liquid, as any other.

    Raises:
        TemplateError: the page can't be made.
    """
    columns = columns_of(task_input)
    if any(name in columns for name, _ in variables(template)):
        page = _filled(template, columns)
    else:
        page = render_page(template, task_input, grant)
    if any(element.name in _FORMS for element in read_elements(page)):
        return page
    return _WHOLE.replace("PAGE", page)


def renderer(template: str, *, batch: bool) -> Renderer:
    """Return what makes task inputs into pages, rows of a batch as Mechanical Turk does.

    Raises:
        TemplateError: nothing can make a page of it.
    """
    if not (batch and any(variables(template))):
        parse_template(template)
    return partial(render_batch_page if batch else render_page, template)


def _filled(template: str, columns: Mapping[str, Json]) -> str:
    room = GroundTruthLiquid.output_stream_limit

    def value(match: re.Match[str]) -> str:
        nonlocal room
        # What is no column may be a script's own.
        text = str(columns.get(match.group(1), match.group()))
        room -= len(text)
        if room < 0:
            raise TemplateError("the page is too long: its variables hold too much")
        return text

    page = _VARIABLE.sub(value, template)
    check_tags(page)
    return page


#: Mechanical Turk puts a form around a page that has none.
_WHOLE = """<form name="mturk_form" id="mturk_form" method="post" action="/mturk/externalSubmit">
<input type="hidden" name="assignmentId" value="local">
PAGE
<p><input type="submit" id="submitButton" value="Submit"></p>
</form>"""
