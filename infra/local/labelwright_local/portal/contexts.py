"""What each page's template receives: one context a page, which names its template.

A test compares them with the templates, both ways: no template asks for what it is not given, and
no context brings what its template does not show.
"""

from dataclasses import dataclass
from typing import ClassVar

from labelwright_local.engine.model import (
    Assignment,
    Happening,
    JobProgress,
    ObjectDetail,
    ObjectView,
    WorkerProgress,
    WorkerView,
)
from labelwright_local.portal.invitation import Invitation
from labelwright_local.portal.job_view import JobView


@dataclass(frozen=True)
class PageContext:
    """What one page shows: a subclass for each page, whose fields are its template's variables."""

    template: ClassVar[str]


@dataclass(frozen=True)
class FailedContext(PageContext):
    """A request that can't be served; ``message`` says why and what to do."""

    template = "failed.html"
    message: str


@dataclass(frozen=True)
class SignInContext(PageContext):
    """The way in; an invitation's name and code are filled in by a script: no server is told."""

    template = "sign_in.html"
    needs_code: bool


@dataclass(frozen=True)
class JobContext(PageContext):
    """The job as one worker sees it."""

    template = "job.html"
    job: JobView
    progress: JobProgress
    mine: WorkerProgress


@dataclass(frozen=True)
class TaskContext(PageContext):
    """A task in its sandbox; ``remaining`` are the whole seconds until the lease ends, from 0.

    ``correcting``: it is that of the worker's last answer, and has no lease.
    """

    template = "task.html"
    job: JobView
    assignment: Assignment
    remaining: int
    mine: WorkerProgress
    sandbox: str
    correcting: bool


@dataclass(frozen=True)
class TaskGoneContext(PageContext):
    """A task that is no longer the worker's."""

    template = "task_gone.html"


@dataclass(frozen=True)
class NoTaskContext(PageContext):
    """Nothing to do for one worker now, and why."""

    template = "no_task.html"
    progress: JobProgress
    mine: WorkerProgress


@dataclass(frozen=True)
class OverviewContext(PageContext):
    """How far the job is; ``states`` are those an object can be in, in the order shown.

    ``can_refine``: whether its functions can consolidate it whole.
    """

    template = "overview.html"
    job: JobView
    progress: JobProgress
    states: tuple[str, ...]
    has_report: bool
    can_refine: bool


@dataclass(frozen=True)
class ObjectsContext(PageContext):
    """Page ``page`` of ``pages``, from 1, of the objects in ``state``, in all if None.

    ``troubled``: only those with which something is wrong.
    """

    template = "objects.html"
    objects: list[ObjectView]
    state: str | None
    troubled: bool
    states: tuple[str, ...]
    progress: JobProgress
    page: int
    pages: int


@dataclass(frozen=True)
class HistoryContext(PageContext):
    """What happened to the job, the first thing first."""

    template = "history.html"
    history: list[Happening]


@dataclass(frozen=True)
class ObjectContext(PageContext):
    """One object with its data, all answers and its label."""

    template = "object.html"
    found: ObjectDetail


@dataclass(frozen=True)
class WorkersContext(PageContext):
    """Who works; ``invitation`` is that of whoever got a code just now, else None.

    ``lifetimes`` are the days that a code can be good for, the usual number first.
    """

    template = "workers.html"
    workers: list[WorkerView]
    needs_code: bool
    lifetimes: tuple[int, ...]
    invitation: Invitation | None = None


@dataclass(frozen=True)
class FinishContext(PageContext):
    """The question before a job is finished early."""

    template = "finish.html"
    progress: JobProgress
