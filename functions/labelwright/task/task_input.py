"""The task input: what a worker page is given for one data object, and nothing else."""

import json
from collections.abc import Mapping

from labelwright.contract.base import Json, has_lone_surrogate
from labelwright.contract.manifest import METADATA, METADATA_SUFFIX, TEXT_REF, ManifestLine
from labelwright.errors import ManifestLineError, TaskInputError, TaskInputTooLarge
from labelwright.task.definition import TaskDefinition

#: Ground Truth's preview takes at most 128,000 characters of task input (``RenderUiTemplate``);
#: what is left is for what the service may add.
MAX_TASK_INPUT_CHARACTERS = 120_000

#: The whole manifest line, as templates that adjust earlier labels read it.
MANIFEST_LINE = "manifestLine"

#: What the page is told of a field; how it is consolidated is not its business.
_FIELD_KEYS = {"name", "kind", "path", "title", "hint", "required"}


def task_input(
    line: dict[str, Json],
    text: str | None,
    definition: TaskDefinition | None,
    suggestions: Mapping[str, Json] | None = None,
    *,
    pass_line: bool = False,
) -> dict[str, Json]:
    """Make ``task.input`` from a manifest line, its text and the task definition.

    ``taskObject``, ``metadata`` (when the line has it, or names a text file), ``text`` (when the
    line names a text file), the definition's page keys, and what the definition says to the page:
    ``title``, ``instructions``, ``guide``, ``labels`` (field name to list) and ``fields`` (each
    with ``name``, ``kind``, ``path``, and ``title``, ``hint``, ``required`` where set). Earlier
    labels never; ``suggestions`` (``initial``, ``initialLeftOut``, see
    ``labelwright.answers.initial``) are what the definition lets through of one.

    With ``pass_line`` all keys of the line are there as well, as in a job without a pre-annotation
    function, and the line itself as ``manifestLine``: earlier labels, too. Of two values for one
    key the one above wins. What is made and the line are measured each by itself, since they repeat
    each other.

    https://docs.aws.amazon.com/sagemaker/latest/dg/sms-custom-templates-step2-automate.html

    Raises:
        ManifestLineError: the line can't be used, or its metadata can't take the text's address.
        TaskInputError: a page key holds an earlier job's label.
        TaskInputTooLarge: over 120,000 characters as JSON.
    """
    parsed = ManifestLine.parse(line)
    made: dict[str, Json] = {"taskObject": parsed.task_object}
    metadata = _metadata(line, parsed)
    if metadata is not None:
        made["metadata"] = metadata
    if parsed.text_file_s3_uri is not None:
        made["text"] = text
    if definition is not None:
        made |= _page_keys(line, definition)
        made |= _page_texts(definition)
    made |= suggestions or {}
    _check_size(made)
    if not pass_line:
        return made
    _check_size(line)
    return {**line, **made, MANIFEST_LINE: line}


def line_input(line: dict[str, Json]) -> dict[str, Json]:
    """Make ``task.input`` as in a job without a pre-annotation function.

    It is the line, and with it, as templates of jobs with one have them, ``taskObject`` and
    ``manifestLine``, which win.

    Raises:
        ManifestLineError: the line can't be used.
    """
    return {**line, "taskObject": ManifestLine.parse(line).task_object, MANIFEST_LINE: line}


def _metadata(line: dict[str, Json], parsed: ManifestLine) -> Json:
    # A job may have had "metadata" for its label attribute.
    is_label = METADATA + METADATA_SUFFIX in line
    metadata = None if is_label else parsed.metadata
    if parsed.text_file_s3_uri is None:
        return metadata
    metadata = {} if metadata is None else metadata
    if not isinstance(metadata, dict):
        raise ManifestLineError(
            f"manifest line: 'metadata' must be a JSON object where there is a '{TEXT_REF}', "
            "because the page finds the text's address in it"
        )
    return {**metadata, "text_file_s3_uri": parsed.text_file_s3_uri}


def _page_keys(line: dict[str, Json], definition: TaskDefinition) -> dict[str, Json]:
    present = [key for key in definition.page_keys if key in line]
    for key in present:
        if key + METADATA_SUFFIX in line:
            raise TaskInputError(
                f"page_keys: '{key}' holds an earlier job's label, which would bias workers; "
                "remove it from page_keys"
            )
    return {key: line[key] for key in present}


def _page_texts(definition: TaskDefinition) -> dict[str, Json]:
    texts: dict[str, Json] = {}
    if definition.title:
        texts["title"] = definition.title
    if definition.instructions:
        texts["instructions"] = definition.instructions
    if definition.guide:
        texts["guide"] = [entry.model_dump(mode="json") for entry in definition.guide]
    labels = {field.name: list(field.labels) for field in definition.fields if field.labels}
    if labels:
        texts["labels"] = labels
    texts["fields"] = [
        field.model_dump(mode="json", include=_FIELD_KEYS, exclude_defaults=True)
        for field in definition.fields
    ]
    return texts


def _check_size(made: dict[str, Json]) -> None:
    try:
        # Characters as the page has them: escaping would count a Chinese one six times.
        text = json.dumps(made, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise TaskInputError(
            "the manifest line holds a number that is not finite (NaN or Infinity), which JSON and "
            "the page can't carry"
        ) from None
    if has_lone_surrogate(text):
        raise TaskInputError(
            "the manifest line holds half a surrogate pair (a '\\ud800' to '\\udfff' on its own), "
            "which is no character and can't be sent to the page"
        )
    if len(text) > MAX_TASK_INPUT_CHARACTERS:
        raise TaskInputTooLarge(
            f"the task input has {len(text):,} characters as JSON, over the "
            f"{MAX_TASK_INPUT_CHARACTERS:,} that a page can be given; shorten the text, drop "
            "page keys, or skip such objects with a 'text-length' rule"
        )
