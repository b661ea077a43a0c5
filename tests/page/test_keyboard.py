"""Marking with the keyboard alone."""

import pytest

from tests.page.worker_page import WorkerPage, consolidated, ends, task_input

pytestmark = pytest.mark.browser

ODD = (
    "A\u030a \U0001f9ec gene.\r\n"
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd \U0001f469\u200d\U0001f52c x"
)


def select_words(worker: WorkerPage, count: int) -> None:
    """Extend the selection by words to the right."""
    worker.press(*["Control+Shift+ArrowRight"] * count)


def test_a_whole_task_by_keyboard(worker: WorkerPage) -> None:
    """The text has the focus at once; two passages, a judgement and Ctrl+Enter are a task."""
    worker.open(task_input())
    worker.press("Control+Home")
    select_words(worker, 3)
    worker.press("1", "ArrowRight")
    select_words(worker, 2)
    worker.press("3", "Escape")
    for _ in range(12):
        worker.press("Tab")
        if worker.page.evaluate("() => document.activeElement.type") == "radio":
            break
    worker.press("Space", "Control+Enter")
    answer = worker.answer()
    assert [(span["quote"], span["label"]) for span in answer["value"]] == [
        ("Glaciers that end", "BACKGROUND"),
        ("in the", "METHODS"),
    ]
    fields = consolidated(answer, worker.text)
    assert ends(fields["entities"]["value"]) == ends(answer["value"])
    assert fields["quality"]["value"] == "yes"


def test_offsets_of_odd_characters_are_python_s(worker: WorkerPage) -> None:
    """Combining marks, emoji, Hebrew and CRLF count in code points."""
    worker.open(task_input(text=ODD))
    worker.press("Control+Home", "Control+Shift+End", "2")
    answer = worker.submitted()
    [span] = answer["value"]
    assert span["quote"] == ODD == ODD[span["start"] : span["end"]]
    fields = consolidated(answer, ODD)
    assert ends(fields["entities"]["value"]) == [(0, len(ODD), "OBJECTIVES")]


def test_digits_relabel_the_passage_at_the_caret(worker: WorkerPage) -> None:
    """Without a selection a digit changes the label; with one it adds a passage."""
    worker.open(task_input())
    worker.press("Control+Home")
    select_words(worker, 3)
    worker.press("1", "ArrowLeft", "ArrowRight", "4")
    assert worker.said == "BACKGROUND is now RESULTS, 1 passage."
    assert [span["label"] for span in worker.submitted()["value"]] == ["RESULTS"]


def test_undo_and_redo_without_limit(worker: WorkerPage) -> None:
    """Every step can be taken back and done again, with either key for the latter."""
    worker.open(task_input())
    worker.press("Control+Home")
    select_words(worker, 2)
    worker.press("1", "2", "3", "Delete")
    assert worker.said == "METHODS deleted, 2 passages."
    worker.press(*["Control+z"] * 4)
    assert worker.said == "Undone, 0 passages."
    worker.press("Control+z")
    assert worker.said == "Nothing to undo."
    worker.press("Control+Shift+Z", "Control+y", "Control+Shift+Z")
    assert worker.said == "Done again, 3 passages."
    labels = [span["label"] for span in worker.submitted()["value"]]
    assert labels == ["BACKGROUND", "METHODS", "OBJECTIVES"]


def test_brackets_move_the_ends(worker: WorkerPage) -> None:
    """The keys move start and end by words; with Shift inwards, with Alt by characters."""
    worker.open(task_input())
    span = worker.find("their ice below")
    worker.drag(span)
    worker.press("3", "[", "]", "]")
    assert "much of" not in worker.said
    assert worker.said == "METHODS: of their ice below the waterline, 1 passage."
    worker.press("Shift+{", "Shift+}", "Shift+}")
    assert worker.said == "METHODS: their ice below, 1 passage."
    worker.press("Alt+]", "Alt+]", "Alt+[", "Alt+Shift+{", "Alt+Shift+}")
    [found] = worker.submitted()["value"]
    assert found["quote"] == "their ice below "


