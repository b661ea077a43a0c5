"""A task's folder: ``task.toml``, the worker page, and a sample with recorded answers."""

import re
from pathlib import Path
from typing import NamedTuple

from labelwright.errors import UsageError
from labelwright.task.definition import Kind, TaskDefinition, parse_definition
from labelwright_local.workspace.batch_csv import is_batch, read_batch

DEFINITION = "task.toml"
TEMPLATE = "template.liquid.html"
MANIFEST = "manifest.jsonl"
#: What workers answered in the job that this one continues, as recorded answers.
EARLIER = "earlier-answers.jsonl"
#: The folder in a job's own in which it is served.
WORKSPACE = "workspace"

#: How many label each object where neither task.toml nor anybody says it.
WORKERS = 3


class TaskFolder(NamedTuple):
    """What a task's folder holds; parts that are not there are None.

    With a manifest of its own the folder is a job's, as ``labelwright init`` makes it.
    """

    definition: TaskDefinition
    definition_bytes: bytes
    template: bytes | None
    manifest: Path | None
    earlier_answers: Path | None
    sample_manifest: Path | None
    sample_answers: Path | None
    sample_truth: Path | None

    @property
    def sample_truth_field(self) -> str | None:
        """The field that the sample's true labels are about: the first choice."""
        choices = (field.name for field in self.definition.fields if field.kind is Kind.CHOICE)
        return next(choices, None)


def templates_folder() -> Path:
    """Return the folder of the templates that come along: in the wheel, else in the source tree."""
    packed = Path(__file__).parents[1] / "templates"
    return packed if packed.is_dir() else Path(__file__).parents[4] / "templates"


def is_job_folder(folder: Path) -> bool:
    """Whether a folder is a job's as ``labelwright init`` makes it, and was served."""
    return (folder / DEFINITION).is_file() and (folder / WORKSPACE).is_dir()


def task_folder(named: Path) -> Path:
    """Return the folder that is meant: it itself, else the template of that name, else it itself.

    Only a bare name can be a template's: a path that is not there is a mistake to be told.
    """
    if len(named.parts) != 1 or _is_there(named):
        return named
    template = templates_folder() / named
    return template if (template / DEFINITION).is_file() else named


def is_ready_task(named: Path) -> bool:
    """Tell whether a template that comes along is meant, not somebody's own task."""
    return task_folder(named).resolve().parent == templates_folder().resolve()


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # what can't be looked at is told when it is read
        return True


def read_task_folder(named: Path) -> TaskFolder:
    """Read a task's folder, or that of a template that comes along.

    Raises:
        UsageError: it has no ``task.toml``.
        TaskDefinitionError: it has a wrong one.
    """
    folder = task_folder(named)
    path = folder / DEFINITION
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; --task names a folder with a {DEFINITION}, or a template "
            f"that comes along ({', '.join(_templates())})"
        ) from None
    template = folder / TEMPLATE
    sample = folder / "sample"
    return TaskFolder(
        parse_definition(data, str(path)),
        data,
        template.read_bytes() if template.is_file() else None,
        _file(folder / MANIFEST),
        _file(folder / EARLIER),
        _file(sample / MANIFEST),
        _file(sample / "answers.jsonl"),
        _file(sample / "truth.csv"),
    )


def _templates() -> list[str]:
    return sorted(path.parent.name for path in templates_folder().glob(f"*/{DEFINITION}"))


def first_manifest(folder: TaskFolder | None) -> Path | None:
    """Return the manifest that is meant where none is named: the folder's, else its sample's."""
    return (folder.manifest or folder.sample_manifest) if folder is not None else None


def job_part(job: Path | None, named: Path | None, part: str) -> Path | None:
    """Return what was named, else that part of the job's folder that was named, if one was."""
    return named if named is not None or job is None else job / part


def check_job_folder(job: Path) -> None:
    """Make sure that a folder is a job's.

    Raises:
        UsageError: it is no folder, or lacks the task definition.
    """
    if not (job / DEFINITION).is_file():
        raise UsageError(
            f"{job}: no job's folder ({DEFINITION} is not in it); labelwright init {job} makes one "
            "from your data, and --task names a task without data"
        )


def name_of_job(folder: TaskFolder | None, manifest: Path) -> str:
    """Return the task's name, else one that a job may have, made of the manifest's folder's."""
    if folder is not None:
        return folder.definition.name
    parts = re.findall("[A-Za-z0-9]+", manifest.resolve().parent.name)
    return "-".join(parts)[:63].strip("-") or "job"


def check_manifest(path: Path) -> None:
    """Make sure that a job has something to label.

    Raises:
        UsageError: the file is not there, is a folder, or holds no line.
    """
    remedy = "--manifest takes a JSON Lines file"
    if path.is_dir():
        raise UsageError(f"{path}: a folder, not a file; {remedy}")
    if not path.is_file():
        raise UsageError(f"{path}: no such file; {remedy}")
    if is_batch(path):
        if not any(True for _ in read_batch(path)):
            raise UsageError(f"{path}: no objects in it; write a row for each below the columns")
        return
    with path.open("rb") as lines:
        if not any(line.strip() for line in lines):
            raise UsageError(
                f"{path}: no objects in it; write a line for each, such as "
                '{"source-ref": "s3://bucket/key"}'
            )


def _file(path: Path) -> Path | None:
    return path if path.is_file() else None
