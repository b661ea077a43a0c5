"""Every error that the package and the handlers raise on purpose.

Rooms of the laptop have some of their own, derived from these.

The tree::

    LabelwrightError
    ├── EventError              the Lambda event is not what Ground Truth sends
    ├── ManifestLineError       a manifest line can't be used
    ├── PayloadError            the consolidation-request file as a whole can't be read
    ├── TaskDefinitionError     task.toml is missing, unreadable or inconsistent
    ├── TaskInputError          the task input can't be given to the worker page
    │   └── TaskInputTooLarge
    ├── TextError               the text of a data object can't be read as text
    │   ├── TextEncodingError
    │   └── TextTooLarge
    ├── SettingError            a variable of the deployment's environment has a value it can't have
    ├── MethodError             a field's consolidation method can't be used
    ├── ResponseTooLarge        the response would not fit into Lambda's answer
    ├── UsageError              a command can't do what it was asked
    ├── UnexpectedError         something else failed; its own message is withheld
    └── StorageError            S3 (or the folder that stands in for it) did not deliver
        ├── ObjectNotFound
        ├── BucketNotFound      a wrong setting, not a missing object: nothing may be skipped for it
        ├── ObjectTooLarge
        ├── StorageAccessDenied
        ├── StorageKeyDenied    the KMS key, not the object, is what is out of reach
        └── StorageUnavailable  throttled, timed out, unreachable: trying again may help

Messages carry identifiers (buckets, keys, fields, positions), never the value that was wrong:
values are people's answers and texts, and an uncaught error ends up in a log.
"""

from typing import ClassVar


class LabelwrightError(Exception):
    """Base of all our errors; ``code`` is the stable name that logs and labels carry."""

    code: ClassVar[str] = "labelwright-error"


class EventError(LabelwrightError):
    """The Lambda event is not one that Ground Truth sends."""

    code = "event-invalid"


class ManifestLineError(LabelwrightError):
    """A manifest line can't be used."""

    code = "manifest-line-invalid"


class PayloadError(LabelwrightError):
    """The consolidation-request file as a whole can't be read."""

    code = "payload-invalid"


class TaskDefinitionError(LabelwrightError):
    """The task definition is missing, unreadable or inconsistent."""

    code = "task-definition-invalid"


class TaskInputError(LabelwrightError):
    """The task input can't be given to the worker page."""

    code = "task-input-invalid"


class TaskInputTooLarge(TaskInputError):
    """The task input is longer than Ground Truth lets a page have."""

    code = "task-input-too-large"


class TextError(LabelwrightError):
    """The text of a data object can't be read as text."""

    code = "text-invalid"


class TextEncodingError(TextError):
    """The text is not UTF-8."""

    code = "text-encoding"


class TextTooLarge(TextError):
    """The text file is larger than the limit set for texts."""

    code = "text-too-large"


class SettingError(LabelwrightError):
    """A variable of the environment has a value that it can't have; the message names it."""

    code = "setting-invalid"


class MethodError(LabelwrightError):
    """A field's consolidation method can't be used."""

    code = "method-unknown"


class ResponseTooLarge(LabelwrightError):
    """The response would not fit into what Lambda may answer."""

    code = "response-too-large"


class UnexpectedError(LabelwrightError):
    """Something failed that we did not foresee; only its type and place are told."""

    code = "unexpected"


class StorageError(LabelwrightError):
    """S3, or the folder that stands in for it, did not deliver.

    ``uri`` is the ``s3://`` address that was asked for.
    """

    code = "storage"

    def __init__(self, uri: str, message: str) -> None:
        super().__init__(f"{uri}: {message}")
        self.uri = uri


class ObjectNotFound(StorageError):
    """There is no object under this address."""

    code = "object-not-found"


class BucketNotFound(StorageError):
    """There is no such bucket: a wrong setting or manifest, not a missing object."""

    code = "bucket-not-found"


class ObjectTooLarge(StorageError):
    """The object is larger than the reader's limit; ``size`` and ``limit`` are in bytes."""

    code = "object-too-large"

    def __init__(self, uri: str, size: int, limit: int) -> None:
        super().__init__(uri, f"the object has {size:,} bytes, the limit here is {limit:,}")
        self.size = size
        self.limit = limit


class StorageAccessDenied(StorageError):
    """The role may not do this; the message names the permission to add."""

    code = "access-denied"


class StorageKeyDenied(StorageError):
    """The object's KMS key can't be used; the message names the permission to add."""

    code = "kms-denied"


class StorageUnavailable(StorageError):
    """Throttled, timed out or unreachable: the same request may succeed later."""

    code = "storage-unavailable"


class UsageError(LabelwrightError):
    """The command can't do what it was asked; the message says why and what to do instead.

    Commands end with exit status 2 on it. It is never an object's or a batch's fault: whoever
    turns our errors into outcomes lets this one pass.
    """

    code = "usage"
