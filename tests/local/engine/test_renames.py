"""Labels that get another name while their job lives: answers stay, and mean the present name."""

import json
from pathlib import Path

import pytest

from labelwright.contract.base import load_json
from labelwright.errors import UsageError
from labelwright_lambda.whole_job.answers import Requests
from labelwright_local.engine.changing import Change, rename_label
from labelwright_local.engine.living.renames import Renamed
from labelwright_local.finished_job.answers import answers_of_job, columns_of
from labelwright_local.workspace.named_job import named_job
from labelwright_local.workspace.task_folder import read_task_folder
from tests.local.engine.moods import Moods, finish, give, words
from tests.local.engine.small_jobs import work


def rename(job: Moods, old: str, new: str, *, merge: bool = False, undo: bool = False) -> Renamed:
    """Rename a label of the job, while it is not at work."""
    change = Change(old, new, merge=merge, undo=undo)
    return rename_label(job.storage, job.name, change, job.clock)


def test_labels_that_are_there_get_the_present_name(tmp_path: Path) -> None:
    """At the next start; what was answered stays as it was given."""
    job = Moods(tmp_path)
    with job.open() as engine:
        finish(job, engine, "AB")
    requests = Requests(job.files.layout, job.storage)
    before = [job.storage.read(uri) for uri in requests.files()]
    assert rename(job, "happy", "glad") == Renamed("mood", "happy", "glad", 3)
    with job.open() as engine:
        assert engine.progress().finished
        assert words(engine)[1] == "version 2 of the task: label 'happy' of 'mood' is 'glad' now"
    assert job.labels() == [("glad", {"glad": 2})] * 3
    assert [job.storage.read(uri) for uri in requests.files()] == before
    assert b"happy" in before[0]


def test_old_and_new_answers_count_together(tmp_path: Path) -> None:
    """Also that of an old page, which still sends the name that it was shown."""
    job = Moods(tmp_path, lines=1, workers=3)
    with job.open() as engine:
        give(engine, "A", "happy")
        old = engine.next_assignment(engine.sign_in("B"), "b")
        assert old is not None
    rename(job, "happy", "glad")
    with job.open() as engine:
        task = engine.next_assignment(engine.sign_in("C"), "c")
        assert task is not None
        assert task.task_input["labels"]["mood"] == ["glad", "sad"]
        assert task.task_input["guide"][0]["label"] == "glad"
        engine.submit(task.id, engine.sign_in("C"), "c", {"mood": "glad"})
        assert engine.submit(old.id, engine.sign_in("B"), "b", {"mood": "happy"}).accepted
        job.clock.passes(60)
        work(engine)
    assert job.labels() == [("glad", {"glad": 3})]


def test_the_definition_may_follow_or_not(tmp_path: Path) -> None:
    """With the old name in it, as with the new one, it is the same job."""
    job = Moods(tmp_path)
    with job.open():
        pass
    rename(job, "happy", "glad")
    with job.open():
        pass
    job.change('"happy", "sad"', '"glad", "sad"')
    job.change('label = "happy"', 'label = "glad"')
    with job.open() as engine:
        assert len(words(engine)) == 2


def test_renamed_back_it_has_its_old_name(tmp_path: Path) -> None:
    """With all answers that were given meanwhile."""
    job = Moods(tmp_path, lines=1, workers=2)
    with job.open() as engine:
        give(engine, "A", "happy")
    rename(job, "happy", "glad")
    with job.open() as engine:
        give(engine, "B", "glad")
    rename(job, "glad", "happy")
    with job.open() as engine:
        job.clock.passes(60)
        work(engine)
    assert job.labels() == [("happy", {"happy": 2})]


def test_two_labels_become_one_only_when_asked_to(tmp_path: Path) -> None:
    """And are two again when that is taken back."""
    job = Moods(tmp_path, lines=1, workers=2)
    with job.open() as engine:
        give(engine, "A", "happy")
        give(engine, "B", "sad")
    with pytest.raises(UsageError, match="--merge"):
        rename(job, "happy", "sad")
    rename(job, "happy", "sad", merge=True)
    with job.open() as engine:
        job.clock.passes(60)
        work(engine)
    assert job.labels() == [("sad", {"sad": 2})]
    with pytest.raises(UsageError, match="the last label that was renamed"):
        rename(job, "sad", "happy", undo=True)
    rename(job, "happy", "sad", undo=True)
    with job.open() as engine:
        work(engine)
        assert words(engine)[-1].endswith("label 'happy' of 'mood' is not 'sad' any more")
    assert job.labels()[0][1] == {"happy": 1, "sad": 1}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("angry", "cross", "no label of this job.*'mood': happy, sad"),
        ("happy", "", "1 to 256 characters"),
        ("happy", " glad", "blanks"),
        ("happy", "happy", "the same"),
    ],
)
def test_what_cannot_be_renamed_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    """With what can."""
    job = Moods(tmp_path)
    with job.open():
        pass
    with pytest.raises(UsageError, match=told):
        rename(job, old, new)


