"""What a job is set to: how it asks its workers, and how often it tries what fails."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from labelwright.errors import UsageError

#: Ground Truth begins with ten objects, then hands over at most fifty at once.
FIRST_ITERATION = 10


BATCH = 50


#: Longer answers are refused, in characters of JSON; a batch has to fit into one Lambda payload.
MAX_ANSWER_CHARACTERS = 4 * 1024 * 1024


#: What becomes an answer has to fit as a draft; the protocol between task pages and portal has the
#: same limit.
MAX_DRAFT_CHARACTERS = MAX_ANSWER_CHARACTERS


#: A worker's drafts of tasks that were given back or ran out; the oldest make room for new ones, so
#: that no template fills the disk.
MAX_DRAFTS_OF_WORKER = 50


@dataclass(frozen=True)
class JobSettings:
    """How a job asks its workers, in the words and limits of ``CreateLabelingJob``.

    All times are in seconds:

    - ``workers_per_object``: ``NumberOfHumanWorkersPerDataObject``, 1 to 9
    - ``task_time_limit``: ``TaskTimeLimitInSeconds``, 30 to 28,800; how long a worker holds a task
    - ``availability``: ``TaskAvailabilityLifetimeInSeconds``, 60 to 2,592,000; how long an object
      waits for workers, from when it was offered first
    - ``max_concurrent``: ``MaxConcurrentTaskCount``, 1 to 5,000 objects offered at once

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HumanTaskConfig.html

    Raises:
        UsageError: a value is out of its limits.
    """

    workers_per_object: int = 1
    task_time_limit: int = 3_600
    availability: int = 2_592_000
    max_concurrent: int = 1_000

    def __post_init__(self) -> None:
        check_limit("workers per object", self.workers_per_object, 1, 9)
        check_limit("task time limit in seconds", self.task_time_limit, 30, 28_800)
        check_limit("availability in seconds", self.availability, 60, 2_592_000)
        check_limit("objects offered at once", self.max_concurrent, 1, 5_000)


def check_limit(what: str, value: int, least: int, most: int) -> None:
    """Raise ``UsageError`` unless ``value`` is within the service's limits."""
    if not least <= value <= most:
        raise UsageError(
            f"{what}: {value:,} is not within Ground Truth's limits, {least:,} to {most:,}"
        )


class Retries(NamedTuple):
    """How often a handler is called for the same thing, and how long until the second time.

    Each further wait is four times as long.
    """

    tries: int = 3
    wait: timedelta = timedelta(seconds=2)

    def again_at(self, tried: int, now: int) -> int | None:
        """Return when to try again, in milliseconds like ``now``; None: it was tried enough."""
        if tried >= self.tries:
            return None
        return now + round(self.wait.total_seconds() * 1000 * 4.0 ** (tried - 1))
