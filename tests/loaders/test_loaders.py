"""Other libraries load what is exported, and use it."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from labelwright_local.export.formats import write
from labelwright_local.export.prepare import Settings, prepare
from labelwright_local.finished_job.reader import read_job
from labelwright_local.load import load_job
from tests.local.export.jobs import MARKED, box_job, marked_job, note_job, said, spans_of
from tests.local.finished_job.builtin import box_job as built_in_boxes
from tests.local.finished_job.builtin import entity_job, several_job

# Their own deprecations are no affair of ours.
pytestmark = [pytest.mark.loaders, pytest.mark.filterwarnings("default")]

CITIES = ["Bergen", "Oslo", "Zu\u0308rich"]


def exported(job: Path, name: str, out: Path, **settings: Any) -> list[Path]:
    """Export a job; return the files."""
    return write(prepare(read_job(str(job)), Settings(**settings)), name, out)


def many_notes(folder: Path, count: int = 40) -> Path:
    """Run a job of notes, half sunny, each with a city."""
    texts = {f"\U0001f30d Note {number} is from Oslo": number for number in range(count)}
    return note_job(
        folder,
        {
            text: [said("sunny" if number % 2 else "rainy", spans_of(text, "Oslo"))] * 2
            for text, number in texts.items()
        },
    )


def test_datasets_loads_splits_with_classes(tmp_path: Path) -> None:
    """Classes have their names, spans their offsets; it filters, maps and saves them."""
    import datasets

    datasets.disable_progress_bars()
    exported(many_notes(tmp_path / "j"), "huggingface", tmp_path / "d", split=(0.6, 0.2, 0.2))
    cache = str(tmp_path / "cache")
    loaded = datasets.load_dataset(str(tmp_path / "d"), cache_dir=cache)
    assert set(loaded) == {"train", "validation", "test"}
    assert sum(len(part) for part in loaded.values()) == 40
    train = loaded["train"]
    assert train.features["mood"].names == ["sunny", "rainy"]
    for row in train:
        [place] = row["places"]
        assert row["text"][place["start"] : place["end"]] == "Oslo"
        number = int(row["text"].split()[2])
        assert train.features["mood"].int2str(row["mood"]) == ("sunny" if number % 2 else "rainy")
    sunny = train.filter(lambda row: row["mood"] == 0)
    sunny.save_to_disk(str(tmp_path / "saved"))
    assert datasets.load_from_disk(str(tmp_path / "saved")).num_rows == len(sunny)


def test_pandas_and_polars_read_tables(tmp_path: Path) -> None:
    """CSV, JSON Lines and Parquet say the same; texts come back as they were, line ends too."""
    import pandas
    import polars

    job = marked_job(tmp_path / "j")
    [table] = exported(job, "csv", tmp_path / "t.csv")
    [lines] = exported(job, "jsonl", tmp_path / "t.jsonl")
    [parquet] = exported(job, "parquet", tmp_path / "t.parquet")
    with table.open(encoding="utf-8", newline="") as file:
        frame = pandas.read_csv(file, lineterminator=None)
    assert list(frame["mood"]) == ["sunny", "rainy", "rainy"]
    assert polars.read_csv(table)["text"].to_list()[0] == MARKED
    assert pandas.read_json(lines, lines=True).loc[0, "text"] == MARKED
    assert polars.read_parquet(parquet)["places"].list.len().to_list() == [3, 0, 1]
    counts = pandas.read_parquet(parquet).groupby("mood").size()
    assert dict(counts) == {"rainy": 2, "sunny": 1}


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_a_job_is_frames_of_any_library(backend: Any, tmp_path: Path) -> None:
    """Each is of the library itself, with columns of the same types, also when empty."""
    import narwhals

    frames = load_job(str(marked_job(tmp_path)), backend=backend)
    labels = narwhals.from_native(frames.labels, eager_only=True)
    assert labels.filter(narwhals.col("field") == "mood")["value"].to_list() == [
        "sunny",
        "rainy",
        "rainy",
    ]
    assert labels["start"].max() == max(start for start, _ in spans_of(MARKED, "Zu\u0308rich"))
    assert type(frames.faults).__module__.split(".")[0] in (backend, "polars")
    answers = narwhals.from_native(frames.answers, eager_only=True)
    assert len(set(answers["worker"].to_list())) == 2


@pytest.mark.parametrize("make", [box_job, built_in_boxes])
def test_pycocotools_and_globox_use_coco(make: Any, tmp_path: Path) -> None:
    """The boxes as detections of themselves have a mean average precision of 1."""
    import globox
    import numpy as np
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    make(tmp_path / "j")
    [path] = exported(tmp_path / "j", "coco", tmp_path / "c.json")
    truth = COCO(str(path))
    assert len(truth.imgs) == 3
    found = [
        {**annotation, "score": annotation.get("score", 1.0)} for annotation in truth.anns.values()
    ]
    evaluation = COCOeval(truth, truth.loadRes(found), "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    assert np.isclose(evaluation.stats[0], 1)
    boxes = globox.AnnotationSet.from_coco(path)
    assert len(boxes) == 3
    assert sum(len(annotation.boxes) for annotation in boxes) == len(truth.anns)


def test_globox_reads_yolo_as_it_reads_coco(tmp_path: Path) -> None:
    """The same boxes in both."""
    import globox

    box_job(tmp_path / "j")
    [coco] = exported(tmp_path / "j", "coco", tmp_path / "c.json")
    exported(tmp_path / "j", "yolo", tmp_path / "y")
    folder = tmp_path / "y" / "labels" / "train" / "pictures"
    for path in sorted(folder.glob("*.txt")):
        read = globox.Annotation.from_yolo_v5(path, image_size=(200, 100), image_id=path.stem)
        image = f"pictures/{path.stem}.jpg"
        same = globox.AnnotationSet.from_coco(coco)[image]
        assert len(read.boxes) == len(same.boxes)
        names = {"0": "bird", "1": "nest"}

        def corners(box: Any, label: str) -> tuple[Any, ...]:
            sides = (box.xmin, box.ymin, box.xmax, box.ymax)
            return (label, *(round(side, 2) for side in sides))

        assert sorted(corners(box, names[str(box.label)]) for box in read.boxes) == sorted(
            corners(box, box.label) for box in same.boxes
        )


@pytest.mark.parametrize("make", [marked_job, entity_job])
def test_spacy_reads_spans_where_they_are(make: Any, tmp_path: Path) -> None:
    """Emoji and CR LF included, of jobs of ours and built-in ones."""
    import spacy
    from spacy.tokens import DocBin

    make(tmp_path / "j")
    [path] = exported(tmp_path / "j", "spacy", tmp_path / "d.spacy")
    nlp = spacy.blank("xx")
    first = next(iter(DocBin().from_disk(path).get_docs(nlp.vocab)))
    cities = CITIES if make is marked_job else CITIES[:2]
    assert [span.text for span in first.ents] == cities
    assert [span.text for span in first.spans["sc"]] == cities
    if make is marked_job:
        assert first.cats["mood.sunny"] == 1
        assert first.cats["mood.rainy"] == 0


def test_spacy_trains_on_a_doc_bin(tmp_path: Path) -> None:
    """A few rounds are enough to learn the one city by heart."""
    import spacy
    from spacy.tokens import DocBin
    from spacy.training import Example
    from spacy.util import fix_random_seed

    fix_random_seed(1)
    [path] = exported(many_notes(tmp_path / "j", 20), "spacy", tmp_path / "d.spacy")
    nlp = spacy.blank("xx")
    nlp.add_pipe("ner")
    docs = list(DocBin().from_disk(path).get_docs(nlp.vocab))
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in docs]
    nlp.initialize(lambda: examples)
    for _ in range(15):
        nlp.update(examples)
    assert nlp.evaluate(examples)["ents_f"] > 0.9


def overlapping_job(folder: Path) -> Path:
    """Run a job whose spans overlap, and one of which ends inside a token."""
    text = "Greater Oslo region and Bergensfjord"
    return note_job(
        folder, {text: [said("sunny", spans_of(text, "Greater Oslo region", "Oslo", "Bergen"))] * 3}
    )


@pytest.mark.parametrize(
    ("settings", "ents", "all_spans"),
    [
        ({}, ["Greater Oslo region"], 2),
        ({"align": "expand"}, ["Greater Oslo region", "Bergensfjord"], 3),
        ({"overlaps": "all"}, [], 2),
    ],
)
def test_overlaps_and_tokens_are_told(
    settings: dict[str, Any], ents: Sequence[str], all_spans: int, tmp_path: Path
) -> None:
    """All are in the document's spans; entities can't overlap."""
    import spacy
    from spacy.tokens import DocBin

    prepared = prepare(read_job(str(overlapping_job(tmp_path / "j"))), Settings(**settings))
    [path] = write(prepared, "spacy", tmp_path / "d.spacy")
    [doc] = DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab)
    assert [span.text for span in doc.ents] == list(ents)
    assert len(doc.spans["sc"]) == all_spans
    told = +prepared.told
    assert ("spans that overlap another (--overlaps)" in told) == bool(ents)
    assert ("spans that begin or end inside a token (--align)" in told) == (all_spans == 2)


def columns(path: Path) -> tuple[list[list[str]], list[list[str]]]:
    """Read CoNLL's first and last columns, by document."""
    tokens: list[list[str]] = []
    tags: list[list[str]] = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        parts = line.split(" ")
        if parts[0] == "-DOCSTART-":
            tokens.append([])
            tags.append([])
        elif line:
            tokens[-1].append(parts[0])
            tags[-1].append(parts[-1])
    return tokens, tags


