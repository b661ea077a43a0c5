"""What a job's labels amount to, read from wherever they lie."""

from labelwright.answers.columns import WorkerValue
from labelwright.contract.base import Json, dump_json
from labelwright.contract.own_label import SCHEMA, read_any
from labelwright.errors import ObjectNotFound
from labelwright.quality.report import (
    Labels,
    ProblemCount,
    Undeclared,
    damaged,
    problems,
    summarise_field,
    undeclared,
    with_error,
)
from labelwright.task.definition import FieldDefinition, Kind

SPECIES = FieldDefinition(name="species", path="bird.label", kind=Kind.CHOICE)
FIELD: dict[str, Json] = {
    "kind": "choice", "value": "owl", "confidence": 0.5, "method": "majority", "workers": 2,
    "votes": {"owl": 1, "kea": 1}, "tie": True, "undeclared": ["kea"],
}  # fmt: skip
WHOLE: dict[str, Json] = {
    "schema": SCHEMA, "fields": {"species": FIELD}, "scope": "job",
    "annotationsFromAllWorkers": [],
    "problems": [{"annotation": 1, "field": "species", "code": "odd", "reason": "as it is"}],
    "error": None,
}  # fmt: skip
MOVED: dict[str, Json] = {
    "schema": SCHEMA,
    "fields": {},
    "scope": "job",
    "problems": [],
    "error": None,
}


def labels(**found: Json) -> Labels:
    """Read labels by id; the file ``s3://b/whole`` has one, any other is missing."""

    def fetch(uri: str) -> bytes:
        if uri != "s3://b/whole":
            raise ObjectNotFound(uri, "there is no such object")
        return dump_json(WHOLE).encode()

    return {name: read_any(label, fetch) for name, label in found.items()}


def test_a_label_in_its_file_counts_like_one_in_the_manifest() -> None:
    """Problems, undeclared labels, ties and confidence are those of the whole label."""
    found = labels(a=WHOLE, b={**MOVED, "annotationsRef": "s3://b/whole"})
    assert problems(found) == [ProblemCount("odd", "species", 2, "as it is", "a")]
    assert undeclared(found) == Undeclared(2, ["kea"])
    values = [(WorkerValue("ann", "owl"), WorkerValue("ben", "kea"))] * 2
    summary = summarise_field(SPECIES, values, found)
    assert (summary.answered, summary.ties, summary.confidence) == (2, 2, 0.5)
    assert (summary.method, summary.agreement) == ("majority", 0.0)
    assert damaged(found) == []


def test_labels_that_can_not_be_read_are_told_with_the_reason() -> None:
    """A missing file, another function's label: one line a reason, and nothing stops."""
    gone = {**MOVED, "annotationsRef": "s3://b/gone"}
    found = labels(a=gone, b={**gone, "annotationsRef": "s3://b/lost"}, c="owl", d=WHOLE)
    told = [(group.times, group.first.reason, group.first.where) for group in damaged(found)]
    assert told == [
        (2, "s3://b/gone: there is no such object", "object a"),
        (1, f"it is no label of schema {SCHEMA}", "object c"),
    ]
    assert summarise_field(SPECIES, [], found).answered == 1
    assert (with_error(found), undeclared(found).objects) == ([], 1)


def test_errors_are_grouped_by_what_they_say() -> None:
    """Numbers in them aside."""
    errors = [{"code": "no-answers", "reason": f"none of {n} could be read"} for n in (2, 3)]
    [group] = with_error(labels(a={**WHOLE, "error": errors[0]}, b={**WHOLE, "error": errors[1]}))
    assert (group.times, group.first.reason) == (2, "[no-answers] none of 2 could be read")
