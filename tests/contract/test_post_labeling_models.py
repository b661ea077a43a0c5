import json
from typing import Any

import pytest
from pydantic import ValidationError

from labelwright.contract.label_categories import category_names
from labelwright.contract.post_labeling import (
    ConsolidatedAnnotation,
    ConsolidatedObject,
    PostLabelingRequest,
    RequestFile,
    read_request_file,
)
from labelwright.errors import EventError, PayloadError

Json = Any
PLACE = (
    "s3://out/Job/annotations/consolidated-annotation/consolidation-request/iteration-12/a:b.json"
)


def event(**more: Json) -> dict[str, Json]:
    """Return a request of the service with more keys."""
    return {
        "version": "2018-10-06",
        "labelingJobArn": "arn:aws:sagemaker:eu-west-1:111122223333:labeling-job/job",
        "labelAttributeName": "Job",
        "payload": {"s3Uri": PLACE},
        **more,
    }


def read(payload: Json) -> RequestFile:
    """Read a request file with this content."""
    return read_request_file(json.dumps(payload).encode(), PLACE)


def annotation(worker: str = "private.w", content: Json = "{}") -> dict[str, Json]:
    """Return one worker's annotation."""
    return {"workerId": worker, "annotationData": {"content": content}}


def test_request_reads_documented_and_undocumented_keys() -> None:
    """Keys seen in real events have their place, others are kept beside them."""
    request = PostLabelingRequest.parse(
        event(
            roleArn="arn:aws:iam::111122223333:role/job",
            outputConfig="s3://out/Job/annotations",
            maxHumanWorkersPerDataObject=5,
            vpcEnabled=False,
            kmsKeyId="key",
            somethingNew=[1],
        )
    )
    assert request.payload.s3_uri == PLACE
    assert request.role_arn == "arn:aws:iam::111122223333:role/job"
    assert request.output_config == "s3://out/Job/annotations"
    assert request.max_human_workers_per_data_object == 5
    assert request.vpc_enabled is False
    assert request.kms_key_id == "key"
    assert request.model_extra == {"somethingNew": [1]}


def test_request_takes_the_role_as_the_generated_event_has_it() -> None:
    """The role of the event that AWS SAM CLI generates is no ARN, and no reason to refuse it."""
    assert PostLabelingRequest.parse(event(roleArn="aws:aws:iam::1:role/r")).role_arn


@pytest.mark.parametrize(
    ("categories", "names"),
    [
        (None, None),
        ([], None),
        (["b", "a", "b"], ("b", "a")),
        ([{"label": "b"}, {"label": "a", "attributes": []}], ("b", "a")),
        (["b", 5, None, {"label": 4}, {}, "", {"label": "a"}], ("b", "a")),
        ("b", None),
        ({"label": "b"}, None),
    ],
)
def test_label_categories_are_absent_null_or_a_list(
    categories: Json, names: tuple[str, ...] | None
) -> None:
    """Category names come from whatever shape was sent; none is the same as no categories."""
    assert category_names(categories) == names
    assert PostLabelingRequest.parse(event(labelCategories=categories)).category_names == names
    assert PostLabelingRequest.parse(event()).category_names is None


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        ({"payload": {"s3uri": "s3://SECRET/x"}}, r"payload\.s3Uri"),
        ({"payload": "s3://SECRET/x"}, "payload"),
        ({"labelAttributeName": {"SECRET": 1}}, "labelAttributeName"),
        ({"labelingJobArn": None}, "labelingJobArn"),
    ],
)
def test_what_is_no_request_is_an_event_error_that_names_the_key(
    broken: dict[str, Json], place: str
) -> None:
    """An event of another shape is refused with the key that is wrong, without its value."""
    with pytest.raises(EventError, match=place) as caught:
        PostLabelingRequest.parse(event(**broken))
    assert "SECRET" not in str(caught.value)


def test_file_keeps_order_ids_and_sources() -> None:
    """Objects come in the order of the file, ids as strings, inline and referenced sources."""
    batch = read(
        [
            {"datasetObjectId": "7", "dataObject": {"content": "text"}, "annotations": []},
            {"datasetObjectId": 5, "dataObject": {"s3Uri": "s3://b/k"}, "annotations": []},
        ]
    )
    assert [entry.dataset_object_id for entry in batch.objects] == ["7", "5"]
    first, second = (entry.data_object for entry in batch.objects)
    assert first is not None
    assert second is not None
    assert (first.content, first.s3_uri) == ("text", None)
    assert (second.content, second.s3_uri) == (None, "s3://b/k")
    assert [entry.damage for entry in batch.objects] == [None, None]


def test_file_takes_answers_inline_and_by_reference() -> None:
    """An annotation has its answer in it or the address of one."""
    (entry,) = read(
        [
            {
                "datasetObjectId": "0",
                "dataObject": {},
                "annotations": [
                    annotation("a", '{"x":"y"}'),
                    {"workerId": "b", "annotationData": {"s3Uri": "s3://bucket/k"}, "more": 1},
                ],
            }
        ]
    ).objects
    inline, reference = (received.annotation for received in entry.annotations)
    assert inline is not None
    assert reference is not None
    assert inline.annotation_data.content == '{"x":"y"}'
    assert reference.annotation_data.s3_uri == "s3://bucket/k"
    assert reference.model_extra == {"more": 1}


