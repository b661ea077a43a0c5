"""What a local job is given, and what becomes of its objects."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from labelwright.contract.base import Json
from labelwright_local.engine.settings import JobSettings
from labelwright_local.workspace.job_files import BUCKET
from labelwright_local.workspace.recorded_answers import RecordedAnswers
from labelwright_local.workspace.task_folder import TaskFolder

Outcome = Literal["labeled", "failed", "skipped", "unreadable"]


@dataclass(frozen=True)
class JobSpec:
    """What to run. ``method`` replaces the method of every field whose kind has it.

    Recorded ``answers`` stand in for workers; without them, people are asked as ``settings`` say.
    ``template`` is the worker page where it is not the task's own. Without ``post_labeled`` the job
    has no post-labeling function: a label is empty, and its metadata says where the answers are.
    ``earlier`` are answers that another job has been given: they count here, and people are asked
    for what is missing.
    ``skill_from`` names a job whose answers tell the skill of this one's workers, too.
    """

    name: str
    label_attribute: str
    manifest: Path
    task: TaskFolder | None
    answers: RecordedAnswers | None = None
    method: str | None = None
    settings: JobSettings = field(default_factory=JobSettings)
    template: bytes | None = None
    post_labeled: bool = True
    earlier: RecordedAnswers | None = None
    skill_from: Path | None = None

    @cached_property
    def workers_per_object(self) -> int:
        """How many answers an object gets at most, recorded or not."""
        if self.answers is None:
            return self.settings.workers_per_object
        return max((len(answers) for answers in self.answers.answers.values()), default=1)

    @property
    def worker_page(self) -> bytes | None:
        """The template that workers see, if the job has one."""
        return self.template or (self.task.template if self.task else None)

    @property
    def page_text(self) -> str:
        """The template that workers see as text, empty where the job has none."""
        return (self.worker_page or b"").decode("utf-8-sig")

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


#: Told how many of how many objects are done, and what is being done to them.
Progress = Callable[[str, int, int], None]
