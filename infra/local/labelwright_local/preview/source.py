"""What a preview shows, read anew each time, because its files are being edited."""

from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pre_labeling
from labelwright.contract.base import Json, load_json
from labelwright.contract.manifest import ManifestLine
from labelwright.errors import UsageError
from labelwright.task.definition import TaskDefinition
from labelwright.task.skip import Skip
from labelwright_local.manifest.form import parse_line
from labelwright_local.manifest.lines import read_lines
from labelwright_local.workspace.batch_csv import is_batch, read_batch
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.relative_paths import addressed
from labelwright_local.workspace.task_folder import DEFINITION, check_manifest, read_task_folder


class PreviewSource(NamedTuple):
    """A template, and where its task input comes from.

    That is a file with the task input, or row ``number`` of a batch of Mechanical Turk, else object
    ``number``, counted from 0, of the manifest, or of the sample of the task in the folder
    ``task``, as pre-labeling prepares it (without a task: with all that its line holds); or
    neither. Fields are the task's.
    """

    template: Path
    storage: FolderStorage
    input: Path | None = None
    task: Path | None = None
    number: int = 0
    manifest: Path | None = None

    def version(self) -> str:
        """Return a text that is another one whenever a file was written."""
        files = [self.template]
        if self.input is not None:
            files.append(self.input)
        if self.task is not None:
            files += [self.task / DEFINITION, self.task / "sample" / "manifest.jsonl"]
        if self.manifest is not None:
            files.append(self.manifest)
        return " ".join(_stamp(file) for file in files)

    @property
    def is_batch(self) -> bool:
        """Whether the object is a row of Mechanical Turk's."""
        return is_batch(self.input or self.manifest)

    def read_template(self) -> str:
        """Read the template.

        Raises:
            UsageError: there is none, or it is not UTF-8.
        """
        return _read_text(self.template, "a template is a file with HTML and Liquid")

    def definition(self) -> TaskDefinition | None:
        """Return the task's definition, None without a task.

        Raises:
            LabelwrightError: it is not there, or wrong.
        """
        return read_task_folder(self.task).definition if self.task is not None else None

    def task_input(self) -> Json:
        """Return the task input, None where none was named.

        Raises:
            LabelwrightError: it can't be read or prepared.
        """
        if self.input is not None and is_batch(self.input):
            row = _object(self.input, self.number)
            return {**row, "taskObject": ManifestLine.parse(row).task_object}
        if self.input is not None:
            try:
                return load_json(_read_text(self.input, "--input takes a JSON file"))
            except ValueError as error:
                raise UsageError(f"{self.input}: {error}; --input takes a JSON file") from None
        if self.task is None and self.manifest is None:
            return None
        return self._prepared()

    def _prepared(self) -> dict[str, Json]:
        folder = read_task_folder(self.task) if self.task is not None else None
        manifest = self.manifest or (folder.sample_manifest if folder is not None else None)
        if manifest is None:
            raise UsageError(
                f"{self.task}: the task has no sample; name a manifest with --manifest, or a "
                "task input with --input"
            )
        check_manifest(manifest)
        line = addressed(_object(manifest, self.number))
        definition = folder.definition if folder is not None else None
        settings = pre_labeling.Settings(pass_line=definition is None)
        made = pre_labeling.prepare(line, definition, self.storage, settings)
        if isinstance(made, Skip):
            raise UsageError(
                f"object {self.number} never reaches a worker: {made.rule}: {made.reason}"
            )
        return made


def _object(manifest: Path, number: int) -> dict[str, Json]:
    if is_batch(manifest):
        row = next(islice(read_batch(manifest), number, None), None)
        if row is None:
            raise UsageError(f"{manifest}: no object {number}; --object counts rows from 0")
        return row
    with manifest.open("rb") as lines:
        # Manifest lines are counted from 1, objects from 0.
        raw = next((raw for raw in read_lines(lines) if raw.number == number + 1), None)
    if raw is None:
        raise UsageError(f"{manifest}: no object {number}; --object counts lines from 0")
    line = parse_line(raw)
    if line.value is None:
        reasons = "; ".join(finding.reason for finding in line.findings)
        raise UsageError(f"{manifest}: object {number} can't be read: {reasons}")
    return line.value


def _read_text(file: Path, remedy: str) -> str:
    try:
        # newline="": a carriage return is part of what the service would get.
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return lines.read()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}; {remedy}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: not UTF-8 at byte {error.start}; save it as UTF-8") from None


def _stamp(file: Path) -> str:
    try:
        status = file.stat()
    except OSError:
        return "none"
    return f"{status.st_mtime_ns}:{status.st_size}:{status.st_ino}"
