"""Manifest lines, going in and coming out.

Sources (contract sections 3.2 to 3.4 and 4):
https://docs.aws.amazon.com/sagemaker/latest/dg/sms-input-data-input-manifest.html
https://docs.aws.amazon.com/sagemaker/latest/dg/input-data-limits.html
https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, ValidationError

from labelwright.contract.base import Emitted, Json, Received, explain
from labelwright.errors import ManifestLineError

#: Limits of Ground Truth, in characters.
MAX_LINE_CHARACTERS = 100_000
MAX_ATTRIBUTE_CHARACTERS = 20_000

SOURCE = "source"
SOURCE_REF = "source-ref"
TEXT_REF = "text-file-s3-uri"
METADATA = "metadata"
METADATA_SUFFIX = "-metadata"

_LABEL_ATTRIBUTE = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,126}")


def label_attribute_fault(name: str) -> str | None:
    """Say why ``name`` can't be the label attribute of a custom job, or return None.

    The pattern is that of ``CreateLabelingJob`` (no underscores, at most 127 characters); the
    reserved names and endings are the documentation's.
    """
    if name in (SOURCE, SOURCE_REF):
        return f"{name!r} is reserved for the data object"
    if name.endswith(METADATA_SUFFIX):
        return "it must not end in '-metadata', which the service adds itself"
    if name.endswith("-ref"):
        return "it must not end in '-ref', which stands for labels kept in files"
    if not _LABEL_ATTRIBUTE.fullmatch(name):
        return "it must be 1 to 127 letters, digits and single inner hyphens, without underscores"
    return None


class ManifestLine(Received):
    """One data object of a manifest (contract section 4).

    It must have ``source`` (the data itself) or ``source-ref`` (where it is); that both are there
    is not ruled on, and ``source`` wins. ``text-file-s3-uri`` and ``metadata`` are the keys of the
    2019 custom workflow. All other keys pass through the job unchanged.
    """

    source: Any = None
    source_ref: Annotated[str | None, Field(alias=SOURCE_REF)] = None
    text_file_s3_uri: Annotated[str | None, Field(alias=TEXT_REF)] = None
    metadata: Any = None

    @classmethod
    def parse(cls, line: Json) -> "ManifestLine":
        """Read a parsed line.

        Raises:
            ManifestLineError: a key of the wrong type, or neither ``source`` nor ``source-ref``.
        """
        try:
            parsed = cls.model_validate(line)
        except ValidationError as error:
            raise ManifestLineError(f"manifest line: {explain(error)}") from None
        if parsed.source is None and parsed.source_ref is None:
            raise ManifestLineError(
                f"manifest line: neither '{SOURCE}' nor '{SOURCE_REF}'; one of them must hold the "
                "data object or the address of its file"
            )
        return parsed

    @property
    def task_object(self) -> Json:
        """The data object as a template receives it."""
        return self.source if self.source is not None else self.source_ref


def _share(value: Any) -> float | None:
    """Read a confidence; what is no number from 0 to 1 says nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return float(value)


class LabelMetadata(Received):
    """``<label>-metadata`` of any task type, as read from an output manifest.

    No odd value makes it unreadable. ``human-annotated`` is ``yes`` or ``no``, but ``true`` for
    failed objects. Confidence is there for some built-in types only; for custom jobs the service
    overwrites whatever a Lambda returned.
    """

    type: Any = None
    job_name: Annotated[Any, Field(alias="job-name")] = None
    human_annotated: Annotated[Any, Field(alias="human-annotated")] = None
    creation_date: Annotated[Any, Field(alias="creation-date")] = None
    confidence: Annotated[float | None, BeforeValidator(_share)] = None
    failure_reason: Annotated[Any, Field(alias="failure-reason")] = None
    retry_count: Annotated[Any, Field(alias="retry-count")] = None
    objects: Any = None
    worker_response_ref: Annotated[Any, Field(alias="worker-response-ref")] = None

    @property
    def least_confidence(self) -> float | None:
        """The label's confidence; of boxes, which have one each, the least; None where none is."""
        if self.confidence is not None or not isinstance(self.objects, list):
            return self.confidence
        found = [_share(each.get("confidence")) for each in self.objects if isinstance(each, dict)]
        known = [confidence for confidence in found if confidence is not None]
        return min(known) if known and len(known) == len(self.objects) else None

    @property
    def created(self) -> datetime | None:
        """The creation date with a time zone, or None when it is absent or unreadable."""
        return parse_date(self.creation_date) if isinstance(self.creation_date, str) else None


class ManifestLabel(NamedTuple):
    """A label of an earlier (or this) job in a manifest line; ``value`` is None when it failed."""

    attribute: str
    value: Json
    metadata: LabelMetadata
    failed: bool


def labels_of(line: Mapping[str, Json]) -> Iterator[ManifestLabel]:
    """Yield the labels in a line: the attributes for which there is ``<attribute>-metadata``.

    A failed object has the metadata with ``failure-reason`` alone. Metadata that is not readable as
    such is no label of Ground Truth and is passed over.
    """
    for key, value in line.items():
        attribute = key.removesuffix(METADATA_SUFFIX)
        if attribute == key or not attribute or not isinstance(value, dict):
            continue
        try:
            metadata = LabelMetadata.model_validate(value)
        except ValidationError:
            continue
        failed = metadata.failure_reason is not None or attribute not in line
        if failed and metadata.failure_reason is None and metadata.job_name is None:
            continue
        yield ManifestLabel(attribute, line.get(attribute), metadata, failed)


def parse_date(text: str) -> datetime | None:
    """Read any of the three creation-date formats seen; without a zone it is UTC.

    ``2018-10-18T22:18:13.527256``, ``2021-11-01T17:42:26.177000``, ``2019-10-27T10:35:45+0000``;
    other ISO 8601 forms are read as well. None when it is no date.
    """
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


class CustomLabelMetadata(Emitted):
    """``<label>-metadata`` as the service writes it for custom jobs.

    ``worker_response_ref`` is there in jobs without a post-labeling function, whose label is ``{}``
    (contract section 3.4): the file with the answers. The documentation misprints the others as
    ``groundTruth/custom``, ``job_name`` and ``creation_date``.
    """

    type: Literal["groundtruth/custom"] = "groundtruth/custom"
    job_name: Annotated[str, Field(alias="job-name")]
    human_annotated: Annotated[Literal["yes"], Field(alias="human-annotated")] = "yes"
    creation_date: Annotated[str, Field(alias="creation-date")]
    worker_response_ref: Annotated[str | None, Field(alias="worker-response-ref")] = None


class FailedLabelMetadata(Emitted):
    """``<label>-metadata`` of an object that failed: there is no label beside it."""

    retry_count: Annotated[int, Field(alias="retry-count")] = 1
    failure_reason: Annotated[str, Field(alias="failure-reason")]
    human_annotated: Annotated[Literal["true"], Field(alias="human-annotated")] = "true"


#: What the service says of an object that no worker answered in time.
EXPIRED = (
    "ClientError: Annotation tasks expired.  Probable Reasons are 1) "
    "TaskAvailabilityLifetimeInSeconds parameter is too small.  2) Reward is too low for workers "
    "to work on the task.  3) If you use a custom html template, your template may be broken.  4) "
    "Data (image/video/text) sent for annotation is broken or too big, preventing completion.  5) "
    "All workers declined the tasks."
)


def format_date(moment: datetime) -> str:
    """Write a creation date as the service does for custom jobs: milliseconds padded, no zone."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}000"
