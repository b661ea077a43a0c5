"""From data to training data, as a new user goes: a wheel, three commands, two people, a browser.

Each job is made, served and exported by the installed command line alone; two workers answer on the
real pages; then the library that the labels are for loads them.
"""

import csv
import json
import re
import shlex
import signal
import struct
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Frame, Page

from labelwright.task.definition import FieldDefinition
from labelwright_local.load import load_job
from labelwright_local.simulated.browser import chromium
from labelwright_local.simulated.page_filler import PageFiller
from labelwright_local.simulated.worker import Box, Mark, Values
from labelwright_local.workspace.task_folder import read_task_folder
from tests.wheel import Installed, build, install

# Their own deprecations are no affair of ours.
pytestmark = [
    pytest.mark.loaders,
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]

#: Forty sentences, by what people will say of each.
SENTENCES = {
    f'No. {number}: "{what}", said the guest; {how} & <b>{number % 7}</b> stars 🌟': label
    for number in range(40)
    for what, how, label in [
        ("Splendid, truly", "warm", "good") if number % 3 else ("Never again", "cold", "bad")
    ]
}
#: Names that addresses, file systems and pages each read in their own way.
PICTURES = [
    "a b.png", "ü#1%20?.PNG", "#.png", "100%.png", "日本 語.png", "x:y+z=&.png", "quote'\".png",
    "sub dir/50%25 #2.png",
]  # fmt: skip
HEIGHT = 120
#: Texts, and what is marked in each, in order: passages of it by label.
TEXTS: dict[str, list[tuple[str, str]]] = {
    "Ada met Bo in Oslo.": [("Ada", "person"), ("Bo", "person"), ("Oslo", "place")],
    "🙂🙂 Ada 👩‍👩‍👧 left Bergen 🏔️ today": [("Ada", "person"), ("Bergen", "place")],
    "Dear Bo,\r\n\r\n🌍 Oslo is near.\r\nAda": [
        ("Bo", "person"), ("Oslo", "place"), ("Ada", "person"),
    ],
    "\r\nBergen\r\n": [("Bergen", "place")],
    "Nobody was there 😴": [],
    "Zu\u0308rich wrote to \U0001d505o.": [("Zu\u0308rich", "place"), ("\U0001d505o", "person")],
    "  two blanks, then Ada Lovelace": [("Ada Lovelace", "person")],
    "In 東京 🗼\r\nBo waits": [("東京", "place"), ("Bo", "person")],
    "<b> Oslo </b> & Ada": [("Oslo", "place"), ("Ada", "person")],
    "Line\nBo": [("Bo", "person")],
}  # fmt: skip
#: What a worker says of the task that a page shows.
Judge = Callable[[Frame], Values]


