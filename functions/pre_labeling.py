"""Pre-labeling Lambda: one manifest entry in, one task input out.

Ground Truth calls it for each data object before workers see it. It imports nothing of
consolidation, and numpy never: a cold start stands between a worker and the next task.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labelwright.contract.base import Json
from labelwright.contract.manifest import SOURCE_REF, TEXT_REF, ManifestLine
from labelwright.contract.pre_labeling import PreLabelingRequest, PreLabelingResponse
from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import ManifestLineError, ObjectNotFound, ObjectTooLarge, TextTooLarge
from labelwright.task.definition import TaskDefinition
from labelwright.task.skip import Skip, Text, first_skip
from labelwright.task.task_input import task_input
from labelwright.task.text import LARGEST_TEXT_BYTES, MAX_TEXT_BYTES, decode_text
from labelwright_lambda.entry import guarded, load_definition, set_up_logging
from labelwright_lambda.environment import (
    flag,
    log_level,
    object_address,
    usable_log_level,
    whole_number,
)
from labelwright_lambda.s3_storage import QUICK, S3Storage
from labelwright_lambda.storage import Storage

_storage: S3Storage | None = None


@dataclass(frozen=True)
class Settings:
    """What a deployment sets; ``task_definition`` is an ``s3://`` address or None.

    ``pass_line`` lets the whole manifest line reach the page, earlier jobs' labels among it.
    """

    task_definition: str | None = None
    max_text_bytes: int = MAX_TEXT_BYTES
    pass_line: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read ``TASK_DEFINITION``, ``MAX_TEXT_BYTES`` and ``PASS_LINE`` (``true``).

        Raises:
            SettingError: one of them has a value that it can't have.
        """
        return cls(
            task_definition=object_address("TASK_DEFINITION", environment.get("TASK_DEFINITION")),
            max_text_bytes=whole_number(
                "MAX_TEXT_BYTES",
                environment.get("MAX_TEXT_BYTES"),
                MAX_TEXT_BYTES,
                LARGEST_TEXT_BYTES,
            ),
            pass_line=flag("PASS_LINE", environment.get("PASS_LINE")),
        )


def handle(event: Json, storage: Storage, settings: Settings) -> dict[str, Json]:
    """Make the task input of one data object, or say that no human is needed.

    An object that a skip rule keeps away has ``{"skipped": {"rule", "reason"}}`` in the place of
    its task input, which nobody is shown.

    Raises:
        LabelwrightError: the event, the line, the definition, or the text can't be used.
    """
    request = PreLabelingRequest.parse(event)
    definition = load_definition(settings.task_definition, storage)
    made = prepare(request.data_object, definition, storage, settings)
    if isinstance(made, Skip):
        return _skipped(made)
    return PreLabelingResponse(task_input=made, is_human_annotation_required=True).wire()


def prepare(
    line: dict[str, Json],
    definition: TaskDefinition | None,
    storage: Storage,
    settings: Settings,
) -> dict[str, Json] | Skip:
    """Return the task input of a manifest line, or why no human is needed for it.

    The text of a line that names no text file is its ``source``: that is what its page shows.

    Raises:
        LabelwrightError: the line, the definition, or the text can't be used.
    """
    parsed = ManifestLine.parse(line)
    rules = definition.skip if definition else ()
    # First those that need no text: an object that is skipped anyway costs no reading of one.
    skip = first_skip([rule for rule in rules if not rule.needs_text], line, Text(None))
    if skip is not None:
        return skip
    text = _read_text(parsed.text_file_s3_uri, storage, settings, definition)
    shown = text
    if parsed.text_file_s3_uri is None and isinstance(parsed.source, str):
        shown = Text(parsed.source)
    skip = first_skip(rules, line, shown)
    if skip is not None:
        return skip
    suggestions: dict[str, Json] = {}
    if definition is not None and definition.has_suggestions:
        # Reading answers is loaded only where it is needed: it would weigh on every cold start.
        from labelwright.answers.initial import initial_values

        suggestions = initial_values(line, shown.value, definition)
    return task_input(line, text.value, definition, suggestions, pass_line=settings.pass_line)


def _read_text(
    uri: str | None, storage: Storage, settings: Settings, definition: TaskDefinition | None
) -> Text:
    """Read the text, turning into a value only what a skip rule is there for."""
    if uri is None:
        return Text(None)
    rules = definition.skip if definition else ()
    try:
        S3Uri.parse(uri)
    except ValueError as error:
        raise ManifestLineError(f"manifest line: '{TEXT_REF}': {error}") from None
    try:
        data = storage.read(uri, limit=settings.max_text_bytes)
    except ObjectNotFound:
        if any(rule.when == "text-empty" for rule in rules):
            return Text(None, missing=True)
        raise
    except ObjectTooLarge as error:
        # UTF-8 has at most four bytes a character.
        at_least = error.size // 4
        if any(rule.max is not None and at_least > rule.max for rule in rules):
            return Text(None, at_least=at_least)
        raise TextTooLarge(
            f"{uri}: the text has {error.size:,} bytes, the limit for '{TEXT_REF}' is "
            f"{error.limit:,}; split it, or skip such objects with a 'text-length' rule"
        ) from None
    return Text(decode_text(data, uri))


def _skipped(skip: Skip) -> dict[str, Json]:
    return PreLabelingResponse(
        task_input={"skipped": skip._asdict()}, is_human_annotation_required=False
    ).wire()


def _connected() -> S3Storage:
    global _storage  # noqa: PLW0603 - one client for the life of the Lambda's process
    if _storage is None:
        _storage = S3Storage.connect(patience=QUICK)
    return _storage


def lambda_handler(event: Json, context: Any) -> Json:
    """Entry point in AWS."""
    set_up_logging(usable_log_level(os.environ.get("LOG_LEVEL")))
    line = event.get("dataObject") if isinstance(event, dict) else None
    reference = line.get(SOURCE_REF) if isinstance(line, dict) else None
    where = {"data_object": reference} if isinstance(reference, str) else {}

    def run() -> Json:
        log_level(os.environ.get("LOG_LEVEL"))
        settings = Settings.from_environment(os.environ)
        remaining = getattr(context, "get_remaining_time_in_millis", None)
        return handle(event, _connected().within(remaining), settings)

    return guarded(run, event, context, where)
