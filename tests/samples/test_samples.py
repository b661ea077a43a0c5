import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.samples import documents, lake, leaves, make_samples, messages, responses, reviews
from tests.samples.namers import Named, Naming
from tests.samples.rendering import TEMPLATES, manifest, pre_label, sample_storage

ALL = (
    documents.FOLDER,
    messages.FOLDER,
    responses.FOLDER,
    leaves.FOLDER,
    reviews.FOLDER,
    lake.FOLDER,
)
NAMED: dict[str, tuple[Naming, Sequence[Named]]] = {
    leaves.FOLDER: (leaves.NAMING, leaves.load()),
    reviews.FOLDER: (reviews.NAMING, reviews.load()),
}
DOCUMENTS = {str(number): document for number, document in enumerate(documents.load())}


def read_lines(template: str, name: str) -> list[dict[str, Any]]:
    """Read a file of the sample that has one JSON object a line."""
    text = (TEMPLATES / template / "sample" / name).read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def page_answers() -> list[tuple[documents.Document, dict[str, Any]]]:
    """Return each answer to an abstract, decoded, with its abstract."""
    return [
        (DOCUMENTS[row["datasetObjectId"]], json.loads(row["answerContent"]["annotations"]))
        for row in read_lines(documents.FOLDER, "answers.jsonl")
    ]


def test_the_files_are_those_the_generator_makes() -> None:
    """Every manifest, text, answer and true label equals what the generator writes."""
    assert make_samples.differing() == []


@pytest.mark.parametrize("template", ALL)
def test_no_file_is_left_over(template: str) -> None:
    """A sample holds nothing but generated files, the pictures it names, and its README."""
    folder = TEMPLATES / template / "sample"
    objects = folder / "s3"
    pictures = {
        objects / line["source-ref"].removeprefix("s3://")
        for line in manifest(template)
        if "source-ref" in line
    }
    made = {path for path in make_samples.sample_files() if folder in path.parents}
    found = {path for path in folder.rglob("*") if path.is_file()}
    assert found == made | pictures | {folder / "README.md"}


@pytest.mark.parametrize(
    ("template", "most"),
    [(documents.FOLDER, 80_000), (leaves.FOLDER, 5_000), (lake.FOLDER, 5_000)],
)
def test_pictures_are_small_png_files(template: str, most: int) -> None:
    """Each picture that a manifest names is a PNG within its size."""
    storage = sample_storage(template)
    for line in manifest(template):
        data = storage.read(line["source-ref"], limit=most)
        assert data.startswith(b"\x89PNG\r\n\x1a\n")


def test_quotes_are_the_text_between_their_offsets() -> None:
    """Offsets of answers and of true spans are Python's, in the text as pre-labeling gives it."""
    texts = {
        str(number): pre_label(documents.FOLDER, line)["taskInput"].get("text")
        for number, line in enumerate(manifest(documents.FOLDER))
    }
    given = [
        (row["datasetObjectId"], span)
        for row in read_lines(documents.FOLDER, "answers.jsonl")
        for span in json.loads(row["answerContent"]["annotations"])["value"]
    ]
    true = [
        (row["datasetObjectId"], span)
        for row in read_lines(documents.FOLDER, "truth-spans.jsonl")
        for span in row["entities"]
    ]
    assert given
    assert true
    for task, span in given + true:
        assert texts[task][span["start"] : span["end"]] == span["quote"]
        assert span["quote"] == span["quote"].strip() != ""


def test_answers_echo_the_text_they_were_given_for() -> None:
    """The echoed address, length and hash are those of the text."""
    for document, answer in page_answers():
        assert answer["text"] == document.echo()


def test_answers_have_the_shape_of_the_page() -> None:
    """Answers have the page's keys, and say that nothing is to mark when nothing is marked."""
    for _, answer in page_answers():
        assert list(answer) == [
            "value", "notes", "claimResult", "nothingToMark", "text", "timing", "suggestions",
        ]  # fmt: skip
        assert answer["nothingToMark"] is (answer["value"] == [])
        assert 0 <= answer["timing"]["firstActionSeconds"] <= answer["timing"]["seconds"]


