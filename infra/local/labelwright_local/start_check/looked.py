"""What was found before a start, counted; of many findings the first few are kept."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from labelwright_local.findings import Finding, Severity

#: So many of each severity are kept: all of a bad manifest would be a line for each of its lines.
KEPT = 5


class Looked(NamedTuple):
    """What was found in one file: the first findings of each severity, and how many there are."""

    file: str
    first: list[Finding]
    counts: Counter[Severity]


def looked(file: str, findings: Iterable[Finding]) -> Looked:
    """Count findings, however many they are; notes are counted only."""
    counts: Counter[Severity] = Counter()
    first: list[Finding] = []
    for finding in findings:
        counts[finding.severity] += 1
        if finding.severity is not Severity.NOTE and counts[finding.severity] <= KEPT:
            first.append(finding)
    return Looked(file, first, counts)
