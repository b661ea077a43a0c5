"""A manifest that grows while its job lives: new lines are taken in, old ones stay the same."""

import json
from pathlib import Path

import pytest

from labelwright.errors import UsageError
from labelwright_local.engine.engine import Engine
from labelwright_local.workspace.job_on_disk import JobOnDisk
from tests.local.engine.older_state import make_older
from tests.local.engine.small_jobs import SmallJob, answer, take, work


def grow(job: SmallJob, *sources: str) -> None:
    """Write new lines behind the old ones."""
    with job.manifest.open("a") as file:
        file.writelines(json.dumps({"source": source}) + "\n" for source in sources)


def finish(job: SmallJob, engine: Engine, name: str = "Ada") -> None:
    """Let one worker answer whatever there is, and labels be made."""
    worker = engine.sign_in(name)
    while (task := engine.next_assignment(worker, f"t{engine.progress().version}")) is not None:
        engine.submit(task.id, worker, f"s{task.id}", {"label": "owl"})
        work(engine)
    job.clock.passes(60)
    work(engine)


def words(engine: Engine) -> list[str]:
    """Return what the history tells."""
    return [happened.words for happened in engine.history()]


def test_new_lines_get_the_next_ids_and_the_next_iteration(tmp_path: Path) -> None:
    """Those that were there keep theirs, with all that was answered."""
    job = SmallJob(tmp_path, objects=12)
    with job.open() as engine:
        worker = engine.sign_in("Ada")
        answer(engine, worker)
    grow(job, "new 12", "new 13")
    with job.open() as engine:
        assert engine.progress().objects == 14
        assert engine.progress().answers == 1
        finish(job, engine)
        assert engine.progress().finished
        assert words(engine) == ["begun with 12 lines", "grown by 2 lines, from line 13 on"]
    assert [line["source"] for line in job.output()][-2:] == ["new 12", "new 13"]
    assert job.requests() == [
        (1, [str(number) for number in range(10)]), (2, ["10", "11"]), (3, ["12", "13"]),
    ]  # fmt: skip


def test_each_growth_is_an_iteration_of_its_own(tmp_path: Path) -> None:
    """A job of ten at most had only the first."""
    job = SmallJob(tmp_path, objects=2)
    for sources in (("a",), ("b", "c")):
        with job.open() as engine:
            finish(job, engine)
        grow(job, *sources)
    with job.open() as engine:
        finish(job, engine)
    assert job.requests() == [(1, ["0", "1"]), (2, ["2"]), (3, ["3", "4"])]


def test_growth_after_the_end_opens_the_job_again(tmp_path: Path) -> None:
    """Labels that are there stay in the output manifest, as they were."""
    job = SmallJob(tmp_path, objects=2)
    with job.open() as engine:
        finish(job, engine)
        assert engine.progress().finished
    before = job.output()
    grow(job, "new")
    with job.open() as engine:
        assert not engine.progress().finished
        assert job.output()[:2] == before
        finish(job, engine)
        assert engine.progress().finished
        assert "opened again after its end" in words(engine)
    assert job.output()[:2] == before
    assert job.output()[2]["pictures"]