@pytest.mark.parametrize("template", ALL)
def test_no_worker_answers_an_object_twice(template: str) -> None:
    """Every answer is the only one of its worker for its object."""
    rows = read_lines(template, "answers.jsonl")
    assert len({(row["datasetObjectId"], row["workerId"]) for row in rows}) == len(rows)


def test_all_workers_answer_but_where_time_ran_out() -> None:
    """Five workers answer each leaf, three a single one, and none the object without a text."""
    marked = Counter(
        row["datasetObjectId"] for row in read_lines(documents.FOLDER, "answers.jsonl")
    )
    assert marked == {task: 5 for task, document in DOCUMENTS.items() if document.text}
    others = {
        name: (naming.short, [one.id for one in objects])
        for name, (naming, objects) in NAMED.items()
    }
    others[lake.FOLDER] = (lake.SHORT, [scene.id for scene in lake.load()])
    for folder, (short, ids) in others.items():
        answered = Counter(row["datasetObjectId"] for row in read_lines(folder, "answers.jsonl"))
        numbers = {name: str(number) for number, name in enumerate(ids)}
        assert answered == dict.fromkeys(numbers.values(), 5) | {numbers[short]: 3}


@pytest.mark.parametrize("template", ALL)
def test_a_worker_s_answers_follow_each_other(template: str) -> None:
    """No answer is submitted before its worker could have begun it."""
    rows = sorted(read_lines(template, "answers.jsonl"), key=lambda row: str(row["workerId"]))
    for _, of_worker in groupby(rows, key=lambda row: str(row["workerId"])):
        times = [row["submissionTime"] for row in of_worker]
        assert times == sorted(set(times))


@pytest.mark.parametrize("template", NAMED)
def test_the_careless_worker_is_the_worst(template: str) -> None:
    """The simulated workers differ: w1 is right most often and w5 least."""
    naming, objects = NAMED[template]
    right = Counter[str]()
    for row in read_lines(template, "answers.jsonl"):
        label = row["answerContent"][naming.control]["label"]
        right[row["workerId"]] += label == objects[int(row["datasetObjectId"])].label
    assert right.most_common()[0][0] == "w1"
    assert right.most_common()[-1][0] == "w5"


def test_boxes_lie_within_their_picture() -> None:
    """Drawn ones and true ones have sides, labels of the task, and no part outside."""
    answers = [row["answerContent"]["boxes"] for row in read_lines(lake.FOLDER, "answers.jsonl")]
    true = [row["boundingBoxes"] for row in read_lines(lake.FOLDER, "truth-boxes.jsonl")]
    assert true[-1] == []
    for boxes in [*(answer["boundingBoxes"] for answer in answers), *true]:
        for box in boxes:
            assert box["label"] in {"Boat", "Buoy", "Gull"}
            assert 0 <= box["left"] < box["left"] + box["width"] <= lake.WIDTH
            assert 0 <= box["top"] < box["top"] + box["height"] <= lake.HEIGHT


def test_only_the_object_without_text_is_skipped() -> None:
    """Pre-labeling asks humans for every abstract but the empty one."""
    needed = [
        pre_label(documents.FOLDER, line)["isHumanAnnotationRequired"]
        for line in manifest(documents.FOLDER)
    ]
    assert needed == [bool(document.text) for document in documents.load()]
    assert needed.count(False) == 1


