"""``labelwright manifest upload``: files and manifest to S3, for Ground Truth."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import UsageError
from labelwright_cli.displays.findings import show_finding
from labelwright_cli.terminal import remark, say
from labelwright_local.manifest.files import open_manifest, open_output
from labelwright_local.manifest.lines import read_lines
from labelwright_local.manifest.upload import Counts, Target, upload_lines
from labelwright_local.printable import counted
from labelwright_local.workspace.data_folder import DataFolder, data_folder
from labelwright_local.workspace.task_folder import MANIFEST


def upload(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="The manifest, or the folder of a job that labelwright init made."
        ),
    ],
    target: Annotated[
        str,
        typer.Argument(
            metavar="S3", help="Where files and manifest go: s3://bucket/prefix, without a file."
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write the manifest that goes to S3 to this file, too."),
    ] = None,
) -> None:
    """Send the files that a manifest names by relative paths to S3, and the manifest for them.

    Each file keeps its path below the prefix. What is there with the same content is not sent
    again: broken off, the same command goes on. The manifest, in which each path is an s3://
    address, goes to the prefix last, under its own name. Credentials are those of your environment.

    Lines that can't be used are told with their numbers, and left out.

    Example: labelwright manifest upload my-job s3://my-input/my-job

    Exit status: 0 when all was sent, 1 when lines were left out, 2 when it could not be done.
    """
    manifest = file / MANIFEST if file.is_dir() else file
    place = _place(target)
    folder, counts = DataFolder(data_folder(manifest)), Counts()
    lines = bad = 0
    with open_manifest(str(manifest)) as source, tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary, MANIFEST)
        to = Target.connect(place, manifest.name)
        with made.open("wb") as lines_out:
            for each in upload_lines(read_lines(source), folder, to, counts):
                for finding in each.findings:
                    placed = finding._replace(line=each.raw.number)
                    show_finding(str(manifest), placed, to_stderr=True)
                bad += each.line is None
                lines += each.line is not None
                lines_out.write(each.line or b"")
        if not lines:
            raise UsageError(f"{manifest}: no line in it can be used; no manifest was written")
        address = to.write(made)
        if out is not None:
            with open_output(out) as copy, made.open("rb") as found:
                copy.writelines(found)
    remark(
        f"{manifest}: {counted(counts.sent, 'file')} sent ({counts.size:,} bytes), "
        f"{counts.there:,} there already, {counted(lines, 'line')}, {bad:,} left out"
    )
    say(f"manifest for Ground Truth: {address}")
    if bad:
        raise typer.Exit(1)


def _place(target: str) -> S3Uri:
    try:
        return S3Uri.parse(target.rstrip("/"))
    except ValueError as error:
        raise UsageError(
            f"{target}: {error}; name a bucket and a prefix of your own: s3://bucket/prefix"
        ) from None
