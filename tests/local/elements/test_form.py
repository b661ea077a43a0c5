"""The stand-in crowd-form: what it sends, refuses and shows, and the tools under the mouse."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from labelwright.answers.texts import KnownText, place_spans
from labelwright.answers.values import read_value
from labelwright.task.definition import FieldDefinition, Kind
from tests.local.elements.embedding import Embedded, embedded
from tests.samples.draw_images import browser_page

pytestmark = pytest.mark.browser

IMAGE = "s3://sample/bird.png"
TEXT = "Ada wrote to Charles Babbage."


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    """Open a page in a window."""
    with browser_page(1280, 900) as page:
        yield page


def submit(shown: Embedded) -> dict[str, Any]:
    """Submit, and return the answer that the embedding page receives."""
    shown.frame.get_by_role("button", name="Submit").click()
    answer: dict[str, Any] = shown.wait_for("submit")["answer"]
    return answer


def test_what_is_required_is_asked_for(browser: Page) -> None:
    """An incomplete form is not sent: the first gap is named, and has the focus."""
    with embedded(browser, "inputs", {"seasons": ["Spring"], "image": IMAGE}) as shown:
        button = shown.frame.get_by_role("button", name="Submit")
        button.click()
        alert = shown.frame.get_by_role("alert")
        expect(alert).to_have_text("Species: please fill in this field.")
        species = shown.frame.get_by_role("textbox", name="Species *")
        expect(species).to_be_focused()
        browser.keyboard.type("Wren")
        button.click()
        expect(alert).to_have_text("sureness: please choose a value.")
        shown.frame.get_by_role("slider", name="Sureness").focus()
        browser.keyboard.press("Home")
        button.click()
        expect(alert).to_contain_text("Season")
        assert shown.said("submit") == []


def test_captions_of_a_slider(browser: Page) -> None:
    """A caption stands below its value, says what the value means, and a click on it chooses it."""
    with embedded(browser, "rated", {"text": TEXT}) as shown:
        mood = shown.frame.get_by_role("slider", name="mood")
        expect(mood).to_have_attribute("aria-valuetext", "not chosen yet")
        shown.frame.get_by_text("Happy", exact=True).click()
        expect(mood).to_have_attribute("aria-valuetext", "2, Happy")
        for caption in ("1", "3", "5"):
            at = shown.frame.locator("crowd-slider-label", has_text=caption).bounding_box()
            assert at is not None
            browser.mouse.click(at["x"] + at["width"] / 2, at["y"] - 14)
            found = shown.frame.evaluate("document.querySelector('[name=accuracy]').value")
            assert found == int(caption)
        assert shown.said("problem") == []
        assert submit(shown) == {"accuracy": 5, "mood": 2}


def test_a_switch_that_is_clicked_itself_turns(browser: Page) -> None:
    """Templates' scripts click the element, not what is inside of it."""
    with embedded(browser, "switches", {}) as shown:
        for name in ("read", "outside", "agree", "disagree"):
            shown.frame.evaluate(f"document.querySelector('[name={name}]').click()")
        shown.frame.locator("[name=read]").click()
        # Beside its label a radio button has nothing to click.
        shown.frame.locator("[name=agree]").click()
        found = shown.frame.evaluate(
            """() => ["read", "outside", "agree", "disagree"]
                 .map((name) => document.querySelector(`[name=${name}]`).checked)"""
        )
        assert found == [False, True, True, False]


def test_a_classifier_wants_a_category(browser: Page) -> None:
    """Nothing is sent before a category is chosen."""
    with embedded(browser, "classifier", {"labels": ["a", "b"], "text": TEXT}) as shown:
        shown.frame.get_by_role("button", name="Submit").click()
        reason = "What does the author feel?: please choose a category."
        expect(shown.frame.get_by_role("alert")).to_have_text(reason)
        shown.frame.get_by_role("radio", name="b").check()
        assert submit(shown) == {"sentiment": {"label": "b"}}


