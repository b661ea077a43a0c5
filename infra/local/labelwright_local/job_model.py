"""What a local job is given, and what becomes of its objects."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from labelwright.contract.base import Json
from labelwright_local.job_files import BUCKET
from labelwright_local.recorded_answers import RecordedAnswers
from labelwright_local.task_folder import TaskFolder

Outcome = Literal["labeled", "failed", "skipped", "unreadable"]


@dataclass(frozen=True)
class JobSpec:
    """What to run. ``method`` replaces the method of every field whose kind has it."""

    name: str
    label_attribute: str
    manifest: Path
    task: TaskFolder | None
    answers: RecordedAnswers
    method: str | None = None

    @cached_property
    def most_answers(self) -> int:
        """How many answers the object with the most of them has."""
        return max((len(answers) for answers in self.answers.answers.values()), default=1)

    @property
    def arn(self) -> str:
        """An ARN as the service makes it, with the job's name in lower case."""
        return f"arn:aws:sagemaker:us-east-1:000000000000:labeling-job/{self.name.lower()}"

    @property
    def definition_uri(self) -> str | None:
        """Where in the workspace the handlers find the task definition."""
        return f"s3://{BUCKET}/tasks/{self.name}/task.toml" if self.task else None


class ObjectOutcome(NamedTuple):
    """What became of one line of the manifest; ``reason`` where it was not labeled."""

    dataset_object_id: str
    line_number: int
    outcome: Outcome
    reason: str | None
    label: Json = None
    labeled_at: datetime | None = None


class Entry(NamedTuple):
    """One line of the manifest; ``line`` is None where ``fault`` says why it can't be read.

    Its datasetObjectId is the number of its line, counted from 0.
    """

    identifier: str
    line: dict[str, Json] | None
    fault: str | None

    def becomes(self, outcome: Outcome, reason: str) -> ObjectOutcome:
        """Say why this object has no label."""
        return ObjectOutcome(self.identifier, int(self.identifier) + 1, outcome, reason)

    def gets(self, label: Json, moment: datetime) -> ObjectOutcome:
        """Say which label this object has got, and when."""
        number = int(self.identifier) + 1
        return ObjectOutcome(self.identifier, number, "labeled", None, label, moment)


#: Told how many of how many objects are done, and what is being done to them.
Progress = Callable[[str, int, int], None]
