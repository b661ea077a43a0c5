"""Spans that overlap, where a format can hold only one of them."""

from collections.abc import Iterable

from labelwright_local.export.prepare import Overlaps
from labelwright_local.finished_job.model import LabelledSpan


def without_overlaps(
    spans: Iterable[LabelledSpan], rule: Overlaps
) -> tuple[list[LabelledSpan], list[LabelledSpan]]:
    """Return the spans that stay, in order, and those that overlap one of them.

    ``longest``: longer ones stay, of two as long the surer one, then the first. ``first``: those
    that begin first stay, of two that begin together the longer one. ``all``: all stay.
    """
    ordered = sorted(spans)
    if rule == "all":
        return ordered, []
    if rule == "longest":
        ordered.sort(key=lambda span: (span.start - span.end, -(span.confidence or 0), span[:3]))
    else:
        ordered.sort(key=lambda span: (span.start, -span.end, span.label))
    kept: list[LabelledSpan] = []
    dropped: list[LabelledSpan] = []
    for span in ordered:
        clear = all(span.end <= other.start or other.end <= span.start for other in kept)
        (kept if clear else dropped).append(span)
    return sorted(kept, key=lambda span: span[:3]), dropped