def test_a_refused_answer_can_be_sent_again(browser: Page) -> None:
    """The reason is shown, the form stays filled in, and a second submit is sent."""
    with embedded(browser, "pages", {"text": TEXT}) as shown:
        browser.evaluate("() => { reply = { type: 'refused', reason: 'The time is over.' } }")
        submit(shown)
        expect(shown.frame.get_by_role("alert")).to_have_text("Not accepted: The time is over.")
        browser.evaluate("() => { reply = { type: 'submitted' } }")
        submit(shown)
        expect(shown.frame.get_by_role("status")).to_have_text("Submitted.")
        # An accepted answer is sent once only.
        shown.frame.get_by_role("button", name="Submit").click()
        assert len(shown.said("submit")) == 2


def test_outside_a_portal_the_answer_is_shown(browser: Page) -> None:
    """Without an embedding page, the JSON stands in the form's answers box, in an array of one."""
    with embedded(browser, "classifier", {"labels": ["a"], "text": TEXT}, parent=False) as shown:
        shown.frame.get_by_role("radio", name="a").check()
        shown.frame.get_by_role("button", name="Submit").click()
        box = shown.frame.locator("crowd-form #answers-box table code")
        assert json.loads(box.inner_text()) == [{"sentiment": {"label": "a"}}]


def test_templates_reach_the_form_as_in_the_service(browser: Page) -> None:
    """The native form is the element's child and `form`; `_serializeForm` gives the body's JSON."""
    with embedded(browser, "pages", {"text": TEXT}) as shown:
        found = shown.frame.evaluate(
            """() => {
                 const element = document.querySelector("body > crowd-form");
                 element.querySelector("crowd-input").value = "So";
                 return [element.form === element.querySelector(":scope > form"),
                         element._serializeForm()];
               }"""
        )
        assert found == [True, {"taskAnswers": '[{"summary":"So"}]'}]


def test_events_tell_readiness(browser: Page) -> None:
    """Each element says that it is ready on window; then the document does, once."""
    script = """<script>
      window.told = { elements: 0, all: 0 };
      window.addEventListener('crowd-element-ready', () => { told.elements += 1; });
      document.addEventListener('all-crowd-elements-ready', () => { told.all += 1; });
    </script>"""
    with embedded(browser, "classifier", {"labels": ["a"], "text": TEXT}, script) as shown:
        shown.frame.evaluate("() => document.body.append(document.createElement('crowd-card'))")
        # crowd-form, crowd-classifier, the button that the form adds, and the card.
        assert shown.frame.evaluate("() => told") == {"elements": 4, "all": 1}
        assert len(shown.said("ready")) == 1


def test_errors_of_the_page_are_told(browser: Page) -> None:
    """What a template's script throws reaches the embedding page with its line."""
    with embedded(browser, "pages", {"text": TEXT}) as shown:
        shown.frame.evaluate("() => { setTimeout(() => gone(), 0) }")
        problem = shown.wait_for("problem")
        assert problem["message"] == "Uncaught ReferenceError: gone is not defined"
        assert shown.errors == ["gone is not defined"]
        shown.errors.clear()


def test_a_damaged_attribute_costs_its_element_only(browser: Page) -> None:
    """Labels that are no JSON are named where the element stands; the form still submits."""
    script = """<script>
      document.addEventListener("DOMContentLoaded", () => {
        document.querySelector("crowd-polygon").setAttribute("labels", "[pond");
      }, { capture: true });
    </script>"""
    with embedded(browser, "polygon", {"image": IMAGE}, script) as shown:
        expect(shown.frame.get_by_role("alert").first).to_contain_text(
            "<crowd-polygon>: attribute labels is not JSON"
        )
        assert "labels is not JSON" in shown.wait_for("problem")["message"]


def test_buttons_that_toggle_themselves(browser: Page) -> None:
    """A template may keep its choice in which buttons are disabled; a press on one enables it."""
    with embedded(browser, "pressed-buttons", {"text": TEXT}) as shown:
        for name in ("Wren", "Gull", "Wren"):
            # What is disabled can't be clicked, but it can be pressed.
            shown.frame.get_by_role("button", name=name).click(force=True)
        assert submit(shown) == {"heard": '["Gull"]'}


def test_pictures_are_laid_over_the_image_by_its_canvas(browser: Page) -> None:
    """Templates ask for the canvas that the service's tool draws on: it is where the image is."""
    with embedded(browser, "bounding-box", {"image": IMAGE, "known": []}) as shown:
        tool = shown.frame.locator("crowd-bounding-box")
        drawn = tool.locator("svg[viewBox]").bounding_box()
        assert drawn is not None
        assert drawn["width"] > 100
        found = tool.evaluate(
            """(tool) => tool.shadowRoot.querySelector("canvas.upper-canvas")
                 .getBoundingClientRect().toJSON()"""
        )
        assert {side: found[side] for side in drawn} == pytest.approx(drawn)


