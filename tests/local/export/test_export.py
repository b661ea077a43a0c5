"""What of a job is exported, and how it stands in the formats that need no other library."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from labelwright.errors import UsageError
from labelwright_local.export.formats import default_place, write
from labelwright_local.export.overlaps import without_overlaps
from labelwright_local.export.plain_files import RISKY
from labelwright_local.export.prepare import (
    Settings,
    prepare,
    pseudonym,
    read_split,
    split_of,
)
from labelwright_local.finished_job.model import JobObject, LabelledSpan
from labelwright_local.finished_job.reader import read_job
from tests.local.export.jobs import (
    MARKED,
    box_job,
    json_lines,
    marked_job,
    note_job,
    said,
    spans_of,
)
from tests.local.finished_job.builtin import box_job as built_in_boxes


def exported(job: Path, name: str, out: Path, **settings: Any) -> tuple[list[Path], Counter[str]]:
    """Export a job; return the files, and what is told."""
    prepared = prepare(read_job(str(job)), Settings(**settings))
    return write(prepared, name, out), +prepared.told


def test_csv_has_one_row_an_object(tmp_path: Path) -> None:
    """Text, the manifest's own keys, each label and how sure it is; lists are JSON."""
    [path], told = exported(marked_job(tmp_path / "j"), "csv", tmp_path / "l.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert next(row["text"] for row in rows) == MARKED
    assert [row["mood"] for row in rows] == ["sunny", "rainy", "rainy"]
    assert json.loads(rows[2]["tags"]) == ["long", "short"]
    cities = [MARKED[span["start"] : span["end"]] for span in json.loads(rows[0]["places"])]
    assert cities == ["Bergen", "Oslo", "Zu\u0308rich"]
    assert all(0 < float(row["mood_confidence"]) <= 1 for row in rows)
    assert told == {RISKY: 1}


def test_cells_that_look_like_formulas_are_guarded_on_choice(tmp_path: Path) -> None:
    """Whoever trains wants the text as it is; whoever opens a spreadsheet does not."""
    job = marked_job(tmp_path / "j")
    for choice, first in ((False, "=SUM(A1)"), (True, "'=SUM(A1)")):
        [path], _ = exported(job, "csv", tmp_path / f"{choice}.csv", spreadsheet=choice)
        with path.open(encoding="utf-8", newline="") as file:
            assert list(csv.DictReader(file))[2]["text"].startswith(first)


def test_json_lines_have_lists_as_they_are(tmp_path: Path) -> None:
    """One object a line."""
    [path], _ = exported(marked_job(tmp_path / "j"), "jsonl", tmp_path / "l.jsonl")
    rows = json_lines(path)
    assert rows[2]["tags"] == ["long", "short"]
    assert rows[1]["places"] == []
    assert {"start", "end", "label", "confidence"} == rows[0]["places"][0].keys()


def test_parquet_has_typed_columns(tmp_path: Path) -> None:
    """Spans are lists of structs."""
    [path], _ = exported(marked_job(tmp_path / "j"), "parquet", tmp_path / "l.parquet")
    rows = pq.read_table(path).to_pylist()
    assert rows[0]["mood"] == "sunny"
    assert MARKED[slice(*list(rows[0]["places"][1].values())[:2])] == "Oslo"


def test_workers_appear_by_pseudonyms_that_stay(tmp_path: Path) -> None:
    """Their answers are exported on choice; ids and names on another."""
    job = marked_job(tmp_path / "j")
    [path], _ = exported(job, "jsonl", tmp_path / "a.jsonl", answers=True)
    rows = json_lines(path)
    assert [row["object"] for row in rows] == ["0", "0", "1", "1", "2", "2"]
    name = read_job(str(job)).name
    assert {row["worker"] for row in rows} == {pseudonym(name, "w0"), pseudonym(name, "w1")}
    assert "w0" not in path.read_text()
    [path], _ = exported(job, "jsonl", tmp_path / "b.jsonl", answers=True, with_names=True)
    assert {row["worker"] for row in json_lines(path)} == {"w0", "w1"}


def test_what_is_not_sure_enough_is_left_out_and_counted(tmp_path: Path) -> None:
    """A label, an item of spans, and objects of which nothing is left."""
    text = "Oslo and Bergen"
    both, one = spans_of(text, "Oslo", "Bergen"), spans_of(text, "Oslo")
    job = note_job(
        tmp_path / "j",
        {
            text: [said("sunny", both), said("sunny", both), said("sunny", one)],
            "no answer": [],
        },
    )
    everything, told = exported(job, "jsonl", tmp_path / "a.jsonl")
    assert told == {"objects that failed": 1}
    [row] = json_lines(everything[0])
    least = max(span["confidence"] for span in row["places"])
    assert len(row["places"]) == 2
    [path], told = exported(job, "jsonl", tmp_path / "b.jsonl", min_confidence=least)
    [row] = json_lines(path)
    assert [span["label"] for span in row["places"]] == ["CITY"]
    assert told[f"spans below the confidence of {least:g}"] == 1


def test_an_object_stays_in_its_split_when_the_job_grows() -> None:
    """And the same text twice is in one split."""
    settings = Settings(split=(0.6, 0.2, 0.2))

    def item(number: int, text: str) -> JobObject:
        return JobObject(str(number), number + 1, {"source": text}, text, None, (), ())

    splits = [split_of(item(number, f"t{number}"), settings) for number in range(2000)]
    shares = Counter(splits)
    assert abs(shares["train"] / 2000 - 0.6) < 0.05
    assert abs(shares["validation"] / 2000 - 0.2) < 0.05
    moved = [split_of(item(number + 7, f"t{number}"), settings) for number in range(2000)]
    assert moved == splits
    other = settings._replace(seed=1)
    assert [split_of(item(number, f"t{number}"), other) for number in range(2000)] != splits


def test_each_split_is_a_file(tmp_path: Path) -> None:
    """Together they have every object once."""
    job = marked_job(tmp_path / "j")
    paths, _ = exported(job, "jsonl", tmp_path / "l.jsonl", split=(0.5, 0.5))
    assert [path.name for path in paths] == ["l-train.jsonl", "l-test.jsonl"]
    rows = [row for path in paths for row in json_lines(path)]
    assert sorted(row["object"] for row in rows) == ["0", "1", "2"]


@pytest.mark.parametrize("text", ["", "1", "0.5,0.6", "a,b", "-1,2", "0.25,0.25,0.25,0.25"])
def test_shares_that_make_no_split_are_refused(text: str) -> None:
    """It says what they are."""
    with pytest.raises(UsageError, match="sum to 1"):
        read_split(text)


spans = st.builds(
    lambda start, length, label, sure: LabelledSpan(start, start + length, label, sure),
    st.integers(0, 20),
    st.integers(1, 8),
    st.sampled_from("AB"),
    st.none() | st.floats(0, 1),
)


@given(
    st.lists(spans, max_size=8, unique_by=lambda span: span[:3]),
    st.sampled_from(["longest", "first"]),
)
def test_of_overlapping_spans_each_is_kept_or_overlaps_a_kept_one(
    given: list[LabelledSpan], rule: Any
) -> None:
    """None is lost for nothing, and what is kept does not overlap."""
    kept, dropped = without_overlaps(given, rule)
    assert sorted(kept + dropped, key=str) == sorted(given, key=str)
    for place, span in enumerate(kept):
        assert all(span.end <= other.start for other in kept[place + 1 :])
    for span in dropped:
        assert any(span.start < other.end and other.start < span.end for other in kept)


def test_the_longest_or_the_first_of_overlapping_spans_stays() -> None:
    """Or all do."""
    short, long = LabelledSpan(0, 3, "A", None), LabelledSpan(2, 9, "B", None)
    assert without_overlaps([short, long], "longest") == ([long], [short])
    assert without_overlaps([short, long], "first") == ([short], [long])
    assert without_overlaps([long, short], "all") == ([short, long], [])


@pytest.mark.parametrize("make", [box_job, built_in_boxes])
def test_coco_has_pictures_boxes_and_categories(make: Any, tmp_path: Path) -> None:
    """Also pictures without boxes; boxes end where their pictures do."""
    make(tmp_path / "j")
    [path], told = exported(tmp_path / "j", "coco", tmp_path / "c.json")
    data = json.loads(path.read_text())
    assert [image["file_name"] for image in data["images"]] == [
        f"pictures/a b {number}.jpg" for number in range(3)
    ]
    assert {(image["width"], image["height"]) for image in data["images"]} == {(200, 100)}
    assert [category["name"] for category in data["categories"]] == ["bird", "nest"]
    assert [each["id"] for each in data["annotations"]] == [1, 2, 3]
    for each in data["annotations"]:
        left, top, width, height = each["bbox"]
        assert 0 <= left < left + width <= 200
        assert 0 <= top < top + height <= 100
        assert each["area"] == width * height
    assert told == {}


def test_yolo_has_one_text_a_picture(tmp_path: Path) -> None:
    """Centres and sides are shares of the picture; where the pictures belong is told."""
    box_job(tmp_path / "j")
    paths, _ = exported(tmp_path / "j", "yolo", tmp_path / "y")
    texts = {path.relative_to(tmp_path / "y").as_posix(): path.read_text() for path in paths}
    data = yaml.safe_load(texts.pop("data.yaml"))
    assert (data["train"], data["names"]) == ("images/train", {0: "bird", 1: "nest"})
    lines = texts["labels/train/pictures/a b 0.txt"].splitlines()
    assert sorted(lines) == [
        "0 0.125000 0.300000 0.250000 0.600000",
        "1 0.125000 0.400000 0.150000 0.400000",
    ]
    assert texts["labels/train/pictures/a b 1.txt"] == "0 0.875000 0.600000 0.250000 0.200000\n"
    assert texts["labels/train/pictures/a b 2.txt"] == ""


def test_label_studio_counts_code_points_and_percents(tmp_path: Path) -> None:
    """As its own page writes them."""
    paths, _ = exported(marked_job(tmp_path / "j"), "label-studio", tmp_path / "t.json")
    tasks = json.loads(paths[0].read_text())
    results = tasks[0]["annotations"][0]["result"]
    places = [result["value"] for result in results if result["type"] == "labels"]
    for value in places:
        assert MARKED[value["start"] : value["end"]] == value["text"]
    assert [value["text"] for value in places] == ["Bergen", "Oslo", "Zu\u0308rich"]
    assert '<Labels name="places" toName="text">' in paths[1].read_text()
    box_job(tmp_path / "b")
    paths, _ = exported(tmp_path / "b", "label-studio", tmp_path / "b.json")
    boxes = json.loads(paths[0].read_text())[0]["annotations"][0]["result"]
    nest = next(box for box in boxes if box["value"]["rectanglelabels"] == ["nest"])
    assert (nest["original_width"], nest["original_height"]) == (200, 100)
    assert [nest["value"][key] for key in ("x", "y", "width", "height")] == [5, 20, 15, 40]


def test_a_format_names_what_it_takes(tmp_path: Path) -> None:
    """A job without boxes can't be in COCO; a folder that is full is not written into."""
    job = marked_job(tmp_path / "j")
    with pytest.raises(UsageError, match="coco takes a field of kind boxes; the job has mood"):
        exported(job, "coco", tmp_path / "c.json")
    assert not (tmp_path / "c.json").exists()
    with pytest.raises(UsageError, match="there already"):
        exported(job, "huggingface", tmp_path / "j")


def test_a_job_s_name_leads_nowhere() -> None:
    """It may be any folder's."""
    assert default_place("../a b/ü", "csv") == "---a-b---csv.csv"
