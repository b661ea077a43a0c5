"""What hostile answers cost a batch: ``python -m tests.benchmarks.hostile``.

Each attack is a job in a folder, with its earlier requests and the snapshot of their votes where
there is one, and post-labeling answers its last batch in a fresh process. Measured are that
process's CPU seconds and its largest memory, start included, against the bound that holds for any
batch of 50 objects with 9 answers, whose request has at most 60 MB, after 2,000 earlier objects;
and how many answers were left out of their field as out of all proportion, and fields of an object
put together more simply.
"""

import argparse
import json
import logging
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import post_labeling
from labelwright.label.notes import OUT_OF_PROPORTION, SIMPLIFIED
from labelwright_local.workspace.folder_storage import FolderStorage
from tests.benchmarks.report import merge, show

#: The bound, on one core of the machine that the benchmarks run on, and in MB.
MOST_SECONDS, MOST_MB = 60, 1_200

JOB = "s3://out/job"
REQUESTS = f"{JOB}/annotations/consolidated-annotation/consolidation-request/iteration-1"
TASK = "s3://input/task.toml"
OBJECTS, WORKERS, EARLIER = 50, 9, 2_000
LABELS = [f"label {number}" for number in range(6)]

Answer = dict[str, Any]
#: The answers to an object, by worker.
Answers = dict[str, Answer | str]
Batch = list[Answers]


def definition(**kinds: str) -> str:
    """Return a task definition with fields of these kinds."""
    fields = "".join(
        f'[[fields]]\nname = "{name}"\nkind = "{kind}"\npath = "{name}"\n'
        + (f"labels = {json.dumps(LABELS)}\n" if kind in ("choice", "spans", "boxes") else "")
        for name, kind in kinds.items()
    )
    return f'name = "job"\n{fields}'


def request_of(batch: Batch, first: int, text: str | None) -> bytes:
    """Return a consolidation request; the data objects are this text, or pictures."""
    entries = [
        {
            "datasetObjectId": str(first + index),
            "dataObject": {"s3Uri": f"s3://input/{first + index}.png"}
            if text is None
            else {"content": text},
            "annotations": [
                {
                    "workerId": worker,
                    "annotationData": {
                        "content": answer
                        if isinstance(answer, str)
                        else json.dumps(answer, ensure_ascii=False)
                    },
                }
                for worker, answer in answers.items()
            ],
        }
        for index, answers in enumerate(batch)
    ]
    return json.dumps(entries, ensure_ascii=False).encode()


def honest_spans(draw: random.Random, worker: int, task: int) -> list[Answer]:
    """Mark twelve spans of an object, as the others do but for a shift now and then."""
    same = random.Random(task)
    marked = []
    for place in range(12):
        start, length = 100 * place + same.randrange(40), 10 + same.randrange(40)
        label = LABELS[same.randrange(6)]
        if draw.random() < 0.1 + 0.02 * worker:
            length += 3
        marked.append({"start": start, "end": start + length, "label": label})
    return marked


def honest_boxes(draw: random.Random, task: int) -> Answer:
    """Draw eight boxes of an object, some pixels from the others'."""
    same = random.Random(task)
    return {
        "boundingBoxes": [
            {
                "left": same.randrange(900) + draw.randrange(4),
                "top": same.randrange(900) + draw.randrange(4),
                "width": 60 + draw.randrange(4),
                "height": 60 + draw.randrange(4),
                "label": LABELS[same.randrange(6)],
            }
            for _ in range(8)
        ],
        "inputImageProperties": {"width": 1_000, "height": 1_000},
    }


def wild_spans(draw: random.Random, number: int, text: int = 8_000, longest: int = 300) -> Any:
    """Mark anything, anywhere, with labels nobody else has."""
    marked = []
    for _ in range(number):
        start = draw.randrange(text)
        label = f"label {draw.randrange(60)}"
        marked.append({"start": start, "end": start + 1 + draw.randrange(longest), "label": label})
    return marked


