"""``labelwright manifest filter``: a manifest without the objects that need no worker."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from labelwright_cli.displays.findings import name_of, show_finding
from labelwright_cli.options import ManifestFile
from labelwright_cli.terminal import remark
from labelwright_local.manifest.files import (
    STANDARD,
    must_differ,
    open_manifest,
    open_output,
    path_of_local,
)
from labelwright_local.manifest.filter import decide_lines
from labelwright_local.manifest.lines import read_lines
from labelwright_local.manifest.rules import RelativePaths
from labelwright_local.printable import counted
from labelwright_local.workspace.data_folder import DataFolder, data_folder
from labelwright_local.workspace.task_folder import read_task_folder
from labelwright_local.workspace.texts import REAL_S3, text_storage


def filter_(
    file: ManifestFile,
    task: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER", help="The task's folder; the skip rules are in its task.toml."
        ),
    ],
    data: Annotated[
        str | None,
        typer.Option(
            metavar="S3_FOLDER",
            help="The folder that stands in for S3: s3://bucket/key is S3_FOLDER/bucket/key. "
            "The word s3 reads from S3 itself, with your AWS credentials. "
            "Default: the folder s3 beside FILE.",
        ),
    ] = None,
    out: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Where the lines go that workers are to see.",
            show_default="standard output",
        ),
    ] = STANDARD,
    skipped: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Where the skipped lines are listed, with rule and reason. "
            "Default: skipped.jsonl beside --out, else in this folder.",
        ),
    ] = None,
) -> None:
    """Leave out the objects that need no worker, before the job starts.

    The skip rules are those in the task.toml of the task, decided exactly as pre-labeling with its
    default settings decides them during the job. Lines that go to workers are copied as they are.

    Lines that can't be used (see: labelwright manifest check) and texts that can't be read are
    told on standard error with their line numbers, and left out of both files.

    Example: labelwright manifest filter all.jsonl --task my-task --out job.jsonl

    Exit status: 0 when every line could be decided, 1 when some could not, 2 when nothing could
    be done.
    """
    beside = Path(out).parent if out != STANDARD else Path()
    listing = skipped if skipped is not None else str(beside / "skipped.jsonl")
    kept, bad, rules = 0, 0, Counter[str]()
    must_differ(file, out, listing)
    definition = read_task_folder(task).definition
    storage = text_storage(data, path_of_local(file))
    with (
        open_manifest(file) as manifest,
        open_output(out) as to_workers,
        open_output(listing) as to_listing,
    ):
        for decision in decide_lines(
            read_lines(manifest), definition, storage, _relative(file, data)
        ):
            if decision.findings:
                bad += 1
                for finding in decision.findings:
                    placed = finding._replace(line=decision.raw.number)
                    show_finding(name_of(file), placed, to_stderr=True)
            elif decision.skipped is not None:
                rules[str(decision.skipped["rule"])] += 1
                to_listing.write(json.dumps(decision.skipped).encode() + b"\n")
            elif decision.raw.data is not None:
                kept += 1
                to_workers.write(decision.raw.data)
    by_rule = ", ".join(f"{rule} {count:,}" for rule, count in rules.most_common())
    remark(
        f"{name_of(file)}: {counted(kept + bad + rules.total(), 'line')}: {kept:,} to workers, "
        f"{rules.total():,} skipped{f' ({by_rule})' if by_rule else ''}, {bad:,} bad"
    )
    if not definition.skip:
        remark("the task definition has no skip rules, so nothing is skipped")
    if rules:
        remark(f"what was skipped and why: {listing}")
    if bad:
        raise typer.Exit(1)


def _relative(file: str, data: str | None) -> RelativePaths | None:
    """Return where relative paths begin; texts in S3 itself have none."""
    if data == REAL_S3:
        return None
    return RelativePaths(DataFolder(data_folder(path_of_local(file))))
