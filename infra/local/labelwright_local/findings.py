"""What a checker found: how bad it is, why, and what to do about it."""

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How bad a finding is; only errors make a line bad."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Fault(NamedTuple):
    """What was found, before it is known where."""

    severity: Severity
    reason: str
    remedy: str


def bad(reason: str, remedy: str) -> Fault:
    """Return a fault that makes a line bad."""
    return Fault(Severity.ERROR, reason, remedy)
