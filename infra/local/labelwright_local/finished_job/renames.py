"""Which labels of a job were renamed while it lived."""

from pydantic import TypeAdapter, ValidationError

from labelwright.errors import LabelwrightError, UsageError
from labelwright.task.definition import Rename
from labelwright_local.finished_job.places import JobPlace

_RECORDED = TypeAdapter(tuple[Rename, ...])


def renames_of(job: JobPlace) -> tuple[Rename, ...]:
    """Return the renames of labels that a job has recorded; none where it has not.

    Raises:
        UsageError: the record is damaged.
    """
    uri = job.layout.own("renames.json")
    if uri not in job.keys:
        return ()
    try:
        return _RECORDED.validate_json(job.storage.read(uri))
    except (ValidationError, LabelwrightError):
        raise UsageError(
            f"{job.told(uri)}: this file says which labels were renamed, and it is damaged; start "
            "the job once more to have it written again"
        ) from None
