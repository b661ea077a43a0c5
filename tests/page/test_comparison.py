"""Two responses side by side: what is chosen is a response, whatever side it was drawn to."""

from typing import Any

import pytest
from playwright.sync_api import FloatRect, expect

from labelwright.task.definition import parse_definition
from labelwright.task.task_input import task_input
from tests.page.test_drafts import PORTAL
from tests.page.worker_page import WorkerPage
from tests.samples import responses
from tests.samples.rendering import manifest, pre_label

pytestmark = pytest.mark.browser


def given(number: int = 0, **more: Any) -> dict[str, Any]:
    """Return what pre-labeling gives for an object of the sample, with other keys replaced."""
    made: dict[str, Any] = pre_label(responses.FOLDER, manifest(responses.FOLDER)[number])[
        "taskInput"
    ]
    return made | more


def show(worker: WorkerPage, **more: Any) -> list[str]:
    """Open the page, and return the responses' texts in the order in which they are shown."""
    worker.open(given(**more), task=responses.FOLDER)
    worker.page.locator(".side").first.wait_for()
    return worker.page.locator(".side").all_inner_texts()


def group(worker: WorkerPage, question: str) -> Any:
    """Return a question's group of controls."""
    return worker.page.get_by_role("radiogroup", name=question).or_(
        worker.page.get_by_role("group", name=question, exact=True)
    )


def rest(worker: WorkerPage) -> None:
    """Answer what is required besides the preference."""
    for question in ("Which is more accurate?", "Which is clearer?"):
        group(worker, question).get_by_label("tie").check()


def test_the_keyboard_alone_is_enough(worker: WorkerPage) -> None:
    """Numbers answer the question that has the focus, from the responses the first; then send."""
    show(worker)
    worker.press("2")
    expect(worker.page.get_by_text("Which response is better? Response 2.")).to_be_visible()
    for keys in (("Tab", "Tab", "1"), ("Tab", "3"), ("Tab", "1", "2", "1")):
        worker.press(*keys)
    worker.press("Control+Enter")
    answer = worker.answer()
    first, second = answer["shown"]
    assert answer["preference"] == second
    assert (answer["accuracy"], answer["clarity"]) == (first, "tie")
    assert answer["offTask"] == [second]
    assert answer["notes"] == ""
    assert 0 <= answer["timing"]["firstActionSeconds"] <= answer["timing"]["seconds"]


def test_arrows_choose_a_side_and_numbers_a_tie(worker: WorkerPage) -> None:
    """From the responses, left and right are the first and the second; the last one holds."""
    show(worker)
    for key, chosen in (("ArrowRight", "Response 2"), ("ArrowLeft", "Response 1"), ("3", "tie")):
        worker.press(key)
        expect(group(worker, "Which response is better?").get_by_label(chosen)).to_be_checked()


def test_the_mouse_alone_is_enough(worker: WorkerPage) -> None:
    """What is pressed beside a response's name is that response in the answer."""
    texts = show(worker)
    group(worker, "Which response is better?").get_by_label("Response 1").check()
    group(worker, "Which is more accurate?").get_by_label("Response 2").check()
    group(worker, "Which is clearer?").get_by_label("tie").check()
    group(worker, "Which does not do what was asked?").get_by_label("Response 2").check()
    worker.page.get_by_label("Notes").fill("12 is a number, and no key")
    worker.button("Submit")
    answer = worker.answer()
    first, second = answer["shown"]
    chosen = responses.load()[0].responses[answer["preference"]]
    assert chosen.split()[0] in texts[0]
    assert (answer["preference"], answer["accuracy"], answer["clarity"]) == (first, second, "tie")
    assert answer["offTask"] == [second]
    assert answer["notes"] == "12 is a number, and no key"


def test_keys_in_the_notes_are_only_written(worker: WorkerPage) -> None:
    """A number or a question mark that is written chooses nothing, and opens nothing."""
    show(worker)
    worker.page.get_by_label("Notes").focus()
    worker.press("1", "?")
    assert worker.page.get_by_label("Notes").input_value() == "1?"
    assert worker.page.get_by_role("radio", checked=True).count() == 0
    assert worker.page.get_by_role("dialog").count() == 0


