"""What happened to a job, as its requester is told: what, when and how much, and nobody's name."""

import sqlite3
from collections.abc import Callable, Mapping

from labelwright.contract.base import Json, dump_json, load_json
from labelwright_local.engine.model import Happening
from labelwright_local.engine.state.database import service_time, to_datetime
from labelwright_local.printable import counted
from labelwright_local.workspace.job_files import JobFiles


def note(db: sqlite3.Connection, kind: str, now: int, **detail: Json) -> None:
    """Write down what happens, with how many answers there were then; in a writing transaction."""
    db.execute(
        "INSERT INTO history (happened_at, answers, kind, detail) "
        "SELECT ?, count(*), ?, ? FROM submissions",
        (now, kind, dump_json(detail)),
    )


def happenings(db: sqlite3.Connection) -> list[Happening]:
    """Return all that happened, the first thing first."""
    return [
        Happening(
            to_datetime(row["happened_at"]),
            row["answers"],
            row["kind"],
            _words(row["kind"], load_json(row["detail"])),
        )
        for row in db.execute("SELECT * FROM history ORDER BY id")
    ]


def write_history(db: sqlite3.Connection, files: JobFiles) -> None:
    """Write ``history.jsonl``: a line for each thing that happened."""
    files.storage.write_parts(
        files.layout.own("history.jsonl"),
        (
            (
                dump_json(
                    {
                        "time": service_time(row["happened_at"]),
                        "answers": row["answers"],
                        "what": row["kind"],
                        **load_json(row["detail"]),
                    }
                )
                + "\n"
            ).encode()
            for row in db.execute("SELECT * FROM history ORDER BY id")
        ),
    )


def _words(kind: str, told: Json) -> str:
    """Say what happened; ``told`` is its detail."""
    return _WORDS[kind](told) if kind in _WORDS else kind


_WORDS: Mapping[str, Callable[[Json], str]] = {
    "begun": lambda told: f"begun with {counted(told['lines'], 'line')}",
    "kept": lambda told: (
        f"gone on with {counted(told['lines'], 'line')} of an earlier version of Labelwright"
    ),
    "grown": lambda told: (
        f"grown by {counted(told['lines'], 'line')}, from line {told['first']:,} on"
    ),
    "changed": lambda told: (
        f"version {told['version']:,} of the task: other {', '.join(told['parts'])}"
    ),
    "labels-added": lambda told: (
        f"version {told['version']:,} of the task: {_names('label', told['labels'])} added to "
        f"'{told['field']}'"
    ),
    "renamed": lambda told: (
        f"version {told['version']:,} of the task: label '{told['old']}' of '{told['field']}' is "
        f"'{told['new']}' now{', and one with that' if told['merged'] else ''}"
    ),
    "rename-undone": lambda told: (
        f"version {told['version']:,} of the task: label '{told['old']}' of '{told['field']}' is "
        f"not '{told['new']}' any more"
    ),
    "asked-again": lambda told: f"one more answer asked for {counted(told['objects'], 'object')}",
    "skill-from": lambda told: (
        f"{counted(told['answers'], 'answer')} of the job '{told['job']}' tell workers' skill in "
        f"{_names('field', told['fields'])}"
    ),
    "opened-again": lambda _: "opened again after its end",
    "finished-early": lambda _: "finished early",
}


def _names(what: str, names: list[str]) -> str:
    return f"{what}{'' if len(names) == 1 else 's'} " + ", ".join(f"'{name}'" for name in names)
