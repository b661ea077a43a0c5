"""Workers' skill from another job: its votes of the same fields join, its objects get no labels."""

from pathlib import Path

import pytest

from labelwright.errors import UsageError
from labelwright_lambda.whole_job.answers import Requests, whole_job
from labelwright_local.engine.changing import Change, rename_label
from labelwright_local.engine.engine import Engine
from tests.local.engine.moods import Moods, give, words
from tests.local.engine.small_jobs import work


def votes(job: Moods, engine: Engine, moods: dict[str, str], objects: int) -> None:
    """Let each worker give every object their mood, and labels be made."""
    for _ in range(objects):
        for name, mood in moods.items():
            give(engine, name, mood)
    job.clock.passes(60)
    work(engine)


def earlier_job(folder: Path) -> Path:
    """Return a job in which D was against all others."""
    job = Moods(folder / "first", lines=30, workers=4, name="first")
    with job.open() as engine:
        for number in range(30):
            right, wrong = ("happy", "sad") if number % 2 else ("sad", "happy")
            for name in "ABC":
                give(engine, name, right)
            give(engine, "D", wrong)
        job.clock.passes(60)
        work(engine)
        assert engine.progress().labeled == 30
    return folder / "first" / "workspace" / "first"


def confidence(job: Moods) -> float:
    """Return how sure the first label is."""
    return float(job.output()[0][job.name]["fields"]["mood"]["confidence"])


def labeled_by(folder: Path, names: str, skill_from: Path | None) -> Moods:
    """Return a job of one object that these workers call happy, and D sad."""
    job = Moods(folder, lines=1, workers=len(names) + 1)
    job.skill_from = skill_from
    with job.open() as engine:
        votes(job, engine, {**dict.fromkeys(names, "happy"), "D": "sad"}, 1)
        assert engine.progress().finished
    return job


def test_who_was_right_there_counts_more_here(tmp_path: Path) -> None:
    """Where nothing was known of two workers who differ, the better one is believed."""
    first = earlier_job(tmp_path)
    alone = labeled_by(tmp_path / "alone", "A", None)
    taught = labeled_by(tmp_path / "taught", "A", first)
    assert taught.labels() == [("happy", {"happy": 1, "sad": 1})]
    assert confidence(taught) > 0.8 > confidence(alone)


def test_its_objects_get_no_labels_here(tmp_path: Path) -> None:
    """Nor are they among the job's answers; the history tells how many there were."""
    job = labeled_by(tmp_path / "taught", "A", earlier_job(tmp_path))
    assert len(job.output()) == 1
    found = whole_job(Requests(job.files.layout, job.storage))
    assert [item.dataset_object_id for item in found.objects] == ["0"]
    with job.open() as engine:
        told = "120 answers of the job 'first' tell workers' skill in field 'mood'"
        assert words(engine) == ["begun with 1 line", told]


def test_a_label_that_was_renamed_there_is_the_same(tmp_path: Path) -> None:
    """Its answers join by the present name."""
    place = earlier_job(tmp_path)
    first = Moods(tmp_path / "first", name="first")
    rename_label(first.storage, "first", Change("happy", "glad"), first.clock)
    job = Moods(tmp_path / "next", lines=1, workers=2)
    job.change('"happy", "sad"', '"glad", "sad"')
    job.skill_from = place
    with job.open() as engine:
        votes(job, engine, {"A": "glad", "D": "sad"}, 1)
    assert job.labels() == [("glad", {"glad": 1, "sad": 1})]
    assert confidence(job) > 0.8


def test_other_labels_are_another_field(tmp_path: Path) -> None:
    """What they say of skill would mean something else."""
    place = earlier_job(tmp_path)
    job = Moods(tmp_path / "next")
    job.change('"happy", "sad"', '"happy", "sad", "calm"')
    job.skill_from = place
    with pytest.raises(UsageError, match="same name, kind and labels"), job.open():
        pass


def test_a_job_does_not_teach_itself(tmp_path: Path) -> None:
    """It does anyway."""
    job = Moods(tmp_path)
    with job.open():
        pass
    job.skill_from = tmp_path / "workspace" / job.name
    with pytest.raises(UsageError, match="the job itself"), job.open():
        pass


def test_labels_ahead_and_of_the_whole_job_know_it_too(tmp_path: Path) -> None:
    """They are as sure as those of a batch, and there are none of the other job's objects."""
    first = earlier_job(tmp_path)
    job = Moods(tmp_path / "taught", lines=2, workers=2)
    job.skill_from = first
    with job.open() as engine:
        give(engine, "A", "happy")
        give(engine, "D", "sad")
        work(engine)
        view = engine.objects(0, 1)[0]
        assert view.provisional
        assert view.label is not None
        assert view.label["fields"]["mood"]["confidence"] > 0.8
        votes(job, engine, {"A": "happy", "D": "sad"}, 1)
        assert engine.progress().refined
    refined = job.refined()
    assert refined is not None
    assert len(refined) == 2
    for line in refined:
        assert line["moods"]["fields"]["mood"]["value"] == "happy"
        assert line["moods"]["fields"]["mood"]["confidence"] > 0.8
