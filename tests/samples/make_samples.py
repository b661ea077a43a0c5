"""The samples' manifests, texts, answers and true labels.

``python -m tests.samples.make_samples`` writes them, with ``--check`` it only names the files that
differ. Pictures are made apart (``draw_images``), since they need Chromium.
"""

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.samples import documents, leaves, messages, responses, workers

TEMPLATES = Path(__file__).parents[2] / "templates"
SEED = "labelwright-sample"

Files = dict[Path, bytes]


def json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Write one JSON object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def truth_csv(labels: Mapping[str, str]) -> bytes:
    """Write the true label of each task."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([("task", "label"), *labels.items()])
    return out.getvalue().encode()


def abstract_entities() -> Files:
    """Make the files of the abstracts' sample; an object without text has no true label."""
    docs = documents.load()
    folder = TEMPLATES / documents.FOLDER / "sample"
    manifest = [
        {
            "source-ref": document.image_uri,
            "text-file-s3-uri": document.text_uri,
            "metadata": {
                "Title": document.title,
                "Author": document.author,
                "ISBN": document.isbn,
            },
        }
        for document in docs
    ]
    answered = {str(number): doc for number, doc in enumerate(docs) if doc.text}
    spans = [
        {"datasetObjectId": task, "entities": [span.wire(doc.text) for span in doc.spans]}
        for task, doc in answered.items()
    ]
    texts = {_local(folder, doc.text_uri): doc.file for doc in docs}
    return texts | {
        folder / "manifest.jsonl": json_lines(manifest),
        folder / "answers.jsonl": json_lines(workers.answers(docs, SEED)),
        folder / "truth.csv": truth_csv({task: doc.quality for task, doc in answered.items()}),
        folder / "truth-spans.jsonl": json_lines(spans),
    }


def image_classification() -> Files:
    """Make the files of the leaves' sample."""
    drawn = leaves.load()
    folder = TEMPLATES / leaves.FOLDER / "sample"
    return {
        folder / "manifest.jsonl": json_lines({"source-ref": leaf.image_uri} for leaf in drawn),
        folder / "answers.jsonl": json_lines(leaves.answers(drawn, SEED)),
        folder / "truth.csv": truth_csv({str(n): leaf.species for n, leaf in enumerate(drawn)}),
    }


def text_entities() -> Files:
    """Make the files of the short texts' sample."""
    texts = messages.load()
    folder = TEMPLATES / messages.FOLDER / "sample"
    spans = [
        {"datasetObjectId": str(number), "entities": [span.wire(text.text) for span in text.spans]}
        for number, text in enumerate(texts)
    ]
    return {
        folder / "manifest.jsonl": json_lines({"source": it.text, "id": it.id} for it in texts),
        folder / "answers.jsonl": json_lines(messages.answers(texts, SEED)),
        folder / "truth-spans.jsonl": json_lines(spans),
    }


def response_comparison() -> Files:
    """Make the files of the responses' sample."""
    given = responses.load()
    folder = TEMPLATES / responses.FOLDER / "sample"
    truth = {str(number): it.true["preference"] for number, it in enumerate(given)}
    return {
        folder / "manifest.jsonl": json_lines(it.line() for it in given),
        folder / "answers.jsonl": json_lines(responses.answers(given, SEED)),
        folder / "truth.csv": truth_csv(truth),
    }


def sample_files() -> Files:
    """Make every file of all samples but the pictures."""
    return abstract_entities() | image_classification() | text_entities() | response_comparison()


def _local(folder: Path, uri: str) -> Path:
    return folder / "s3" / uri.removeprefix("s3://")


def differing() -> list[Path]:
    """Name the files whose content is not what the generator makes."""
    return [
        path
        for path, data in sample_files().items()
        if not path.is_file() or path.read_bytes() != data
    ]


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` only compare; 1 when some differ."""
    wrong = differing()
    for path in wrong:
        sys.stdout.write(f"{path.relative_to(TEMPLATES)}\n")
    if arguments == ["--check"]:
        return 1 if wrong else 0
    for path in wrong:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sample_files()[path])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
