"""What is found before a job starts, and what of it ends the start."""

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from labelwright.contract.base import Json
from labelwright_local.engine.spec import JobSpec
from labelwright_local.findings import Severity
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.start_check.check import Pre, check_start
from labelwright_local.start_check.looked import KEPT, Looked
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.task_folder import read_task_folder

PAGE = '<script src="crowd-html-elements.js"></script><crowd-form>{}</crowd-form>'
NOTE = PAGE.format("{{ task.input.taskObject }}<crowd-input name='note'></crowd-input>")
PICTURE = PAGE.format(
    '<img src="{{ task.input.taskObject | grant_read_access }}"><input name="note">'
)
TASK = """
name = "birds"
[[fields]]
name = "species"
path = "bird.label"
kind = "choice"
labels = ["owl"]
[[skip]]
when = "text-empty"
"""


class Job:
    """A job that is to start."""

    def __init__(
        self, folder: Path, lines: Sequence[dict[str, Any] | str], page: str = NOTE, task: str = ""
    ) -> None:
        manifest = folder / "input.manifest"
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        manifest.write_text("".join(f"{text}\n" for text in texts), "utf-8")
        if task:
            (folder / "task.toml").write_text(task, "utf-8")
        found = read_task_folder(folder) if task else None
        self.data = folder / "s3"
        self.storage = FolderStorage(folder / "w" / "s3", self.data)
        self.spec = JobSpec("job", "job", manifest, found, template=page.encode())

    def put(self, name: str, content: str = "x") -> None:
        """Put a file into the folder that stands in for S3."""
        file = self.data / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")

    def looked(self, pre: Pre | None = None) -> list[Looked]:
        """Look before it starts, with our own pre-labeling if no other is given."""
        ours = DeployedHandlers(self.spec, self.storage).pre_before_start
        return check_start(self.spec, self.storage, pre or ours, "page.html")


def told(found: Sequence[Looked], severity: Severity) -> list[str]:
    """Return the first findings of a severity."""
    return [
        finding.message for each in found for finding in each.first if finding.severity is severity
    ]


def errors(found: Sequence[Looked]) -> list[str]:
    """Return what ends the start."""
    messages = told(found, Severity.ERROR)
    assert bool(messages) == any(each.counts[Severity.ERROR] for each in found)
    return messages


def test_a_job_that_can_be_done_has_no_findings(tmp_path: Path) -> None:
    """Its page shows the first object, and its files are there."""
    job = Job(tmp_path, [{"source-ref": "s3://data/a.png"}], PICTURE)
    job.put("data/a.png")
    assert job.looked() == []


def test_what_the_service_would_refuse_ends_the_start(tmp_path: Path) -> None:
    """A line of the manifest, and the page."""
    job = Job(tmp_path, [{"source": "a"}, "not JSON"], "<p>{{ task.input.x | no_filter }}</p>")
    messages = errors(job.looked())
    assert any("not JSON" in message for message in messages)
    assert any("unknown filter 'no_filter'" in message for message in messages)
    assert any("nothing submits" in message for message in messages)


def test_variables_that_the_input_lacks_are_warnings(tmp_path: Path) -> None:
    """They are those of the first object's real input, and the job starts."""
    page = PAGE.format("{{ task.input.source }}{{ task.input.title }}<input name='n'>")
    found = Job(tmp_path, [{"source": "a"}], page).looked()
    assert errors(found) == []
    [message] = told(found, Severity.WARNING)
    assert "'task.input.title' is not in the task input" in message


def test_fields_that_no_control_answers_are_warnings(tmp_path: Path) -> None:
    """By the task's definition."""
    found = Job(tmp_path, [{"source": "a"}], task=TASK).looked()
    assert errors(found) == []
    assert "can be answered: nothing gives 'species'" in told(found, Severity.WARNING)[0]


def test_of_many_findings_the_first_are_told(tmp_path: Path) -> None:
    """And all are counted."""
    [manifest] = Job(tmp_path, [{"source": "a"}, *["bad"] * 300]).looked()
    assert manifest.counts[Severity.ERROR] == 300
    assert len(manifest.first) == KEPT