@pytest.mark.parametrize(
    "has",
    [
        pytest.param(lambda text: any(ord(c) > 0xFFFF for c in text), id="astral"),
        pytest.param(lambda text: "\N{ZERO WIDTH JOINER}" in text, id="joined emoji"),
        pytest.param(lambda text: any(map(unicodedata.combining, text)), id="combining"),
        pytest.param(lambda text: "\r\n" in text, id="CRLF"),
        pytest.param(lambda text: "\N{GREEK SMALL LETTER ALPHA}" in text, id="Greek"),
        pytest.param(lambda text: "林" in text, id="Chinese"),
        pytest.param(lambda text: "נ" in text, id="Hebrew"),
        pytest.param(lambda text: "ö" in text, id="umlaut"),
    ],
)
def test_the_abstracts_are_hard(has: Any) -> None:
    """Some abstract has each of the things that break offsets."""
    assert any(has(document.text) for document in DOCUMENTS.values())


def test_one_text_begins_with_a_byte_order_mark() -> None:
    """One file has a byte order mark, which is no part of its text."""
    storage = sample_storage(documents.FOLDER)
    marked = [
        document
        for document in DOCUMENTS.values()
        if storage.read(document.text_uri).startswith(b"\xef\xbb\xbf")
    ]
    assert len(marked) == 1
    assert not marked[0].text.startswith("\ufeff")


def test_abstracts_have_the_length_of_abstracts() -> None:
    """Every abstract that has a text has 90 to 220 words, and at least a dozen have one."""
    lengths = [len(document.text.split()) for document in DOCUMENTS.values() if document.text]
    assert len(lengths) >= 12
    assert all(90 <= length <= 220 for length in lengths)


def test_short_texts_are_marked_where_they_say() -> None:
    """Quotes of answers and of true spans are the text between their offsets, and are echoed."""
    texts = {str(number): message for number, message in enumerate(messages.load())}
    rows = read_lines(messages.FOLDER, "answers.jsonl")
    given = {
        (row["datasetObjectId"], row["workerId"]): json.loads(row["answerContent"]["annotations"])
        for row in rows
    }
    assert len(given) == 5 * len(texts)
    true = {
        row["datasetObjectId"]: row["entities"]
        for row in read_lines(messages.FOLDER, "truth-spans.jsonl")
    }
    assert true.keys() == texts.keys()
    marked = [(task, answer["value"]) for (task, _), answer in given.items()]
    for task, spans in [*marked, *true.items()]:
        for span in spans:
            assert texts[task].text[span["start"] : span["end"]] == span["quote"]
            assert span["quote"] == span["quote"].strip() != ""
    for (task, _), answer in given.items():
        assert answer["text"] == texts[task].echo()
        assert answer["nothingToMark"] is (answer["value"] == [])


@pytest.mark.parametrize("sign", ["\r\n", "\u200d", "\u0301", "\u05d2", "\u6797", "\t", "\u00a0"])
def test_the_short_texts_are_hard(sign: str) -> None:
    """Some text has each of the things that break offsets."""
    assert any(sign in message.text for message in messages.load())


def test_votes_name_responses_whatever_side_they_were_on() -> None:
    """Sides are drawn evenly, and who takes the first unread votes for both responses alike."""
    answers = [
        (row["workerId"], json.loads(row["answerContent"]["annotations"]))
        for row in read_lines(responses.FOLDER, "answers.jsonl")
    ]
    assert len(answers) == 5 * len(responses.load())
    assert all(sorted(answer["shown"]) == ["a", "b"] for _, answer in answers)
    first = Counter(answer["shown"][0] for _, answer in answers)
    assert 0.3 < first["a"] / len(answers) < 0.7
    unread = [answer for worker, answer in answers if worker == "w5"]
    assert all(answer["preference"] == answer["shown"][0] for answer in unread)
    assert {answer["preference"] for answer in unread} == {"a", "b"}


def test_checking_names_a_file_that_differs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--check`` names each missing file and fails; writing them makes it pass."""
    monkeypatch.setattr(make_samples, "TEMPLATES", tmp_path)
    assert make_samples.main(["--check"]) == 1
    assert "image-classification/sample/truth.csv\n" in capsys.readouterr().out
    assert make_samples.main([]) == 0
    assert make_samples.main(["--check"]) == 0
