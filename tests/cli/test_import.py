"""``labelwright import``: other tools' files, and what is told of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from labelwright_cli.main import app
from tests.samples import documents
from tests.samples.rendering import TEMPLATES

Json = Any

BOATS = {
    "images": [{"id": 1, "file_name": "lake-01.png", "width": 320, "height": 220}],
    "categories": [{"id": 1, "name": "boat"}, {"id": 2, "name": "Whale"}],
    "annotations": [{"image_id": 1, "category_id": 1, "bbox": [20, 100, 60, 70]}]
    + [{"image_id": 1, "category_id": 2, "bbox": [1, 1, 5, 5]}] * 5,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a folder with a manifest and files of other tools."""
    monkeypatch.chdir(tmp_path)
    lines = [{"source": "Lovely."}, {"source-ref": "images/lake-01.png", "id": 4}]
    (tmp_path / "m.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    (tmp_path / "coco.json").write_text(json.dumps(BOATS))
    (tmp_path / "spans.jsonl").write_text('{"text": "Lovely.", "label": ["positive"]}\n')
    return tmp_path


def imported(*arguments: str) -> Result:
    """Call the command."""
    return CliRunner().invoke(app, ["import", *arguments, "--manifest", "m.jsonl"])


BOXES = ("coco", "coco.json", "--task", "image-boxes", "--rename", "boat=Boat")


def test_suggestions_are_written_beside_what_was_there(folder: Path) -> None:
    """All else is as it was; the summary says how many there are."""
    result = imported(*BOXES, "--out", "out.jsonl")
    assert result.exit_code == 0, result.output
    first, second = (folder / "out.jsonl").read_text().splitlines()
    assert first == (folder / "m.jsonl").read_text().splitlines()[0]
    assert json.loads(second) == {
        "source-ref": "images/lake-01.png",
        "id": 4,
        "suggestion": [{"left": 20, "top": 100, "width": 60, "height": 70, "label": "Boat"}],
    }
    assert "m.jsonl: 1 suggestion in 1 line; of coco.json: 1 read, 5 not taken" in result.stderr


def test_what_was_not_taken_is_counted_and_listed(folder: Path) -> None:
    """The first of each reason on the terminal, all of them in a file."""
    result = imported(*BOXES, "--out", "out.jsonl", "--report", "report.jsonl")
    assert "coco.json: annotation 2: the task's field has no such label ('Whale')" in result.stderr
    assert "annotation 6" not in result.stderr
    assert "5 x not taken: the task's field has no such label" in result.stderr
    listed = [json.loads(line) for line in (folder / "report.jsonl").read_text().splitlines()]
    assert [one["place"] for one in listed] == [f"annotation {number}" for number in range(2, 7)]
    assert {one["label"] for one in listed} == {"Whale"}


def test_nothing_that_could_be_taken_is_status_1(folder: Path) -> None:
    """The manifest is written all the same, as it was."""
    result = imported("coco", "coco.json", "--task", "image-boxes", "--out", "out.jsonl")
    assert result.exit_code == 1
    assert (folder / "out.jsonl").read_bytes() == (folder / "m.jsonl").read_bytes()


@pytest.mark.usefixtures("folder")
def test_standard_output_takes_the_manifest() -> None:
    """And nothing else."""
    result = imported("spans", "spans.jsonl", "--task", "text-classification")
    first, _ = map(json.loads, result.stdout.splitlines())
    assert first == {"source": "Lovely.", "suggestion": "positive"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("coco", "no.json", "--task", "image-boxes"), "No such file"),
        (("coco", "m.jsonl2", "--task", "image-boxes"), "no JSON file"),
        (("coco", "spans.jsonl", "--task", "image-boxes"), "no COCO"),
        (("label-studio", "m.jsonl2", "--task", "image-boxes"), "no JSON file"),
        (("coco", "coco.json", "--task", "bare"), "no field of the task shows"),
        (("coco", "coco.json", "--task", "image-boxes", "--rename", "boat"), "expected OLD=NEW"),
        (("coco", "coco.json", "--task", "image-boxes", "--out", "m.jsonl"), "named twice"),
        (("coco", "coco.json", "--task", "image-boxes", "--dataset", "no.json"), "No such file"),
        (("xml", "coco.json", "--task", "image-boxes"), "xml"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_can_not_be_read_ends_with_status_2(arguments: tuple[str, ...], message: str) -> None:
    """Nothing is written, and the message says what to mend."""
    Path("m.jsonl2").write_text("[1,\n")
    Path("bare").mkdir()
    field = "[[fields]]\nname = 'v'\npath = 'v'\nkind = 'boxes'\n"
    Path("bare/task.toml").write_text(f"name = 'bare'\n{field}")
    result = imported(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.usefixtures("folder")
def test_a_manifest_on_standard_input_is_refused() -> None:
    """It is read twice."""
    result = CliRunner().invoke(
        app, ["import", "coco", "coco.json", "--task", "image-boxes", "--manifest", "-"]
    )
    assert result.exit_code == 2
    assert "read twice" in result.stderr


def test_numbers_that_are_none_cost_themselves_alone(folder: Path) -> None:
    """As numpy's NaN, which Python writes into JSON."""
    odd = {"image_id": 1, "category_id": 1, "bbox": [float("nan"), 1, 2, 3]}
    data = BOATS | {"annotations": [odd, *BOATS["annotations"][:1]]}
    (folder / "coco.json").write_text(json.dumps(data))
    assert "1 suggestion in 1 line" in imported(*BOXES, "--out", "out.jsonl").stderr


def test_an_object_is_found_by_the_text_in_its_file(tmp_path: Path) -> None:
    """As the abstracts have them: with emoji, CR LF and a byte order mark."""
    sample = TEMPLATES / "abstract-entities" / "sample"
    docs = [document for document in documents.load() if document.spans]
    lines = [
        {
            "text": document.text,
            "label": [[span.start, span.end, span.label] for span in document.spans],
        }
        for document in docs
    ]
    (tmp_path / "doccano.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    result = CliRunner().invoke(
        app,
        ["import", "spans", str(tmp_path / "doccano.jsonl"), "--task", "abstract-entities",
         "--manifest", str(sample / "manifest.jsonl"), "--out", str(tmp_path / "out.jsonl")],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert f"in {len(docs)} lines" in result.stderr
    assert "0 not taken" in result.stderr


def test_a_number_of_too_many_digits_costs_itself_alone(folder: Path) -> None:
    """All other boxes of the file are taken."""
    text = json.dumps(BOATS).replace("[20, 100, 60, 70]", f"[{'9' * 5000}, 1, 2, 3]")
    more = text.replace(
        '"annotations": [', f'"annotations": [{json.dumps(BOATS["annotations"][0])}, '
    )
    (folder / "coco.json").write_text(more)
    result = imported(*BOXES, "--out", "out.jsonl")
    assert result.exit_code == 0, result.output
    assert "1 suggestion in 1 line" in result.output
