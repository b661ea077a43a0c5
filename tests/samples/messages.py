"""The sample of text-entities: short texts with their true spans, and five simulated workers."""

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.samples.chance import Chance, Clock
from tests.samples.documents import Span
from tests.samples.workers import WORKERS, Worker

SOURCE = Path(__file__).with_name("messages.toml")
FOLDER = "text-entities"

#: Which label a hasty reader gives instead.
_MISTAKEN = {
    "PERSON": "ORGANIZATION",
    "ORGANIZATION": "PLACE",
    "PLACE": "ORGANIZATION",
    "DATE": "PLACE",
}
_NOTES = ("Is the foundation a person, too?", "Not sure where the address ends.")
_MARKED = re.compile(r"\[([A-Z]+)\|([^\]]+)\]")


@dataclass(frozen=True)
class Message:
    """One text, and what a careful worker would mark in it."""

    id: str
    text: str
    spans: tuple[Span, ...]

    def echo(self) -> dict[str, Any]:
        """Return what the page echoes about the text it showed, which has no address."""
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return {"uri": None, "length": len(self.text), "sha256": digest}


def load() -> list[Message]:
    """Read all texts, in the order of the manifest."""
    return [
        _message(table["id"], table["text"], "\r\n" if table.get("newline") == "crlf" else "\n")
        for table in tomllib.loads(SOURCE.read_text("utf-8"))["messages"]
    ]


def _message(name: str, marked: str, newline: str) -> Message:
    marked = marked.replace("\n", newline)
    text, spans, at = "", [], 0
    for found in _MARKED.finditer(marked):
        text += marked[at : found.start()]
        spans.append(Span(len(text), len(text) + len(found[2]), found[1]))
        text += found[2]
        at = found.end()
    return Message(name, text + marked[at:], tuple(spans))


def answers(messages: list[Message], seed: str) -> list[dict[str, Any]]:
    """Let every worker answer every text, ordered by text."""
    clocks = {worker.id: Clock(number) for number, worker in enumerate(WORKERS)}
    return [
        _answer(str(number), message, worker, Chance(f"{seed}/{message.id}/{worker.id}"), clocks)
        for number, message in enumerate(messages)
        for worker in WORKERS
    ]


def _answer(
    task: str, message: Message, worker: Worker, chance: Chance, clocks: dict[str, Clock]
) -> dict[str, Any]:
    spans = _mark(message, worker, chance)
    seconds = round(len(message.text.split()) / worker.words_per_second + 3 * len(spans) + 2, 1)
    annotations = {
        "value": [span.wire(message.text) for span in spans],
        "notes": chance.pick(_NOTES) if chance.happens(worker.note / 2) else "",
        "nothingToMark": not spans,
        "text": message.echo(),
        "timing": {
            "seconds": seconds,
            "firstActionSeconds": round(chance.between(0.1, 0.4) * seconds, 1),
        },
        "suggestions": [],
    }
    spent = round(seconds + chance.between(0.5, 2.5), 3)
    content = json.dumps(annotations, ensure_ascii=False, separators=(",", ":"))
    return {
        "datasetObjectId": task,
        "workerId": worker.id,
        "answerContent": {"annotations": content},
        "submissionTime": clocks[worker.id].after(spent),
        "timeSpentInSeconds": spent,
    }


def _mark(message: Message, worker: Worker, chance: Chance) -> list[Span]:
    """Mark the text as the worker would: some spans missed, cut by a word, or mislabelled."""
    if chance.happens(worker.give_up):
        return []
    marked = []
    for true in message.spans:
        if chance.happens(worker.miss):
            continue
        label = _MISTAKEN[true.label] if chance.happens(worker.mislabel) else true.label
        words = [found.span() for found in re.finditer(r"\S+", message.text[slice(*true[:2])])]
        first = int(len(words) > 1 and chance.happens(worker.shift / 2))
        marked.append(Span(true.start + words[first][0], true.end, label))
    return marked
