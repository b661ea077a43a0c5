"""What is wrong with a template, found without a browser and without a job.

Rules: worker template limits and idioms of contract section 5,
https://docs.aws.amazon.com/sagemaker/latest/dg/sms-custom-templates-step2.html
"""

from bisect import bisect_right
from collections.abc import Iterator

from liquid import BoundTemplate

from labelwright.contract.base import Json
from labelwright.task.definition import TaskDefinition
from labelwright_local.findings import Finding, Severity
from labelwright_local.page.liquid import GroundTruthLiquid, parse_template, render_page
from labelwright_local.page.markup import read_elements
from labelwright_local.page.mturk import columns_of, render_batch_page, variables
from labelwright_local.page.template_error import TemplateError, position
from labelwright_local.printable import printable
from labelwright_local.template_check.fields import (
    guide_without_label,
    miscounted_offsets,
    unanswered_fields,
    unasked_fields,
    unshown_suggestions,
)
from labelwright_local.template_check.markup import MarkupFinding, check_markup
from labelwright_local.template_check.variables import (
    bare_values,
    missing_variables,
    unknown_variables,
)

#: UiTemplate.Content of RenderUiTemplate and CreateHumanTaskUi, in characters.
MAX_CHARACTERS = 128_000


def check_template(
    template: str,
    task_input: Json = None,
    definition: TaskDefinition | None = None,
    *,
    batch: bool = False,
) -> list[Finding]:
    """Return all findings, in the order of their place; those without one come first.

    With a task input, what goes wrong in rendering and the variables that it lacks are among them;
    with the task definition also fields that the page has no control for, can't ask for or counts
    the offsets of otherwise, and labels of the guide that no field has. ``batch``: the task input
    is a row of Mechanical Turk's.
    """
    fills = batch and any(variables(template))
    rendering = _batch if fills else _liquid
    found = [*_size(template), *rendering(template, task_input, definition)]
    if definition is not None and (strange := guide_without_label(definition)) is not None:
        found.append(Finding(Severity.WARNING, strange, rule="guide-without-label"))
    # A page of a batch that has no form gets one.
    markup = (each for each in check_markup(template) if not (batch and each.rule == "no-form"))
    found += (_placed(template, each) for each in markup)
    return sorted(found, key=lambda finding: (finding.line or 0, finding.column or 0, finding.rule))


def _size(template: str) -> Iterator[Finding]:
    # Counted as JavaScript and Java do, where a character beyond U+FFFF is two.
    size = len(template.encode("utf-16-le", "surrogatepass")) // 2
    if size > MAX_CHARACTERS:
        yield Finding(
            Severity.ERROR,
            f"the template has {size:,} characters, the limit is {MAX_CHARACTERS:,}; "
            "move scripts and styles into files of their own",
            rule="too-long",
        )


def _liquid(
    template: str, task_input: Json, definition: TaskDefinition | None
) -> Iterator[Finding]:
    try:
        parsed = parse_template(template)
    except TemplateError as error:
        yield _unrenderable(error)
        return
    unknown = unknown_variables(parsed)
    for missing in unknown:
        message = (
            f"'{printable(missing.name)}' prints nothing: a page has task.input and no other data"
        )
        yield _at(template, missing.place, Severity.WARNING, "unknown-variable", message)
    filters = list(_unknown_filters(template, parsed))
    yield from filters
    if task_input is None:
        return
    told = set(unknown)
    for missing in missing_variables(parsed, task_input):
        if missing not in told:
            message = (
                f"'{printable(missing.name)}' is not in the task input, so it prints nothing; "
                "correct the name, or give it a default"
            )
            yield _at(template, missing.place, Severity.WARNING, "missing-variable", message)
    for bare in bare_values(parsed, task_input):
        message = (
            f"'{printable(bare.name)}' is a list or an object, and prints as JSON, as in Ground "
            "Truth; | to_json says so to whoever reads the template"
        )
        yield _at(template, bare.place, Severity.NOTE, "no-to-json", message)
    if filters:
        return
    try:
        page = render_page(template, task_input, lambda uri: uri)
    except TemplateError as error:
        yield _unrenderable(error)
        return
    fields = definition.fields if definition is not None else ()
    unanswered = unanswered_fields(page, fields)
    if unanswered is not None:
        yield Finding(Severity.WARNING, unanswered, rule="field-without-control")
    unasked = unasked_fields(page, fields)
    if unasked is not None:
        yield Finding(Severity.WARNING, unasked, rule="field-not-asked")
    miscounted = miscounted_offsets(page, fields)
    if miscounted is not None:
        yield Finding(Severity.WARNING, miscounted, rule="offsets-miscounted")
    unshown = unshown_suggestions(template, page, fields)
    if unshown is not None:
        yield Finding(Severity.WARNING, unshown, rule="suggestion-not-shown")


def _batch(template: str, task_input: Json, definition: TaskDefinition | None) -> Iterator[Finding]:
    """Check a page of Mechanical Turk; what a script has of ``${…}`` may be its own."""
    columns = columns_of(task_input)
    scripts = [each for each in read_elements(template) if each.name == "script"]
    starts = [script.start for script in scripts]
    for name, place in variables(template):
        last = bisect_right(starts, place) - 1
        if name not in columns and not (last >= 0 and place < scripts[last].close):
            message = f"'${{{printable(name)}}}' is no column of the batch, and stays as it is"
            yield _at(template, place, Severity.WARNING, "missing-variable", message)
    try:
        page = render_batch_page(template, task_input, lambda uri: uri)
    except TemplateError as error:
        yield _unrenderable(error)
        return
    unanswered = unanswered_fields(page, definition.fields if definition is not None else ())
    if unanswered is not None:
        yield Finding(Severity.WARNING, unanswered, rule="field-without-control")


def _unknown_filters(template: str, parsed: BoundTemplate) -> Iterator[Finding]:
    known = GroundTruthLiquid().filters
    for name, spans in parsed.analyze(include_partials=False).filters.items():
        if name not in known:
            message = f"unknown filter '{printable(name)}'; Ground Truth would not render the page"
            for span in spans:
                yield _at(template, span.index, Severity.ERROR, "liquid", message)


def _unrenderable(error: TemplateError) -> Finding:
    return Finding(
        Severity.ERROR, error.message, line=error.line, column=error.column, rule="liquid"
    )


def _placed(template: str, found: MarkupFinding) -> Finding:
    if found.place is None:
        return Finding(found.severity, found.message, rule=found.rule)
    return _at(template, found.place, found.severity, found.rule, found.message)


def _at(template: str, index: int, severity: Severity, rule: str, message: str) -> Finding:
    line, column = position(template, index)
    return Finding(severity, message, line=line, column=column, rule=rule)