def wild_boxes(draw: random.Random, number: int, spread: int = 100) -> Answer:
    """Draw boxes that all overlap."""
    return {
        "boundingBoxes": [
            {
                "left": draw.randrange(spread),
                "top": draw.randrange(spread),
                "width": 200,
                "height": 200,
                "label": LABELS[draw.randrange(6)],
            }
            for _ in range(number)
        ]
    }


def honest_batch(kind: str, first: int, objects: int = OBJECTS, workers: int = WORKERS) -> Batch:
    """Make a batch in which nobody means harm, with one field ``f``."""
    draw = random.Random(first)
    return [
        {
            f"w{worker}": {
                "f": honest_spans(draw, worker, task)
                if kind == "spans"
                else honest_boxes(draw, task)
            }
            for worker in range(workers)
        }
        for task in range(first, first + objects)
    ]


def poisoned(batch: Batch, poison: Callable[[int], Answer | str], workers: int = 1) -> Batch:
    """Put hostile answers in the place of the last workers'."""
    for index, answers in enumerate(batch):
        for worker in list(answers)[len(answers) - workers :]:
            answers[worker] = poison(index)
    return batch


class Attack:
    """A job before its last batch: files by address; ``done`` batches have answered already."""

    def __init__(
        self,
        task: str | None,
        batch: Batch,
        earlier: Sequence[Batch] = (),
        text: str | None = "Once " * 2_000,
    ) -> None:
        self.task = task
        self.text = text
        self.batches = [*earlier, batch]

    def write(self, storage: FolderStorage) -> str:
        """Write the job's files, return the last request's address."""
        if self.task:
            storage.write(TASK, self.task.encode())
        first = 0
        for number, batch in enumerate(self.batches):
            uri = f"{REQUESTS}/2026-01-01_00:{number // 60:02}:{number % 60:02}.json"
            storage.write(uri, request_of(batch, first, self.text))
            first += len(batch)
        return uri


