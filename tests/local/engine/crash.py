"""A job whose process is killed again and again: ``python -m tests.local.engine.crash``.

The parent forks one life after the other; each opens the job as it finds it, lets simulated workers
go on, and is killed with SIGKILL at a random moment. The last one may end the job. Workers note
what they are about to submit and what was acknowledged, as a browser would that never crashes.
"""

import argparse
import json
import os
import random
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from labelwright_local.engine.engine import Engine, open_engine
from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.spec import JobSpec
from tests.local.engine.small_jobs import NAME, SmallJob

WORKERS = 6
SETTINGS = JobSettings(workers_per_object=3, task_time_limit=30, max_concurrent=40)
#: A life lasts at most so many seconds; within it, time runs so much faster than here.
LONGEST_LIFE = 0.25
SPEED = 200


class Notes:
    """What workers attempted, and what they were told: lines that survive their process."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "notes.jsonl"
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def add(self, **note: Any) -> None:
        """Write a line, whole or not at all."""
        os.write(self._file, (json.dumps(note) + "\n").encode())

    def read(self) -> list[dict[str, Any]]:
        """Return all lines."""
        return [json.loads(line) for line in self._path.read_text().splitlines()]

    def unanswered(self) -> list[dict[str, Any]]:
        """Return the attempts that nobody was told the result of."""
        notes = self.read()
        told = {note["task"] for note in notes if note["what"] != "attempt"}
        return [n for n in notes if n["what"] == "attempt" and n["task"] not in told]


def _submit(engine: Engine, notes: Notes, attempt: dict[str, Any]) -> None:
    task, worker = attempt["task"], attempt["worker"]
    result = engine.submit(task, worker, task, attempt["answer"])
    what = "accepted" if result.accepted else "refused"
    notes.add(what=what, **{k: attempt[k] for k in ("task", "object", "worker", "answer")})


def _label(engine: Engine, notes: Notes, over: threading.Event, name: str, seed: str) -> None:
    """Be a worker: mostly diligent, at times slow, undecided, or unwilling."""
    chance = random.Random(seed)
    worker = engine.sign_in(name)
    while not over.is_set():
        task = engine.next_assignment(worker, f"{chance.getrandbits(64):x}")
        if task is None:
            time.sleep(0.005)
            continue
        mood = chance.random()
        if mood < 0.02:
            engine.decline(task.id, worker)
        elif mood < 0.05:
            engine.give_back(task.id, worker)
        elif mood < 0.07:
            time.sleep(SETTINGS.task_time_limit / SPEED)
        else:
            engine.save_draft(task.id, worker, "half")
            time.sleep(chance.random() * 0.02)
            answer = {"by": name, "mark": chance.getrandbits(64)}
            attempt = {
                "task": task.id, "object": task.object_id, "worker": worker, "answer": answer,
            }  # fmt: skip
            notes.add(what="attempt", **attempt)
            _submit(engine, notes, attempt)


def live(folder: Path, start: datetime, seed: str) -> None:
    """Open the job and work until it is finished."""
    job = SmallJob(folder)
    spec = JobSpec(NAME, NAME, job.manifest, None, settings=SETTINGS)

    def now() -> datetime:
        return start + (datetime.now(UTC) - start) * SPEED

    with open_engine(spec, job.storage, now, job.handlers) as engine:
        notes = Notes(folder)
        for attempt in notes.unanswered():
            _submit(engine, notes, attempt)
        over = threading.Event()
        crowd = [
            threading.Thread(
                target=_label, args=(engine, notes, over, f"worker {number}", f"{seed} {number}")
            )
            for number in range(WORKERS)
        ]
        for thread in crowd:
            thread.start()
        while not engine.progress().finished:
            if not engine.work():
                time.sleep(0.002)
        # Whoever is late on a busy machine is still told so.
        over.set()
        for thread in crowd:
            thread.join()
    os._exit(0)


def _fork(folder: Path, start: datetime, seed: str) -> int:
    child = os.fork()
    if child == 0:
        try:
            live(folder, start, seed)
        finally:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
    return child


def main() -> None:
    """Kill so many lives, then let one end the job; print how many were killed at work."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--objects", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    SmallJob(options.folder, options.objects)
    chance = random.Random(options.seed)
    start = datetime.now(UTC) - timedelta(seconds=1)
    killed = 0
    for number in range(options.kills):
        child = _fork(options.folder, start, f"{options.seed} {number}")
        time.sleep(chance.random() * LONGEST_LIFE)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
    _, status = os.waitpid(_fork(options.folder, start, f"{options.seed} last"), 0)
    print(json.dumps({"killed": killed, "status": status}))  # noqa: T201 - its result


if __name__ == "__main__":
    main()
