"""Objects that are asked again: one more answer, with those that are there."""

from pathlib import Path

import pytest

from labelwright.errors import UsageError
from labelwright_lambda.whole_job.answers import Requests, WorkerResponses, whole_job
from tests.local.engine.moods import Moods, finish, give, words
from tests.local.engine.small_jobs import work


def done(folder: Path, lines: int = 3, workers: int = 2) -> Moods:
    """Return a job at its end: everybody was happy."""
    job = Moods(folder, lines, workers)
    with job.open() as engine:
        finish(job, engine, "AB"[:workers])
        assert engine.progress().finished
    return job


def test_earlier_votes_count_and_the_later_label_wins(tmp_path: Path) -> None:
    """Also after the end, which it opens again; the label stays until there is a new one."""
    job = done(tmp_path, workers=1)
    before = job.output()
    with job.open() as engine:
        assert engine.ask_again(["1"]) == 1
        work(engine)
        assert not engine.progress().finished
        assert job.output() == before
        assert give(engine, "A", "sad") is None
        assert give(engine, "B", "sad") == "1"
        assert give(engine, "C", "sad") is None
        assert engine.ask_again(["1"]) == 1
        finish(job, engine, "C", "sad")
        assert engine.progress().finished
        assert words(engine) == [
            "begun with 3 lines",
            "one more answer asked for 1 object",
            "opened again after its end",
            "one more answer asked for 1 object",
        ]
    assert job.labels() == [("happy", {"happy": 1}), ("sad", {"happy": 1, "sad": 2}),
                            ("happy", {"happy": 1})]  # fmt: skip


def test_the_later_request_is_later_in_time_and_the_earlier_one_stays(tmp_path: Path) -> None:
    """Whoever reads the whole job finds each answer once."""
    job = done(tmp_path)
    requests = Requests(job.files.layout, job.storage)
    ((name, uri),) = requests.named().items()
    before = job.storage.read(uri)
    with job.open() as engine:
        engine.ask_again(["0"])
        finish(job, engine, "C", "sad")
    first, later = sorted(requests.named())
    assert first == name
    assert job.storage.read(uri) == before
    assert later.iteration == 2
    sources = (requests, WorkerResponses(job.files.layout.worker_responses, job.storage))
    for source in sources:
        found = whole_job(source)
        assert [len(item.answers) for item in found.objects] == [3, 2, 2]
        assert not any(item.problems for item in found.objects)


def test_files_that_are_lost_are_made_again_as_they_were(tmp_path: Path) -> None:
    """Of both requests, each with the answers that there were then."""
    job = done(tmp_path)
    with job.open() as engine:
        engine.ask_again(["0"])
        finish(job, engine, "C", "sad")
    uris = Requests(job.files.layout, job.storage).files()
    before = [job.storage.read(uri) for uri in uris]
    labels = job.labels()
    for uri in uris:
        job.storage.path(uri).unlink()
    with job.open():
        pass
    assert [job.storage.read(uri) for uri in uris] == before
    assert job.labels() == labels


def test_the_least_sure_are_asked_first(tmp_path: Path) -> None:
    """Those with a lone answer, then those on which workers differ most."""
    job = Moods(tmp_path, lines=4)
    with job.open() as engine:
        for mood in ("happy", "sad", "happy", "happy"):
            give(engine, "A", mood)
        for mood in ("happy", "happy", "happy", "happy"):
            give(engine, "B", mood)
        job.clock.passes(60)
        work(engine)
        assert engine.ask_least_sure_again(1) == 1
        assert give(engine, "C", "sad") == "1"


def test_an_object_that_is_on_offer_wants_one_more(tmp_path: Path) -> None:
    """Which another number of workers for each object does not take back."""
    job = Moods(tmp_path, lines=1, workers=1)
    with job.open() as engine:
        assert engine.ask_again(["0"]) == 1
        engine.set_workers_per_object(1)
        assert give(engine, "A", "sad") == "0"
        assert give(engine, "B", "sad") == "0"
        assert give(engine, "C", "sad") is None


def test_what_is_with_post_labeling_goes_there_once_more(tmp_path: Path) -> None:
    """Asked for between the answers and the label."""
    job = Moods(tmp_path, lines=1, workers=1)
    with job.open() as engine:
        give(engine, "A", "happy")
        engine.ask_again(["0"])
        finish(job, engine, "B", "happy")
    assert job.labels() == [("happy", {"happy": 2})]


def test_what_nobody_can_answer_is_left_out(tmp_path: Path) -> None:
    """No such object, a line that can't be read, nine workers already."""
    job = Moods(tmp_path, lines=2, workers=9)
    with job.manifest.open("a") as file:
        file.write("{broken\n")
    with job.open() as engine:
        assert engine.ask_again(["0", "2", "7", "x"]) == 0
        assert words(engine) == ["begun with 3 lines"]


def test_an_object_that_nobody_answered_before_the_early_end_can_be_asked(tmp_path: Path) -> None:
    """The job goes on for it."""
    job = Moods(tmp_path, lines=2, workers=1)
    with job.open() as engine:
        engine.finish_early()
        work(engine)
        assert engine.ask_again(["1"]) == 1
        finish(job, engine, "A", "sad")
        assert engine.progress().finished
    assert job.labels() == [(None, {}), ("sad", {"sad": 1})]


def test_a_fourth_answer_that_never_comes_leaves_the_label(tmp_path: Path) -> None:
    """The time that an object is on offer ends, and it is labeled with what it has."""
    job = done(tmp_path, lines=1)
    with job.open() as engine:
        engine.ask_again(["0"])
        for _ in range(engine.spec.settings.availability // 86_400 + 1):
            job.clock.passes(86_400)
            work(engine)
        job.clock.passes(60)
        work(engine)
        assert engine.progress().finished
    assert job.labels() == [("happy", {"happy": 2})]


def test_recorded_answers_cannot_be_asked_for(tmp_path: Path) -> None:
    """Nobody is there."""
    job = Moods(tmp_path)
    with job.open() as engine:
        with engine._state.writing() as db:
            db.execute("UPDATE job SET recorded = 1")
        with pytest.raises(UsageError, match="recorded"):
            engine.ask_again(["0"])
