"""The task definition of a new job: the ready task's, with labels, guide and name of its own.

All else, comments included, stays as it was written, so that people find their way in it.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import tomlkit
from tomlkit.items import AoT, Table

from labelwright.errors import TaskDefinitionError, UsageError
from labelwright.task.definition import LABELLED_KINDS, TaskDefinition, parse_definition
from labelwright_local.own_data.words import say_neutrally

#: Longer lists of labels stand on several lines.
_WIDE = 88

_WORKERS = "how many label each object, 1 to 9"
_DATA = "where the manifest's relative paths begin, as seen from this file; on this machine alone"


class Wanted(NamedTuple):
    """What is to be said otherwise than in the ready task; no ``labels``: as there.

    ``neutral``: with other labels, its words about them are left out, too.
    """

    name: str
    labels: Sequence[str]
    workers: int
    data: str | None
    neutral: bool = False


def labelled_field(definition: TaskDefinition) -> int | None:
    """Return the number of the field whose labels are a job's own: the first that has some."""
    kinds = [field.kind in LABELLED_KINDS for field in definition.fields]
    return kinds.index(True) if True in kinds else None


def task_text(ready: bytes, place: str, wanted: Wanted) -> bytes:
    """Return the text of a new ``task.toml``; ``place`` names the ready one in errors.

    Raises:
        UsageError: no field takes labels, or the labels are none that a field can have.
        TaskDefinitionError: the ready one is wrong.
    """
    definition = parse_definition(ready, place)
    document = tomlkit.parse(ready.decode("utf-8-sig"))
    document["name"] = wanted.name
    if wanted.labels:
        number = labelled_field(definition)
        if number is None:
            raise UsageError(f"{place}: no field of this task takes labels; leave out --labels")
        _label(document["fields"], number, wanted.labels)
        if tuple(wanted.labels) != definition.fields[number].labels:
            _guide(document, wanted.labels)
            if wanted.neutral:
                say_neutrally(document, number)
    for key in ("workers", "data"):
        document.pop(key, None)
    text = _with_line(tomlkit.dumps(document), "workers", str(wanted.workers), _WORKERS)
    if wanted.data is not None:
        text = _with_line(text, "data", tomlkit.string(wanted.data).as_string(), _DATA)
    made = text.encode()
    _check(made, wanted)
    return made


def _check(made: bytes, wanted: Wanted) -> None:
    try:
        parse_definition(made, "task.toml")
    except TaskDefinitionError as error:
        told = f"--labels {', '.join(wanted.labels)}: {error}"
        raise UsageError(told) from None


def _label(fields: Any, number: int, labels: Sequence[str]) -> None:
    array = tomlkit.array()
    array.extend(labels)
    array.multiline(len(array.as_string()) > _WIDE)
    fields[number]["labels"] = array


def _guide(document: tomlkit.TOMLDocument, labels: Sequence[str]) -> None:
    """Put an entry for each label in the place of those of the ready task."""
    if not isinstance(old := document.get("guide"), AoT) or not len(old):
        return
    while len(old) > len(labels):
        del old[-1]
    for number, label in enumerate(labels):
        entry = tomlkit.table()
        entry["label"] = label
        entry["text"] = ""
        if number == 0:
            entry["text"].comment('say what the label means; good = ["…"] and bad are examples')
        if number < len(old):
            _replace(old[number], entry)
        else:
            entry.add(tomlkit.nl())
            old.append(entry)


def _replace(table: Table, entry: Table) -> None:
    for key in list(table):
        if key not in entry:
            table.remove(key)
    for key, value in entry.items():
        table[key] = value


def _with_line(text: str, key: str, value: str, comment: str) -> str:
    """Return the text with a key of its own line behind that of the name."""
    return re.sub(
        r"^name\s*=.*$",
        lambda found: f"{found[0]}\n{key} = {value}  # {comment}",
        text,
        count=1,
        flags=re.MULTILINE,
    )
