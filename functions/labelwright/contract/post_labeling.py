"""Request, payload file and response of the post-labeling ("annotation consolidation") Lambda.

Source: "Post-annotation Lambda",
https://docs.aws.amazon.com/sagemaker/latest/dg/sms-custom-templates-step3-lambda-requirements.html
and captured events (contract sections 2.2, 2.3 and 2.5).
"""

from typing import Any, NamedTuple

from pydantic import ValidationError

from labelwright.contract.base import (
    Emitted,
    Json,
    Received,
    explain,
    has_lone_surrogate,
    load_json,
)
from labelwright.contract.label_categories import category_names
from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import EventError, PayloadError


class Payload(Received):
    """Where the consolidation request is; its key has colons (``2021-11-18_02:19:51.json``)."""

    s3_uri: str


class PostLabelingRequest(Received):
    """One batch of finished data objects (contract section 2.2).

    Beside the documented keys, real events carry ``outputConfig`` (a string,
    ``s3://.../<job>/annotations``), ``maxHumanWorkersPerDataObject``, ``vpcEnabled`` and perhaps
    ``kmsKeyId``; being undocumented, they may be of any type. ``labelCategories`` is absent, null
    or a list. The job name in the ARN is lower-cased, folder and label attribute keep their case:
    nothing is derived from the ARN.
    """

    version: Any = None
    labeling_job_arn: str
    label_attribute_name: str
    payload: Payload
    role_arn: str | None = None
    label_categories: Any = None
    output_config: Any = None
    max_human_workers_per_data_object: Any = None
    vpc_enabled: Any = None
    kms_key_id: Any = None

    @classmethod
    def parse(cls, event: Json) -> "PostLabelingRequest":
        """Read a Lambda event.

        Raises:
            EventError: it is not a post-labeling request; names the field, never the value.
        """
        try:
            return cls.model_validate(event)
        except ValidationError as error:
            raise EventError(
                f"not a post-labeling request of Ground Truth: {explain(error)}; expected the keys "
                "labelingJobArn, labelAttributeName and payload.s3Uri"
            ) from None

    @property
    def category_names(self) -> tuple[str, ...] | None:
        """Names in ``labelCategories``, or None."""
        return category_names(self.label_categories)


def _identifier(entry: Json) -> str | None:
    """Return an entry's id, or None when it has none that a response could repeat."""
    value = entry.get("datasetObjectId") if isinstance(entry, dict) else None
    if isinstance(value, int) and not isinstance(value, bool):
        # The service sends strings; a file written by hand often has numbers. An id is an id.
        value = str(value)
    if not isinstance(value, str) or not value or has_lone_surrogate(value):
        return None
    return value


class DataObject(Received):
    """The source of a data object: ``content`` for ``source``, ``s3Uri`` for ``source-ref``.

    No other key of the manifest line is sent (contract section 2.3).
    """

    content: Any = None
    s3_uri: str | None = None


class AnnotationData(Received):
    """A worker's answer: ``content`` (a JSON string) or, documented alternative, ``s3Uri``."""

    content: Any = None
    s3_uri: str | None = None


class Annotation(Received):
    """One worker's answer to one data object."""

    worker_id: str
    annotation_data: AnnotationData


class ReceivedAnnotation(NamedTuple):
    """An annotation as received, and as read when that was possible."""

    raw: Json
    annotation: Annotation | None
    damage: str | None


class RequestObject(NamedTuple):
    """One data object of a consolidation-request file.

    ``damage`` says what is wrong with the object as a whole; its annotations are here all the same.
    """

    dataset_object_id: str
    data_object: DataObject | None
    annotations: tuple[ReceivedAnnotation, ...]
    damage: str | None


class RequestFile(NamedTuple):
    """A consolidation-request file: objects in input order, each id once.

    ``unidentified`` are entries that carry no usable ``datasetObjectId``: nothing can be answered
    for them, so whoever reads the file must say that they were there.
    """

    objects: tuple[RequestObject, ...]
    unidentified: tuple[Json, ...]


#: Bytes of the largest request that is read: 50 objects of nine workers with 130,000 characters
#: each. With all that is made of it, it fits the function's memory.
MOST_REQUEST_BYTES = 60_000_000
#: Values outside of texts; a request of the service has some ten an answer.
_MOST_VALUES = 1_000_000


def too_large(uri: str, size: int) -> PayloadError:
    """Return the error that says what to do about a request that is too large to be read."""
    return PayloadError(
        f"{uri}: the consolidation request has {size:,} bytes, over {MOST_REQUEST_BYTES:,}; its "
        "answers are complete in the job's worker responses: make labels of them on a machine with "
        "more memory (labelwright consolidate --job), and find whose answers are so large"
    )