def test_an_incomplete_answer_is_not_sent(worker: WorkerPage) -> None:
    """Each required question is named and leads to its control; the form's own way is shut, too."""
    show(worker)
    worker.button("Submit")
    worker.page.evaluate("() => document.querySelector('crowd-form').submit()")
    assert not worker.is_sent()
    alert = worker.page.get_by_role("alert")
    assert alert.get_by_role("link").count() == 3
    alert.get_by_role("link", name="Which response is better?").click()
    worker.press("2")
    rest(worker)
    assert alert.count() == 0
    worker.button("Submit")
    assert worker.answer()["preference"] in {"a", "b"}


def test_sides_and_answers_survive_a_reload(worker: WorkerPage) -> None:
    """The sides are kept from the first display on, before anything is answered; then all is."""
    texts = show(worker)
    for _ in range(8):
        worker.page.reload()
        worker.page.locator(".side").first.wait_for()
        assert worker.page.locator(".side").all_inner_texts() == texts
    worker.press("1")
    group(worker, "Which does not do what was asked?").get_by_label("Response 2").check()
    worker.page.get_by_label("Notes").fill("half done")
    worker.page.reload()
    worker.page.get_by_text("Your unfinished work is back.").wait_for()
    assert worker.page.locator(".side").all_inner_texts() == texts
    rest(worker)
    worker.button("Submit")
    answer = worker.answer()
    assert (answer["preference"], answer["offTask"]) == (answer["shown"][0], answer["shown"][1:])
    assert answer["notes"] == "half done"
    assert worker.page.evaluate("() => localStorage.length") == 0


def test_a_damaged_draft_does_not_stop_the_worker(worker: WorkerPage) -> None:
    """Sides that are not these responses' are drawn anew; the question is asked again."""
    show(worker)
    worker.press("1")
    worker.page.evaluate(
        """() => {
          const key = localStorage.key(0);
          localStorage.setItem(key, localStorage.getItem(key).replace('"shown":["', '"shown":["x'));
        }"""
    )
    worker.page.reload()
    worker.page.locator(".side").first.wait_for()
    assert worker.page.get_by_role("radio", checked=True).count() == 0


def test_workers_who_always_choose_the_first_give_each_response_half(worker: WorkerPage) -> None:
    """Forty displays, each drawn anew: the votes of position cancel out, and are told apart."""
    show(worker)
    votes = []
    for _ in range(40):
        worker.page.evaluate("() => localStorage.clear()")
        worker.page.reload()
        worker.page.locator(".side").first.wait_for()
        worker.press("1")
        rest(worker)
        worker.button("Submit")
        answer = worker.answer()
        assert answer["preference"] == answer["shown"][0]
        assert sorted(answer["shown"]) == ["a", "b"]
        votes.append(answer["preference"])
    # Outside of this less than once in a hundred thousand runs.
    assert 7 <= votes.count("a") <= 33


def test_wide_windows_have_two_columns_and_narrow_ones_one(worker: WorkerPage) -> None:
    """Beside each other where there is room, else below each other, and nothing is cut off."""
    show(worker)

    def places() -> tuple[FloatRect, FloatRect]:
        one, other = (worker.page.locator(".side").nth(n).bounding_box() for n in (0, 1))
        assert one is not None
        assert other is not None
        return one, other

    one, other = places()
    assert one["y"] == other["y"]
    assert other["x"] >= one["x"] + one["width"]
    worker.page.set_viewport_size({"width": 360, "height": 800})
    one, other = places()
    assert other["y"] >= one["y"] + one["height"]
    assert worker.page.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_the_source_of_the_responses_can_be_read(worker: WorkerPage) -> None:
    """As it was written, with its signs; and back."""
    texts = show(worker, number=4)
    worker.button("Source")
    expect(worker.page.get_by_text("|:--|:-:|:-:|")).to_be_visible()
    assert worker.page.get_by_role("table").count() == 0
    worker.button("Source")
    assert worker.page.locator(".side").all_inner_texts() == texts


OTHER = parse_definition(
    b"""
name = "models"
page_keys = ["responses"]

[[fields]]
name = "length"
path = "annotations.length"
kind = "choices"
title = "Which is too long?"
labels = ["gpt", "llama", "cannot say"]

[[fields]]
name = "better"
path = "annotations.rubric.better"
kind = "choice"
title = "Which would you send?"
required = true
labels = ["tie", "gpt", "llama", "neither"]

[[fields]]
name = "topic"
path = "annotations.topic"
kind = "choice"
title = "Topic"
labels = ["a", "sports"]

[[fields]]
name = "score"
path = "annotations.score"
kind = "number"
title = "Score"

[[fields]]
name = "sides"
path = "annotations.shown"
kind = "text"
title = "Sides"
""",
    "task.toml",
)