def test_every_form_and_body_is_as_high_as_the_window(browser: Page) -> None:
    """The service's style for body and form is served, so that what it breaks shows."""
    head = "<style>html { height: 100% }</style>"
    with embedded(browser, "pages", {"text": TEXT}, head) as shown:
        heights = shown.frame.evaluate(
            """() => {
                 const form = document.createElement("form");
                 document.body.append(form);
                 return [document.body.clientHeight, form.clientHeight];
               }"""
        )
        assert heights == [900, 900]


def place(shown: Embedded, x: float, y: float) -> tuple[float, float]:
    """Return where a pixel of the image is in the window."""
    box = shown.frame.locator("svg[viewBox='0 0 200 100']").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"] / 200, box["y"] + y * box["height"] / 100


def drag(shown: Embedded, *points: tuple[float, float]) -> None:
    """Drag the mouse along pixels of the image."""
    mouse = shown.page.mouse
    mouse.move(*place(shown, *points[0]))
    mouse.down()
    for point in points[1:]:
        mouse.move(*place(shown, *point), steps=4)
    mouse.up()


def boxes(shown: Embedded) -> list[list[int]]:
    """Return the boxes as left, top, width and height."""
    found: list[list[int]] = shown.frame.evaluate(
        """() => document.querySelector("crowd-bounding-box").value.boundingBoxes
                   .map(({ left, top, width, height }) => [left, top, width, height])"""
    )
    return found


def test_boxes_by_mouse(browser: Page) -> None:
    """Boxes are drawn, moved and resized in pixels of the image, whatever the zoom."""
    given = {"image": IMAGE, "labels": ["cat", "dog"], "boxes": [], "names": {}}
    with embedded(browser, "bounding-box", given) as shown:
        drag(shown, (20, 10), (80, 50))
        assert boxes(shown) == [[20, 10, 60, 40]]
        # Two clicks do what a drag does.
        for corner in ((150, 80), (120, 60)):
            browser.mouse.click(*place(shown, *corner))
        assert boxes(shown)[1:] == [[120, 60, 30, 20]]
        # Taken by its edge it moves, by its corner it is resized; the label goes to what is held.
        drag(shown, (20, 30), (30, 35))
        drag(shown, (90, 55), (100, 60))
        shown.frame.get_by_role("button", name="dog", exact=True).click()
        assert boxes(shown)[0] == [30, 15, 70, 45]
        browser.mouse.click(*place(shown, 5, 90))
        shown.frame.get_by_role("button", name="Zoom in").click()
        drag(shown, (4, 60), (14, 66))
        assert boxes(shown)[2:] == [[4, 60, 10, 6]]
        shown.frame.get_by_role("button", name="Undo").click()
        shown.frame.get_by_role("button", name="Delete cat, 30 by 20 at 120, 60").click()
        answer = submit(shown)["boxes"]
        assert answer["boundingBoxes"] == [
            {"height": 45, "label": "dog", "left": 30, "top": 15, "width": 70}
        ]


def test_polygons_and_keypoints_by_mouse(browser: Page) -> None:
    """A click sets a point; a click on a polygon's first point finishes it; both can be moved."""
    with embedded(browser, "polygon", {"image": IMAGE}) as shown:
        for corner in ((20, 20), (60, 20), (60, 60), (20.4, 20.4)):
            browser.mouse.click(*place(shown, *corner))
        drag(shown, (60, 40), (70, 40))
        drag(shown, (30, 20), (30, 25))
        [polygon] = submit(shown)["outline"]["polygons"]
        assert [(point["x"], point["y"]) for point in polygon["vertices"]] == [
            (30, 25), (70, 20), (70, 60),
        ]  # fmt: skip
    with embedded(browser, "keypoint-checked", {"image": IMAGE, "labels": ["beak"]}) as shown:
        browser.mouse.click(*place(shown, 150, 70))
        drag(shown, (150, 70), (160, 75))
        found = submit(shown)["joints"]["keypoints"]
        assert found == [{"label": "beak", "x": 20, "y": 30}, {"label": "beak", "x": 160, "y": 75}]


