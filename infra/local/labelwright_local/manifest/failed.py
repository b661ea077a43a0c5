"""The objects that a job failed on, as input for another job."""

from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.contract.manifest import METADATA_SUFFIX, ManifestLabel, labels_of
from labelwright.contract.own_label import read_label
from labelwright_local.manifest.form import ParsedLine
from labelwright_local.manifest.lines import without

_NO_REASON = "there is no label, and no reason is given"


class Failure(NamedTuple):
    """That an object got no label under an attribute."""

    attribute: str
    reason: str


def failures(line: dict[str, Json], attribute: str | None, *, with_errors: bool) -> list[Failure]:
    """Return what failed of an object, under one attribute or under any.

    ``with_errors`` takes in the labels of ours that hold only an error: the service counts those
    objects as labeled.
    """
    found = []
    for label in labels_of(line):
        if attribute is not None and label.attribute != attribute:
            continue
        if label.failed:
            found.append(Failure(label.attribute, label.metadata.failure_reason or _NO_REASON))
        elif with_errors and (reason := _own_error(label)) is not None:
            found.append(Failure(label.attribute, reason))
    return found


def _own_error(label: ManifestLabel) -> str | None:
    """Return the error in a label of ours."""
    own = read_label(label.value)
    if own is None or own.error is None:
        return None
    return f"label with error '{own.error.code}': {own.error.reason}"


def as_input(parsed: ParsedLine, failed: list[Failure]) -> str:
    """Return the line without the failed labels; everything else stands as it was written.

    A value under a failed attribute goes too: with it, a new job of the same attribute would take
    the object as labeled.
    """
    names = {failure.attribute for failure in failed}
    return without(parsed.text or "{}", names | {name + METADATA_SUFFIX for name in names})
