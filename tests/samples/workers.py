"""Five simulated workers who mark abstracts: what each gets wrong, and how often."""

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.samples.chance import Chance, Clock
from tests.samples.documents import Document, Span

#: Which label a hasty reader gives instead.
_MISTAKEN = {
    "BACKGROUND": "OBJECTIVES",
    "OBJECTIVES": "BACKGROUND",
    "METHODS": "RESULTS",
    "RESULTS": "CONCLUSIONS",
    "CONCLUSIONS": "RESULTS",
    "LIMITATIONS": "CONCLUSIONS",
}
_NOTES = (
    "The last sentence could be two labels.",
    "Hard to tell aim from background here.",
    "Numbers without units.",
    "Page image is easier to read than the text.",
)


@dataclass(frozen=True)
class Worker:
    """A worker's habits, as probabilities; ``reach`` is how many words an end may be off."""

    id: str
    miss: float
    shift: float
    reach: int
    mislabel: float
    misjudge: float
    give_up: float
    note: float
    words_per_second: float


WORKERS = (
    Worker("w1", 0.02, 0.10, 1, 0.02, 0.04, 0.0, 0.25, 2.2),
    Worker("w2", 0.06, 0.20, 2, 0.05, 0.08, 0.0, 0.10, 2.8),
    Worker("w3", 0.10, 0.45, 4, 0.06, 0.10, 0.0, 0.05, 2.5),
    Worker("w4", 0.20, 0.25, 2, 0.12, 0.30, 0.0, 0.00, 3.4),
    Worker("w5", 0.40, 0.60, 9, 0.40, 0.45, 0.15, 0.00, 9.0),
)


def answers(documents: list[Document], seed: str) -> list[dict[str, Any]]:
    """Let every worker answer every document that has a text, ordered by document."""
    clocks = {worker.id: Clock(number) for number, worker in enumerate(WORKERS)}
    return [
        _answer(str(number), document, worker, Chance(f"{seed}/{document.id}/{worker.id}"), clocks)
        for number, document in enumerate(documents)
        if document.text
        for worker in WORKERS
    ]


def _answer(
    task: str, document: Document, worker: Worker, chance: Chance, clocks: dict[str, Clock]
) -> dict[str, Any]:
    spans = _mark(document, worker, chance)
    quality = document.quality
    if chance.happens(worker.misjudge):
        quality = "no" if quality == "yes" else "yes"
    seconds = round(len(document.text.split()) / worker.words_per_second + 6 * len(spans), 1)
    annotations = {
        "value": [span.wire(document.text) for span in spans],
        "notes": chance.pick(_NOTES) if chance.happens(worker.note) else "",
        "claimResult": quality,
        "nothingToMark": not spans,
        "text": document.echo(),
        "timing": {
            "seconds": seconds,
            "firstActionSeconds": round(chance.between(0.1, 0.4) * seconds, 1),
        },
        "suggestions": [],
    }
    spent = round(seconds + chance.between(0.5, 2.5), 3)
    return {
        "datasetObjectId": task,
        "workerId": worker.id,
        "answerContent": {"annotations": _as_page_writes(annotations)},
        "submissionTime": clocks[worker.id].after(spent),
        "timeSpentInSeconds": spent,
    }


def _as_page_writes(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _mark(document: Document, worker: Worker, chance: Chance) -> list[Span]:
    """Mark the document as the worker would: some spans missed, moved, or mislabelled."""
    if chance.happens(worker.give_up):
        return []
    words = [match.span() for match in re.finditer(r"\S+", document.text)]
    marked = []
    for true in document.spans:
        if chance.happens(worker.miss):
            continue
        first = next(i for i, word in enumerate(words) if word[0] == true.start)
        last = next(i for i, word in enumerate(words) if word[1] == true.end)
        if chance.happens(worker.shift):
            first += chance.shift(worker.reach)
        if chance.happens(worker.shift):
            last += chance.shift(worker.reach)
        first, last = max(first, 0), min(last, len(words) - 1)
        label = _MISTAKEN[true.label] if chance.happens(worker.mislabel) else true.label
        if first <= last:
            marked.append(Span(words[first][0], words[last][1], label))
    return sorted(set(marked))
