"""Which fields of a task definition no control of a page answers."""

from collections.abc import Iterator, Sequence

from labelwright.task.definition import FieldDefinition
from labelwright_local.page.markup import Element, read_elements
from labelwright_local.printable import printable

#: HTML's own controls that give an answer, and the types of ``input`` that give none.
_NATIVE = frozenset({"input", "textarea", "select"})
_PRESSED = frozenset({"button", "submit", "reset", "image"})
#: Crowd elements that may have a name and are no controls.
_NO_CONTROL = frozenset({"crowd-form", "crowd-button"})
#: How many controls a message names.
_NAMED = 10


def unanswered_fields(page: str, fields: Sequence[FieldDefinition]) -> str | None:
    """Say which fields the page has no control for, and which controls it has; None when all are.

    A script in the page may make a control: one that holds the name is taken for it, and of a page
    whose scripts are elsewhere nothing can be said.
    """
    elements = read_elements(page)
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
    told = ", ".join(
        f"'{printable(field.name)}' (path {printable(field.path)})" for field in missing
    )
    which = "no field" if len(missing) == len(fields) else "not every field"
    return (
        f"{which} of the task definition can be answered: nothing gives {told}, and "
        f"{_controls(names)}; make the first step of a field's path the name of a control"
    )


def _is_foreign(script: Element) -> bool:
    return "src" in script.attributes and "crowd-html-elements" not in script.attributes["src"]


def _names(elements: Sequence[Element]) -> Iterator[str]:
    for element in elements:
        name = element.attributes.get("name", "")
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
