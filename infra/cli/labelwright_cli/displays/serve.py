"""What ``labelwright serve`` prints: addresses, how the job stands, how to stop."""

import shlex
from pathlib import Path

from rich.table import Table

from labelwright_cli.terminal import console, say
from labelwright_local.engine.model import JobProgress
from labelwright_local.export.formats import FORMATS
from labelwright_local.portal.reach import Reach
from labelwright_local.printable import counted


def show_start(
    title: str,
    progress: JobProgress,
    workers: str,
    requester: str,
    *,
    reach: Reach,
    own_functions: bool,
) -> None:
    """Print what everybody needs to begin; addresses are never broken into lines."""
    say(title, "bold")
    say(counts(progress))
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_row("workers", workers)
    table.add_row("requester", requester)
    console.print(table, soft_wrap=True)
    if reach.open_to_network:
        console.print(
            "Open to the network, without encryption: use it where you trust everybody who listens."
        )
    if reach.needs_code:
        console.print(
            "Each worker needs a join code; give them out under Workers in the requester's view."
        )
    if reach.needs_code and own_functions:
        console.print(
            "Addresses that your functions presign lead nowhere on other machines; let the "
            "template make them, with grant_read_access.",
            soft_wrap=True,
        )
    console.print("[dim]Ctrl+C stops; the same command goes on where it was.[/]")


def counts(progress: JobProgress) -> str:
    """Say in one line how the job stands."""
    return (
        f"{progress.in_words()}; {counted(progress.answers, 'answer')} of "
        f"{counted(progress.workers, 'worker')}; "
        f"{counted(progress.workers_per_object, 'worker')} for each object"
    )


def show_stop(progress: JobProgress, workspace: Path | None, *, ended: bool) -> None:
    """Print how the job stands when the server has stopped, and how to get labels that are there.

    ``ended``: no handler is at work.
    """
    say(f"Stopped: {counts(progress)}")
    if not ended:
        console.print(
            "A pre- or post-labeling function was still at work; the next start calls it again."
        )
    if progress.labeled and workspace is not None:
        say(f"The labels: labelwright export {shlex.quote(str(workspace))} csv")
        say(f"Other formats: {', '.join(name for name in FORMATS if name != 'csv')}")