def earlier_batches(kind: str, poison: Callable[[int], Answer] | None = None, hostile: int = 1,
                    poisoned_batches: int = EARLIER // OBJECTS) -> Iterator[Batch]:  # fmt: skip
    """Yield the batches of 2,000 earlier objects, some of them poisoned."""
    for number in range(EARLIER // OBJECTS):
        batch = honest_batch(kind, OBJECTS * number)
        poison_it = poison is not None and number < poisoned_batches
        yield poisoned(batch, poison, hostile) if poison_it and poison else batch


def invented(objects: int, fields: int, each: int, workers: int, hostile: int) -> Attack:
    """Spans in invented fields, without a definition."""
    draw = random.Random(1)
    batch = honest_batch("spans", 0, objects, workers)
    return Attack(
        None,
        poisoned(
            batch,
            lambda _: {f"x{number}": wild_spans(draw, each) for number in range(fields)},
            hostile,
        ),
        text=None,
    )


def empty_objects(objects: int, size: int) -> Attack:
    """Answers whose every three bytes take 70 in memory."""
    text = '{"x":[' + "{}," * (size // 3) + "{}]}"
    batch = honest_batch("spans", 0, objects, 3)
    return Attack(None, poisoned(batch, lambda _: text), text=None)


def long_texts(characters: int, sign: str) -> Attack:
    """Texts as long as a request of 60 MB lets them be."""
    batch: Batch = [
        {
            f"w{worker}": {"f": (sign * 6 + " ") * (characters // 7) + f"{task} {worker}"}
            for worker in range(WORKERS)
        }
        for task in range(OBJECTS)
    ]
    return Attack(definition(f="text"), batch)


def everybody(task: str | None, give: Callable[[], Answer]) -> Attack:
    """Let all nine workers give this, each anew."""
    batch: Batch = [{f"w{worker}": give() for worker in range(WORKERS)} for _ in range(OBJECTS)]
    return Attack(task, batch)


def attacks() -> Mapping[str, Callable[[], Attack]]:
    """Return the attacks by what they are."""
    draw = random.Random(2)
    spans, boxes = definition(f="spans"), definition(f="boxes")
    many = OBJECTS // 10
    return {
        "honest: spans, after 2,000 objects": lambda: Attack(
            spans, honest_batch("spans", EARLIER), list(earlier_batches("spans"))
        ),
        "honest: boxes, after 2,000 objects": lambda: Attack(
            boxes, honest_batch("boxes", EARLIER), list(earlier_batches("boxes"))
        ),
        "1 of 3 workers invents 10 fields of spans, 1 object": lambda: invented(1, 10, 400, 3, 1),
        "the same: 26 fields, 2 objects": lambda: invented(2, 26, 400, 3, 1),
        "2 of 3 workers invent 26 fields, 50 objects": lambda: invented(OBJECTS, 26, 200, 3, 2),
        "200 poisoned earlier objects, 1 worker of 9": lambda: Attack(
            spans,
            honest_batch("spans", EARLIER),
            list(
                earlier_batches(
                    "spans", lambda _: {"f": wild_spans(draw, 1_500)}, 1, 200 // OBJECTS
                )
            ),
        ),
        "2,000 poisoned earlier objects, 7 workers of 9": lambda: Attack(
            spans,
            honest_batch("spans", EARLIER),
            list(earlier_batches("spans", lambda _: {"f": wild_spans(draw, 200)}, 7)),
        ),
        "2 of 3 workers with 500 boxes each, all batches": lambda: Attack(
            boxes,
            poisoned(
                honest_batch("boxes", EARLIER, workers=3),
                lambda _: {"f": wild_boxes(draw, 500)},
                2,
            ),
            [
                poisoned(
                    honest_batch("boxes", OBJECTS * number, workers=3),
                    lambda _: {"f": wild_boxes(draw, 500)},
                    2,
                )
                for number in range(EARLIER // OBJECTS)
            ],
        ),
        "all 9 workers: 110 boxes on top of each other": lambda: Attack(
            boxes,
            poisoned(
                honest_batch("boxes", EARLIER), lambda _: {"f": wild_boxes(draw, 110)}, WORKERS
            ),
            list(earlier_batches("boxes", lambda _: {"f": wild_boxes(draw, 40)}, WORKERS)),
        ),
        "all 9 workers: 220 wild spans, 5 fields": lambda: Attack(
            definition(**{f"f{number}": "spans" for number in range(many)}),
            poisoned(
                honest_batch("spans", EARLIER),
                lambda _: {f"f{number}": wild_spans(draw, 220) for number in range(many)},
                WORKERS,
            ),
        ),
        "4 MB of empty objects, 16 objects": lambda: empty_objects(16, 3_700_000),
        "60 MB of empty objects in one answer": lambda: empty_objects(1, 59_000_000),
        "450 answers of 130 kB of empty objects": lambda: Attack(
            None,
            poisoned(
                honest_batch("spans", 0),
                lambda _: '{"x":[' + "{}," * 43_000 + "{}]}",
                WORKERS,
            ),
        ),
        "450 answers of 50 fields in one string": lambda: everybody(
            None, lambda: {"a": json.dumps({f"x{n}": wild_spans(draw, 20) for n in range(50)})}
        ),
        "60 MB of spans": lambda: everybody(spans, lambda: {"f": wild_spans(draw, 2_000)}),
        "60 MB of labels": lambda: everybody(
            definition(f="choices") + 'method = "skill"\n',
            lambda: {"f": [f"{draw.randrange(10**9)}" for _ in range(5_000)]},
        ),
        "60 MB of texts": lambda: long_texts(130_000, "a"),
        "60 MB of texts beyond ASCII": lambda: long_texts(60_000, "é"),
        "16 earlier requests of 30 MB, without a snapshot": lambda: Attack(
            spans,
            honest_batch("spans", EARLIER),
            [
                poisoned(
                    honest_batch("spans", OBJECTS * number),
                    lambda _: '{"f":[' + "{}," * 190_000 + "{}]}",
                )
                for number in range(16)
            ],
        ),
    }


#: Attacks whose earlier requests nobody has read yet.
_UNREAD = ("without a snapshot",)


def answer(root: Path, uri: str, task: str | None) -> list[dict[str, Any]]:
    """Let post-labeling answer a batch."""
    event = {
        "labelingJobArn": "arn:aws:sagemaker:eu-west-1:111122223333:labeling-job/job",
        "labelAttributeName": "label",
        "payload": {"s3Uri": uri},
    }
    settings = post_labeling.Settings(task_definition=TASK if task else None)
    made: list[dict[str, Any]] = post_labeling.handle(event, FolderStorage(root), settings)
    return made


def measured(root: str, uri: str, task: str | None) -> dict[str, Any]:
    """Answer in this process, and tell what it took."""
    told = _Told()
    logging.getLogger("labelwright").addHandler(told)
    labels = answer(Path(root), uri, task)
    # Not ru_maxrss: a process takes over that of the one that started it.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return {
        "seconds": round(time.process_time(), 1),
        "mb": round(int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) * 1.024 / 1000),
        "labels": len(labels),
        "scope": labels[0]["consolidatedAnnotation"]["content"]["label"]["scope"],
        "left_out": told.times[OUT_OF_PROPORTION],
        "simplified": told.times[SIMPLIFIED],
    }


class _Told(logging.Handler):
    """Counts what the log tells: a large label's problems are in its file."""

    def __init__(self) -> None:
        super().__init__()
        self.times: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        self.times[getattr(record, "code", "")] += getattr(record, "times", 0)


def run(name: str, attack: Attack) -> dict[str, Any]:
    """Prepare an attack, and measure its last batch in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        uri = attack.write(FolderStorage(root))
        if len(attack.batches) > 1 and not any(mark in name for mark in _UNREAD):
            # The batch before has left a snapshot.
            before = Path(FolderStorage(root).locate(uri)).parent
            last = sorted(before.iterdir())[-2].name.replace("%3A", ":")
            one_process(root, f"{REQUESTS}/{last}", attack.task)
        return one_process(root, uri, attack.task)


def one_process(root: Path, uri: str, task: str | None) -> dict[str, Any]:
    """Answer in a process of its own."""
    arguments = [str(root), uri, "task" if task else ""]
    program = [sys.executable, "-m", "tests.benchmarks.hostile", "--one", *arguments]
    done = subprocess.run(program, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure, show, and keep the figures; exit status 1 where the bound does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="attacks whose name has this in it")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        root, uri, task = given.one
        print(json.dumps(measured(root, uri, task or None)))  # noqa: T201 - for the parent process
        return
    chosen = {name: make for name, make in attacks().items() if given.only in name}
    results = {}
    for name, make in chosen.items():
        results[name] = run(name, make())
        print(name, results[name], file=sys.stderr)  # noqa: T201 - it takes minutes
    if not given.only:
        bound = {"seconds": MOST_SECONDS, "mb": MOST_MB}
        merge("hostile", {"bound": bound, "attacks": results})
    columns = [
        f"CPU s (at most {MOST_SECONDS})",
        f"MB (at most {MOST_MB:,})",
        "scope",
        "labels",
        "answers left out",
        "fields simplified",
    ]
    keys = ("seconds", "mb", "scope", "labels", "left_out", "simplified")
    rows = [[name, *(str(found[key]) for key in keys)] for name, found in results.items()]
    show("Hostile answers", columns, rows)
    if any(found["seconds"] > MOST_SECONDS or found["mb"] > MOST_MB for found in results.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
