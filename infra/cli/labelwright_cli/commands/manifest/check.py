"""``labelwright manifest check``: what is wrong with a manifest, before a job fails on it."""

from pathlib import Path

import typer

from labelwright_cli.displays.findings import name_of, show_finding
from labelwright_cli.options import ManifestFile
from labelwright_cli.terminal import remark
from labelwright_local.findings import Severity
from labelwright_local.manifest.check import ManifestCheck
from labelwright_local.manifest.files import STANDARD, open_manifest
from labelwright_local.manifest.lines import read_lines
from labelwright_local.manifest.rules import RelativePaths
from labelwright_local.printable import counted
from labelwright_local.workspace.data_folder import DataFolder, data_folder


def check(
    file: ManifestFile,
) -> None:
    """Name every bad line of a manifest: where, why, and what to do about it.

    A manifest has one JSON object a line. Each needs "source" (the text to label) or "source-ref"
    (the s3:// address of the file to label, on this machine also a path relative to the
    manifest); other keys pass through the job.

    What is found is printed one a line, as FILE:LINE: error: reason; remedy. Errors make a line
    bad; warnings and notes do not. A line's content is never printed.

    Example: labelwright manifest check my-manifest.jsonl

    Exit status: 0 when every line can be used, 1 when a line is bad, 2 when FILE can't be read.
    """
    with open_manifest(file) as manifest:
        checking = ManifestCheck(_relative(file))
        for finding in checking.run(read_lines(manifest)):
            show_finding(name_of(file), finding)
    counts = checking.counts
    told = [counted(checking.objects, "object"), *(counted(counts[s], s) for s in Severity)]
    bad = counts[Severity.ERROR] > 0
    verdict = "correct the errors before you start a job" if bad else "every line can be used"
    remark(f"{name_of(file)}: {', '.join(told)}; {verdict}")
    if bad:
        raise typer.Exit(1)


def _relative(file: str) -> RelativePaths | None:
    """Return where relative paths begin: beside a file of this machine, else nowhere."""
    if file == STANDARD or file.startswith("s3://"):
        return None
    return RelativePaths(DataFolder(data_folder(Path(file))), must_exist=True)
