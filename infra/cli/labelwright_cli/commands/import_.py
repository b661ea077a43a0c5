"""``labelwright import``: what models and other tools say, as suggestions in a manifest."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from labelwright.errors import UsageError
from labelwright_cli.displays.findings import name_of
from labelwright_cli.terminal import put, remark
from labelwright_local.imports.files import Format, read_entries, read_objects
from labelwright_local.imports.model import Note
from labelwright_local.imports.suggest import Imported, import_suggestions, written
from labelwright_local.manifest.files import (
    STANDARD,
    must_differ,
    open_manifest,
    open_output,
    path_of_local,
)
from labelwright_local.manifest.lines import read_lines
from labelwright_local.printable import counted, printable
from labelwright_local.workspace.task_folder import read_task_folder
from labelwright_local.workspace.texts import text_storage

#: How many notes of each reason are shown one by one.
MOST_SHOWN = 3


def import_(  # noqa: PLR0913, PLR0917 - a command has as many options as it has
    form: Annotated[
        Format,
        typer.Argument(
            metavar="FORMAT",
            help="label-studio (JSON), coco, or spans (JSON Lines of doccano, spaCy, Prodigy).",
        ),
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The other tool's file.")],
    manifest: Annotated[
        str, typer.Option(metavar="FILE", help="The manifest with the objects, as it is.")
    ],
    task: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER",
            help="The task: its fields' labels are what can be suggested, their 'initial' are the "
            "manifest keys that are written.",
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Where the manifest with suggestions goes.",
            show_default="standard output",
        ),
    ] = STANDARD,
    rename: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OLD=NEW", help="Take the file's label OLD for the task's NEW; may be repeated."
        ),
    ] = None,
    min_score: Annotated[
        float, typer.Option(min=0, max=1, help="Leave out what the model is less sure of.")
    ] = 0,
    dataset: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="For a list of COCO detections: the file with its images and categories.",
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            metavar="S3_FOLDER",
            help="The folder that stands in for S3, where the manifest names text files. The word "
            "s3 reads from S3 itself. Default: the folder s3 beside the manifest.",
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where all that was not taken is listed, one JSON object a line.",
        ),
    ] = None,
) -> None:
    """Write what a model or another tool says of a manifest's objects into it, as suggestions.

    An entry of FILE is about the object with its text, else its file's name, else its id (the
    manifest key "id"). Labels are matched by name. Workers see the suggestions as the task's page
    shows them, and decide.

    What could not be taken (no such object, no such label, outside of the picture) is counted by
    reason on standard error, with the first places of each, and costs nothing else.

    Example: labelwright import coco detections.json --dataset val.json --manifest all.jsonl --task
    my-task --out to-label.jsonl

    Exit status: 0 when some suggestion was taken, 1 when none was, 2 when a file can't be read.
    """
    if manifest == STANDARD:
        raise UsageError("--manifest: it is read twice, which standard input can't be")
    outputs = [str(report)] if report is not None else []
    must_differ(manifest, str(file), *([str(dataset)] if dataset else []), out, *outputs)
    definition = read_task_folder(task).definition
    made = import_suggestions(
        read_entries(form, file, dataset),
        read_objects(manifest, text_storage(data, path_of_local(manifest))),
        definition,
        _renamed(rename or []),
        min_score,
    )
    with open_manifest(manifest) as lines, open_output(out) as target:
        for line in written(read_lines(lines), made):
            target.write(line)
    if report is not None:
        with open_output(str(report)) as listing:
            for note in made.notes:
                listing.write(json.dumps(note._asdict()).encode() + b"\n")
    _tell(str(file), manifest, made, listed=report is not None)
    if not made.values:
        raise typer.Exit(1)


def _renamed(pairs: list[str]) -> dict[str, str]:
    made = {}
    for pair in pairs:
        old, equals, new = pair.partition("=")
        if not equals or not old.strip() or not new.strip():
            raise UsageError(f"--rename {pair}: expected OLD=NEW, two labels")
        made[old.strip()] = new.strip()
    return made


def _tell(file: str, manifest: str, made: Imported, *, listed: bool) -> None:
    shown: Counter[tuple[str, bool]] = Counter()
    for note in made.notes:
        shown[note.reason, note.kept] += 1
        if shown[note.reason, note.kept] <= MOST_SHOWN:
            put(f"{file}: {_placed(note)}", to_stderr=True)
    for (reason, kept), count in shown.most_common():
        what = "taken, changed" if kept else "not taken"
        if count > MOST_SHOWN:
            remark(f"{count:>7,} x {what}: {reason}")
    if any(count > MOST_SHOWN for count in shown.values()) and not listed:
        remark("--report FILE lists them all")
    remark(
        f"{name_of(manifest)}: {counted(made.values, 'suggestion')} in "
        f"{counted(len(made.by_line), 'line')}; of {file}: {made.entries:,} read, "
        f"{made.dropped.total():,} not taken, {made.changed.total():,} changed, "
        f"{made.silent:,} with nothing to suggest"
    )


def _placed(note: Note) -> str:
    label = f" ('{printable(note.label)}')" if note.label else ""
    place = f"{note.place}: " if note.place else ""
    return f"{place}{note.reason}{label}"
