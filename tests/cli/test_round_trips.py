"""Labels that leave as another tool's file come back as pre-filled answers, and are the same.

Through the real commands and pages: a job is labelled, exported, imported into a new manifest,
served, and submitted untouched by somebody in a browser.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from typer.testing import CliRunner

from labelwright_cli.main import app
from labelwright_local.finished_job.model import LabelledBox, LabelledSpan
from labelwright_local.finished_job.reader import read_job
from labelwright_local.simulated.browser import chromium
from labelwright_local.simulated.painted import wait_until_painted
from tests.cli.test_serve import started
from tests.local.export.jobs import json_lines
from tests.samples.rendering import TEMPLATES

pytestmark = pytest.mark.browser

#: Characters of two UTF-16 units, line ends of two characters, the same word twice, a combining
#: mark, what HTML takes for its own, and blanks at the ends.
TEXTS = (
    "\U0001f3d9\ufe0f Bergen\r\nand Oslo,\r\n\r\nthen Bergen "
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 again",
    '  Zu\u0308rich &amp; <b>Oslo</b>\t"quoted" \U0001f600\r\n',
    "line\nby line\nÅlesund",
)
PLACES = (
    [(3, 9, "PLACE"), (15, 19, "PLACE"), (29, 35, "ORGANIZATION"), (0, 19, "DATE")],
    [(2, 9, "PLACE"), (19, 23, "PLACE"), (37, 38, "PERSON")],
    [(13, 20, "PLACE")],
)
#: In pixels of pictures of 320 by 220; a third of a pixel has no end as a percent.
DRAWN = (
    [(10, 20, 30, 40, "Boat"), (10.5, 20.25, 33.3333, 7, "Gull"), (0, 0, 320, 220, "Buoy")],
    [(319, 219, 1, 1, "Gull"), (1, 2, 317, 3, "Boat")],
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Open Chromium."""
    with chromium() as opened:
        yield opened


