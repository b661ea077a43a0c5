"""What a checker of manifests or templates found: how bad, why, what to do, and where."""

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How bad a finding is; only errors make a line bad."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(NamedTuple):
    """One thing that was found.

    ``remedy`` is empty where the reason says what to do. ``line`` and ``column`` count from 1 and
    are None for what concerns the whole file (or line). ``rule`` is the stable name of what was
    checked, empty where rules have none.
    """

    severity: Severity
    reason: str
    remedy: str = ""
    line: int | None = None
    column: int | None = None
    rule: str = ""

    @property
    def message(self) -> str:
        """The reason and what to do about it."""
        return f"{self.reason}; {self.remedy}" if self.remedy else self.reason


def bad(reason: str, remedy: str) -> Finding:
    """Return a finding that makes a line bad."""
    return Finding(Severity.ERROR, reason, remedy)
