"""A task that changes while its job lives: what may, what may not, and what answers say of it."""

from pathlib import Path

import pytest

from labelwright.errors import UsageError
from tests.local.engine.moods import Moods, finish, give, words


def test_guide_instructions_hints_and_page_may_change(tmp_path: Path) -> None:
    """Whatever is on offer is shown as it is now; the history tells what is other."""
    job = Moods(tmp_path)
    with job.open() as engine:
        give(engine, "A", "happy")
    job.change("Somebody laughs.", "Somebody laughs or smiles.")
    job.change("Say what", "Tell what")
    job.change('kind = "choice"', 'kind = "choice"\nhint = "One of them."')
    job.page.write_text("<h1>Mood</h1>")
    with job.open() as engine:
        task = engine.next_assignment(engine.sign_in("B"), "t")
        assert task is not None
        assert task.task_input["guide"][0]["text"] == "Somebody laughs or smiles."
        assert task.task_input["instructions"].startswith("Tell")
        assert words(engine) == [
            "begun with 3 lines",
            "version 2 of the task: other instructions, guide, hints, page",
        ]
    assert job.storage.read(job.files.layout.template) == b"<h1>Mood</h1>"


def test_answers_say_which_version_their_worker_saw(tmp_path: Path) -> None:
    """Of a task that was taken before, that which its page shows: until it is opened anew."""
    job = Moods(tmp_path)
    with job.open() as engine:
        give(engine, "A", "happy")
        ada, bob = engine.sign_in("A"), engine.sign_in("B")
        kept = engine.next_assignment(ada, "a")
        opened = engine.next_assignment(bob, "b")
        assert kept is not None
        assert opened is not None
    job.change("Say what", "Tell what")
    with job.open() as engine:
        # Ada's page stays open, Bob opens his anew.
        shown = engine.assignment(opened.id, bob)
        assert shown is not None
        assert shown.task_input["instructions"].startswith("Tell")
        for task, worker in ((kept, ada), (opened, bob)):
            assert engine.submit(task.id, worker, "s", {"mood": "sad"}).accepted
        versions: dict[tuple[str, int], int | None] = {}
        for number in range(3):
            found = engine.object(str(number))
            assert found is not None
            versions |= {(a.worker_name, number): a.version for a in found.answers}
    first = ("A", 0)
    assert versions[first] == 1
    assert versions["A", int(kept.object_id)] == 1
    assert versions["B", int(opened.object_id)] == 2


def test_a_label_may_be_added(tmp_path: Path) -> None:
    """From then on it is offered, and counted."""
    job = Moods(tmp_path, lines=2, workers=1)
    with job.open() as engine:
        give(engine, "A", "happy")
    job.change('"sad"]', '"sad", "calm"]')
    with job.open() as engine:
        assert words(engine)[1] == "version 2 of the task: label 'calm' added to 'mood'"
        task = engine.next_assignment(engine.sign_in("A"), "t")
        assert task is not None
        assert task.task_input["labels"]["mood"] == ["happy", "sad", "calm"]
        finish(job, engine, "A", "calm")
    assert [value for value, _ in job.labels()] == ["happy", "calm"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('path = "mood"', 'path = "answer.mood"', "another path"),
        ('kind = "choice"', 'kind = "choices"', "another kind"),
        ('kind = "choice"', 'kind = "choice"\nmethod = "majority"', "another method"),
        ('"happy", "sad"', '"happy"', "lacks the label 'sad'.*rename-label"),
        ('"happy", "sad"', '"glad", "sad"', "lacks the label 'happy'.*rename-label"),
        ('name = "mood"', 'name = "temper"', "field '(mood|temper)'"),
        (
            "[[fields]]",
            '[[fields]]\nname = "why"\npath = "why"\nkind = "text"\n[[fields]]',
            "'why' is new",
        ),
    ],
)
def test_what_answers_depend_on_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    """With what to do; and with the old definition the job goes on."""
    job = Moods(tmp_path)
    with job.open() as engine:
        give(engine, "A", "happy")
    kept = job.definition.read_text()
    job.change(old, new)
    with pytest.raises(UsageError, match=told), job.open():
        pass
    job.definition.write_text(kept)
    with job.open() as engine:
        assert engine.progress().answers == 1
        assert words(engine) == ["begun with 3 lines"]


def test_what_changes_nothing_is_no_version(tmp_path: Path) -> None:
    """Comments and blanks; the file is another all the same."""
    job = Moods(tmp_path)
    with job.open():
        pass
    job.definition.write_text(job.definition.read_text() + "\n# as agreed\n")
    for _ in range(2):
        with job.open() as engine:
            assert words(engine) == ["begun with 3 lines"]
            found = engine.object(str(give(engine, "A", "sad")))
            assert found is not None
            assert [answer.version for answer in found.answers] == [1]
