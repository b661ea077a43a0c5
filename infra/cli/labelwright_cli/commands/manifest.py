"""``labelwright manifest …``: look at a manifest before a job, and at what a job failed on."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from labelwright.contract.manifest import labels_of
from labelwright.errors import LabelwrightError, UsageError
from labelwright.quality.reasons import MOST_SHOWN, Alike, Reason, alike
from labelwright_local.findings import Fault, Severity
from labelwright_local.manifest.check import ManifestCheck
from labelwright_local.manifest.failed import as_input, failures
from labelwright_local.manifest.files import (
    STANDARD,
    find_output_manifest,
    folder_of,
    must_differ,
    open_manifest,
    open_output,
)
from labelwright_local.manifest.filter import decide_lines
from labelwright_local.manifest.form import parse_line
from labelwright_local.manifest.lines import read_lines
from labelwright_local.printable import counted, show
from labelwright_local.workspace.task_folder import read_task_folder
from labelwright_local.workspace.texts import text_storage

_COLOURS = {
    Severity.ERROR: typer.colors.RED,
    Severity.WARNING: typer.colors.YELLOW,
    Severity.NOTE: typer.colors.CYAN,
}

manifest_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",  # which reflows paragraphs
    help="Check, filter and reuse manifests: the files that list what a job is to label.",
)


@manifest_app.command()
def check(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="The manifest: a file, an s3:// address, or - for standard input."
        ),
    ],
) -> None:
    """Name every bad line of a manifest: where, why, and what to do about it.

    A manifest has one JSON object a line. Each needs "source" (the text to label) or "source-ref"
    (the s3:// address of the file to label); other keys pass through the job.

    What is found is printed one a line, as FILE:LINE: error: reason; remedy. Errors make a line
    bad; warnings and notes do not. A line's content is never printed.

    Example: labelwright manifest check my-manifest.jsonl

    Exit status: 0 when every line can be used, 1 when a line is bad, 2 when FILE can't be read.
    """
    with _usage_errors(), open_manifest(file) as manifest:
        checking = ManifestCheck()
        for finding in checking.run(read_lines(manifest)):
            fault = Fault(finding.severity, finding.reason, finding.remedy)
            _tell(file, finding.line, fault, to_stderr=False)
    counts = checking.counts
    told = [counted(checking.objects, "object"), *(counted(counts[s], s) for s in Severity)]
    bad = counts[Severity.ERROR] > 0
    verdict = "correct the errors before you start a job" if bad else "every line can be used"
    _say(f"{_name(file)}: {', '.join(told)}; {verdict}")
    if bad:
        raise typer.Exit(1)


@manifest_app.command("filter")
def filter_(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="The manifest: a file, an s3:// address, or - for standard input."
        ),
    ],
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

    The skip rules are those in the task.toml of the task, decided exactly as
    pre-labeling decides them during the job. Lines that go to workers are copied as they are.

    Lines that can't be used (see: labelwright manifest check) and texts that can't be read are
    told on standard error with their line numbers, and left out of both files.

    Example: labelwright manifest filter all.jsonl --task my-task --out job.jsonl

    Exit status: 0 when every line could be decided, 1 when some could not, 2 when nothing could
    be done.
    """
    beside = Path(out).parent if out != STANDARD else Path()
    listing = skipped if skipped is not None else str(beside / "skipped.jsonl")
    kept, bad, rules = 0, 0, Counter[str]()
    with _usage_errors():
        must_differ(file, out, listing)
        definition = read_task_folder(task).definition
        storage = text_storage(data, folder_of(file))
        with (
            open_manifest(file) as manifest,
            open_output(out) as to_workers,
            open_output(listing) as to_listing,
        ):
            for decision in decide_lines(read_lines(manifest), definition, storage):
                if decision.faults:
                    bad += 1
                    for fault in decision.faults:
                        _tell(file, decision.raw.number, fault)
                elif decision.skipped is not None:
                    rules[str(decision.skipped["rule"])] += 1
                    to_listing.write(json.dumps(decision.skipped).encode() + b"\n")
                elif decision.raw.data is not None:
                    kept += 1
                    to_workers.write(decision.raw.data)
    by_rule = ", ".join(f"{rule} {count:,}" for rule, count in rules.most_common())
    _say(
        f"{_name(file)}: {counted(kept + bad + rules.total(), 'line')}: {kept:,} to workers, "
        f"{rules.total():,} skipped{f' ({by_rule})' if by_rule else ''}, {bad:,} bad"
    )
    if not definition.skip:
        _say("the task definition has no skip rules, so nothing is skipped")
    if rules:
        _say(f"what was skipped and why: {show(listing, None)}")
    if bad:
        raise typer.Exit(1)


@manifest_app.command()
def failed(
    job: Annotated[
        str,
        typer.Argument(
            metavar="JOB",
            help="The job's folder, or its output manifest; on this machine or s3://…",
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Where the manifest of failed objects goes.",
            show_default="standard output",
        ),
    ] = STANDARD,
    attribute: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Only failures of this label attribute. Default: of any. "
            "An output manifest also holds the labels of the jobs before.",
        ),
    ] = None,
    with_errors: Annotated[
        bool,
        typer.Option(
            "--with-errors",
            help="Also objects whose label holds an error only: Ground Truth counts them as "
            "labeled, but no answer of theirs could be consolidated.",
        ),
    ] = False,
) -> None:
    """Write the objects that a job failed on, as the manifest of a new job.

    The failed label is taken out of each line, so that the new job may use the same label
    attribute; all else stays as it was, earlier jobs' labels included. Why the objects failed is
    told on standard error, with how many there are of each reason.

    Example: labelwright manifest failed s3://my-bucket/output/my-job --out again.jsonl

    Exit status: 0 also when nothing failed, 1 when a line could not be read, 2 when there is no
    such job.
    """
    objects, written, bad = 0, 0, 0
    reasons: list[Reason] = []
    attributes = Counter[str]()
    seen: set[str] = set()
    with _usage_errors():
        place = find_output_manifest(job)
        must_differ(place, out)
        with open_manifest(place) as manifest, open_output(out) as target:
            for raw in read_lines(manifest):
                parsed = parse_line(raw)
                if parsed.value is None:
                    bad += 1
                    for fault in parsed.faults:
                        _tell(place, raw.number, fault)
                    continue
                objects += 1
                seen.update(label.attribute for label in labels_of(parsed.value))
                found = failures(parsed.value, attribute, with_errors=with_errors)
                if found:
                    written += 1
                    reasons += [
                        Reason("failed", failure.reason, str(raw.number)) for failure in found
                    ]
                    attributes.update(failure.attribute for failure in found)
                    text = as_input(parsed, found)
                    target.write(text.encode() + b"\n")
            if attribute is not None and objects and attribute not in seen:
                raise UsageError(
                    f"no object has a label '{attribute}'; there are labels of: "
                    f"{', '.join(sorted(seen)) or 'no job at all'}"
                )
    if written:
        _say(f"{_name(place)}: {written:,} of {counted(objects, 'object')} failed")
    else:
        _say(f"{_name(place)}: no object failed ({counted(objects, 'object')})")
    if len(attributes) > 1:
        names = ", ".join(f"{show(name)} {count:,}" for name, count in attributes.most_common())
        _say(f"labels of several jobs failed ({names}); --attribute NAME chooses one")
    _say_reasons(alike(reasons))
    if bad:
        raise typer.Exit(1)


