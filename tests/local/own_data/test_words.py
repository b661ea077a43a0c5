"""What a new job says to workers when its labels are others than the ready task's."""

import re
import tomllib
from pathlib import Path

import pytest

from labelwright.task.definition import LABELLED_KINDS, TaskDefinition, parse_definition
from labelwright_local.own_data.new_job import Asked, make_job
from labelwright_local.own_data.task_text import Wanted, task_text
from labelwright_local.own_data.words import WORDS
from labelwright_local.workspace.task_folder import read_task_folder
from tests.samples.rendering import TEMPLATES

#: Templates whose labels are a job's own.
KINDS = sorted(
    path.parent.name
    for path in TEMPLATES.glob("*/task.toml")
    if path.parent.name != "response-comparison"
)
#: What the samples are about, and what labels of the ready tasks are called.
SAMPLES = "leaf|leaves|climber|lake|abstract|sentence|names? |dates?|species|wave|review"


def definition(kind: str, labels: tuple[str, ...], *, neutral: bool = True) -> TaskDefinition:
    """Make a task definition of a ready task."""
    ready = read_task_folder(Path(kind)).definition_bytes
    return parse_definition(task_text(ready, kind, Wanted("job", labels, 2, "../d", neutral)), kind)


def test_there_are_words_for_every_kind_that_has_labels() -> None:
    """So that no kind speaks of the sample."""
    assert set(WORDS) == set(LABELLED_KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_other_labels_get_words_that_fit_any(kind: str) -> None:
    """Title, instructions, guide and the field say nothing of the sample."""
    made = definition(kind, ("cat", "dog"))
    field = made.fields[0]
    told = [made.title or "", made.instructions or "", field.name, field.title or ""]
    told += [entry.text for entry in made.guide]
    assert made.title
    assert made.instructions
    assert "\\" not in made.instructions
    assert not [text for text in told if re.search(SAMPLES, text, re.IGNORECASE)]
    assert [entry.label for entry in made.guide] == ["cat", "dog"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_ready_tasks_labels_keep_its_words(kind: str) -> None:
    """They are about just these."""
    ready = read_task_folder(Path(kind)).definition
    made = definition(kind, ready.fields[0].labels)
    assert (made.title, made.instructions) == (ready.title, ready.instructions)
    assert (made.fields, made.guide) == (ready.fields, ready.guide)


def test_somebodys_own_task_keeps_what_they_wrote(tmp_path: Path) -> None:
    """Only tasks that come along speak of a sample."""
    own = tmp_path / "own"
    own.mkdir()
    text = (TEMPLATES / "text-classification" / "task.toml").read_text("utf-8")
    title = tomllib.loads(text)["title"]
    (own / "task.toml").write_text(text, "utf-8")
    (tmp_path / "in.csv").write_text("text\na\nb\n")
    for kind, kept in ((own, True), (Path("text-classification"), False)):
        folder = tmp_path / f"job-{kept}"
        make_job(Asked(folder, kind, tmp_path / "in.csv", ("good", "bad")))
        assert (read_task_folder(folder).definition.title == title) == kept


def test_a_field_keeps_its_name_where_the_neutral_one_is_taken() -> None:
    """Two fields of one name would be one column."""
    ready = (
        b'name = "x"\ntitle = "Birds"\n'
        b'[[fields]]\nname = "bird"\npath = "a.label"\nkind = "choice"\nlabels = ["a", "b"]\n'
        b'[[fields]]\nname = "category"\npath = "b.label"\nkind = "choice"\nlabels = ["c"]\n'
    )
    text = task_text(ready, "x", Wanted("job", ("d", "e"), 2, None, True))
    made = parse_definition(text, "x")
    assert [field.name for field in made.fields] == ["bird", "category"]
    assert made.title == WORDS[made.fields[0].kind].title
    assert not made.instructions
