"""What of a task definition does not fit its page: fields it does not ask for, a stray guide."""

import re
from collections.abc import Iterator, Sequence

from labelwright.task.definition import LABELLED_KINDS, FieldDefinition, Kind, TaskDefinition
from labelwright_local.page.markup import Element, is_comparison, is_our_page, read_elements
from labelwright_local.printable import printable

#: HTML's own controls that give an answer, and the types of ``input`` that give none.
_NATIVE = frozenset({"input", "textarea", "select"})
_PRESSED = frozenset({"button", "submit", "reset", "image"})
#: Crowd elements that may have a name and are no controls.
_NO_CONTROL = frozenset({"crowd-form", "crowd-button"})
#: What elements put into the answer when they have no name.
_NAMELESS = {
    "crowd-question-answer-generation": "questionAnswerPairs",
    "crowd-text-ranking": "ordinalRankingDimensions",
}
#: Where the page of ``web/page`` puts a field, but for keys of its own (``PLACE`` in
#: web/page/core/task.ts).
_PLACE = re.compile(r"annotations\.(?!(nothingToMark|text|timing|suggestions)\Z)", re.DOTALL)
#: Where it puts spans when no field says so.
_SPANS_PATH = "annotations.value"
#: Where the page that compares puts a field (``PLACE`` in web/page/core/comparison.ts).
_COMPARED_PLACE = re.compile(r"annotations\.(?!(shown|timing)\Z)", re.DOTALL)
#: How many controls a message names.
_NAMED = 10


def unanswered_fields(page: str, fields: Sequence[FieldDefinition]) -> str | None:
    """Say which fields the page has no control for, and which controls it has; None when all are.

    A script in the page may make a control: one that holds the name is taken for it, and of a page
    whose scripts are elsewhere nothing can be said.
    """
    elements = read_elements(page)
    if _is_ours(elements):
        return None  # what it can ask for is told by unasked_fields
    scripts = [element for element in elements if element.name == "script"]
    if any(_is_foreign(script) for script in scripts):
        return None
    names = list(dict.fromkeys(_names(elements)))
    texts = [script.content for script in scripts]
    missing = [
        field
        for field in fields
        if not any(_answers(name, field) for name in names)
        and not any(_first_step(field) in text for text in texts)
    ]
    if not missing:
        return None
    told = ", ".join(map(_named, missing))
    which = "no field" if len(missing) == len(fields) else "not every field"
    return (
        f"{which} of the task definition can be answered: nothing gives {told}, and "
        f"{_controls(names)}; make the first step of a field's path the name of a control"
    )


def unasked_fields(page: str, fields: Sequence[FieldDefinition]) -> str | None:
    """Say which fields a page of ``web/page`` can't ask for; None when it asks all, or is not one.

    The page tells workers the same (``unasked`` in web/page/core); cases that both are held to lie
    in web/page/core/unasked.json.
    """
    elements = read_elements(page)
    if not _is_ours(elements):
        return None
    compares = any(map(is_comparison, elements))
    asked = _compared(fields) if compares else _marked(fields)
    missing = [field for field in fields if field not in asked]
    if not missing:
        return None
    told = ", ".join(f"{_named(field)[:-1]}, kind {field.kind})" for field in missing)
    asks = (
        "choice and choices with labels"
        if compares
        else ("the first field of kind spans, for choice with labels")
    )
    return (
        f"the page can't ask for {told}: it asks for {asks} and for text, each with a path of its "
        "own below annotations; change the field, or make a page of your own"
    )


def _compared(fields: Sequence[FieldDefinition]) -> list[FieldDefinition]:
    """Return what the page that compares responses asks for."""
    placed = (field for field in fields if _COMPARED_PLACE.match(field.path))
    return [
        field
        for field in placed
        if field.kind is Kind.TEXT or (field.kind in (Kind.CHOICE, Kind.CHOICES) and field.labels)
    ]


def _marked(fields: Sequence[FieldDefinition]) -> list[FieldDefinition]:
    """Return what the page that marks passages asks for."""
    placed = [field for field in fields if _PLACE.match(field.path)]
    spans = next((field for field in placed if field.kind is Kind.SPANS), None)
    taken = spans.path if spans is not None else _SPANS_PATH
    return [field for field in placed if field is spans or _is_question(field, taken)]


def _is_question(field: FieldDefinition, taken: str) -> bool:
    asked = field.kind is Kind.TEXT or (field.kind is Kind.CHOICE and bool(field.labels))
    return asked and field.path != taken


def miscounted_offsets(page: str, fields: Sequence[FieldDefinition]) -> str | None:
    """Say which fields count offsets otherwise than the page does; None when none does.

    Where a field says nothing of them, each answer decides; ``crowd-entity-annotation`` counts
    UTF-16 units, the page of ``web/page`` code points.
    """
    elements = read_elements(page)
    ours = _is_ours(elements)
    counted = [
        element.attributes.get("name", "")
        for element in elements
        if element.name == "crowd-entity-annotation"
    ]
    wrong = [
        field
        for field in fields
        if field.kind is Kind.SPANS
        and (
            (field.offsets == "codepoint" and any(_answers(name, field) for name in counted))
            or (field.offsets == "utf16" and ours and _PLACE.match(field.path))
        )
    ]
    if not wrong:
        return None
    told = ", ".join(f"{_named(field)[:-1]}, offsets {field.offsets})" for field in wrong)
    who = "this page counts code points" if ours else "crowd-entity-annotation counts UTF-16 units"
    return (
        f"spans after an emoji would lie elsewhere: {who}, and the task definition says otherwise "
        f"of {told}; remove offsets there, then each answer decides it"
    )


def guide_without_label(definition: TaskDefinition) -> str | None:
    """Say which labels of the guide no field has; None when all are, or a field takes any label."""
    labelled = [field for field in definition.fields if field.kind in LABELLED_KINDS]
    if not all(field.labels for field in labelled):
        return None
    known = {label for field in labelled for label in field.labels}
    strange = [entry.label for entry in definition.guide if entry.label not in known]
    if not strange:
        return None
    told = ", ".join(f"'{printable(label)}'" for label in strange)
    return f"the guide explains {told}, and no field has such a label; correct one of the two"


def _is_ours(elements: Sequence[Element]) -> bool:
    """Tell the page of ``web/page``."""
    return any(map(is_our_page, elements))


def _named(field: FieldDefinition) -> str:
    return f"'{printable(field.name)}' (path {printable(field.path)})"


def _is_foreign(script: Element) -> bool:
    return "src" in script.attributes and "crowd-html-elements" not in script.attributes["src"]


def _names(elements: Sequence[Element]) -> Iterator[str]:
    for element in elements:
        name = element.attributes.get("name", "") or _NAMELESS.get(element.name, "")
        crowd = element.name.startswith("crowd-") and element.name not in _NO_CONTROL
        pressed = element.attributes.get("type", "").lower() in _PRESSED
        if name and (crowd or (element.name in _NATIVE and not pressed)):
            yield name


def _answers(name: str, field: FieldDefinition) -> bool:
    return field.path == name or field.path.startswith(f"{name}.")


def _first_step(field: FieldDefinition) -> str:
    return field.path.split(".")[0]


def _controls(names: Sequence[str]) -> str:
    if not names:
        return "the page has no control with a name"
    shown = ", ".join(f"'{printable(name)}'" for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"the page's controls are {shown}{more}"