def test_lines_by_mouse(browser: Page) -> None:
    """A drag draws a line, and so do two clicks; it can be taken by itself or by an end."""
    with embedded(browser, "line", {"image": IMAGE, "lines": []}) as shown:
        drag(shown, (20, 20), (60, 40))
        for end in ((100, 80), (150, 80)):
            browser.mouse.click(*place(shown, *end))
        drag(shown, (40, 30), (50, 30))
        drag(shown, (70, 40), (70, 60))
        answer = submit(shown)["crowdLine"]
        assert answer["initialValueModified"] is True
        assert [
            [(point["x"], point["y"]) for point in line["vertices"]] for line in answer["lines"]
        ] == [[(30, 20), (70, 60)], [(100, 80), (150, 80)]]


def test_polylines_by_mouse(browser: Page) -> None:
    """Clicks set points; Enter finishes, and so does a double click on the last."""
    with embedded(browser, "polyline", {"image": IMAGE}) as shown:
        for point in ((20, 20), (60, 20), (60, 60)):
            browser.mouse.click(*place(shown, *point))
        browser.keyboard.press("Enter")
        browser.mouse.click(*place(shown, 100, 20))
        browser.mouse.dblclick(*place(shown, 150, 20))
        found = submit(shown)["crowdPolyline"]["polylines"]
        assert [[(point["x"], point["y"]) for point in line["vertices"]] for line in found] == [
            [(20, 20), (60, 20), (60, 60)],
            [(100, 20), (150, 20)],
        ]


def test_earlier_boxes_are_kept_told_and_recorded(browser: Page) -> None:
    """What is cut, or left out, is never answered as if nothing was changed."""
    box = {"left": 10, "top": 10, "width": 50, "height": 50, "class_id": 0}
    given = {"image": IMAGE, "labels": ["cat"], "names": {"0": "cat", "1": "dog"}}
    over = box | {"left": 180, "top": -20}
    boxes = [box, over, box | {"class_id": 1}, box | {"left": 5000}]
    with embedded(browser, "bounding-box", given | {"boxes": boxes}) as shown:
        note = shown.frame.get_by_role("note")
        expect(note).to_contain_text("Left out of what was marked before, and not shown here: 2")
        expect(note).to_contain_text("Cut at the edge of the image, beyond which it went: 1")
        answer = submit(shown)["boxes"]
        assert answer["boundingBoxes"] == [
            {"height": 50, "label": "cat", "left": 10, "top": 10, "width": 50},
            {"height": 30, "label": "cat", "left": 180, "top": 0, "width": 20},
        ]
        assert answer["initialValueModified"] is True
        assert [one["reason"] for one in answer["initialValueLeftOut"]] == [
            "its label is not among those to choose from",
            "outside of the image",
        ]
        assert answer["initialValueCut"] == [
            {"label": "cat", "left": 180, "top": -20, "width": 50, "height": 50}
        ]
    with embedded(browser, "bounding-box", given | {"boxes": [box]}) as shown:
        answer = submit(shown)["boxes"]
        assert answer["initialValueModified"] is False
        assert not {"initialValueLeftOut", "initialValueCut"} & set(answer)


def test_earlier_boxes_wait_for_their_labels(browser: Page) -> None:
    """Labels that a script gives come after what was marked with them."""
    box = {"left": 10, "top": 10, "width": 50, "height": 50, "class_id": 0}
    given = {"image": IMAGE, "labels": [], "names": {"0": "cat"}, "boxes": [box]}
    with embedded(browser, "bounding-box", given) as shown:
        expect(shown.frame.get_by_role("note")).to_contain_text("not shown here: 1")
        shown.frame.evaluate("document.querySelector('crowd-bounding-box').labels = ['cat']")
        expect(shown.frame.get_by_role("note")).to_have_count(0)
        assert boxes(shown) == [[10, 10, 50, 50]]
        drag(shown, (100, 50), (120, 70))
        shown.frame.evaluate("document.querySelector('crowd-bounding-box').labels = ['cat', 'dog']")
        assert len(submit(shown)["boxes"]["boundingBoxes"]) == 2


