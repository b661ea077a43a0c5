"""What both handlers have around them in Lambda: logging, error boundary, definition cache.

Nothing here writes an answer, a text or a worker's id anywhere, also not when the unexpected
happens: of an error that is not ours only the type and the place in the code are told.
"""

import logging
import traceback
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

from labelwright.errors import LabelwrightError, StorageError, TaskDefinitionError, UnexpectedError
from labelwright.task.definition import TaskDefinition, parse_definition
from labelwright_lambda.storage import Storage

Json = Any
log = logging.getLogger("labelwright")

#: Libraries whose debug output holds what they send and receive.
_TALKATIVE = ("boto3", "botocore", "s3transfer", "urllib3")

T = TypeVar("T")
_kept: dict[tuple[str, str], tuple[str, Any]] = {}


def load_definition(uri: str | None, storage: Storage) -> TaskDefinition | None:
    """Return the task definition under ``uri``, read again only when it changed there.

    None when none is set. One that is set but unreadable is an error, never a silent fall-back.

    Raises:
        TaskDefinitionError: missing, out of reach, or wrong.
    """
    return load_cached("TASK_DEFINITION", uri, parse_definition, storage) if uri else None


def load_cached(what: str, uri: str, parse: Callable[[bytes, str], T], storage: Storage) -> T:
    """Return what ``parse`` makes of a file, read again only when it changed in storage.

    ``what`` names it in errors.

    Raises:
        TaskDefinitionError: missing, out of reach, or wrong.
    """
    etag, parsed = _kept.get((what, uri), (None, None))
    try:
        version = storage.read_if_changed(uri, etag)
    except StorageError as error:
        raise TaskDefinitionError(f"{what} can't be read ({error.code}): {error}") from None
    if version is not None:
        parsed = parse(version.data, uri)
        _kept[what, uri] = (version.etag, parsed)
    return cast("T", parsed)


class _Metrics(logging.Handler):
    """Counts each record that names a ``metric`` in CloudWatch, in the namespace Labelwright."""

    def emit(self, record: logging.LogRecord) -> None:
        name = getattr(record, "metric", None)
        if name is not None:
            from aws_lambda_powertools.metrics import MetricUnit, single_metric

            with single_metric(name, MetricUnit.Count, 1, namespace="Labelwright"):
                pass


@cache
def set_up_logging(level: str) -> None:
    """Write JSON lines to the log, ours at ``level``, talkative libraries from warnings on."""
    from aws_lambda_powertools import Logger

    Logger(service="labelwright", level=level)
    log.addHandler(_Metrics())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def guarded(
    handle: Callable[[], Json], event: Json, context: Any, where: Mapping[str, str]
) -> Json:
    """Run a handler so that what it raises names job, place and request id, and no content.

    ``where`` holds the addresses that a ``labelwright replay --fetch`` needs.

    Raises:
        LabelwrightError: the handler's own error with job and place added, or ``UnexpectedError``.
    """
    job = event.get("labelingJobArn") if isinstance(event, dict) else None
    place = {
        "labeling_job": job if isinstance(job, str) else None,
        "request_id": getattr(context, "aws_request_id", None),
        **where,
    }
    suffix = " ".join(f"{key}={value}" for key, value in place.items() if value)
    try:
        answer = handle()
    except LabelwrightError as error:
        log.error("%s", error, extra={**place, "code": error.code})
        error.args = (f"[{error.code}] {error} ({suffix})",)
        raise error from None
    except Exception as error:  # noqa: BLE001 - the boundary: nothing of it may reach the log whole
        frames = traceback.extract_tb(error.__traceback__)
        trace = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        unexpected = UnexpectedError(
            f"[{UnexpectedError.code}] {type(error).__name__} at {trace[-1]} ({suffix})"
        )
        log.error("%s", unexpected, extra={**place, "code": unexpected.code, "trace": trace})
        raise unexpected from None
    log.info("done", extra=place)
    return answer
