"""Skip rules applied to a whole manifest, with the very function that pre-labeling decides with."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeVar

import pre_labeling
from labelwright.contract.manifest import LabelMetadata, ManifestLine
from labelwright.errors import LabelwrightError, UsageError
from labelwright.task.definition import TaskDefinition
from labelwright.task.skip import Skip
from labelwright_lambda.storage import Storage
from labelwright_local.findings import Finding, Severity
from labelwright_local.manifest.check import check_line
from labelwright_local.manifest.lines import RawLine
from labelwright_local.manifest.rules import RelativePaths
from labelwright_local.printable import printable
from labelwright_local.workspace.relative_paths import addressed

#: Texts read at the same time: as many as botocore keeps connections.
READERS = 10

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Decision(NamedTuple):
    """What becomes of a line: it is skipped, it is bad (``findings``), or it goes to workers."""

    raw: RawLine
    skip: Skip | None
    findings: list[Finding]

    @property
    def skipped(self) -> dict[str, str | int] | None:
        """The line's entry in ``skipped.jsonl``; the id is the one a job would have given it."""
        if self.skip is None:
            return None
        number = self.raw.number
        return {"line": number, "datasetObjectId": str(number - 1), **self.skip._asdict()}


def decide_lines(
    lines: Iterable[RawLine],
    definition: TaskDefinition,
    storage: Storage,
    relative: RelativePaths | None = None,
) -> Iterator[Decision]:
    """Yield what becomes of each line, in their order, reading several texts at a time."""
    for model in (ManifestLine, LabelMetadata):
        model.model_rebuild()  # now, not by several threads at once
    return _in_order(
        partial(decide, definition=definition, storage=storage, relative=relative), lines
    )


def decide(
    raw: RawLine,
    *,
    definition: TaskDefinition,
    storage: Storage,
    relative: RelativePaths | None = None,
) -> Decision:
    """Say what becomes of a line. One that ``manifest check`` calls bad is bad here."""
    parsed = check_line(raw, relative)
    findings = [found for found in parsed.findings if found.severity is Severity.ERROR]
    if findings or parsed.value is None:
        return Decision(raw, None, findings)
    try:
        made = pre_labeling.prepare(
            addressed(parsed.value), definition, storage, pre_labeling.Settings()
        )
    except UsageError:
        raise  # not this line's fault, but that of how the command was called
    except LabelwrightError as error:
        reason = f"[{error.code}] {printable(str(error), None)}"
        remedy = "correct this first: pre-labeling would fail on it too"
        return Decision(raw, None, [Finding(Severity.ERROR, reason, remedy)])
    return Decision(raw, made if isinstance(made, Skip) else None, [])


def _in_order(function: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterator[_Result]:
    """Map with several threads, holding no more than a few items for each."""
    waiting: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(READERS) as pool:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) == 4 * READERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