def test_a_job_at_work_is_left_alone(tmp_path: Path) -> None:
    """It would go on by the old names."""
    job = Moods(tmp_path)
    with job.open(), pytest.raises(UsageError, match="another run is working"):
        rename(job, "happy", "glad")


def test_a_name_that_a_label_had_is_not_given_to_another(tmp_path: Path) -> None:
    """Answers by that name mean the label that was renamed."""
    job = Moods(tmp_path)
    with job.open():
        pass
    rename(job, "happy", "glad")
    with job.open():
        pass
    job.change('"happy", "sad"', '"glad", "happy", "sad"')
    with pytest.raises(UsageError, match="needs a name of its own"), job.open():
        pass


def test_whoever_reads_the_jobs_folder_knows_the_present_names(tmp_path: Path) -> None:
    """By the file renames.json, and by the definition that handlers read."""
    job = Moods(tmp_path, lines=1, workers=1)
    with job.open() as engine:
        finish(job, engine, "A")
    rename(job, "happy", 'gl"äd')
    kept = load_json(job.storage.read(job.files.layout.own("renames.json")))
    assert kept == [{"field": "mood", "old": "happy", "new": 'gl"äd'}]
    found = answers_of_job(str(job.disk.folder))
    (column,) = columns_of(found, read_task_folder(job.task).definition)
    assert column.labels == ('gl"äd', "sad")
    assert [value.value for value in column.values[0]] == ['gl"äd']


def test_history_is_a_file_without_names(tmp_path: Path) -> None:
    """Lines of JSON, with times and counts."""
    job = Moods(tmp_path, lines=1, workers=1)
    with job.open() as engine:
        finish(job, engine, "A")
    rename(job, "happy", "glad")
    lines = job.storage.read(job.files.layout.own("history.jsonl")).splitlines()
    begun, renamed = map(json.loads, lines)
    assert begun == {"time": "2026-01-02T03:04:05.678Z", "answers": 0, "what": "begun", "lines": 1}
    assert (renamed["what"], renamed["answers"], renamed["new"]) == ("renamed", 1, "glad")


def test_a_job_is_named_by_its_workspace_or_its_folder(tmp_path: Path) -> None:
    """One that is not there is answered with those that are."""
    job = Moods(tmp_path)
    with job.open():
        pass
    for named in (tmp_path / "workspace" / job.name, job.disk.folder):
        storage, name = named_job(named)
        assert name == job.name
        assert storage.path(job.files.layout.prefix) == job.disk.folder
    for named in (tmp_path / "workspace", tmp_path / "workspace" / "other"):
        with pytest.raises(UsageError, match=r"name one of .*workspace/moods"):
            named_job(named)
    with pytest.raises(UsageError, match="WORKSPACE/JOB"):
        named_job(tmp_path / "nothing")


def test_a_job_is_named_by_the_folder_that_is_served(tmp_path: Path) -> None:
    """As init makes it: the same word that starts the job changes it."""
    job = Moods(tmp_path)
    with job.open():
        pass
    (tmp_path / "task.toml").write_text('name = "moods"', encoding="utf-8")
    storage, name = named_job(tmp_path)
    assert (name, storage.path(job.files.layout.prefix)) == (job.name, job.disk.folder)


def test_what_is_shown_ahead_of_a_batch_has_the_present_name(tmp_path: Path) -> None:
    """It is made anew at the next start."""
    job = Moods(tmp_path, lines=2, workers=1)
    with job.open() as engine:
        give(engine, "A", "happy")
        work(engine)
        assert engine.objects(0, 1)[0].provisional
    rename(job, "happy", "glad")
    with job.open() as engine:
        view = engine.objects(0, 1)[0]
        assert view.provisional
        assert view.label is not None
        assert view.label["fields"]["mood"]["value"] == "glad"
        assert "moods" not in job.output()[0]


def test_labels_of_the_whole_job_are_made_anew_in_present_names(tmp_path: Path) -> None:
    """At the next start, also when the rename is taken back."""
    job = Moods(tmp_path, lines=2, workers=1)
    with job.open() as engine:
        finish(job, engine, "A")
    for undo, name in ((False, "glad"), (True, "happy")):
        rename(job, "happy", "glad", undo=undo)
        with job.open() as engine:
            work(engine)
            assert engine.progress().refined
        refined = job.refined()
        assert refined is not None
        assert {line["moods"]["fields"]["mood"]["value"] for line in refined} == {name}
