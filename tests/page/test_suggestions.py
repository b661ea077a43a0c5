"""Spans that an earlier job or a model gives along."""

import json
from typing import Any

import pytest

from labelwright.task.definition import parse_definition
from labelwright_local.imports.match import Objects
from labelwright_local.imports.spans import read_spans
from labelwright_local.imports.suggest import import_suggestions
from tests.page.worker_page import WorkerPage, consolidated, document, ends, task_input
from tests.samples import documents
from tests.samples.rendering import TEMPLATES, manifest, pre_label

pytestmark = pytest.mark.browser

QUOTES = (("lose much", "METHODS"), ("their ice", "RESULTS"), ("Old ice", "BACKGROUND"))


def given() -> dict[str, Any]:
    """Return a task input with three suggestions."""
    text = document("glacier-bubbles").text
    spans = [
        {"start": text.index(quote), "end": text.index(quote) + len(quote), "label": label}
        for quote, label in QUOTES
    ]
    return task_input(initialSpans=spans)


def test_suggestions_are_accepted_changed_and_rejected(worker: WorkerPage) -> None:
    """By keys: one accepted, one given another label, one rejected; each fate is recorded."""
    worker.open(given())
    assert worker.page.locator("#text mark.pending").count() == 3
    worker.press("Control+Home", "n", "a", "n", "4", "n", "r")
    assert worker.page.locator("#text mark.pending").count() == 0
    answer = worker.submitted()
    text = worker.text
    assert [(span["quote"], span["label"]) for span in answer["value"]] == [("lose much", "METHODS")
        , ("their ice", "RESULTS")]  # fmt: skip
    decisions = [found["decision"] for found in answer["suggestions"]]
    assert decisions == ["accepted", "accepted", "rejected"]
    assert ends(consolidated(answer, text)["entities"]["value"]) == ends(answer["value"])


def test_a_suggestion_that_is_changed_is_taken(worker: WorkerPage) -> None:
    """Another label or another end makes it the worker's own; what it became is recorded."""
    worker.open(given())
    worker.press("Control+Home", "n", "1", "n", "]", "n", "Delete")
    answer = worker.submitted()
    found = [(span["quote"], span["label"]) for span in answer["value"]]
    assert found == [("lose much", "BACKGROUND"), ("their ice below", "RESULTS")]
    first, second, third = answer["suggestions"]
    assert (first["decision"], first["now"]["label"]) == ("changed", "BACKGROUND")
    assert (second["decision"], second["now"]["end"]) == ("changed", second["end"] + len(" below"))
    assert third["decision"] == "rejected"


def test_open_suggestions_keep_the_answer_back(worker: WorkerPage) -> None:
    """A suggestion on which nobody decided is no answer; by mouse all are accepted at once."""
    worker.open(given())
    worker.page.get_by_label("yes", exact=True).check()
    worker.button("Submit")
    assert "Suggestions: accept or reject each (3 open)." in (
        worker.page.get_by_role("alert").inner_text()
    )
    worker.button("Reject METHODS: lose much")
    worker.button("Accept all")
    worker.button("Submit")
    assert [span["label"] for span in worker.answer()["value"]] == ["RESULTS", "BACKGROUND"]


def test_all_suggestions_can_be_rejected(worker: WorkerPage) -> None:
    """Then something is to be marked, or "Nothing to mark" to be said."""
    worker.open(given())
    worker.press("Shift+R")
    assert worker.said == "All suggestions rejected, 0 passages."
    worker.press("Control+z", "Control+Shift+Z")
    worker.page.get_by_label("Nothing to mark").check()
    answer = worker.submitted()
    assert answer["value"] == []
    assert [found["decision"] for found in answer["suggestions"]] == ["rejected"] * 3


@pytest.mark.parametrize("known", ["glacier-bubbles", "emoji-irony", "typhoon-windows"])
def test_spans_of_another_tool_accepted_as_they_are_are_the_same_labels(
    worker: WorkerPage, known: str
) -> None:
    """From its file into the manifest, through pre-labeling onto the page, and back."""
    spans = [[span.start, span.end, span.label] for span in document(known).spans]
    number = [found.id for found in documents.load()].index(known)
    line = manifest(documents.FOLDER)[number]
    entries = read_spans([json.dumps({"text": document(known).text, "label": spans}).encode()])
    objects = Objects([(1, line)], lambda _: document(known).text)
    task = parse_definition((TEMPLATES / documents.FOLDER / "task.toml").read_bytes(), "task.toml")
    made = import_suggestions(entries, objects, task)
    worker.open(pre_label(documents.FOLDER, line | made.by_line[1])["taskInput"])
    worker.page.locator("#text").focus()
    worker.press("Shift+A")
    worker.page.get_by_label("yes", exact=True).check()
    answer = worker.submitted()
    assert sorted([span["start"], span["end"], span["label"]] for span in answer["value"]) == (
        sorted(spans)
    )
    assert {found["decision"] for found in answer["suggestions"]} == {"accepted"}