def test_growth_opens_a_job_that_was_finished_early(tmp_path: Path) -> None:
    """For its new lines alone: what nobody was to answer any more stays so."""
    job = SmallJob(tmp_path, objects=2)
    with job.open() as engine:
        engine.finish_early()
        work(engine)
        assert engine.progress().finished
    grow(job, "new")
    with job.open() as engine:
        assert take(engine, engine.sign_in("Ada")).object_id == "2"
        assert engine.progress().skipped == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '{"source": "picture 0"}\n{"source": "other"}\n{"source": "picture 2"}\n',
            "line 2 is not",
        ),
        ('{"source": "picture 0"}\n{"source":  "picture 1"}\n{"source": "picture 2"}\n', "line 2"),
        ('{"source": "picture 0"}\n', "lines 2, 3 are no longer there"),
        (
            '\n{"source": "picture 0"}\n{"source": "picture 1"}\n',
            "lines 2, 3 are not .*; line 1 is no longer",
        ),
    ],
)
def test_lines_that_changed_or_went_are_refused_by_number(
    tmp_path: Path, text: str, told: str
) -> None:
    """Nothing is changed then: with the old manifest the job goes on."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        answer(engine, engine.sign_in("Ada"))
    kept = job.manifest.read_text()
    job.manifest.write_text(text)
    with pytest.raises(UsageError, match=told), job.open():
        pass
    job.manifest.write_text(kept)
    with job.open() as engine:
        assert engine.progress().answers == 1
        assert words(engine) == ["begun with 3 lines"]


def test_lines_after_a_changed_one_are_not_taken_in(tmp_path: Path) -> None:
    """The message names what changed, not what is new."""
    job = SmallJob(tmp_path)
    with job.open():
        pass
    job.manifest.write_text(job.manifest.read_text().replace("picture 1", "picture x"))
    grow(job, "new")
    with pytest.raises(UsageError, match="line 2 is not what the job has"), job.open():
        pass


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n\n"])
def test_how_the_last_line_ended_makes_no_difference(tmp_path: Path, end: str) -> None:
    """Blank lines at the end are filled, and an end is written where none was."""
    job = SmallJob(tmp_path, objects=1)
    job.manifest.write_text('{"source": "picture 0"}' + end)
    with job.open():
        pass
    job.manifest.write_text('{"source": "picture 0"}\n{"source": "new"}')
    with job.open() as engine:
        assert engine.progress().objects == 2


def test_a_line_that_cannot_be_read_must_stay_as_it_is_too(tmp_path: Path) -> None:
    """It has its number like all others."""
    job = SmallJob(tmp_path, objects=1)
    with job.manifest.open("a") as file:
        file.write("{broken\n")
    with job.open() as engine:
        assert engine.progress().unreadable == 1
    grow(job, "new")
    with job.open() as engine:
        assert engine.progress().objects == 3
    job.manifest.write_text(job.manifest.read_text().replace("{broken", "{mended"))
    with pytest.raises(UsageError, match="line 2 is not"), job.open():
        pass


def test_a_batch_of_mechanical_turk_grows_by_rows(tmp_path: Path) -> None:
    """Rows are its lines."""
    job = SmallJob(tmp_path)
    job.manifest = tmp_path / "batch.csv"
    job.manifest.write_text("source\na\nb\n")
    with job.open() as engine:
        assert engine.progress().objects == 2
    job.manifest.write_text("source\na\nb\nc\n")
    with job.open() as engine:
        assert engine.progress().objects == 3
    job.manifest.write_text("source\na\nx\nc\n")
    with pytest.raises(UsageError, match="line 2 is not"), job.open():
        pass


def earlier_version(job: SmallJob) -> None:
    """Make the job's state one of before manifests could grow."""
    make_older(JobOnDisk(job.storage, job.files.layout).state, 4)


def test_a_job_of_an_earlier_version_grows_too(tmp_path: Path) -> None:
    """Also when its manifest grew before this version saw it: its lines are in the state."""
    job = SmallJob(tmp_path, objects=12)
    with job.manifest.open("a") as file:
        file.write("{broken\n")
    with job.open() as engine:
        finish(job, engine)
    before = job.output()
    earlier_version(job)
    grow(job, "new 13")
    with job.open() as engine:
        assert engine.progress().objects == 14
        assert engine.progress().labeled == 12
        finish(job, engine)
        assert words(engine)[:2] == [
            "gone on with 13 lines of an earlier version of Labelwright",
            "grown by 1 line, from line 14 on",
        ]
    assert job.output()[:12] == before
    assert [iteration for iteration, _ in job.requests()] == [1, 2, 3]


def test_lines_of_an_earlier_versions_job_must_be_what_they_were(tmp_path: Path) -> None:
    """As far as the state tells."""
    job = SmallJob(tmp_path)
    with job.open():
        pass
    earlier_version(job)
    job.manifest.write_text(job.manifest.read_text().replace("picture 1", "picture x"))
    grow(job, "new")
    with pytest.raises(UsageError, match="line 2 is not"), job.open():
        pass