def read_request_file(data: bytes, uri: str) -> RequestFile:
    """Read the file that ``payload.s3Uri`` points at, keeping whatever can be kept.

    A damaged entry never costs another entry, a damaged annotation never costs another annotation.
    Entries that repeat an id are joined in the place of the first, all their annotations kept.

    Raises:
        PayloadError: the file is not a JSON list, or is too large; names the file.
    """
    if len(data) > MOST_REQUEST_BYTES:
        raise too_large(uri, len(data))
    if _has_more_values(data, _MOST_VALUES):
        raise PayloadError(
            f"{uri}: the consolidation request has over {_MOST_VALUES:,} values; Ground Truth "
            "writes answers as strings, in which any number may be"
        )
    try:
        entries = load_json(data)
    except ValueError as error:
        raise PayloadError(f"{uri}: the consolidation request is {error}") from None
    if not isinstance(entries, list):
        raise PayloadError(f"{uri}: the consolidation request is not a JSON list of data objects")
    objects: dict[str, RequestObject] = {}
    unidentified = []
    for entry in entries:
        identifier = _identifier(entry)
        if identifier is None:
            unidentified.append(entry)
            continue
        read = _read_object(identifier, entry)
        first = objects.get(identifier)
        objects[identifier] = join_objects(first, read) if first else read
    return RequestFile(tuple(objects.values()), tuple(unidentified))


def _has_more_values(data: bytes, most: int) -> bool:
    """Tell whether JSON has more than so many values outside of its strings, strings included."""
    signs = (b",", b"{", b"[")
    if sum(data.count(sign) for sign in signs) <= most:
        return False
    plain = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    found = at = 0
    while found <= most:
        begins = plain.find(b'"', at)
        upto = len(plain) if begins < 0 else begins
        found += 1 + sum(plain.count(sign, at, upto) for sign in signs)
        at = plain.find(b'"', begins + 1) + 1
        if begins < 0 or not at:
            break
    return found > most


def _read_object(identifier: str, entry: dict[str, Json]) -> RequestObject:
    damage = []
    data_object = None
    try:
        data_object = DataObject.model_validate(entry.get("dataObject"))
    except ValidationError as error:
        damage.append(f"dataObject: {explain(error)}")
    raw = entry.get("annotations")
    if not isinstance(raw, list):
        damage.append("annotations: not a list")
        # Whatever stands there may hold answers: it is kept as it is.
        raw = [] if raw is None else [raw]
    annotations = tuple(read_annotation(item) for item in raw)
    return RequestObject(identifier, data_object, annotations, "; ".join(damage) or None)


def read_annotation(raw: Json) -> ReceivedAnnotation:
    """Read an annotation as it stands in a request or in a label of ours; nothing is raised."""
    try:
        annotation = Annotation.model_validate(raw)
    except ValidationError as error:
        return ReceivedAnnotation(raw, None, explain(error))
    data = annotation.annotation_data
    if data.content is None and data.s3_uri is None:
        return ReceivedAnnotation(raw, None, "annotationData: neither content nor s3Uri")
    if data.content is None and data.s3_uri is not None:
        try:
            S3Uri.parse(data.s3_uri)
        except ValueError as error:
            return ReceivedAnnotation(raw, None, f"annotationData.s3Uri: {error}")
    return ReceivedAnnotation(raw, annotation, None)


def join_objects(first: RequestObject, second: RequestObject) -> RequestObject:
    """Return what is known of an object from two entries, all annotations of both in order."""
    damage = "; ".join(filter(None, (first.damage, second.damage)))
    return first._replace(
        data_object=first.data_object or second.data_object,
        annotations=first.annotations + second.annotations,
        damage=damage or None,
    )


def asked_again(first: RequestObject, second: RequestObject) -> RequestObject:
    """Return what is known of an object that a later request, ``second``, had again.

    An annotation that the later one repeats is there once; what a worker answered otherwise before
    is kept beside it.
    """
    kept = tuple(found for found in first.annotations if found not in second.annotations)
    return join_objects(first._replace(annotations=kept), second)


class ConsolidatedAnnotation(Emitted):
    """What is merged into the manifest line: the label under the label attribute's name."""

    content: dict[str, Json]


class ConsolidatedObject(Emitted):
    """One entry of the response: exactly one for each data object of the batch."""

    dataset_object_id: str
    consolidated_annotation: ConsolidatedAnnotation

    def wire(self) -> dict[str, Json]:
        """Return the entry as the service reads it; a null inside the label is kept."""
        return {
            "datasetObjectId": self.dataset_object_id,
            "consolidatedAnnotation": {"content": self.consolidated_annotation.content},
        }