def test_an_unfinished_shape_is_not_lost(browser: Page) -> None:
    """A polygon that is begun and not finished stops the submit, and says so."""
    with embedded(browser, "polygon", {"image": IMAGE}) as shown:
        browser.mouse.click(*place(shown, 20, 20))
        shown.frame.get_by_role("button", name="Submit").click()
        expect(shown.frame.get_by_role("alert")).to_contain_text("a shape is not finished")
        assert shown.said("submit") == []


def drag_over(shown: Embedded, words: str, element: str = "crowd-entity-annotation") -> None:
    """Select words of the text with the mouse, from the first's left edge to the last's right."""
    edges = shown.frame.evaluate(
        """([words, element]) => {
             const pane = document.querySelector(element).shadowRoot.querySelector(".text");
             const from = pane.textContent.indexOf(words);
             const at = (offset) => {
               const walker = document.createTreeWalker(pane, NodeFilter.SHOW_TEXT);
               for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                 if (offset < node.length) {
                   const range = document.createRange();
                   range.setStart(node, offset);
                   range.setEnd(node, offset + 1);
                   return range.getBoundingClientRect();
                 }
                 offset -= node.length;
               }
             };
             const [first, last] = [at(from), at(from + words.length - 1)];
             return [first.left, last.right, first.top + first.height / 2];
           }""",
        [words, element],
    )
    left, right, middle = edges
    shown.page.mouse.move(left + 0.5, middle)
    shown.page.mouse.down()
    shown.page.mouse.move(right - 0.5, middle, steps=5)
    shown.page.mouse.up()


def test_a_passage_after_line_ends_is_found_in_the_source(browser: Page) -> None:
    """The element counts what it shows; post-labeling finds the words in the text as it is."""
    text = "Line\r\none.\r\n\U0001f426 two.\r\rTARGET three.\r\n"
    with embedded(browser, "entities-and-question", {"text": text, "known": []}) as shown:
        drag_over(shown, "TARGET")
        shown.frame.get_by_role("button", name="Person", exact=True).click()
        [given] = submit(shown)["annotations"]["entities"]
    assert given["startOffset"] != text.index("TARGET")
    field = FieldDefinition(name="f", path="f", kind=Kind.SPANS)
    marked = read_value(field, [given]).value
    [span] = place_spans(marked, field, KnownText(None, text)).reading.value
    assert text[span.start : span.end] == "TARGET"


def test_passages_by_mouse(browser: Page) -> None:
    """Label and text come in either order; what is marked is relabelled, kept whole, deleted."""
    with embedded(browser, "entities-and-question", {"text": TEXT, "known": []}) as shown:
        person = shown.frame.get_by_role("button", name="Person", exact=True)
        drag_over(shown, "Ada ")
        person.click()
        person.click()
        drag_over(shown, "Charles Babbage")
        drag_over(shown, "Babbage.")
        refusal = "Not marked: select all of \u201cCharles Babbage\u201d, or none of it"
        expect(shown.frame.get_by_role("status").filter(has_text=refusal)).to_have_count(1)
        browser.keyboard.press("Escape")
        shown.frame.locator("mark", has_text="Charles").click()
        shown.frame.get_by_role("button", name="date", exact=True).click()
        shown.frame.get_by_role("button", name="Delete Person: Ada").click()
        assert submit(shown)["annotations"] == {
            "entities": [{"startOffset": 13, "endOffset": 28, "label": "date"}]
        }


def test_ranks_by_mouse(browser: Page) -> None:
    """A click gives a rank; without ties who had it takes the one that becomes free; all undone."""
    given = {"source": "Why?", "responses": ["So.", "Thus."]}
    with embedded(browser, "text-ranking", given) as shown:
        for name in ("1, Clarity: rank 1", "2, Clarity: rank 2", "1, Tone: rank 1"):
            shown.frame.get_by_label(f"Response {name}").check()
        shown.frame.get_by_label("Response 2, Tone: rank 2").check()
        shown.frame.get_by_label("Response 2, Tone: rank 1").check()
        expect(shown.frame.get_by_label("Response 1, Tone: rank 2")).to_be_checked()
        for _ in range(3):
            shown.frame.get_by_role("button", name="Undo", exact=True).click()
        shown.frame.get_by_role("button", name="Submit").click()
        expect(shown.frame.get_by_role("alert")).to_contain_text("please rank response 1 for Tone")
        shown.frame.get_by_role("button", name="Redo", exact=True).click()
        shown.frame.get_by_label("Response 2, Tone: rank 2").check()
        ranks = submit(shown)["textRanking"]["ordinalRankingDimensions"]
        assert [one["responseRankings"] for one in ranks] == [[1, 2], [1, 2]]


