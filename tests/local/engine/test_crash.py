"""A job survives SIGKILL at any moment: nothing acknowledged is lost, nothing is there twice."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.local.engine.crash import SETTINGS, Notes
from tests.local.engine.small_jobs import SmallJob

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(("kills", "seed"), [(20, 1), pytest.param(200, 2, marks=pytest.mark.long)])
def test_a_job_that_is_killed_at_random_moments_holds_exactly_what_was_acknowledged(
    tmp_path: Path, kills: int, seed: int
) -> None:
    """In the output manifest, the payloads, and the worker-response files."""
    objects = kills * 20
    found = subprocess.run(
        [
            sys.executable, "-m", "tests.local.engine.crash", str(tmp_path),
            "--kills", str(kills), "--objects", str(objects), "--seed", str(seed),
        ],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    ended = json.loads(found.stdout)
    assert ended["status"] == 0, found.stderr
    # On a quick machine the job may be done before its last lives begin.
    assert ended["killed"] > kills / 2
    job = SmallJob(tmp_path)
    notes = Notes(tmp_path)
    assert notes.unanswered() == []
    accepted = [note for note in notes.read() if note["what"] == "accepted"]
    told = {(note["object"], note["worker"], note["answer"]["mark"]) for note in accepted}
    assert len(told) == len(accepted) == len({note["task"] for note in accepted})

    lines = job.output()
    assert [line["source"] for line in lines] == [f"picture {n}" for n in range(objects)]
    labeled = [
        (str(n), line["pictures"]["given"]) for n, line in enumerate(lines) if "pictures" in line
    ]
    in_labels = [(n, worker, a["mark"]) for n, given in labeled for worker, a in given.items()]
    assert sorted(in_labels) == sorted(told)

    stored = job.stored_answers()
    in_files = [
        (n, given["workerId"], given["answerContent"]["mark"])
        for n, answers in stored.items()
        for given in answers
    ]
    assert sorted(in_files) == sorted(told)
    requested = Counter(n for _, ids in job.requests() for n in ids)
    assert set(requested.values()) == {1}
    assert set(requested) == set(stored) == {n for n, _ in labeled}
    assert max(len(answers) for answers in stored.values()) == SETTINGS.workers_per_object
