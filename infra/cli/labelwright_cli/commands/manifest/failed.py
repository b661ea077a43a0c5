"""``labelwright manifest failed``: what a job failed on, as the manifest of another."""

from collections import Counter
from typing import Annotated

import typer

from labelwright.contract.manifest import labels_of
from labelwright.errors import UsageError
from labelwright.quality.reasons import MOST_SHOWN, Alike, Reason, alike
from labelwright_cli.displays.findings import name_of, show_finding
from labelwright_cli.terminal import remark
from labelwright_local.manifest.failed import as_input, failures
from labelwright_local.manifest.files import (
    STANDARD,
    find_output_manifest,
    must_differ,
    open_manifest,
    open_output,
)
from labelwright_local.manifest.form import parse_line
from labelwright_local.manifest.lines import read_lines
from labelwright_local.printable import counted, printable


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
    place = find_output_manifest(job)
    must_differ(place, out)
    with open_manifest(place) as manifest, open_output(out) as target:
        for raw in read_lines(manifest):
            parsed = parse_line(raw)
            if parsed.value is None:
                bad += 1
                for finding in parsed.findings:
                    placed = finding._replace(line=raw.number)
                    show_finding(name_of(place), placed, to_stderr=True)
                continue
            objects += 1
            seen.update(label.attribute for label in labels_of(parsed.value))
            found = failures(parsed.value, attribute, with_errors=with_errors)
            if found:
                written += 1
                reasons += [Reason("failed", failure.reason, str(raw.number)) for failure in found]
                attributes.update(failure.attribute for failure in found)
                text = as_input(parsed, found)
                target.write(text.encode() + b"\n")
        if attribute is not None and objects and attribute not in seen:
            raise UsageError(
                f"no object has a label '{attribute}'; there are labels of: "
                f"{', '.join(sorted(seen)) or 'no job at all'}"
            )
    if written:
        remark(f"{name_of(place)}: {written:,} of {counted(objects, 'object')} failed")
    else:
        remark(f"{name_of(place)}: no object failed ({counted(objects, 'object')})")
    if len(attributes) > 1:
        names = ", ".join(
            f"{printable(name)} {count:,}" for name, count in attributes.most_common()
        )
        remark(f"labels of several jobs failed ({names}); --attribute NAME chooses one")
    _tell_reasons(alike(reasons))
    if bad:
        raise typer.Exit(1)


def _tell_reasons(groups: list[Alike]) -> None:
    for times, first in groups[:MOST_SHOWN]:
        remark(f"{times:>7,} x {printable(' '.join(first.reason.split()), 500)}")
    others = sum(group.times for group in groups[MOST_SHOWN:])
    if others:
        remark(f"{others:>7,} x for other reasons")
