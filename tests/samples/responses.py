"""The sample of response-comparison: prompts with two responses, and five simulated workers."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.samples.chance import Chance, Clock

SOURCE = Path(__file__).with_name("responses.toml")
FOLDER = "response-comparison"
IDS = ("a", "b")
LABELS = (*IDS, "tie")
#: The questions that are answered by a response or a tie.
ASKED = ("preference", "accuracy", "clarity")
_NOTES = ("Both could be shorter.", "The code was not run.")


@dataclass(frozen=True)
class Comparison:
    """A prompt and its responses by id, and what a careful worker would say of them."""

    id: str
    prompt: str
    responses: dict[str, str]
    true: dict[str, str]
    off_task: tuple[str, ...]

    def line(self) -> dict[str, Any]:
        """Return the object's line of the manifest."""
        responses = [{"id": name, "text": text} for name, text in self.responses.items()]
        return {"source": self.prompt, "responses": responses, "id": self.id}


@dataclass(frozen=True)
class Worker:
    """A worker's habits, as probabilities; ``side`` is of taking what is shown first, unread."""

    id: str
    wrong: float
    side: float
    note: float
    words_per_second: float


WORKERS = (
    Worker("w1", 0.03, 0.0, 0.2, 3.0),
    Worker("w2", 0.08, 0.0, 0.1, 3.5),
    Worker("w3", 0.15, 0.1, 0.0, 4.0),
    Worker("w4", 0.25, 0.1, 0.0, 5.0),
    Worker("w5", 0.10, 1.0, 0.0, 20.0),
)


def load() -> list[Comparison]:
    """Read all objects, in the order of the manifest."""
    found = []
    for table in tomllib.loads(SOURCE.read_text("utf-8"))["comparisons"]:
        newline = "\r\n" if table.get("newline") == "crlf" else "\n"
        texts = {key: table[key].strip("\n").replace("\n", newline) for key in ("prompt", *IDS)}
        true = {name: table[name] for name in ASKED}
        found.append(
            Comparison(
                table["id"], texts.pop("prompt"), texts, true, tuple(table.get("off_task", ()))
            )
        )
    return found


def answers(comparisons: list[Comparison], seed: str) -> list[dict[str, Any]]:
    """Let every worker answer every object, ordered by object."""
    clocks = {worker.id: Clock(number) for number, worker in enumerate(WORKERS)}
    return [
        _answer(str(number), shown, worker, Chance(f"{seed}/{shown.id}/{worker.id}"), clocks)
        for number, shown in enumerate(comparisons)
        for worker in WORKERS
    ]


def _answer(
    task: str, given: Comparison, worker: Worker, chance: Chance, clocks: dict[str, Clock]
) -> dict[str, Any]:
    shown = list(IDS) if chance.happens(0.5) else list(reversed(IDS))
    unread = chance.happens(worker.side)
    said = {name: shown[0] if unread else _said(given.true[name], worker, chance) for name in ASKED}
    words = sum(len(text.split()) for text in (given.prompt, *given.responses.values()))
    seconds = round(words / worker.words_per_second + 6, 1)
    annotations = {
        **said,
        "offTask": [] if unread else [name for name in given.off_task if _sees(worker, chance)],
        "notes": chance.pick(_NOTES) if chance.happens(worker.note) else "",
        "shown": shown,
        "timing": {
            "seconds": seconds,
            "firstActionSeconds": round(chance.between(0.3, 0.8) * seconds, 1),
        },
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


def _said(true: str, worker: Worker, chance: Chance) -> str:
    others = [label for label in LABELS if label != true]
    return chance.pick(others) if chance.happens(worker.wrong) else true


def _sees(worker: Worker, chance: Chance) -> bool:
    return not chance.happens(worker.wrong)