def test_another_rubric_has_its_own_questions(worker: WorkerPage) -> None:
    """The first choice is the preference, by the responses' ids; what can't be asked is named."""
    line = {
        "source": "Say hello.",
        "responses": [{"id": "llama", "text": "Hello!"}, {"id": "gpt", "text": "Good day."}],
    }
    worker.open(task_input(line, None, OTHER), task=responses.FOLDER)
    page = worker.page
    expect(page.get_by_text("can't ask for: Score; Sides")).to_be_visible()
    worker.press("2")
    too_long = group(worker, "Which is too long?")
    too_long.get_by_label("Response 1").check()
    too_long.get_by_label("cannot say").check()
    too_long.get_by_label("Response 1").uncheck()
    group(worker, "Topic").get_by_label("sports").check()
    worker.button("Submit")
    answer = worker.answer()
    assert answer["rubric.better"] == answer["shown"][1]
    assert answer["length"] == ["cannot say"]
    assert answer["topic"] == "sports"
    assert sorted(answer["shown"]) == ["gpt", "llama"]


GOOD = {"id": "b", "text": "Yes."}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"responses": None}, "is no list"),
        ({"responses": {"a": "x", "b": "y"}}, "is no list"),
        ({"responses": []}, "there are 0 responses"),
        ({"responses": [GOOD]}, "there are 1 responses"),
        ({"responses": [GOOD, GOOD, GOOD]}, "there are 3 responses"),
        ({"responses": ["one", GOOD]}, "response 1 of the list has no \u201cid\u201d"),
        ({"responses": [GOOD, {"text": "x"}]}, "response 2 of the list has no \u201cid\u201d"),
        ({"responses": [GOOD, {"id": "a"}]}, "the response \u201ca\u201d has no text"),
        ({"responses": [GOOD, {"id": "a", "text": " \n"}]}, "\u201ca\u201d has no text"),
        ({"responses": [GOOD, {"id": "<b>", "text": "x"}]}, "no label \u201c<b>\u201d"),
        ({"responses": [GOOD, GOOD]}, "the same \u201cid\u201d"),
        ({"taskObject": "s3://bucket/prompt.txt"}, "there is no prompt"),
        ({"fields": []}, "no choice with labels"),
    ],
)
def test_what_can_t_be_compared_is_told_and_never_sent(
    more: dict[str, Any], says: str, worker: WorkerPage
) -> None:
    """The page says what is wrong and names the way out; there is nothing to fill in."""
    worker.open(given(**more), task=responses.FOLDER)
    alert = worker.page.get_by_role("alert")
    expect(alert).to_contain_text(says)
    expect(alert).to_contain_text("Decline or return")
    assert worker.page.get_by_role("button", name="Submit").count() == 0
    worker.page.evaluate("() => document.querySelector('crowd-form').submit()")
    assert not worker.is_sent()


def test_an_object_without_responses_is_told(worker: WorkerPage) -> None:
    """Also where the key is not among those that reach the page."""
    less = given()
    del less["responses"]
    worker.open(less, task=responses.FOLDER)
    expect(worker.page.get_by_role("alert")).to_contain_text("there are no responses")


def test_a_portal_keeps_the_sides_and_tells_the_time_left(worker: WorkerPage) -> None:
    """In a sandboxed frame the sides go to the embedding page before anything is answered."""
    show(worker)
    worker.page.route(
        "**/portal", lambda route: route.fulfill(body=PORTAL, content_type="text/html")
    )
    worker.page.goto("http://worker.test/portal")
    frame = worker.page.frame_locator("iframe")
    frame.get_by_text("10 min left").wait_for()
    worker.page.wait_for_function("() => (window.draft || '').includes('shown')")
    texts = frame.locator(".side").all_inner_texts()
    for _ in range(4):
        worker.page.evaluate(
            "() => document.querySelector('iframe').contentWindow.location = '/task'"
        )
        frame.get_by_text("10 min left").wait_for()
        assert frame.locator(".side").all_inner_texts() == texts
