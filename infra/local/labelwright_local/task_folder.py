"""A task's folder: ``task.toml``, the worker page, and a sample with recorded answers."""

from pathlib import Path
from typing import NamedTuple

from labelwright.task.definition import TaskDefinition, parse_definition
from labelwright_local.usage import UsageError

DEFINITION = "task.toml"
TEMPLATE = "template.liquid.html"


class TaskFolder(NamedTuple):
    """What a task's folder holds; the sample's parts are None where there are none."""

    definition: TaskDefinition
    definition_bytes: bytes
    template: bytes | None
    sample_manifest: Path | None
    sample_answers: Path | None
    sample_truth: Path | None


def read_task_folder(folder: Path) -> TaskFolder:
    """Read a task's folder.

    Raises:
        UsageError: it has no ``task.toml``.
        TaskDefinitionError: it has a wrong one.
    """
    path = folder / DEFINITION
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; --task names a folder with a {DEFINITION}, "
            "such as templates/abstract-entities"
        ) from None
    template = folder / TEMPLATE
    sample = folder / "sample"
    return TaskFolder(
        parse_definition(data, str(path)),
        data,
        template.read_bytes() if template.is_file() else None,
        _file(sample / "manifest.jsonl"),
        _file(sample / "answers.jsonl"),
        _file(sample / "truth.csv"),
    )


def _file(path: Path) -> Path | None:
    return path if path.is_file() else None
