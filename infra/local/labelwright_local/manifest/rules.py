"""What Ground Truth and our pre-labeling ask of a manifest line's keys and values.

Contract section 4,
https://docs.aws.amazon.com/sagemaker/latest/dg/sms-input-data-input-manifest.html
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.contract.manifest import (
    MAX_ATTRIBUTE_CHARACTERS,
    METADATA,
    METADATA_SUFFIX,
    SOURCE,
    SOURCE_REF,
    TEXT_REF,
    label_attribute_fault,
)
from labelwright.contract.s3_uri import S3Uri
from labelwright_local.findings import Finding, Severity, bad
from labelwright_local.manifest.form import json_type
from labelwright_local.manifest.lines import members
from labelwright_local.printable import printable
from labelwright_local.workspace.data_folder import DataFolder
from labelwright_local.workspace.relative_paths import is_relative, path_fault


class RelativePaths(NamedTuple):
    """Where relative paths begin; ``must_exist``: one that names no file makes its line bad."""

    folder: DataFolder
    must_exist: bool = False

    def fault(self, path: str) -> str | None:
        """Say what is wrong with a path, None if nothing is."""
        fault = path_fault(path)
        if fault is not None:
            return fault
        if self.folder.leads_out(path):
            return "the path leads out of the data folder, or to a job's files"
        if self.must_exist and not self.folder.holds(path):
            return f"there is no such file below {self.folder.folder}"
        return None


def line_findings(
    text: str, line: dict[str, Json], relative: RelativePaths | None = None
) -> Iterator[Finding]:
    """Yield what is wrong with the keys and values of a line, ``text`` being the line itself.

    Without ``relative`` a path in the place of an address is wrong, as it is for Ground Truth.
    """
    yield from _source_findings(line, relative)
    yield from _text_findings(line, relative)
    for key in line:
        if key.startswith("$"):
            remedy = "rename it; Ground Truth keeps such names for itself"
            yield bad(f"key '{printable(key)}' starts with '$'", remedy)
        if key.endswith(METADATA_SUFFIX):
            yield from _label_findings(line, key.removesuffix(METADATA_SUFFIX))
    if len(text) > MAX_ATTRIBUTE_CHARACTERS:
        yield from _size_findings(text)


def _source_findings(line: dict[str, Json], relative: RelativePaths | None) -> Iterator[Finding]:
    source, address = line.get(SOURCE), line.get(SOURCE_REF)
    if source is None and address is None:
        near = next((key for key in line if _is_near(key)), None)
        what = f"rename '{printable(near)}': " if near is not None else ""
        yield bad(
            f"neither '{SOURCE}' nor '{SOURCE_REF}'",
            f"{what}every line needs '{SOURCE}' (the text to label) or '{SOURCE_REF}' (the "
            "s3:// address of the file to label)",
        )
    if source and isinstance(source, dict) and {**line, **source, SOURCE: source} == line:
        pass  # The line as an object: the row of a batch, see read_batch.
    elif source is not None and not isinstance(source, str):
        yield Finding(
            Severity.WARNING,
            f"'{SOURCE}' is of type {json_type(source)}, Ground Truth describes it as text",
            "write a string, or make sure that your page can show it",
        )
    elif source is not None and not source.strip():
        remedy = "remove the line, unless workers are to label an empty text"
        yield Finding(Severity.WARNING, f"'{SOURCE}' is empty", remedy)
    if address is not None:
        yield from _address_findings(SOURCE_REF, address, relative)
    if source is not None and address is not None:
        yield Finding(
            Severity.NOTE,
            f"both '{SOURCE}' and '{SOURCE_REF}'; Ground Truth does not say which it labels, our "
            f"pre-labeling takes '{SOURCE}'",
            f"keep one, unless the page shows both (page_keys in task.toml names '{SOURCE_REF}')",
        )


def _is_near(key: str) -> bool:
    plain = re.sub(r"[-_\s]", "", key).lower()
    return plain in ("source", "sourceref") and key not in (SOURCE, SOURCE_REF)


def _address_findings(key: str, address: Json, relative: RelativePaths | None) -> Iterator[Finding]:
    remedy = "write s3://bucket/key, the address of one file"
    if not isinstance(address, str):
        yield bad(f"'{key}' is of type {json_type(address)}, not an s3:// address", remedy)
    elif relative is not None and is_relative(address):
        fault = relative.fault(address)
        if fault is not None:
            yield bad(f"'{key}': {fault}", f"{remedy}, or the path of a file in the data folder")
    elif address.startswith("https://") and key == SOURCE_REF:
        yield Finding(
            Severity.WARNING,
            f"'{key}' is an https:// address; Ground Truth describes only objects in S3",
            f"{remedy}: only that can be opened to workers by grant_read_access",
        )
    elif not address.startswith("s3://"):
        yield bad(f"'{key}' does not start with s3://", remedy)
    else:
        try:
            S3Uri.parse(address)
        except ValueError as error:
            yield bad(f"'{key}': {error}", remedy)


def _text_findings(line: dict[str, Json], relative: RelativePaths | None) -> Iterator[Finding]:
    """Tell what our pre-labeling would refuse of a line that names a text file."""
    if line.get(TEXT_REF) is None:
        return
    yield from _address_findings(TEXT_REF, line[TEXT_REF], relative)
    metadata = line.get(METADATA)
    if metadata is not None and not isinstance(metadata, dict):
        yield bad(
            f"'{METADATA}' is of type {json_type(metadata)} beside '{TEXT_REF}'",
            "make it an object: pre-labeling adds the text's address to it",
        )


def _label_findings(line: dict[str, Json], attribute: str) -> Iterator[Finding]:
    fault = label_attribute_fault(attribute)
    metadata = line[attribute + METADATA_SUFFIX]
    if fault is None or _is_built_in(metadata):
        return
    is_label = isinstance(metadata, dict) and not {"job-name", "failure-reason"}.isdisjoint(
        metadata
    )
    what = (
        f"'{printable(attribute)}{METADATA_SUFFIX}' stands for a label attribute "
        f"'{printable(attribute)}', which can't be one: {fault}"
    )
    if attribute not in (SOURCE, SOURCE_REF):
        remedy = "nothing need be done: it passes through the job; no new job creates such a label"
        yield Finding(Severity.NOTE, what, remedy)
    elif is_label:
        yield bad(what, "rename it")
    # Otherwise it tells of the data object itself: frames of point clouds must have it.
    # https://docs.aws.amazon.com/sagemaker/latest/dg/sms-point-cloud-single-frame-input-data.html


def _is_built_in(metadata: Json) -> bool:
    """Tell labels of built-in jobs: of segmentation they end in -ref; Rekognition's have a _."""
    kind = metadata.get("type") if isinstance(metadata, dict) else None
    return isinstance(kind, str) and kind.lower() != "groundtruth/custom"


def _size_findings(text: str) -> Iterator[Finding]:
    for member in members(text):
        whole = member.value if isinstance(member.value, str) else None
        size = len(whole) if whole is not None else member.end - member.value_start
        if size > MAX_ATTRIBUTE_CHARACTERS:
            yield bad(
                f"the value of '{printable(member.key)}' has {size:,} characters, an attribute may "
                f"have {MAX_ATTRIBUTE_CHARACTERS:,}",
                f"put it into a file and name that: '{TEXT_REF}' for the text"
                if member.key == SOURCE
                else "shorten it, or put it into a file and give its address",
            )
