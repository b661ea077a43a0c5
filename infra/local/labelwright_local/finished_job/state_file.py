"""What a local job's state has that its other files have not yet: read only, whoever serves it."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from labelwright.contract.base import Json, load_json
from labelwright.contract.worker_response import WorkerAnswer
from labelwright_lambda.whole_job.answers import AnswerFault


class LocalState(NamedTuple):
    """Lines and answers by datasetObjectId, and workers' names by their ids."""

    lines: Mapping[str, dict[str, Json]]
    answers: Mapping[str, Sequence[WorkerAnswer]]
    names: Mapping[str, str]
    faults: tuple[AnswerFault, ...] = ()


NO_STATE = LocalState({}, {}, {})


def read_state(path: Path | None) -> LocalState:
    """Read a job's state; what can't be read of it is told, and the job's files are there still."""
    if path is None:
        return NO_STATE
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            db.execute("BEGIN")
            return _read(db, path)
    except sqlite3.Error as error:
        return NO_STATE._replace(faults=(AnswerFault(str(path), f"it can't be read: {error}"),))


def _read(db: sqlite3.Connection, path: Path) -> LocalState:
    names = {row["id"]: row["name"] for row in db.execute("SELECT id, name FROM workers")}
    lines: dict[str, dict[str, Json]] = {}
    answers: dict[str, list[WorkerAnswer]] = {}
    faults = []
    for row in db.execute("SELECT object, line FROM lines ORDER BY object"):
        line = load_json(row["line"])
        if isinstance(line, dict):
            lines[str(row["object"])] = line
    for row in db.execute(
        "SELECT id, object, worker, content, submission_time, acceptance_time, seconds "
        "FROM submissions ORDER BY id"
    ):
        try:
            content = load_json(row["content"])
        except ValueError as error:
            faults.append(AnswerFault(str(path), f"answer {row['id']}: {error}"))
            continue
        answers.setdefault(str(row["object"]), []).append(
            WorkerAnswer(
                worker_id=row["worker"],
                answer_content=content,
                submission_time=row["submission_time"],
                acceptance_time=row["acceptance_time"],
                time_spent_in_seconds=row["seconds"],
            )
        )
    return LocalState(lines, answers, names, tuple(faults))