def test_seqeval_scores_conll_against_itself(tmp_path: Path) -> None:
    """All right against itself, and as many entities as there are spans; worse against less."""
    from seqeval.metrics import f1_score
    from seqeval.metrics.sequence_labeling import get_entities

    [path] = exported(marked_job(tmp_path / "j"), "conll", tmp_path / "t.conll")
    tokens, tags = columns(path)
    assert f1_score(tags, tags) == 1
    assert f1_score(tags, [["O"] * len(each) for each in tags]) == 0
    entities = [" ".join(tokens[0][start : end + 1]) for _, start, end in get_entities(tags[0])]
    assert entities == CITIES
    assert len(tokens) == 3


def label_interface(xml: Path) -> Any:
    """Return Label Studio's own reader of a labeling interface."""
    from label_studio_sdk.label_interface import LabelInterface

    interface = LabelInterface(xml.read_text(encoding="utf-8"))
    interface.validate()
    return interface


@pytest.mark.parametrize("make", [marked_job, box_job, entity_job, built_in_boxes, several_job])
@pytest.mark.parametrize("answers", [False, True])
def test_label_studio_validates_its_tasks(make: Any, answers: bool, tmp_path: Path) -> None:
    """Every task, annotation and result, by the SDK's own rules for the interface beside them."""
    make(tmp_path / "j")
    tasks, xml = exported(tmp_path / "j", "label-studio", tmp_path / "t.json", answers=answers)
    interface = label_interface(xml)
    found = json.loads(tasks.read_text())
    assert found
    results = 0
    for task in found:
        # By themselves: for tasks with annotations the SDK's own method calls itself wrongly.
        assert interface.validate_task({key: task[key] for key in ("id", "data")})
        for annotation in task["annotations"]:
            assert interface.validate_annotation(annotation)
            results += len(annotation["result"])
    assert results


def test_another_field_name_in_a_task_is_refused_by_the_same_rules(tmp_path: Path) -> None:
    """So that the check above can fail."""
    tasks, xml = exported(marked_job(tmp_path / "j"), "label-studio", tmp_path / "t.json")
    annotation = json.loads(tasks.read_text())[0]["annotations"][0]
    annotation["result"][0]["from_name"] = "another"
    assert not label_interface(xml).validate_annotation(annotation)


def test_the_command_writes_what_they_load(tmp_path: Path) -> None:
    """By the command line, as people call it."""
    job = marked_job(tmp_path / "j")
    code = "from labelwright_cli.main import main; main()"
    for name in ("conll", "spacy", "parquet", "huggingface"):
        done = subprocess.run(
            [sys.executable, "-c", code, "export", job, name, "--out", tmp_path / name],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
