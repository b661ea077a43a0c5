"""A job that lives through all of it: grown, changed, renamed, asked again, killed in between."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from labelwright_local.engine.changing import Change, rename_label
from labelwright_local.engine.engine import Engine
from tests.local.engine.life import notes
from tests.local.engine.moods import Moods, finish, words
from tests.local.engine.small_jobs import work

ROOT = Path(__file__).parents[3]


def live_and_be_killed(folder: Path, seed: int, after: int) -> None:
    """Let the job be at work, and kill it with SIGKILL once so many more answers were accepted."""
    enough = accepted(folder) + after
    with subprocess.Popen(
        [sys.executable, "-m", "tests.local.engine.life", str(folder), str(seed)], cwd=ROOT
    ) as child:
        while accepted(folder) < enough:
            assert child.poll() is None
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)


def accepted(folder: Path) -> int:
    """Return how many answers workers were told to be accepted."""
    return sum(note["what"] == "accepted" for note in notes(folder))


def given(engine: Engine, count: int) -> dict[str, dict[str, str]]:
    """Return the mood that each worker gave each object, as they gave it."""
    found = {}
    for number in range(count):
        detail = engine.object(str(number))
        assert detail is not None
        found[str(number)] = {
            answer.worker_id: answer.content["mood"]
            for answer in detail.answers
            if not answer.refused
        }
    return found


def correct_last(engine: Engine) -> set[tuple[str, str, str]]:
    """Let a worker answer, and correct that; tell what their answer is then."""
    worker = engine.sign_in("hasty")
    task = engine.next_assignment(worker, "hasty")
    assert task is not None
    assert engine.submit(task.id, worker, "hasty", {"mood": "sad"}).accepted
    assert engine.correct(task.id, worker, "corrected", {"mood": "calm"}).accepted
    return {(task.object_id, worker, "calm")}


def test_a_job_lives_through_everything(tmp_path: Path) -> None:
    """At the end every line has one label, votes are as counted by hand, the history tells all."""
    job = Moods(tmp_path, lines=15, workers=2)
    with job.open() as engine:
        tab = engine.sign_in("old tab")
        old = engine.next_assignment(tab, "t")
        assert old is not None
    live_and_be_killed(tmp_path, seed=1, after=9)

    job.grow(20)
    job.change('"sad"]', '"sad", "calm"]')
    job.change("Somebody laughs.", "Somebody laughs or smiles.")
    live_and_be_killed(tmp_path, seed=2, after=20)

    rename_label(job.storage, job.name, Change("happy", "glad"), job.clock)
    with job.open() as engine:
        job.clock.passes(400)
        work(engine)
        labeled = [view.id for view in engine.objects(0, 50, "labeled")][:3]
        assert engine.ask_again(labeled) == 3
        assert engine.submit(old.id, tab, "late", {"mood": "happy"}).accepted
        finish(job, engine, "A", "glad")
        assert job.refined() is None
        corrected = correct_last(engine)
    with job.open() as engine:
        finish(job, engine, "BCD", "calm")
        work(engine)
        assert engine.progress().finished
        assert engine.progress().refined
        shown = [view.label for view in engine.objects(0, 50)]
        answers = given(engine, 35)
        told = words(engine)

    noted = {
        (n["object"], n["worker"], n["mood"]) for n in notes(tmp_path) if n["what"] == "accepted"
    }
    kept = {(number, who, mood) for number, moods in answers.items() for who, mood in moods.items()}
    assert kept >= noted | corrected | {(old.object_id, tab, "happy")}
    wanted = {number: 3 if number in labeled else 2 for number in answers}
    assert {number: len(moods) for number, moods in answers.items()} == wanted

    now = {"happy": "glad"}
    by_hand = [
        dict(Counter(now.get(mood, mood) for mood in answers[str(number)].values()))
        for number in range(35)
    ]
    assert len(job.output()) == 35
    assert [votes for _, votes in job.labels()] == by_hand
    assert all(value in votes for value, votes in job.labels())
    whole = [line[job.name] for line in job.refined() or ()]
    assert [label["fields"]["mood"]["votes"] for label in whole] == by_hand
    assert {label["fields"]["mood"]["value"] for label in whole} <= {"glad", "sad", "calm"}
    assert shown == whole
    history = job.storage.read(job.files.layout.own("history.jsonl")).splitlines()
    assert [json.loads(line)["what"] for line in history] == [
        "begun", "changed", "labels-added", "grown", "renamed", "asked-again",
    ]  # fmt: skip
    assert told == [
        "begun with 15 lines",
        "version 2 of the task: other guide",
        "version 2 of the task: label 'calm' added to 'mood'",
        "grown by 20 lines, from line 16 on",
        "version 3 of the task: label 'happy' of 'mood' is 'glad' now",
        "one more answer asked for 3 objects",
    ]
