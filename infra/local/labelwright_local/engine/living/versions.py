"""Versions of a job's task: what may change while it lives, and what workers were shown when.

What identifies a job is what its answers mean: fields with their kinds, paths and methods, and the
labels that were ever offered. All else may change at any time. All functions are called within a
writing transaction; ``now`` is in milliseconds.
"""

import json
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from labelwright.contract.base import dump_json
from labelwright.errors import TaskDefinitionError, UsageError
from labelwright.task.definition import FieldDefinition, TaskDefinition, parse_definition
from labelwright_local.engine.living.history import note
from labelwright_local.engine.spec import JobSpec

#: Of a field, what decides about the meaning of answers, or what is made of them.
_FIXED = ("kind", "path", "offsets", "method", "threshold")
_HINTS = frozenset({"title", "hint", "required"})
_PLACE = "task.toml"


class Version(NamedTuple):
    """What workers are shown: the definition as its file has it, and the page."""

    definition: bytes | None
    page: bytes | None


class Change(NamedTuple):
    """What is other in a new definition: parts by their names, and labels added by field."""

    parts: list[str]
    labels: dict[str, list[str]]


def shown(spec: JobSpec) -> Version:
    """Return the version that a job is started with."""
    return Version(spec.task.definition_bytes if spec.task else None, spec.worker_page)


def latest(db: sqlite3.Connection) -> Version | None:
    """Return the version that was shown last; None where none was kept yet."""
    row = db.execute("SELECT definition, page FROM versions ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None else Version(row["definition"], row["page"])


def keep(db: sqlite3.Connection, version: Version, now: int) -> int:
    """Keep a version; return its number, from 1."""
    found = present_definition(db, version.definition)
    labels = {field.name: list(field.labels) for field in found.fields} if found else {}
    made = db.execute(
        "INSERT INTO versions (begun_at, definition, page, labels) VALUES (?, ?, ?, ?)",
        (now, version.definition, version.page, dump_json(labels)),
    )
    return int(made.lastrowid or 0)


def change(db: sqlite3.Connection, version: Version, now: int) -> None:
    """Go on with what a job is started with now, where that differs from what was shown last.

    Raises:
        UsageError: the answers that are there would no longer mean the same.
    """
    before = latest(db)
    if before is None or version == before:
        return
    old = present_definition(db, before.definition)
    new = present_definition(db, version.definition)
    parts, added = list[str](), dict[str, list[str]]()
    if old is not None and new is not None and version.definition != before.definition:
        _check_names_are_free(db, before, version)
        parts, added = changes(old, new)
    if version.page != before.page:
        parts.append("page")
    if not parts and not added:
        # Comments and blanks: nobody is shown anything else.
        db.execute(
            "UPDATE versions SET definition = ? WHERE id = (SELECT max(id) FROM versions)",
            (version.definition,),
        )
        return
    number = keep(db, version, now)
    if parts:
        note(db, "changed", now, version=number, parts=parts)
    for field, labels in added.items():
        note(db, "labels-added", now, version=number, field=field, labels=labels)


def changes(old: TaskDefinition, new: TaskDefinition) -> Change:
    """Tell what is other in a new definition.

    Raises:
        UsageError: something that answers depend on is, with what to do.
    """
    before, after = _by_name(old), _by_name(new)
    for name in before.keys() ^ after.keys():
        how = "is gone" if name in before else "is new"
        raise _refused(f"field '{name}' {how}; a job's fields stay what they are")
    parts = [key for key in _parts(old, new) if key not in ("name", "fields", "renamed")]
    labels: dict[str, list[str]] = {}
    for name, field in before.items():
        now = after[name]
        for key in _FIXED:
            if getattr(field, key) != getattr(now, key):
                raise _refused(
                    f"field '{name}' has another {key}; answers that are there were given, or "
                    "labeled, by the one before"
                )
        gone = [label for label in field.labels if label not in now.labels]
        if gone:
            raise _refused(
                f"field '{name}' lacks the label '{gone[0]}', which answers may have; a label can "
                "be added, and renamed or made one with another: labelwright rename-label"
            )
        added = [label for label in now.labels if label not in field.labels]
        if added:
            labels[name] = added
        others = set(_parts(field, now)) - {*_FIXED, "labels"}
        parts += sorted({"hints" if key in _HINTS else key for key in others})
        if not added and field.labels != now.labels:
            parts.append("order of labels")
    return Change(list(dict.fromkeys(parts)), labels)


def _refused(what: str) -> UsageError:
    return UsageError(
        f"task.toml: {what}. Put that back, or begin a job of another name with --job-name"
    )


def _by_name(definition: TaskDefinition) -> dict[str, FieldDefinition]:
    return {field.name: field for field in definition.fields}


def _parts(
    old: TaskDefinition | FieldDefinition, new: TaskDefinition | FieldDefinition
) -> Iterator[str]:
    for key in type(old).model_fields:
        if getattr(old, key) != getattr(new, key):
            yield key


def _check_names_are_free(db: sqlite3.Connection, before: Version, after: Version) -> None:
    """Refuse a new label by a name that another one had: answers have that name already."""
    old = parse_definition(before.definition or b"", _PLACE)
    new = parse_definition(after.definition or b"", _PLACE)
    had = {field.name: field.labels for field in old.fields}
    for step in db.execute("SELECT field, old, new FROM renames ORDER BY id"):
        field = _by_name(new).get(step["field"])
        if field is None or step["old"] not in field.labels:
            continue
        both = step["new"] in field.labels and step["new"] not in had[field.name]
        if both or step["old"] not in had[field.name]:
            raise _refused(
                f"field '{field.name}': '{step['old']}' was renamed to '{step['new']}', and "
                f"answers by that name mean '{step['new']}'; a new label needs a name of its own"
            )


def with_renames(db: sqlite3.Connection, definition: bytes | None) -> bytes | None:
    """Return a ``task.toml`` with the job's recorded renames behind all else.

    So whoever reads it, here or in AWS, knows them.
    """
    steps = db.execute("SELECT field, old, new FROM renames ORDER BY id").fetchall()
    if definition is None or not steps:
        return definition
    written = "".join(
        "\n[[renamed]]\n" + "".join(f"{key} = {_toml(step[key])}\n" for key in step.keys())  # noqa: SIM118 - a row has no other way
        for step in steps
    )
    return definition.rstrip(b"\n") + b"\n" + written.encode()


def _toml(text: str) -> str:
    # A TOML string is a JSON string, but for this one character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def present_definition(db: sqlite3.Connection, definition: bytes | None) -> TaskDefinition | None:
    """Return a definition with its labels as they are called now.

    Raises:
        UsageError: renames can't be written behind it.
    """
    data = with_renames(db, definition)
    if data is None:
        return None
    try:
        return parse_definition(data, _PLACE)
    except TaskDefinitionError as error:
        parse_definition(definition or b"", _PLACE)
        raise UsageError(
            f"{error}; labels of this job were renamed, and that does not fit the file: write "
            "renames of your own as tables [[renamed]], and name no field by them that is gone"
        ) from None
