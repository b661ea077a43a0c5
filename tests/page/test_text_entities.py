"""The page of texts without a picture: the same marking, for any labels."""

import pytest
from playwright.sync_api import expect

from tests.page.test_accessibility import violations
from tests.page.worker_page import WorkerPage, ends
from tests.samples import messages
from tests.samples.rendering import manifest, pre_label

pytestmark = pytest.mark.browser


def show(worker: WorkerPage, message: str, **more: object) -> messages.Message:
    """Open the page of a text of the sample."""
    number = [found.id for found in messages.load()].index(message)
    given = pre_label(messages.FOLDER, manifest(messages.FOLDER)[number])["taskInput"]
    worker.open(given | more, task=messages.FOLDER)
    return messages.load()[number]


@pytest.mark.parametrize("message", ["emoji-thanks", "crlf-letter", "combining-accents"])
def test_marked_with_mouse_and_keys_offsets_are_python_s(message: str, worker: WorkerPage) -> None:
    """Emoji, CRLF and combining accents: what is marked is what is answered, to the code point."""
    known = show(worker, message)
    assert worker.shown == known.text
    labels = ["PERSON", "ORGANIZATION", "PLACE", "DATE"]
    for span in known.spans:
        worker.drag(span)
        worker.press(str(labels.index(span.label) + 1))
    worker.press("Control+Enter")
    answer = worker.answer()
    assert ends(answer["value"]) == [tuple(span) for span in known.spans]
    assert answer["text"] == known.echo()
    assert list(answer) == ["value", "notes", "nothingToMark", "text", "timing", "suggestions"]


def test_there_is_no_place_for_a_picture(worker: WorkerPage) -> None:
    """Not even where the object is one: nothing is loaded, and nobody answers for nothing."""
    show(worker, "ferry", taskObject="s3://labelwright-sample/a.png")
    assert worker.page.get_by_role("button", name="Page image").count() == 0
    worker.page.get_by_label("Nothing to mark").check()
    worker.button("Submit")
    expect(worker.page.get_by_role("alert")).to_contain_text("Nothing to judge is shown")
    assert not worker.is_sent()
    assert not [host for host in worker.hosts if "a.png" in host]


def test_a_draft_is_restored_after_a_reload(worker: WorkerPage) -> None:
    """Passages and notes are back, and gone when they have been sent."""
    known = show(worker, "ferry")
    worker.drag(known.spans[0])
    worker.press("3")
    worker.page.get_by_label("Notes").fill("half done")
    worker.page.reload()
    worker.page.get_by_text("Your unfinished work is back, 1 passage.").wait_for()
    worker.button("Submit")
    assert worker.answer()["notes"] == "half done"
    assert worker.page.evaluate("() => localStorage.length") == 0


def test_other_labels_are_all_there_is_to_change(worker: WorkerPage) -> None:
    """Keys, buttons and the guide follow the labels of the definition."""
    show(worker, "ferry", labels={"entities": ["SHIP", "<b>CREW</b>"]}, guide=[])
    worker.drag(worker.find("ferry"))
    worker.label("SHIP")
    worker.drag(worker.find("Marit Solheim"))
    worker.press("2")
    worker.button("Submit")
    assert [span["label"] for span in worker.answer()["value"]] == ["SHIP", "<b>CREW</b>"]


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(width: int, worker: WorkerPage) -> None:
    """With a passage marked, and with the guide open."""
    worker.page.set_viewport_size({"width": width, "height": 900})
    known = show(worker, "match-report")
    worker.drag(known.spans[0])
    worker.press("1")
    assert violations(worker) == []
    worker.button("Guide")
    assert violations(worker) == []
