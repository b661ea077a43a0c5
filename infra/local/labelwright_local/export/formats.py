"""The formats of an export by their names, and how their files are written."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from labelwright.errors import UsageError
from labelwright_local.export.arrow import hugging_face_files, parquet_file
from labelwright_local.export.coco import coco_file
from labelwright_local.export.files import File
from labelwright_local.export.halves import without_halves
from labelwright_local.export.label_studio import label_studio_file, label_studio_interface
from labelwright_local.export.marked_texts import conll_file, spacy_file
from labelwright_local.export.plain_files import csv_file, jsonl_file
from labelwright_local.export.prepare import Prepared
from labelwright_local.export.yolo import yolo_files
from labelwright_local.manifest.files import STANDARD, open_output

#: The content of a format that is one file.
Content = Callable[[Prepared], Iterator[bytes]]


class Format(NamedTuple):
    """A format: one file (``content``, whose name ends in ``suffix``), or a folder (``files``).

    ``needs`` is the extra of ours that brings what it takes, None for none. Of a file, each
    split is one of its own; of a folder, one in it. ``is_utf8``: its library takes no text that
    UTF-8 can't hold.
    """

    content: Content | None
    suffix: str = ""
    media_type: str = "application/octet-stream"
    needs: str | None = None
    files: Callable[[Prepared], Iterator[File]] | None = None
    is_utf8: bool = False


FORMATS: Final[Mapping[str, Format]] = {
    "csv": Format(csv_file, ".csv", "text/csv"),
    "jsonl": Format(jsonl_file, ".jsonl", "application/jsonl"),
    "parquet": Format(parquet_file, ".parquet", needs="parquet", is_utf8=True),
    "huggingface": Format(None, needs="parquet", files=hugging_face_files, is_utf8=True),
    "coco": Format(coco_file, ".json", "application/json"),
    "yolo": Format(None, files=yolo_files),
    "conll": Format(conll_file, ".conll", "text/plain", needs="spacy", is_utf8=True),
    "spacy": Format(spacy_file, ".spacy", needs="spacy", is_utf8=True),
    "label-studio": Format(label_studio_file, ".json", "application/json"),
}


def format_named(name: str) -> Format:
    """Return a format.

    Raises:
        UsageError: there is none of this name.
    """
    if name not in FORMATS:
        raise UsageError(f"there is no format '{name}'; there are {', '.join(FORMATS)}")
    return FORMATS[name]


def default_place(job: str, name: str) -> str:
    """Return where an export goes that nobody named a place for: in this folder, by the job."""
    # As a header of HTTP has it, too.
    safe = re.sub("[^A-Za-z0-9_-]", "-", job) or "job"
    return f"{safe}-{name}{format_named(name).suffix}"


def write(prepared: Prepared, name: str, out: Path) -> list[Path]:
    """Write an export; return its files.

    A format that is one file goes to ``out``; with splits to ``<out>-train.<suffix>`` and so on.
    One that is a folder goes into ``out``, which is made. Each file appears when it is complete.

    Raises:
        UsageError: the job has no such labels, a library is not installed, or ``out`` can't be
            written, is a part of the job, or is a folder that holds something already.
    """
    found = format_named(name)
    _must_be_apart(prepared.job.place, out)
    try:
        if found.is_utf8:
            prepared = prepared._replace(
                items=without_halves(prepared.items), classes=without_halves(dict(prepared.classes))
            )
        if found.files is not None:
            _must_be_empty(out)
            written = [_write(out / file.name, file.content) for file in found.files(prepared)]
        else:
            written = list(_write_splits(prepared, found, out))
        if name == "label-studio" and str(out) != STANDARD:
            interface = label_studio_interface(prepared).encode()
            written.append(_write(out.with_suffix(".xml"), iter([interface])))
    except OSError as error:
        raise UsageError(f"{error.filename or out}: {error.strerror}") from None
    return written


def _write_splits(prepared: Prepared, found: Format, out: Path) -> Iterator[Path]:
    if found.content is None:
        return
    if not prepared.settings.split:
        yield _write(out, found.content(prepared))
        return
    for split, part in prepared.splits().items():
        suffix = out.suffix or found.suffix
        yield _write(out.with_name(f"{out.stem}-{split}{suffix}"), found.content(part))


#: Folders of a job that hold what people answered and what was made of it.
_OF_A_JOB = ("annotation-tool", "annotations", "labelwright", "manifests")


def _must_be_apart(place: str, out: Path) -> None:
    """Keep an export from taking the place of the job that it is made of."""
    job, target = Path(place).resolve(), out.resolve()
    if target == job or any(target.is_relative_to(job / name) for name in _OF_A_JOB):
        raise UsageError(f"{out}: it is a part of the job that is exported; name another place")


def _must_be_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: it is there already; name a folder that is new or empty")


def _write(path: Path, content: Iterator[bytes]) -> Path:
    # The first piece before anything is made: most of what can be wrong shows there.
    first = next(content, b"")
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_output(str(path)) as file:
        file.write(first)
        for piece in content:
            file.write(piece)
    return path
