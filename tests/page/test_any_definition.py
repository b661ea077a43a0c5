"""The page follows the task definition: names, labels, questions and keys are not its own."""

import pytest
from playwright.sync_api import expect

from labelwright.answers.decode import look_up
from labelwright.answers.initial_spans import initial_spans
from labelwright.task.definition import parse_definition
from labelwright.task.task_input import task_input
from tests.page.worker_page import WorkerPage

pytestmark = pytest.mark.browser

REPORTS = parse_definition(
    b"""
name = "reports"
title = "Mark side effects"
initial_spans = "model"

[[fields]]
name = "effects"
path = "annotations.effects"
kind = "spans"
title = "Side effects"
required = true
labels = ["MILD", "SEVERE"]

[[fields]]
name = "urgency"
path = "annotations.urgent"
kind = "choice"
title = "How urgent is it?"
hint = "Urgent is what can't wait a day."
required = true
labels = ["today", "this week", "never"]

[[fields]]
name = "language"
path = "annotations.language"
kind = "choice"
title = "Language"
labels = ["German", "other"]

[[fields]]
name = "why"
path = "annotations.why"
kind = "text"
title = "Reasons"
required = true
""",
    "task.toml",
)
TEXT = "\U0001f912 Fever and a rash."


def test_another_task_has_its_own_questions_and_keys(worker: WorkerPage) -> None:
    """A text in the manifest itself, two choices and a text: each asked, named, and answered."""
    line = {"source": TEXT, "model": [{"start": 2, "end": 7, "label": "MILD"}, {"start": 90}]}
    suggestions = initial_spans(line, TEXT, REPORTS)
    worker.open({"text": TEXT} | task_input(line, None, REPORTS, suggestions))
    page = worker.page
    assert worker.shown == TEXT
    expect(page.get_by_role("button", name="SEVERE", exact=True)).to_be_visible()
    expect(page.get_by_text("Urgent is what can't wait a day.")).to_be_visible()
    expect(page.locator("aside").get_by_text("do not fit the text: 1")).to_be_visible()
    worker.button("Submit")
    alert = page.get_by_role("alert")
    for missing in ("Suggestions", "How urgent is it?", "Reasons"):
        expect(alert).to_contain_text(missing)
    assert "Language" not in alert.inner_text()
    worker.button("Accept all")
    worker.drag(worker.find("rash", "SEVERE"))
    worker.label("SEVERE")
    page.get_by_label("this week").check()
    page.get_by_label("Reasons").fill("seen before")
    worker.button("Submit")
    answer = worker.answer()
    assert answer["effects"] == [
        {"start": 2, "end": 7, "label": "MILD", "quote": "Fever"},
        {"start": 14, "end": 18, "label": "SEVERE", "quote": "rash"},
    ]
    assert (answer["urgent"], answer["language"], answer["why"]) == (
        "this week",
        None,
        "seen before",
    )
    assert [found["decision"] for found in answer["suggestions"]] == ["accepted"]
    assert "value" not in answer


ODD = parse_definition(
    b"""
name = "odd"

[[fields]]
name = "effects"
path = "annotations.value"
kind = "spans"
labels = ["MILD"]

[[fields]]
name = "count"
path = "annotations.count"
kind = "number"
title = "How many?"
required = true

[[fields]]
name = "topics"
path = "annotations.topics"
kind = "choices"
labels = ["heart", "skin"]

[[fields]]
name = "transcript"
path = "annotations.text"
kind = "text"
title = "Transcript"

[[fields]]
name = "elsewhere"
path = "other.control"
kind = "text"

[[fields]]
name = "labelless"
path = "annotations.labelless"
kind = "choice"
required = true

[[fields]]
name = "nested"
path = "annotations.more.nested"
kind = "text"
title = "Remark"
""",
    "task.toml",
)


def test_what_the_page_can_t_ask_for_is_named(worker: WorkerPage) -> None:
    """Other kinds, a choice without labels and keys that are the page's own: said, not dropped."""
    worker.open({"text": TEXT} | task_input({"source": TEXT}, None, ODD))
    note = worker.page.get_by_text("This page can't ask for")
    expect(note).to_contain_text("How many?; topics; Transcript; elsewhere; labelless")
    worker.page.get_by_label("Remark").fill("odd")
    worker.button("Submit")
    answer = worker.answer()
    assert look_up(answer, "more.nested") == "odd"
    assert answer["text"]["length"] == len(TEXT)


def test_a_task_without_passages_is_never_sent_empty(worker: WorkerPage) -> None:
    """A choice where the passages would be is named as not asked, and the answer is still whole."""
    choice = {"name": "c", "path": "annotations.value", "kind": "choice", "title": "Which?"}
    worker.open({"text": TEXT, "taskObject": TEXT, "fields": [choice], "labels": {"c": ["a", "b"]}})
    expect(worker.page.get_by_text("can't ask for: Which?")).to_be_visible()
    worker.button("Submit")
    assert worker.answer()["value"] == []