class Wheel(NamedTuple):
    """The wheel installed with no extra, and with those that some formats need."""

    bare: Installed
    full: Installed


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Wheel:
    """Build it once, and install it twice; both are used in the same folder."""
    folder = tmp_path_factory.mktemp("wheel")
    built, work = build(folder), folder / "my data"
    for name in ("bare", "full"):
        (folder / name).mkdir()
    return Wheel(
        install(built, folder / "bare", work),
        install(built, folder / "full", work, ("parquet", "spacy")),
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one browser for all jobs."""
    with chromium() as started:
        yield started


def ok(installed: Installed, *arguments: str) -> str:
    """Call a command that has to succeed; return what it printed, in one line."""
    done = installed.labelwright(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return " ".join(done.stdout.split())


def make(installed: Installed, *arguments: str) -> list[str]:
    """Make a job for two workers; return the next command's arguments, as the output names it."""
    told = ok(installed, "init", *arguments, "--workers", "2")
    assert "left out" not in told
    named = re.findall(r"Next: labelwright serve (.+?) Title", told)
    return shlex.split(named[0])


def label(installed: Installed, named: Sequence[str], browser: Browser, judge: Judge) -> str:
    """Serve a job to two workers until it is at its end; return what it says to export."""
    job = installed.folder / named[0]
    fields = read_task_folder(job).definition.fields
    with installed.serving(*named) as (process, printed):
        address = re.findall(r"http://\S+", printed)[0]
        workers = [sign_in(browser, address, name) for name in ("Ada", "Bo")]
        while sum(take_turn(page, address, fields, judge) for page in workers):
            pass
        wait_for_labels(job / "workspace")
        for page in workers:
            page.context.close()
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read() if process.stdout else ""
        assert process.wait(30) == 0
    exported = re.findall(r"labelwright export (.+) csv", " ".join(rest.split()))
    assert exported, rest
    [place] = shlex.split(exported[0])
    return place


def sign_in(browser: Browser, address: str, name: str) -> Page:
    """Sign in as people do, each in a browser of their own."""
    page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
    page.goto(address)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Sign in").click()
    return page


def take_turn(page: Page, address: str, fields: Sequence[FieldDefinition], judge: Judge) -> bool:
    """Answer one task, if there is one."""
    if "/tasks/" not in page.url:
        page.goto(address)
        start = page.get_by_role("button", name=re.compile("Start|Continue|Resume"))
        if not start.count():
            return False
        start.click()
        page.wait_for_url("**/tasks/*")
    frame = page.locator("iframe").element_handle().content_frame()
    assert frame is not None
    frame.get_by_role("button", name="Submit").first.wait_for()
    values = judge(frame)
    shown = frame.locator("#text")
    PageFiller(page, frame, fields).fill(
        values, shown.text_content() or "" if shown.count() else ""
    )
    here = page.url
    frame.get_by_role("button", name="Submit").first.click()
    page.wait_for_url(lambda url: url != here)
    return True


def wait_for_labels(workspace: Path) -> None:
    """Wait until the whole job's labels are there, all from one model."""
    for _ in range(300):
        if any(workspace.rglob("refined.manifest")):
            return
        time.sleep(0.1)
    raise AssertionError("there is no refined manifest after 30 seconds")


def test_forty_sentences_of_a_csv_become_a_data_set(
    wheel: Wheel, browser: Browser, tmp_path: Path
) -> None:
    """`datasets` has them by class; pandas and Polars count the answers."""
    import datasets

    folder = wheel.bare.folder
    with (folder / "sentences.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("nr", "sentence"), *enumerate(SENTENCES)])

    def judge(frame: Frame) -> Values:
        number = re.findall(r"No\. (\d+):", frame.get_by_text("said the guest").inner_text())[0]
        return {"category": list(SENTENCES.values())[int(number)]}

    named = make(
        wheel.bare, "sentences", "sentences.csv", "--kind", "text-classification",
        "--labels", "good,bad", "--id", "nr",
    )  # fmt: skip
    job = label(wheel.bare, named, browser, judge)
    ok(wheel.full, "export", job, "huggingface", "--split", "0.7,0.3", "--out", "data set")

    datasets.disable_progress_bars()
    loaded = datasets.load_dataset(str(folder / "data set"), cache_dir=str(tmp_path))
    rows = [*loaded["train"], *loaded["test"]]
    names = loaded["train"].features["category"].names
    assert {row["text"]: names[row["category"]] for row in rows} == SENTENCES
    assert 0 < len(loaded["test"]) < len(loaded["train"])
    counts = {"good": 26, "bad": 14}
    frames = load_job(str(folder / job), backend="pandas")
    assert dict(frames.labels.groupby("value").size()) == counts
    assert len(frames.workers) == 2
    polars = load_job(str(folder / job), backend="polars")
    assert dict(polars.answers.group_by("value").len().iter_rows()) == {
        name: 2 * count for name, count in counts.items()
    }


def picture(number: int) -> bytes:
    """Paint a picture, wider by its number, with a dark square that begins there."""
    width, square = 200 + 10 * number, range(20 + 10 * number, 70 + 10 * number)
    rows = [
        b"\0" + bytes(40 if x in square and 30 <= y < 90 else 230 for x in range(width))
        for y in range(HEIGHT)
    ]

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, HEIGHT, 8, 0, 0, 0, 0)
    packed = zlib.compress(b"".join(rows))
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", packed), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_eight_pictures_of_a_folder_become_boxes(wheel: Wheel, browser: Browser) -> None:
    """COCO's own tools and globox have each box at its square, in the picture of that name."""
    import globox
    from label_studio_sdk.label_interface import LabelInterface
    from pycocotools.coco import COCO

    folder = wheel.bare.folder
    for number, name in enumerate(PICTURES):
        path = folder / "my pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(number))

    def judge(frame: Frame) -> Values:
        view = frame.locator("crowd-bounding-box svg[viewBox]").first
        view.wait_for()
        width = float((view.get_attribute("viewBox") or "").split()[2])
        number = round((width - 200) / 10)
        sides = ((20 + 10 * number) / width, 30 / HEIGHT, 50 / width, 60 / HEIGHT)
        return {"things": [Box(*sides, "cat" if number % 2 else "large dog")]}

    named = make(
        wheel.bare, "boxes", "my pictures", "--kind", "image-boxes", "--labels", "large dog,cat"
    )
    job = label(wheel.bare, named, browser, judge)
    ok(wheel.bare, "export", job, "coco", "--out", "boxes.json")
    truth = COCO(str(folder / "boxes.json"))
    assert sorted(image["file_name"] for image in truth.imgs.values()) == sorted(PICTURES)
    for image in truth.imgs.values():
        number = PICTURES.index(image["file_name"])
        assert (image["width"], image["height"]) == (200 + 10 * number, HEIGHT)
        [box] = truth.imgToAnns[image["id"]]
        assert box["bbox"] == pytest.approx([20 + 10 * number, 30, 50, 60], abs=3)
        named_so = truth.cats[box["category_id"]]["name"]
        assert named_so == ("cat" if number % 2 else "large dog")
    assert len(globox.AnnotationSet.from_coco(folder / "boxes.json")) == len(PICTURES)

    ok(wheel.bare, "export", job, "label-studio", "--out", "boxes.tasks.json")
    check_label_studio(LabelInterface, folder / "boxes.tasks.json")


def check_label_studio(interface_of: Any, tasks: Path) -> None:
    """Check each task and annotation by the rules of Label Studio's own SDK."""
    [xml] = tasks.parent.glob(f"{tasks.name.split('.')[0]}*.xml")
    interface = interface_of(xml.read_text("utf-8"))
    interface.validate()
    for task in json.loads(tasks.read_text("utf-8")):
        assert interface.validate_task({key: task[key] for key in ("id", "data")})
        for annotation in task["annotations"]:
            assert interface.validate_annotation(annotation)


def test_ten_texts_of_a_folder_become_entities(wheel: Wheel, browser: Browser) -> None:
    """DocBin has each passage where it is, behind emoji and CR LF; seqeval counts them."""
    import spacy
    from label_studio_sdk.label_interface import LabelInterface
    from seqeval.metrics import f1_score
    from seqeval.metrics.sequence_labeling import get_entities
    from spacy.tokens import DocBin

    folder = wheel.bare.folder
    (folder / "notes").mkdir()
    for number, text in enumerate(TEXTS):
        (folder / "notes" / f"note #{number}.txt").write_bytes(text.encode())

    def judge(frame: Frame) -> Values:
        text = frame.locator("#text").text_content() or ""
        return {"entities": marks(text, TEXTS[text]), "notes": ""}

    named = make(
        wheel.bare, "names", "notes", "--kind", "text-entities", "--labels", "person,place"
    )
    job = label(wheel.bare, named, browser, judge)
    ok(wheel.full, "export", job, "spacy", "--out", "names.spacy")
    docs = list(DocBin().from_disk(folder / "names.spacy").get_docs(spacy.blank("xx").vocab))
    assert {doc.text: [(span.text, span.label_) for span in doc.ents] for doc in docs} == TEXTS
    for doc in docs:
        assert [span.start_char for span in doc.ents] == [
            mark.start for mark in marks(doc.text, TEXTS[doc.text])
        ]

    ok(wheel.full, "export", "names", "conll", "--out", "names.conll")
    tags = tags_of(folder / "names.conll")
    assert f1_score(tags, tags) == 1
    expected = sorted(label for marked in TEXTS.values() for _, label in marked)
    assert sorted(kind for kind, _, _ in get_entities(tags)) == expected

    ok(wheel.bare, "export", job, "label-studio", "--out", "names.tasks.json")
    check_label_studio(LabelInterface, folder / "names.tasks.json")


def marks(text: str, marked: Sequence[tuple[str, str]]) -> list[Mark]:
    """Find passages by their words, one behind the other."""
    found, at = [], 0
    for words, name in marked:
        at = text.index(words, at)
        found.append(Mark(at, at + len(words), name))
        at += len(words)
    return found


def tags_of(path: Path) -> list[list[str]]:
    """Read the tags of CoNLL's sentences."""
    blocks = path.read_text("utf-8").strip("\n").split("\n\n")
    lines: Mapping[str, list[str]] = {block: block.split("\n") for block in blocks}
    return [
        [line.rpartition(" ")[2] for line in rows]
        for rows in lines.values()
        if not rows[0].startswith("-DOCSTART-")
    ]
