"""The files that the manifest commands read and write: local ones, S3 objects, standard streams."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from labelwright.contract.base import dump_json
from labelwright.contract.job_layout import OUTPUT_MANIFEST, JobLayout, job_of_output_manifest
from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import LabelwrightError, UsageError
from labelwright_lambda.s3_storage import S3Storage
from labelwright_local.printable import json_visible
from labelwright_local.workspace.batch_csv import is_batch, read_batch

#: Standard input, or output, in the place of a file's name.
STANDARD = "-"


def path_of_local(place: str) -> Path:
    """Return the path of a local manifest; of others, one in the folder that we are in."""
    local = place != STANDARD and not place.startswith("s3://")
    return Path(place) if local else Path(STANDARD)


@contextmanager
def open_manifest(place: str) -> Iterator[BinaryIO]:
    """Open a file, an S3 object or standard input for reading bytes.

    A batch of Mechanical Turk is read as the manifest lines that it stands for.

    Raises:
        UsageError: there is no such thing, or it can't be read.
    """
    if place == STANDARD:
        yield sys.stdin.buffer
    elif place.startswith("s3://"):
        yield BytesIO(_fetch(place))
    elif is_batch(Path(place)):
        rows = (dump_json(row).encode() + b"\n" for row in read_batch(Path(place)))
        yield BytesIO(b"".join(rows))
    else:
        try:
            file = Path(place).open("rb")  # noqa: SIM115 - a reader's error is no error of opening
        except OSError as error:
            raise UsageError(
                f"{place}: {error.strerror}; a manifest is a file with one JSON object a line"
            ) from None
        with file:
            yield file


def _fetch(address: str) -> bytes:
    try:
        S3Uri.parse(address)
        return S3Storage.connect().read(address)
    except ValueError as error:
        raise UsageError(f"{address}: {error}") from None
    except LabelwrightError as error:
        raise UsageError(str(error)) from None


@contextmanager
def open_output(place: str) -> Iterator[BinaryIO]:
    """Open a file for writing, which appears only when it is complete, or standard output.

    Raises:
        UsageError: it can't be written.
    """
    if place == STANDARD:
        # BinaryIO is more than anybody who writes lines asks for.
        yield cast("BinaryIO", _Shown())
        sys.stdout.buffer.flush()
        return
    path = Path(place)
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            # A device or a pipe, or what leads to one, is written to and not replaced.
            with path.open("wb") as file:
                yield file
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    except OSError as error:
        raise UsageError(f"{place}: {error.strerror}") from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


class _Shown:
    """Standard output for lines of JSON: what steers a terminal is escaped as JSON has it."""

    def write(self, line: bytes) -> int:
        """Write a line, the same JSON whatever is escaped in it."""
        return sys.stdout.buffer.write(json_visible(line))


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def must_differ(*places: str) -> None:
    """Make sure that no file is read and written, or written twice.

    Raises:
        UsageError: two of the places are the same file.
    """
    seen = set()
    for place in places:
        if place == STANDARD or place.startswith("s3://"):
            continue
        path = Path(place).resolve()
        if path in seen:
            raise UsageError(f"{place}: this file is named twice; write to another one")
        seen.add(path)


def find_output_manifest(job: str) -> str:
    """Return the place of a job's output manifest, given that itself or the job's folder.

    Raises:
        UsageError: there is none, or there are several.
    """
    if job.startswith("s3://"):
        layout = JobLayout(job.rstrip("/"))
        return job if job.endswith(".manifest") else layout.output_manifest
    if not Path(job).is_dir():
        return job
    direct = Path(job, OUTPUT_MANIFEST)
    found = [direct] if direct.is_file() else sorted(Path(job).rglob(OUTPUT_MANIFEST))
    if not found:
        raise UsageError(f"{job}: there is no {OUTPUT_MANIFEST} in or below this folder")
    if len(found) > 1:
        jobs = (job_of_output_manifest(path.as_posix()) for path in found)
        names = ", ".join(str(Path(layout.prefix)) for layout in jobs if layout)
        raise UsageError(f"{job}: there are several jobs below this folder, name one: {names}")
    return str(found[0])
