"""A job made of somebody's data: manifest, task definition and page, in a folder of its own."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from labelwright.contract.base import load_json
from labelwright.errors import UsageError
from labelwright.task.definition import Kind
from labelwright_local.own_data import columns as cols
from labelwright_local.own_data import folder as folders
from labelwright_local.own_data.columns import RESPONSES, Columns
from labelwright_local.own_data.find import read_data
from labelwright_local.own_data.job_folder import (
    check_free,
    data_key,
    name_of_folder,
    new_folder,
)
from labelwright_local.own_data.keys import ID, Keys
from labelwright_local.own_data.objects import Made, distinct, is_manifest, made, manifest, passed
from labelwright_local.own_data.pictures import Pictures
from labelwright_local.own_data.rows import LeftOut, Row, Table
from labelwright_local.own_data.task_text import Wanted, labelled_field, task_text
from labelwright_local.workspace.data_folder import data_folder
from labelwright_local.workspace.relative_paths import FILE_KEYS, is_relative
from labelwright_local.workspace.task_folder import (
    DEFINITION,
    MANIFEST,
    TEMPLATE,
    TaskFolder,
    is_ready_task,
    read_task_folder,
    task_folder,
)

#: So many rows are looked at to tell the columns apart.
_SAMPLE = 100
#: The kind whose own labels are as good as any.
_WITH_LABELS = "abstract-entities"

Input = Literal["text", "image", "responses"]


class Asked(NamedTuple):
    """What somebody asks for: where, from which data, as which kind of task."""

    folder: Path
    kind: Path
    data: Path
    labels: tuple[str, ...] = ()
    columns: Columns = Columns()
    workers: int = 3
    copy: bool = False


class NewJob(NamedTuple):
    """What was understood and written."""

    form: str
    objects: int
    columns: Columns
    labels: tuple[str, ...]
    renamed: dict[str, str]
    left_out: LeftOut
    unit: str
    copied: int
    data: str | None
    is_manifest: bool


def input_of(kind: str, task: TaskFolder) -> Input:
    """Tell what a task shows: a text, a picture, or two responses to a prompt.

    By its sample: a line with a file, and no text beside it, is a picture's. Without a sample a
    task shows pictures when its name says so.
    """
    if RESPONSES in task.definition.page_keys:
        return "responses"
    if task.sample_manifest is not None:
        with task.sample_manifest.open("rb") as lines:
            line = load_json(lines.readline())
        is_picture = "source-ref" in line and not {"source", "text-file-s3-uri"} & line.keys()
        return "image" if is_picture else "text"
    return "image" if "image" in kind.split("-") else "text"


def make_job(asked: Asked) -> NewJob:
    """Write a job's folder.

    Raises:
        UsageError: the folder is taken, the data or a column can't be used, or no object is left.
        TaskDefinitionError: the kind's own definition is wrong.
    """
    check_free(asked.folder)
    task, kind = read_task_folder(asked.kind), task_folder(asked.kind).name
    wanted, labels = input_of(kind, task), labels_for(kind, task, asked.labels)
    table = read_data(asked.data, pictures=wanted == "image", besides=asked.folder)
    of_files = table.unit == "file"
    sample = [] if of_files else list(islice(table.rows(LeftOut()), _SAMPLE))
    ready = is_manifest(sample, table.form) and not asked.columns.used
    if ready:
        table = table._replace(base=data_folder(asked.data), form=f"a manifest ({table.form})")
    used = Columns() if ready else _columns(asked, wanted, table, sample)
    prefix, data = data_key(table.base, asked.folder)
    name = name_of_folder(asked.folder, task.definition.name)
    keys = Keys(_keys_taken(wanted, used, name))
    left_out = LeftOut()
    with new_folder(asked.folder) as staging:
        pictures = Pictures(table.base, prefix, staging if asked.copy else None)
        rows = table.rows(left_out)
        lines = (
            passed(rows, wanted, pictures, left_out)
            if ready
            else made(rows, wanted, used, keys, pictures, left_out)
        )
        counted = _Counted(distinct(lines, left_out))
        with (staging / MANIFEST).open("wb") as file:
            file.writelines(manifest(iter(counted)))
        if not counted.count:
            raise UsageError(_nothing(asked.data, table, left_out))
        data = data if counted.has_paths and not asked.copy else None
        text = task_text(
            task.definition_bytes,
            str(asked.kind / DEFINITION),
            Wanted(name, asked.labels, asked.workers, data, is_ready_task(asked.kind)),
        )
        (staging / DEFINITION).write_bytes(text)
        if task.template is not None:
            (staging / TEMPLATE).write_bytes(task.template)
    return NewJob(
        table.form, counted.count, used, labels, keys.renamed, left_out, table.unit,
        pictures.copied, data, ready,
    )  # fmt: skip


class _Counted:
    """Lines as they pass: how many there are, and whether one names a file of this machine."""

    def __init__(self, lines: Iterable[Made]) -> None:
        self._lines = lines
        self.count = 0
        self.has_paths = False

    def __iter__(self) -> Iterator[Made]:
        for each in self._lines:
            self.count += 1
            self.has_paths = self.has_paths or any(
                is_relative(each.line.get(key)) for key in FILE_KEYS
            )
            yield each


def labels_for(kind: str, task: TaskFolder, named: tuple[str, ...]) -> tuple[str, ...]:
    """Return the labels that a job will have.

    Raises:
        UsageError: labels are missing, too few, or named for a kind that takes none.
    """
    number = labelled_field(task.definition)
    field = task.definition.fields[number] if number is not None else None
    takes = field is not None and RESPONSES not in task.definition.page_keys
    if named and not takes:
        raise UsageError(f"--labels: {kind} takes none, what workers choose from is its own")
    if not named and takes and kind != _WITH_LABELS:
        raise UsageError(f"--labels: name what workers choose from, such as --labels {_EXAMPLE}")
    if field is not None and field.kind is Kind.CHOICE and len(named) == 1:
        raise UsageError(f"--labels {named[0]}: with one label there is nothing to choose")
    return named or (field.labels if field is not None else ())


_EXAMPLE = "good,bad,neither"


def _columns(asked: Asked, wanted: Input, table: Table, sample: list[Row]) -> Columns:
    if table.unit == "file":
        if asked.columns.used:
            raise UsageError(f"{asked.data}: a folder has no columns; leave their options out")
        if wanted == "responses":
            raise UsageError(f"{asked.data}: a folder; responses are columns of a table")
        if wanted == "image":
            return Columns(image=folders.PATH)
        return Columns(folders.TEXT, None, folders.PATH)
    if not sample:
        left_out = LeftOut()
        for _ in table.rows(left_out):
            pass
        raise UsageError(_nothing(asked.data, table, left_out))
    return cols.find_columns(wanted, sample, asked.columns, where=str(asked.data))


def _keys_taken(wanted: Input, used: Columns, name: str) -> set[str]:
    taken = {name}
    if used.identifier is not None:
        taken.add(ID)
    if wanted == "responses":
        taken.add(RESPONSES)
    return taken


def _nothing(data: Path, table: Table, left_out: LeftOut) -> str:
    reasons = "; ".join(f"{each.times:,} x {each.why}" for each in left_out.reasons[:3])
    return f"{data}: nothing to label in it ({table.form}{f': {reasons}' if reasons else ''})"