@pytest.mark.parametrize(
    ("named", "there", "says"),
    [
        ("s3://data/a.png", "data/b.png", "s3://data/a.png: it is not there"),
        ("s3://data/x/Owl.PNG", "data/X/owl.png", "but 'X/owl.png' is: S3 tells case"),
        ("s3://data/an%20owl.png", "data/an owl.png", "but 'an owl.png' is"),
        (
            unicodedata.normalize("NFC", "s3://data/hü.png"),
            unicodedata.normalize("NFD", "data/hü.png"),
            unicodedata.normalize("NFD", "but 'hü.png' is"),
        ),
    ],
)
def test_a_file_that_is_missing_is_told_with_a_name_like_it(
    tmp_path: Path, named: str, there: str, says: str
) -> None:
    """In another case, another Unicode form, or encoded."""
    job = Job(tmp_path, [{"source-ref": "s3://data/c.png"}, {"source-ref": named}], PICTURE)
    job.put("data/c.png")
    job.put(there)
    found = job.looked()
    assert errors(found) == []
    first, summary = told(found, Severity.WARNING)
    assert says in first
    assert "1 of 2 files that it names can't be found" in summary
    assert str(tmp_path / "s3") in summary


def test_files_under_any_key_are_looked_for(tmp_path: Path) -> None:
    """But for labels of earlier jobs that are kept in files, and for addresses of folders."""
    line = {"source": "a", "mask": "s3://data/m.png", "video": "s3://data/v", "all": "s3://data/"}
    found = Job(tmp_path, [{**line, "mask-metadata": {"job-name": "x"}}]).looked()
    [first, summary] = told(found, Severity.WARNING)
    assert first == "'video' s3://data/v: it is not there"
    assert "1 of 1 file that it names" in summary


def test_a_page_of_files_none_of_which_is_there_ends_the_start(tmp_path: Path) -> None:
    """Nobody could be shown anything; a page that shows none of them is another matter."""
    lines = [{"source-ref": f"s3://data/{n}.png"} for n in range(20)]
    [message] = errors(Job(tmp_path, lines, PICTURE).looked())
    assert "none of those that the manifest names is there" in message
    assert errors(Job(tmp_path, lines, NOTE).looked()) == []
    job = Job(tmp_path, lines, PICTURE)
    job.put("data/19.png")
    assert errors(job.looked()) == []


class Failing:
    """Pre-labeling that fails for the first objects."""

    def __init__(self, fails: int) -> None:
        self.fails = fails
        self.calls = 0

    def __call__(self, event: Json) -> Json:
        """Fail, or show the object."""
        self.calls += 1
        if self.calls <= self.fails:
            raise KeyError("labels")
        return {"taskInput": {"taskObject": event["dataObject"]["source"]}}


def test_a_function_that_fails_for_every_object_ends_the_start(tmp_path: Path) -> None:
    """After ten; where it fails for some, those are told while people work."""
    job = Job(tmp_path, [{"source": str(n)} for n in range(30)])
    [message] = errors(job.looked(Failing(30)))
    assert "no task input for the first 10 objects" in message
    assert "KeyError: 'labels'" in message
    some = Failing(9)
    assert job.looked(some) == []
    assert some.calls == 10


def test_a_page_that_fails_for_one_object_is_a_warning(tmp_path: Path) -> None:
    """Another one can be shown."""
    page = PAGE.format("<img src='{{ task.input.picture | grant_read_access }}'><input name='n'>")
    lines = [{"source": "a", "picture": "no address"}, {"source": "b", "picture": "s3://data/b"}]
    job = Job(tmp_path, lines, page)
    job.put("data/b")
    found = job.looked()
    assert errors(found) == []
    [message] = told(found, Severity.WARNING)
    assert "the page can't be rendered for object 0" in message
    [message] = errors(Job(tmp_path, lines[:1], page).looked())
    assert "grant_read_access" in message


def test_objects_that_no_worker_sees_are_passed_over(tmp_path: Path) -> None:
    """The first that one does see is tried."""
    job = Job(tmp_path, [{"source": " "}, {"source": "a"}], task=TASK)
    assert not any("no task input" in message for message in errors(job.looked()))


def test_what_is_found_holds_no_control_characters(tmp_path: Path) -> None:
    """Whatever a manifest names."""
    found = Job(tmp_path, [{"source-ref": "s3://data/\x1b[31m.png"}], PICTURE).looked()
    assert "\x1b" not in "".join(told(found, Severity.WARNING))
    assert "\\x1b" in told(found, Severity.WARNING)[0]
