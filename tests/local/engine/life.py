"""A life of a job about moods, for tests that end it: ``python -m tests.local.engine.life``.

Workers answer what there is, one answer after the other, and note what they are about to submit and
what was acknowledged: lines that survive their process.
"""

import argparse
import json
import os
import random
from pathlib import Path
from typing import Any

from tests.local.engine.moods import Moods
from tests.local.engine.small_jobs import work


def notes(folder: Path) -> list[dict[str, Any]]:
    """Return what workers noted."""
    path = folder / "notes.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def live(folder: Path, seed: int) -> None:
    """Answer until there is nothing left, in moods that chance decides."""
    job, chance = Moods(folder), random.Random(seed)
    file = os.open(folder / "notes.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(**told: Any) -> None:
        os.write(file, (json.dumps(told) + "\n").encode())

    with job.open() as engine:
        for turn in range(10_000):
            worker = engine.sign_in(f"worker {turn % 3}")
            task = engine.next_assignment(worker, f"{seed} {turn}")
            if task is None:
                continue
            mood = chance.choice(task.task_input["labels"]["mood"])
            told = {"task": task.id, "object": task.object_id, "worker": worker, "mood": mood}
            note(what="attempt", **told)
            if engine.submit(task.id, worker, task.id, {"mood": mood}).accepted:
                note(what="accepted", **told)
            work(engine)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("seed", type=int)
    options = parser.parse_args()
    live(options.folder, options.seed)