def _say_reasons(groups: list[Alike]) -> None:
    for times, first in groups[:MOST_SHOWN]:
        _say(f"{times:>7,} x {show(' '.join(first.reason.split()), 500)}")
    others = sum(group.times for group in groups[MOST_SHOWN:])
    if others:
        _say(f"{others:>7,} x for other reasons")


@contextmanager
def _usage_errors() -> Iterator[None]:
    """Tell what can't be done in one line, and end."""
    try:
        yield
    except LabelwrightError as error:
        prefix = typer.style("error", fg=typer.colors.RED, bold=True)
        _say(f"{prefix}: {show(str(error), None)}")
        raise typer.Exit(2) from None


def _tell(file: str, line: int | None, fault: Fault, *, to_stderr: bool = True) -> None:
    """Print a finding as compilers do, so that editors find their way to the line."""
    where = _name(file) if line is None else f"{_name(file)}:{line}"
    severity = typer.style(fault.severity, fg=_COLOURS[fault.severity], bold=True)
    _say(f"{where}: {severity}: {fault.reason}; {fault.remedy}", to_stderr=to_stderr)


def _say(text: str, *, to_stderr: bool = True) -> None:
    stream = sys.stderr if to_stderr else sys.stdout
    encoding = stream.encoding or "utf-8"
    printable = text.encode(encoding, "backslashreplace").decode(encoding)
    # Without a terminal, typer leaves the colours out by itself.
    typer.echo(printable, err=to_stderr, color=False if os.environ.get("NO_COLOR") else None)


def _name(file: str) -> str:
    return "<stdin>" if file == STANDARD else show(file, None)
