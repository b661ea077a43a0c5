"""``labelwright export``: what it writes, tells and refuses."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from labelwright_cli.main import app
from tests.local.export.jobs import box_job, marked_job
from tests.local.finished_job.builtin import several_job


def export(*arguments: object) -> tuple[int, str]:
    """Run the command; return status and output."""
    result = CliRunner().invoke(app, ["export", *map(str, arguments)], env={"COLUMNS": "200"})
    return result.exit_code, result.output


@pytest.mark.parametrize("inside", ["", "workspace"])
def test_a_job_is_exported_from_what_holds_it(inside: str, tmp_path: Path) -> None:
    """How much was written is told."""
    marked_job(tmp_path / "j")
    status, output = export(tmp_path / "j" / inside, "jsonl", "--out", tmp_path / "l.jsonl")
    assert status == 0, output
    assert "3 objects of 3: wrote" in output
    assert len((tmp_path / "l.jsonl").read_text().splitlines()) == 3


def test_a_built_in_job_is_exported_too(tmp_path: Path) -> None:
    """Its classes have their names."""
    several_job(tmp_path / "j")
    status, output = export(tmp_path / "j", "jsonl", "--out", tmp_path / "l.jsonl")
    assert status == 0, output
    row = json.loads((tmp_path / "l.jsonl").read_text())
    assert row["crowd-classifier-multi-select"] == ["rain", "sun"]


def test_damaged_parts_are_named_and_left_out(tmp_path: Path) -> None:
    """The rest is exported."""
    job = several_job(tmp_path / "j")
    output_manifest = job / "manifests" / "output" / "output.manifest"
    output_manifest.write_text(output_manifest.read_text() + "{\n")
    status, output = export(tmp_path / "j", "csv", "--out", tmp_path / "l.csv")
    assert status == 0, output
    assert f"{output_manifest}:2: the line is not a JSON object" in output.replace("\n", "")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["excel"], "there is no format 'excel'; there are csv, jsonl"),
        (["conll"], "pip install 'labelwright[spacy]'"),
        (["conll", "--overlaps", "all"], "overlapping spans can't all be kept"),
        (["coco"], "coco takes a field of kind boxes"),
        (["csv", "--field", "none"], "the job has no field 'none'; it has mood, places, tags"),
        (["csv", "--split", "2"], "sum to 1"),
        (["csv", "--align", "left"], "--align is one of strict, expand, contract"),
        (["csv", "--attribute", "x"], "there is no label 'x'"),
        (["csv", "--min-confidence", "1"], "no object has a label that can be exported"),
    ],
)
def test_what_can_t_be_written_is_one_error(
    arguments: list[str], reason: str, tmp_path: Path
) -> None:
    """With what to do; nothing is written."""
    job = marked_job(tmp_path / "j")
    if "--min-confidence" in arguments:
        arguments = [*arguments, "--field", "mood"]
    status, output = export(job, *arguments, "--out", tmp_path / "out")
    assert status == 2
    assert reason in output.replace("\n", "")
    assert not (tmp_path / "out").exists()


def test_without_a_place_the_file_is_named_by_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes where one is."""
    box_job(tmp_path / "j")
    monkeypatch.chdir(tmp_path)
    assert export("j", "coco")[0] == 0
    assert (tmp_path / "birds-job-coco.json").is_file()