@pytest.mark.parametrize(
    ("raw", "damage"),
    [
        ("SECRET", "valid dictionary"),
        ({}, "workerId"),
        ({"workerId": 5, "annotationData": {"content": "{}"}}, "workerId"),
        ({"workerId": "w"}, "annotationData"),
        ({"workerId": "w", "annotationData": {}}, "neither content nor s3Uri"),
        ({"workerId": "w", "annotationData": {"content": None}}, "neither content nor s3Uri"),
        ({"workerId": "w", "annotationData": {"s3Uri": "SECRET"}}, "s3Uri"),
        ({"workerId": "w", "annotationData": {"s3Uri": ["SECRET"]}}, "s3Uri"),
    ],
)
def test_damaged_annotation_costs_itself_alone(raw: Json, damage: str) -> None:
    """A damaged annotation is kept as received, says why, and leaves its neighbour alone."""
    payload = [{"datasetObjectId": "0", "dataObject": {}, "annotations": [raw, annotation()]}]
    (entry,) = read(payload).objects
    bad, good = entry.annotations
    assert bad.raw == raw
    assert bad.annotation is None
    assert damage in str(bad.damage)
    assert "SECRET" not in str(bad.damage)
    assert good.annotation is not None
    assert entry.damage is None


@pytest.mark.parametrize(
    ("fields", "damage", "kept"),
    [
        ({"annotations": [annotation()]}, "dataObject", [annotation()]),
        ({"dataObject": "SECRET", "annotations": [annotation()]}, "dataObject", [annotation()]),
        ({"dataObject": {}}, "annotations", []),
        ({"dataObject": {}, "annotations": "SECRET"}, "annotations", ["SECRET"]),
        ({"dataObject": {}, "annotations": annotation()}, "annotations", [annotation()]),
    ],
)
def test_damaged_object_keeps_its_annotations(
    fields: dict[str, Json], damage: str, kept: list[Json]
) -> None:
    """A damaged object says why and keeps whatever stands where its answers should be."""
    (entry,) = read([{"datasetObjectId": "0", **fields}]).objects
    assert damage in str(entry.damage)
    assert "SECRET" not in str(entry.damage)
    assert [received.raw for received in entry.annotations] == kept


def test_repeated_id_is_joined_in_the_place_of_the_first() -> None:
    """An object that is sent twice, as string and as number, is one object with all answers."""
    one = {"datasetObjectId": "1", "annotations": [annotation("a")]}
    two = {"datasetObjectId": "2", "dataObject": {}, "annotations": []}
    again = {"datasetObjectId": 1, "dataObject": {"content": "x"}, "annotations": [annotation("b")]}
    first, second = read([one, two, again]).objects
    assert (first.dataset_object_id, second.dataset_object_id) == ("1", "2")
    assert [received.raw for received in first.annotations] == [annotation("a"), annotation("b")]
    assert first.data_object is not None
    assert "dataObject" in str(first.damage)


@pytest.mark.parametrize(
    "entry", ["x", 5, None, [], {}, {"datasetObjectId": None}, {"datasetObjectId": ""},
              {"datasetObjectId": True}, {"datasetObjectId": 1.5}, {"datasetObjectId": "\ud800"}]
)  # fmt: skip
def test_entry_without_a_usable_id_is_told_apart(entry: Json) -> None:
    """What can't be answered for is neither dropped silently nor in the way of the others."""
    batch = read([entry, {"datasetObjectId": "1"}])
    assert list(batch.unidentified) == [entry]
    assert [found.dataset_object_id for found in batch.objects] == ["1"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON"),
        (b'[{"datasetObjectId": "SECRET"', "not JSON"),
        (b'{"datasetObjectId": "1"}', "list"),
        (b"null", "list"),
        (b"[NaN]", "not finite"),
        (b"[1e999]", "not finite"),
        (b"[\xff]", "not UTF-8"),
        (b"[" * 200 + b"]" * 200, "nested too deeply"),
        (b"[" * 200_000, "nested too deeply"),
        (b"[" + b"9" * 5_000 + b"]", "too many digits"),
    ],
)
def test_damaged_file_is_an_error_that_names_the_file(data: bytes, reason: str) -> None:
    """A file that can't be read as a whole raises, with its address and without its content."""
    with pytest.raises(PayloadError, match=reason) as caught:
        read_request_file(data, PLACE)
    assert str(caught.value).startswith(PLACE)
    assert "SECRET" not in str(caught.value)


def test_file_with_a_byte_order_mark_is_read() -> None:
    """A byte order mark before the list does no harm."""
    assert read_request_file(b"\xef\xbb\xbf[]", PLACE).objects == ()


def test_response_entry_has_the_shape_of_the_contract() -> None:
    """An entry is an id and the content to merge into the line; nulls in the label are kept."""
    entry = ConsolidatedObject(
        dataset_object_id="7",
        consolidated_annotation=ConsolidatedAnnotation(content={"Job": {"error": None}}),
    )
    assert entry.wire() == {
        "datasetObjectId": "7",
        "consolidatedAnnotation": {"content": {"Job": {"error": None}}},
    }


@pytest.mark.parametrize(
    "entry",
    [
        {"datasetObjectId": 7, "consolidatedAnnotation": {"content": {}}},
        {"datasetObjectId": "7", "consolidatedAnnotation": {"content": {}, "more": 1}},
        {"datasetObjectId": "7", "consolidatedAnnotation": {"content": "x"}},
        {"consolidatedAnnotation": {"content": {}}},
    ],
)
def test_response_entry_is_strict(entry: Json) -> None:
    """Nothing but the contract's keys and types can be emitted."""
    with pytest.raises(ValidationError):
        ConsolidatedObject.model_validate(entry)