def command(*arguments: object) -> str:
    """Run a command that succeeds."""
    result = CliRunner().invoke(app, [*map(str, arguments)], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def new_job(folder: Path, kind: str, labels: str, data: Path) -> Path:
    """Make a job of one worker with ``labelwright init``."""
    command("init", folder, data, "--kind", kind, "--labels", labels, "--workers", 1)
    return folder


def labelled(folder: Path, contents: list[dict[str, Any]]) -> None:
    """Label a job with recorded answers."""
    answers = folder / "answers.jsonl"
    answers.write_text(
        "".join(
            json.dumps(
                {"datasetObjectId": str(number), "workerId": "w", "answerContent": content}
            ) + "\n"
            for number, content in enumerate(contents)
        )
    )  # fmt: skip
    named = ["--manifest", folder / "manifest.jsonl", "--answers", answers]
    command("run", "--task", folder, *named, "--workspace", folder / "workspace")


def came_back(folder: Path, exported: tuple[str, Path]) -> Path:
    """Import another tool's file into the manifest of a job that nobody has begun."""
    form, file = exported
    suggested = folder / "suggested.jsonl"
    told = command(
        "import", form, file, "--manifest", folder / "manifest.jsonl", "--task", folder, "--out",
        suggested,
    )  # fmt: skip
    assert " 0 not taken, 0 changed" in told
    suggested.replace(folder / "manifest.jsonl")
    return folder


def submit_all_untouched(folder: Path, browser: Browser) -> None:
    """Serve a job, and submit each task as it is shown; suggestions are accepted all at once."""
    with started(str(folder)) as (_, printed):
        page = browser.new_context().new_page()
        page.goto(re.findall(r"http://\S+", printed)[0])
        page.get_by_label("Your name").fill("Ada")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Start").click()
        for _ in json_lines(folder / "manifest.jsonl"):
            page.wait_for_url("**/tasks/*")
            submit_untouched(page)
        expect(page.get_by_role("heading", name="No task for you")).to_be_visible()
        # Post-labeling takes a batch when nothing more comes.
        page.goto(re.findall(r"http://\S+", printed)[1])
        expect(page.get_by_text(re.compile("is done|finished|complete", re.I)).first).to_be_visible(
            timeout=60_000
        )
        page.context.close()


def submit_untouched(page: Page) -> None:
    """Submit one task."""
    here = page.url
    frame = page.locator("#page").element_handle().content_frame()
    assert frame is not None
    wait_until_painted(frame)
    frame.get_by_role("button", name="Submit").wait_for()
    if (accept := frame.get_by_role("button", name="Accept all")).count():
        accept.click()
    if (suggested := frame.locator("p", has_text="Suggested: ").locator("b")).count():
        # Of a choice the page tells what is suggested, and leaves choosing to the worker.
        frame.get_by_role("radio", name=suggested.inner_text(), exact=True).check()
    frame.get_by_role("button", name="Submit").click()
    page.wait_for_url(lambda url: str(url) != here)


def values(folder: Path, field: str) -> list[Any]:
    """Return a job's labels, without how sure they are."""
    found = []
    for item in read_job(str(folder)).objects:
        label = item.label(field)
        assert label is not None
        value = label.value
        if isinstance(value, tuple):
            value = sorted(
                part._replace(confidence=None)
                if isinstance(part, LabelledBox | LabelledSpan) else part
                for part in value
            )  # fmt: skip
        found.append(value)
    return found


def exported(folder: Path, form: str, out: Path) -> tuple[str, Path]:
    """Export a job's labels."""
    command("export", folder, form, "--out", out)
    return form, out


def texts_file(folder: Path) -> Path:
    """Write the texts as JSON Lines, which keeps every character."""
    file = folder / "texts.jsonl"
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    return file


def test_spans_come_back_from_label_studio(tmp_path: Path, browser: Browser) -> None:
    """Emoji, CR LF, and overlaps included: no offset moves."""
    texts = texts_file(tmp_path)
    labels = "PERSON,ORGANIZATION,PLACE,DATE"
    first = new_job(tmp_path / "first", "text-entities", labels, texts)
    spans = [
        [dict(zip(("start", "end", "label"), span, strict=True)) for span in marked]
        for marked in PLACES
    ]
    labelled(first, [{"annotations": {"value": marked}} for marked in spans])
    file = exported(first, "label-studio", tmp_path / "tasks.json")
    second = new_job(tmp_path / "second", "text-entities", labels, texts)
    submit_all_untouched(came_back(second, file), browser)
    wanted = [sorted(LabelledSpan(*span, None) for span in marked) for marked in PLACES]
    assert values(first, "entities") == wanted
    assert values(second, "entities") == wanted


def test_choices_come_back_from_label_studio(tmp_path: Path, browser: Browser) -> None:
    """Each to the text that it was said of, also where texts differ in a line end alone."""
    texts = tmp_path / "texts.jsonl"
    given = {"same\r\ntext": "good", "same\ntext": "b & <b>", " same\ntext": "good"}
    texts.write_text("".join(json.dumps({"text": text}) + "\n" for text in given))
    first = new_job(tmp_path / "first", "text-classification", "good,b & <b>", texts)
    labelled(first, [{"crowd-classifier": {"label": label}} for label in given.values()])
    file = exported(first, "label-studio", tmp_path / "tasks.json")
    second = new_job(tmp_path / "second", "text-classification", "good,b & <b>", texts)
    submit_all_untouched(came_back(second, file), browser)
    assert values(first, "category") == list(given.values())
    assert values(second, "category") == list(given.values())


@pytest.mark.parametrize("form", ["coco", "label-studio"])
def test_boxes_come_back_from_pixels_and_percents(
    form: str, tmp_path: Path, browser: Browser
) -> None:
    """Fractions of pixels, boxes at the edges, and names of files with blanks and emoji."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    sample = TEMPLATES / "image-boxes" / "sample"
    drawn = sorted(sample.rglob("*.png"))[: len(DRAWN)]
    for name, picture in zip(("a b%20.png", "z \U0001f986.PNG"), drawn, strict=True):
        (pictures / name).write_bytes(picture.read_bytes())
    first = new_job(tmp_path / "first", "image-boxes", "Boat,Buoy,Gull", pictures)
    names = ("left", "top", "width", "height", "label")
    image = {"inputImageProperties": {"width": 320, "height": 220}}
    boxes = [[dict(zip(names, box, strict=True)) for box in each] for each in DRAWN]
    labelled(first, [{"boxes": {"boundingBoxes": each, **image}} for each in boxes])
    file = exported(first, form, tmp_path / "boxes.json")
    second = new_job(tmp_path / "second", "image-boxes", "Boat,Buoy,Gull", pictures)
    submit_all_untouched(came_back(second, file), browser)
    wanted = [sorted(map(_box, each)) for each in DRAWN]
    assert values(first, "things") == wanted
    assert values(second, "things") == wanted


def _box(drawn: tuple[float, float, float, float, str]) -> LabelledBox:
    return LabelledBox(*drawn, None)
