"""Marking with the mouse alone."""

import pytest

from tests.page.worker_page import WorkerPage, consolidated, document, ends, task_input
from tests.samples.documents import Span

pytestmark = pytest.mark.browser

HARD = ("sleeping-bees", "emoji-irony", "coffee-bricks", "stocking-trial", "worm-lidar",
        "typhoon-windows", "lazy-sorting")  # fmt: skip


@pytest.mark.parametrize("document_id", HARD)
def test_a_whole_task_by_mouse_has_python_s_offsets(document_id: str, worker: WorkerPage) -> None:
    """Spans in emoji, accents and CRLF come back as they are, through post-labeling as well."""
    known = document(document_id)
    worker.open(task_input(document_id))
    worker.button("Exact")
    for span in known.spans:
        worker.drag(span)
        worker.label(span.label)
    answer = worker.submitted()
    assert sorted(ends(answer["value"])) == sorted(tuple(span) for span in known.spans)
    assert all(known.text[s["start"] : s["end"]] == s["quote"] for s in answer["value"])
    assert answer["text"] == known.echo()
    fields = consolidated(answer, known.text)
    assert sorted(ends(fields["entities"]["value"])) == sorted(tuple(s) for s in known.spans)
    assert fields["quality"]["value"] == "yes"


def test_a_rough_selection_becomes_whole_words(worker: WorkerPage) -> None:
    """Words cut in two are taken whole, and blanks and full stops stay out."""
    worker.open(task_input())
    worker.drag(worker.find("aciers that end in the se"))
    worker.label("METHODS")
    [span] = worker.submitted()["value"]
    assert span["quote"] == "Glaciers that end in the sea"


def test_overlapping_spans_and_two_labels_on_one(worker: WorkerPage) -> None:
    """A passage takes a second label without being selected again, and passages may overlap."""
    worker.open(task_input("emoji-irony"))
    first, second = worker.text.find("face to face"), worker.text.find("smile can")
    spans = [
        Span(first, second + 5, "METHODS"),
        Span(second, worker.text.find(" for the job"), "RESULTS"),
    ]
    for span in spans:
        worker.drag(span)
        worker.label(span.label)
    worker.label("LIMITATIONS")
    worker.label("LIMITATIONS")
    assert worker.said == "This passage is already marked LIMITATIONS."
    answer = worker.submitted()
    wanted = [*spans, spans[1]._replace(label="LIMITATIONS")]
    assert sorted(ends(answer["value"])) == sorted(tuple(span) for span in wanted)
    fields = consolidated(answer, worker.text)
    assert sorted(ends(fields["entities"]["value"])) == sorted(tuple(span) for span in wanted)


def test_where_passages_overlap_the_picker_offers_them(worker: WorkerPage) -> None:
    """A click into two passages picks the inner one; the picker gives the other."""
    worker.open(task_input())
    outer = worker.find("lose much of their ice below the waterline", "METHODS")
    inner = worker.find("much of their ice", "RESULTS")
    for span in (outer, inner):
        worker.drag(span)
        worker.label(span.label)
    worker.click(inner.start + 3)
    worker.button("Pick 3 METHODS")
    worker.page.get_by_role("button", name="Delete", exact=True).click()
    assert ends(worker.submitted()["value"]) == [tuple(inner)]


def test_click_and_shift_click_select_without_dragging(worker: WorkerPage) -> None:
    """A click gives the start, a click with Shift the end."""
    worker.open(task_input())
    span = worker.find("lose much of their ice")
    worker.click(span.start)
    worker.click(span.end, shift=True)
    worker.label("METHODS")
    assert ends(worker.submitted()["value"]) == [tuple(span)]


def test_extend_selects_with_single_clicks(worker: WorkerPage) -> None:
    """A click, the Extend button and another click select: no dragging and no key."""
    worker.open(task_input())
    span = worker.find("lose much of their ice")
    worker.click(span.start)
    worker.button("Extend")
    worker.click(span.end)
    worker.label("METHODS")
    assert ends(worker.submitted()["value"]) == [tuple(span)]


def test_extend_is_not_ended_by_late_news_of_the_selection(worker: WorkerPage) -> None:
    """A press of the mouse acts on the selection as it is, not as it was last heard of."""
    worker.open(task_input())
    extend = worker.page.get_by_role("button", name="Extend")
    pressed = extend.evaluate(
        """async (button) => {
          getSelection().collapse(document.querySelector("#text [data-block]").firstChild, 9);
          button.dispatchEvent(new MouseEvent("mousedown", {bubbles: true}));
          await null;
          button.click();
          await new Promise((done) => setTimeout(done, 100));
          return button.getAttribute("aria-pressed");
        }"""
    )
    assert pressed == "true"


def test_the_list_relabels_and_deletes_and_jumps(worker: WorkerPage) -> None:
    """Each row of the list has the label to change, a button to delete and one to go there."""
    worker.open(task_input())
    for quote in ("lose much", "their ice", "Old ice"):
        worker.drag(worker.find(quote))
        worker.label("METHODS")
    worker.page.get_by_label("Label of their ice").select_option("RESULTS")
    assert worker.said == "METHODS is now RESULTS, 3 passages."
    worker.button("Delete METHODS: lose much")
    worker.button("Go to METHODS: Old ice")
    assert worker.page.evaluate("() => document.activeElement.id") == "text"
    worker.button("End one word on")
    found = [(span["quote"], span["label"]) for span in worker.submitted()["value"]]
    assert found == [("their ice", "RESULTS"), ("Old ice holds", "METHODS")]


@pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_third_click_selects_the_line(line_break: str, worker: WorkerPage) -> None:
    """The line is marked whole, and nothing of the next, however lines end."""
    lines = ["The first line", "a second one", "", "and the last"]
    worker.open(task_input(text=line_break.join(lines)))
    worker.button("Exact")
    for line, key in zip(lines, "12x3", strict=True):
        if line:
            left, _, middle = worker.place(worker.text.index(line) + 1)
            worker.page.mouse.click(left + 1, middle, click_count=3)
            worker.press(key)
    assert [span["quote"] for span in worker.submitted()["value"]] == [
        line for line in lines if line
    ]


def test_a_right_click_leaves_the_selection(worker: WorkerPage) -> None:
    """The browser's menu, to copy or look up, is about what is selected."""
    worker.open(task_input())
    span = worker.find("lose much of their ice")
    worker.drag(span)
    left, _, middle = worker.place(span.start + 3)
    worker.page.mouse.click(left, middle, button="right")
    assert worker.page.evaluate("() => String(getSelection())") == "lose much of their ice"