def test_questions_by_mouse(browser: Page) -> None:
    """A passage that is selected goes to a question by its button; steps can be undone."""
    with embedded(browser, "questions", {"source": TEXT}) as shown:
        drag_over(shown, "Charles Babbage", "crowd-question-answer-generation")
        shown.frame.get_by_role("button", name="Add the selected passage to question 1").click()
        shown.frame.get_by_role("textbox", name="Question 1", exact=True).fill("To whom?")
        shown.frame.get_by_role("textbox", name="Answer 1", exact=True).fill("To Charles Babbage.")
        shown.frame.get_by_role("button", name="Add a question").click()
        shown.frame.get_by_role("button", name="Delete question 2").click()
        shown.frame.get_by_label("What, question 1").check()
        shown.frame.get_by_role("button", name="Undo", exact=True).click()
        assert submit(shown)["qa"]["questionAnswerPairs"] == [
            {
                "question": "To whom?",
                "answer": "To Charles Babbage.",
                "questionTags": [],
                "textReferences": [{"startOffset": 13, "endOffset": 28, "text": "Charles Babbage"}],
            }
        ]


@pytest.mark.parametrize("template", ["text-ranking", "questions"])
def test_drafts_of_texts_come_back(template: str, browser: Page) -> None:
    """What `draft()` gives, `restore()` takes; before anything is done there is none."""
    given = {"source": TEXT, "responses": ["So.", "Thus."]}
    element = {"text-ranking": "crowd-text-ranking"}.get(
        template, "crowd-question-answer-generation"
    )
    script = f"() => document.querySelector('{element}')"
    with embedded(browser, template, given) as shown:
        assert shown.frame.evaluate(f"({script})().draft() === undefined")
        if template == "questions":
            shown.frame.get_by_role("textbox", name="Question 1", exact=True).fill("Who?")
        else:
            shown.frame.get_by_label("Response 2, Tone: rank 1").check()
        draft = shown.frame.evaluate(f"JSON.stringify(({script})().draft())")
    with embedded(browser, template, given) as shown:
        shown.frame.evaluate(f"({script})().restore({draft})")
        assert shown.frame.evaluate(f"JSON.stringify(({script})().draft())") == draft
        assert draft.count("null" if template == "text-ranking" else "Who?") > 0


def test_a_text_may_be_a_file(browser: Page) -> None:
    """An address that the template was granted is read, and passages are those of its text."""
    source = quote_address("s3://sample/text.txt")
    with embedded(browser, "questions", {"source": source}) as shown:
        expect(shown.frame.locator(".text")).to_have_text("Ada \u2665 wrote.")
        drag_over(shown, "wrote", "crowd-question-answer-generation")
        shown.frame.get_by_role("button", name="Add the selected passage to question 1").click()
        [pair] = shown.frame.evaluate(
            "document.querySelector('crowd-question-answer-generation').value.questionAnswerPairs"
        )
        assert pair["textReferences"] == [{"startOffset": 6, "endOffset": 11, "text": "wrote"}]


def test_a_text_that_cannot_be_read_is_not_answered_about(browser: Page) -> None:
    """A file that is not there stops the submit; what looks like any other address is a text."""
    given = {"source": quote_address("s3://sample/missing.txt"), "responses": ["So."]}
    with embedded(browser, "text-ranking", given) as shown:
        expect(shown.frame.locator(".prompt")).to_contain_text("The text can't be read")
        shown.frame.get_by_role("button", name="Submit").click()
        expect(shown.frame.get_by_role("alert")).to_contain_text("decline the task, or return it")
    elsewhere = given | {"source": "https://example.org/s3/x"}
    with embedded(browser, "text-ranking", elsewhere) as shown:
        expect(shown.frame.locator(".prompt")).to_have_text("https://example.org/s3/x")


def quote_address(uri: str) -> str:
    """Return the address under which the page reads an object."""
    return uri.replace("s3://", "/s3/")
