"""From the manifest to the workers: pre-labeling, ahead of what they answer."""

import sqlite3
from collections.abc import Callable, Container, Sequence
from itertools import islice
from typing import NamedTuple

from labelwright.contract.base import Json, dump_json, load_json
from labelwright.contract.manifest import SOURCE_REF, TEXT_REF, ManifestLine
from labelwright.errors import ManifestLineError, UsageError
from labelwright_local.engine.assignments.leases import complete, settle
from labelwright_local.engine.labeling.calls import (
    PreLabeled,
    failure,
    pre_event,
    read_pre_response,
)
from labelwright_local.engine.settings import FIRST_ITERATION, Retries
from labelwright_local.engine.spec import JobSpec
from labelwright_local.workspace.job_files import BUCKET
from labelwright_local.workspace.relative_paths import addressed

#: So many objects are pre-labeled in one round; what they gave is stored together.
_AT_ONCE = 50


class Asked(NamedTuple):
    """What pre-labeling said of an object, or why it said nothing."""

    number: int
    tries: int
    result: PreLabeled | None
    fault: str | None


def due(db: sqlite3.Connection, now: int, max_concurrent: int) -> list[tuple[int, int, Json]]:
    """Return the objects whose turn it is: number, tries so far, line."""
    job = db.execute("SELECT paused AND NOT stopped AS paused, recorded FROM job").fetchone()
    (offered,) = db.execute("SELECT count(*) FROM objects WHERE state = 'open'").fetchone()
    room = _AT_ONCE if job["recorded"] else min(_AT_ONCE, max_concurrent - offered)
    if job["paused"] or room <= 0:
        return []
    return [
        (row["number"], row["tries"], load_json(row["line"]))
        for row in db.execute(
            "SELECT number, tries, line FROM objects JOIN lines ON object = number "
            "WHERE state = 'waiting' AND retry_at <= ? ORDER BY number LIMIT ?",
            (now, room),
        )
    ]


def ask(spec: JobSpec, pre: Callable[[Json], Json], number: int, tries: int, line: Json) -> Asked:
    """Call pre-labeling for one object. Whatever goes wrong is that object's alone.

    It is given addresses in the place of relative paths.

    Raises:
        UsageError: the whole job can't go on.
    """
    try:
        given = addressed(line)
        _must_be_data(ManifestLine.parse(given))
        result = read_pre_response(pre(pre_event(spec, given)))
        # What is kept must be readable, or the worker who is given it could do nothing else.
        load_json(dump_json(result.task_input))
    except UsageError:
        raise  # not this object's fault, but that of how the job was called
    except Exception as error:  # noqa: BLE001 - users' handlers raise anything
        return Asked(number, tries + 1, None, failure("pre-labeling", error))
    return Asked(number, tries + 1, result, None)


def _must_be_data(line: ManifestLine) -> None:
    """Keep the jobs' own files from the workers: they hold everybody's answers.

    Raises:
        ManifestLineError: the line names one of them.
    """
    for name, uri in ((SOURCE_REF, line.source_ref), (TEXT_REF, line.text_file_s3_uri)):
        if uri is not None and uri.startswith(f"s3://{BUCKET}/"):
            raise ManifestLineError(
                f"manifest line: '{name}': {BUCKET} holds the jobs' files, no data; keep data in "
                "another bucket"
            )


def store(
    db: sqlite3.Connection, asked: Sequence[Asked], retries: Retries, now: int, available: int
) -> None:
    """Offer the objects to workers, or say why not; ``available`` is in milliseconds."""
    # Then there is nobody to wait for.
    (answered,) = db.execute("SELECT recorded OR stopped FROM job").fetchone()
    for number, tries, result, fault in asked:
        if fault is not None:
            _fail(db, number, tries, fault, retries, now)
        elif result is not None and result.skipped is not None:
            _leave(db, number, "skipped", result.skipped)
        elif result is not None:
            offered = db.execute(
                "UPDATE objects SET state = 'open', available_until = ?, tries = ?, reason = NULL "
                "WHERE number = ? AND state = 'waiting'",
                (now + available, tries, number),
            )
            if not offered.rowcount:
                continue  # the job was finished meanwhile
            keep_task(db, number, result.task_input)
            if answered:
                complete(db, number, now)
            else:
                # What workers answered in an earlier job may be enough.
                settle(db, number, now)
            _number_iteration(db, number)


def keep_task(db: sqlite3.Connection, number: int, task_input: Json) -> None:
    """Keep what workers see of an object, as of the task's latest version."""
    db.execute(
        "INSERT OR REPLACE INTO tasks VALUES (?, ?, (SELECT max(id) FROM versions))",
        (number, dump_json(task_input)),
    )


def outdated(db: sqlite3.Connection, without: Container[int]) -> list[tuple[int, int, Json]]:
    """Return objects on offer that are shown as of an earlier version: number, 0 tries, line."""
    found = db.execute(
        # In this order: few are on offer, most tasks are of objects that are done.
        "SELECT number, line FROM objects CROSS JOIN tasks ON tasks.object = number "
        "JOIN lines ON lines.object = number "
        "WHERE version < (SELECT max(id) FROM versions) AND state = 'open' ORDER BY number"
    )
    rows = (row for row in found if row["number"] not in without)
    return [(row["number"], 0, load_json(row["line"])) for row in islice(rows, _AT_ONCE)]


def renew(db: sqlite3.Connection, asked: Sequence[Asked]) -> list[int]:
    """Show objects on offer as of the latest version; return those that stay as they were.

    So does what pre-labeling fails for now, or would not show to anybody: work on it is under way.
    """
    kept = []
    for number, _, result, _ in asked:
        if result is not None and result.skipped is None:
            keep_task(db, number, result.task_input)
        else:
            kept.append(number)
    return kept


def _fail(
    db: sqlite3.Connection, number: int, tries: int, fault: str, retries: Retries, now: int
) -> None:
    again = retries.again_at(tries, now)
    if again is None:
        _leave(db, number, "failed", fault)
    else:
        db.execute(
            "UPDATE objects SET tries = ?, retry_at = ?, reason = ? "
            "WHERE number = ? AND state = 'waiting'",
            (tries, again, fault, number),
        )


def _leave(db: sqlite3.Connection, number: int, state: str, reason: str) -> None:
    db.execute(
        "UPDATE objects SET state = ?, reason = ?, failed_in = ? "
        "WHERE number = ? AND state = 'waiting'",
        (state, reason, "pre-labeling" if state == "failed" else None, number),
    )
    db.execute("UPDATE job SET unwritten = 1")


def _number_iteration(db: sqlite3.Connection, number: int) -> None:
    """Let the first ten objects that go to workers be the first iteration."""
    (first,) = db.execute("SELECT count(*) FROM objects WHERE iteration = 1").fetchone()
    db.execute(
        "UPDATE objects SET iteration = ? "
        "WHERE number = ? AND state IN ('open', 'answered') AND iteration IS NULL",
        (1 if first < FIRST_ITERATION else 2, number),
    )
