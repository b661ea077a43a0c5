"""What a job is set to, and what its state looks like from outside."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from labelwright.contract.base import Json
from labelwright.errors import UsageError
from labelwright_local.printable import counted

#: ``waiting``: not pre-labeled yet; ``open``: workers are asked; ``answered``: waits for its label.
ObjectState = Literal["waiting", "open", "answered", "labeled", "failed", "skipped", "unreadable"]


class StateUnavailable(Exception):
    """The job's state can't be read now; the message says why."""


class StateLost(UsageError):
    """The file with the job's state is damaged, deleted or replaced; the job can't go on."""


class Handlers(Protocol):
    """The two functions of a custom labeling job, called as the service calls the Lambdas.

    Whatever they raise concerns the object, or the batch, that they were called for; only a
    ``UsageError`` concerns the whole job.
    """

    def pre(self, event: Json) -> Json:
        """Return the pre-labeling response for one data object."""

    def post(self, event: Json) -> Json:
        """Return the post-labeling response for one consolidation request."""


@runtime_checkable
class WholeJobHandlers(Protocol):
    """What our own functions can do besides: consolidate a whole job, and label ahead of time.

    Events and answers are those of ``refine_labels``.
    """

    def refine(self, event: Json) -> Json:
        """Consolidate the whole job; write the refined manifest."""

    def provisional(self, event: Json) -> Json:
        """Return labels by datasetObjectId of ``objects`` that no batch has yet."""


class Assignment(NamedTuple):
    """A task in a worker's hands until ``deadline``.

    ``draft`` is what the worker saved last for this object.
    """

    id: str
    object_id: str
    worker_id: str
    task_input: Json
    deadline: datetime
    draft: str | None


class Submitted(NamedTuple):
    """Whether an answer counts; ``reason`` says why not, in words for the worker."""

    accepted: bool
    reason: str | None


class JoinCode(NamedTuple):
    """A worker's way in where others can reach the portal, until it ends. Only its hash is kept."""

    worker_id: str
    code: str
    until: datetime


class Joined(NamedTuple):
    """Whose join code was given, and what is kept of it: so that it is told when it is replaced."""

    worker_id: str
    code_hash: str | None


class SessionOwner(NamedTuple):
    """Who is signed in: a worker, by id and name, or nobody; and whether the requester is."""

    worker_id: str | None
    name: str | None
    requester: bool


class JobProgress(NamedTuple):
    """How far a job is: objects by state, then the rest.

    ``without_label``: how many of the failed ones did so in post-labeling. ``troubled``: with how
    many something else is wrong, which their views tell. ``stopped``: finished
    early, or told to; ``finished``: nothing more will happen. ``version`` differs whenever anything
    else does, also after a restart. ``refined``: labels are those of the whole job, consolidated at
    once; ``refine_fault`` says why that failed, if it did.
    """

    waiting: int
    open: int
    answered: int
    labeled: int
    failed: int
    skipped: int
    unreadable: int
    without_label: int
    answers: int
    workers: int
    workers_per_object: int
    paused: bool
    stopped: bool
    finished: bool
    version: int
    troubled: int = 0
    refined: bool = False
    refine_fault: str | None = None

    @property
    def objects(self) -> int:
        """How many objects the manifest has."""
        return self.waiting + self.open + self.answered + self.done

    @property
    def done(self) -> int:
        """How many objects nothing more becomes of, whether they have a label or not."""
        return self.labeled + self.failed + self.skipped + self.unreadable

    def in_words(self) -> str:
        """Say what became of the objects: ``4 objects: 2 labeled, 1 failed, 1 not done yet``."""
        parts = [f"{self.labeled:,} labeled"]
        others = {
            "failed": self.failed,
            "skipped": self.skipped,
            "unreadable": self.unreadable,
            "not done yet": self.objects - self.done,
        }
        parts += [f"{number:,} {what}" for what, number in others.items() if number]
        return f"{counted(self.objects, 'object')}: {', '.join(parts)}"


class ObjectView(NamedTuple):
    """One object in a list.

    ``disagreement`` is 0 to 1, None where nothing is known of it; ``line_number`` counts from 1.
    ``troubles`` say what is wrong with it, whatever its state. ``provisional``: the label is what
    its answers amount to until its batch is labeled; it is in no output.
    """

    id: str
    line_number: int
    state: ObjectState
    answers: int
    wanted: int
    reason: str | None
    label: Json | None
    disagreement: float | None
    troubles: tuple[str, ...] = ()
    provisional: bool = False


class RevisionView(NamedTuple):
    """What a worker had answered before they corrected it."""

    content: Json
    submission_time: str | None


class AnswerView(NamedTuple):
    """One answer to an object; ``refused`` says why it does not count, if it does not.

    ``corrected`` is what it was before, the first one first.
    ``version`` is that of the task which the worker was shown; None where nobody was shown any.
    """

    worker_id: str
    worker_name: str
    content: Json
    submission_time: str | None
    seconds: float | None
    refused: str | None
    version: int | None = None
    corrected: tuple[RevisionView, ...] = ()


class FailureView(NamedTuple):
    """What an object failed with before it was tried again, and when it was."""

    reason: str
    tried_again: datetime


class ObjectDetail(NamedTuple):
    """One object with all that is known of it; ``without_label``: it failed in post-labeling."""

    view: ObjectView
    line: Json | None
    task_input: Json | None
    answers: list[AnswerView]
    failures: list[FailureView]
    without_label: bool


class Happening(NamedTuple):
    """What happened to a job, and how many answers it had then; ``words`` name no worker."""

    at: datetime
    answers: int
    kind: str
    words: str


class WorkerView(NamedTuple):
    """What one worker did; ``median_seconds`` is the time an answer took.

    ``sessions`` are the browsers in which they are signed in; who is ``removed`` gets no task.
    """

    id: str
    name: str
    submitted: int
    declined: int
    expired: int
    median_seconds: float | None
    active_assignment: str | None
    has_join_code: bool
    sessions: int
    removed: bool


class RecordedAnswer(NamedTuple):
    """An answer as a worker-response file has it; only worker and content are always known."""

    worker_id: str
    content: Json
    submission_time: str | None = None
    acceptance_time: str | None = None
    seconds: float | None = None
    metadata: Json | None = None


class WorkerProgress(NamedTuple):
    """How far one worker is: answers given, objects left for them now, the task in their hands.

    ``correctable`` is the assignment of their last answer, as long as that can be corrected.
    """

    submitted: int
    left: int
    active_assignment: str | None
    correctable: str | None = None


#: Answers by datasetObjectId.
Recorded = Iterable[tuple[str, Iterable[RecordedAnswer]]]