def test_a_digit_after_moving_an_end_relabels_the_passage(worker: WorkerPage) -> None:
    """What was selected before the end moved is not marked again."""
    worker.open(task_input())
    worker.drag(worker.find("their ice below"))
    worker.press("3", "]", "2", "]")
    assert worker.said == "OBJECTIVES: their ice below the waterline, 1 passage."
    [found] = worker.submitted()["value"]
    assert found["quote"] == "their ice below the waterline"


def test_n_and_p_go_from_passage_to_passage(worker: WorkerPage) -> None:
    """N and Alt+Down go on, P and Alt+Up back; what is reached can be changed at once."""
    worker.open(task_input())
    for quote in ("lose much", "their ice", "Old ice"):
        worker.drag(worker.find(quote))
        worker.press("3")
    worker.press("Control+Home", "n", "n")
    assert worker.said == "METHODS, 2 of 3: their ice"
    worker.press("5", "Alt+ArrowDown", "Delete", "p", "Alt+ArrowUp", "1")
    found = [(span["quote"], span["label"]) for span in worker.submitted()["value"]]
    assert found == [("lose much", "BACKGROUND"), ("their ice", "CONCLUSIONS")]


def test_o_picks_another_of_overlapping_passages(worker: WorkerPage) -> None:
    """The key goes round the passages at the caret."""
    worker.open(task_input())
    for quote, key in (("lose much of their ice", "1"), ("much of", "2")):
        worker.drag(worker.find(quote))
        worker.press(key)
    worker.click(worker.text.index("much of") + 1)
    worker.press("o", "Delete")
    assert [span["label"] for span in worker.submitted()["value"]] == ["OBJECTIVES"]


def test_typing_never_changes_the_text(worker: WorkerPage) -> None:
    """Letters, Enter, Tab's neighbours, cutting and pasting leave the text as it is."""
    worker.open(task_input())
    worker.press("Control+a")
    worker.page.keyboard.type("typed words")
    worker.press("Enter", "Control+a", "Control+x", "Control+c", "Control+v", "Control+b")
    worker.page.keyboard.insert_text("inserted")
    assert worker.shown == worker.text


def test_an_input_method_leaves_the_text_intact(worker: WorkerPage) -> None:
    """What a composition writes into the text is taken back, and the caret stays usable."""
    worker.open(task_input("coffee-bricks"))
    worker.press("Control+Home")
    select_words(worker, 2)
    worker.press("1")
    session = worker.page.context.new_cdp_session(worker.page)
    session.send(
        "Input.imeSetComposition", {"text": "\u306b\u307b", "selectionStart": 2, "selectionEnd": 2}
    )
    session.send("Input.insertText", {"text": "\u65e5\u672c"})
    worker.page.wait_for_function(
        "text => document.getElementById('text').textContent === text", arg=worker.text
    )
    worker.press("Control+Home")
    select_words(worker, 1)
    worker.press("2")
    assert [span["label"] for span in worker.submitted()["value"]] == ["BACKGROUND", "OBJECTIVES"]


def test_single_keys_act_only_in_the_text(worker: WorkerPage) -> None:
    """In the notes a digit is a digit; the question mark shows the keys only from the text."""
    worker.open(task_input())
    worker.press("Control+Home")
    select_words(worker, 2)
    worker.page.get_by_label("Notes").focus()
    worker.page.keyboard.type("1? n")
    assert worker.page.get_by_role("dialog").count() == 0
    worker.page.locator("#text").focus()
    worker.press("?")
    dialog = worker.page.get_by_role("dialog", name="Keys")
    assert "Redo" in dialog.inner_text()
    worker.press("Escape")
    assert worker.page.evaluate("() => document.activeElement.id") == "text"
    worker.page.get_by_label("Nothing to mark").check()
    assert worker.submitted()["notes"] == "1? n"
