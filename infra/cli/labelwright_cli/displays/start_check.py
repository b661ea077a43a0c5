"""What was found before a job starts: the first findings of each file, and how many there are."""

from collections.abc import Sequence
from pathlib import Path

from labelwright.errors import UsageError
from labelwright_cli.displays.findings import show_finding
from labelwright_cli.terminal import remark
from labelwright_local.findings import Severity
from labelwright_local.printable import counted
from labelwright_local.start_check.looked import Looked
from labelwright_local.workspace.data_folder import data_folder


def show_before_start(found: Sequence[Looked], *, anyway: bool, under_way: bool) -> None:
    """Print the findings; ``under_way``: the job was started before, and goes on all the same.

    Raises:
        UsageError: there are errors, and nobody said that the job is to start ``anyway``.
    """
    for each in found:
        for finding in each.first:
            show_finding(each.file, finding, to_stderr=True)
        if sum(each.counts[severity] for severity in _TOLD) > len(each.first):
            told = (counted(each.counts[severity], severity) for severity in _TOLD)
            remark(f"{each.file}: {', '.join(told)}; the first of each are above")
    errors = sum(each.counts[Severity.ERROR] for each in found)
    if errors and not anyway and not under_way:
        raise UsageError(
            f"the job is not started: {counted(errors, 'error')}, see above; correct what they "
            "name, or start it all the same with --anyway"
        )


def show_data_folder(manifest: Path) -> None:
    """Say from where files are read that lie outside of the job's folder: a task may name any."""
    folder = data_folder(manifest).resolve()
    if not folder.is_relative_to(manifest.parent.resolve()):
        remark(f"{manifest}: relative paths begin in {folder}, as task.toml says")


_TOLD = (Severity.ERROR, Severity.WARNING)
