"""A labeling job at work: everything that a portal, or a run on recorded answers, asks of it."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime

from labelwright.contract.base import Json
from labelwright_local.engine import objects, troubles
from labelwright_local.engine.assignments import (
    assignment,
    control,
    correction,
    leases,
    sessions,
    submission,
    workers,
)
from labelwright_local.engine.clock import JobTime
from labelwright_local.engine.labeling import output, retrying
from labelwright_local.engine.living import asking
from labelwright_local.engine.living.history import happenings, note
from labelwright_local.engine.model import (
    Assignment,
    Handlers,
    Happening,
    JobProgress,
    JoinCode,
    Joined,
    ObjectDetail,
    ObjectView,
    SessionOwner,
    StateLost,
    StateUnavailable,
    Submitted,
    WorkerProgress,
    WorkerView,
)
from labelwright_local.engine.opening import opened
from labelwright_local.engine.rounds import Rounds
from labelwright_local.engine.settings import Retries
from labelwright_local.engine.spec import JobSpec, ObjectOutcome
from labelwright_local.engine.state.database import Database, to_datetime
from labelwright_local.engine.troubles import Trouble
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.job_on_disk import JobOnDisk

_RETRIES = Retries()


@contextmanager
def open_engine(
    spec: JobSpec,
    storage: FolderStorage,
    now: Callable[[], datetime],
    handlers: Handlers,
    retries: Retries = _RETRIES,
) -> Iterator["Engine"]:
    """Open a job in a workspace, new or as it was left, for as long as the context lasts.

    Raises:
        LabelwrightError: the job can't be run at all: its name, its label attribute or a method
            can't be used, or the workspace holds another job of that name, or is at work.
    """
    files = JobFiles(storage, spec.name)
    disk = JobOnDisk(storage, files.layout)
    time = JobTime(now)
    with opened(spec, files, disk, time()) as (state, present):
        rounds = Rounds(present, files, state, time, handlers, retries)
        yield Engine(present, files, state, time, rounds)


class Engine:
    """One job. All methods can be called from any thread; ``work`` waits for its last call's end.

    What a method says is true when it returns, whatever becomes of this process then. Should the
    power fail, too, leases and drafts may be lost, but no submission and nothing that is set.
    """

    def __init__(
        self,
        spec: JobSpec,
        files: JobFiles,
        state: Database,
        time: JobTime,
        rounds: Rounds,
    ) -> None:
        self.spec = spec
        self.files = files
        self._state = state
        self._time = time
        self._rounds = rounds

    def sign_in(self, name: str) -> str:
        """Return the id of the worker of this name, who is added if new.

        Raises:
            UsageError: nobody can have this name.
        """
        with self._state.writing() as db:
            return workers.sign_in(db, name)

    def add_worker(self, name: str, days: int = workers.CODE_DAYS[0]) -> JoinCode:
        """Add a worker, or give one who is there a new join code, which is good for some days.

        Raises:
            UsageError: nobody can have this name.
        """
        with self._state.writing() as db:
            return workers.add_worker(db, name, self._time(), days)

    def remove_worker(self, worker_id: str) -> None:
        """Take a worker out of the job until they are added again; their answers stay.

        Raises:
            UsageError: there is no such worker.
        """
        with self._state.writing() as db:
            workers.name_of(db, worker_id)
            workers.remove_worker(db, worker_id, self._time())

    def revoke_code(self, worker_id: str) -> None:
        """Let a worker's join code let nobody in any more; sessions that it began go on.

        Raises:
            UsageError: there is no such worker.
        """
        with self._state.writing() as db:
            workers.name_of(db, worker_id)
            workers.revoke_code(db, worker_id)

    def new_code(self, worker_id: str) -> tuple[JoinCode, str]:
        """Return a new join code of a worker, and their name; old code and sessions end.

        Raises:
            UsageError: there is no such worker.
        """
        with self._state.writing() as db:
            name = workers.name_of(db, worker_id)
            return workers.add_worker(db, name, self._time()), name

    def join(self, name: str, code: str) -> Joined | None:
        """Tell who a name and its join code let in, None where the code is not theirs.

        It takes some 50 ms and 16 MiB, right or wrong.
        """
        with self._state.reading() as db:
            found = workers.kept_code(db, name, self._time())
        return found if found and workers.is_code(found, code) else None

    def begin_session(
        self, session_id: str, worker: str | Joined | None, *, requester: bool
    ) -> bool:
        """Sign a browser in; False if the code that let the worker in was replaced since."""
        with self._state.writing() as db:
            if isinstance(worker, Joined):
                if workers.kept_code_of(db, worker.worker_id, self._time()) != worker:
                    return False
                worker = worker.worker_id
            sessions.begin(db, session_id, worker, requester=requester, now=self._time())
            return True

    def session(self, session_id: str) -> SessionOwner | None:
        """Return who is signed in by this session, None where it is nobody's, or no more."""
        with self._state.reading() as db:
            return sessions.owner(db, session_id)

    def end_session(self, session_id: str) -> None:
        """Sign one browser out."""
        with self._state.writing() as db:
            sessions.end(db, session_id)

    def end_sessions(self, worker_id: str) -> None:
        """Sign a worker out everywhere; what they did and hold stays.

        Raises:
            UsageError: there is no such worker.
        """
        with self._state.writing() as db:
            workers.name_of(db, worker_id)
            sessions.end_all_of(db, worker_id)

    def worker_progress(self, worker_id: str) -> WorkerProgress:
        """Tell a worker how far they are, and how many objects they could be given now."""
        with self._state.reading() as db:
            return workers.worker_progress(db, worker_id)

    def next_assignment(self, worker_id: str, token: str) -> Assignment | None:
        """Give a worker the task that they hold, else a new one; None when there is none for them.

        Whatever is called again with the same ``token`` gives nothing twice.

        Raises:
            UsageError: there is no such worker.
        """
        limit = self.spec.settings.task_time_limit * 1000
        with self._state.writing(lasting=False) as db:
            return assignment.next_assignment(db, worker_id, token, self._time(), limit)

    def assignment(self, assignment_id: str, worker_id: str) -> Assignment | None:
        """Return a task to the worker who holds it, while the lease lasts, as it is shown now."""
        with self._state.writing(quiet=True, lasting=False) as db:
            found = assignment.find(db, assignment_id, worker_id, self._time())
            if found is not None:
                assignment.note_shown(db, assignment_id)
            return found

    def is_theirs(self, assignment_id: str, worker_id: str) -> bool:
        """Tell whether a worker was ever given this task, whatever became of it."""
        with self._state.reading() as db:
            return assignment.is_theirs(db, assignment_id, worker_id)

    def save_draft(self, assignment_id: str, worker_id: str, draft: str) -> bool:
        """Keep a draft; False where the task is not in the worker's hands or it is too long."""
        with self._state.writing(quiet=True, lasting=False) as db:
            return assignment.save_draft(db, assignment_id, worker_id, draft, self._time())

    def submit(
        self,
        assignment_id: str,
        worker_id: str,
        token: str,
        answer: dict[str, Json],
        draft: str | None = None,
    ) -> Submitted:
        """Take an answer in, or say why it does not count; to the same ``token`` always the same.

        As in the service, only what is submitted while the lease lasts counts. ``draft`` is what
        its page would go on from, should the worker correct it.
        """
        text = submission.as_text(answer, draft)
        with self._state.writing() as db:
            return submission.submit(db, assignment_id, worker_id, token, text, self._time())

    def correct(
        self,
        assignment_id: str,
        worker_id: str,
        token: str,
        answer: dict[str, Json],
        draft: str | None = None,
    ) -> Submitted:
        """Put a correction in the place of the worker's last answer, or say why it is too late.

        It can be corrected until their next answer is in or its object is handed over.
        """
        text = submission.as_text(answer, draft)
        with self._state.writing() as db:
            return correction.correct(db, assignment_id, worker_id, token, text, self._time())

    def correctable(self, assignment_id: str, worker_id: str) -> Assignment | None:
        """Return the task of a worker's last answer, as long as that can be corrected."""
        with self._state.reading() as db:
            return correction.find(db, assignment_id, worker_id)

    def decline(self, assignment_id: str, worker_id: str) -> None:
        """Take a task from a worker who is not to be offered this object again."""
        with self._state.writing() as db:
            assignment.decline(db, assignment_id, worker_id, self._time())

    def give_back(self, assignment_id: str, worker_id: str) -> None:
        """Take a task back; the object is open for all again, last for this worker."""
        with self._state.writing() as db:
            assignment.give_back(db, assignment_id, worker_id, self._time())

    def progress(self) -> JobProgress:
        """Tell how far the job is."""
        with self._state.reading() as db:
            return objects.progress(db)

    def now(self) -> datetime:
        """Return the job's time, by which leases end."""
        return to_datetime(self._time())

    def version(self) -> int:
        """Return a number that grows with every change of the job.

        Raises:
            StateUnavailable: it can't be read now.
        """
        try:
            with self._state.reading() as db:
                (version,) = db.execute("SELECT version FROM job").fetchone()
        except (sqlite3.Error, StateLost) as error:
            raise StateUnavailable(str(error)) from None
        return int(version)

    def objects(
        self, offset: int, limit: int, state: str | None = None, *, troubled: bool = False
    ) -> list[ObjectView]:
        """Return a page of the objects in manifest order: all, those of one state, or troubled."""
        with self._state.reading() as db:
            return objects.views(db, offset, limit, state, troubled=troubled)

    def note_troubles(self, object_id: str, found: Mapping[Trouble, str | None]) -> None:
        """Keep what is wrong with an object, or (None) no longer is, for the requester.

        Nobody's page waits for it: what can't be kept now is found again the next time.
        """
        with suppress(sqlite3.Error), self._state.writing(lasting=False) as db:
            for kind, reason in found.items():
                troubles.note(db, int(object_id), kind, reason)

    def object(self, object_id: str) -> ObjectDetail | None:
        """Return one object with every answer."""
        with self._state.reading() as db:
            return objects.detail(db, object_id)

    def workers(self) -> list[WorkerView]:
        """Return all workers by name, with what they did."""
        with self._state.reading() as db:
            return workers.workers(db, self._time())

    def pause(self) -> None:
        """Give out no new tasks; those that are held can still be submitted."""
        with self._state.writing() as db:
            control.pause(db, paused=True)

    def resume(self) -> None:
        """Give out tasks again."""
        with self._state.writing() as db:
            control.pause(db, paused=False)

    def finish_early(self) -> None:
        """Ask nobody any more; what has answers is consolidated, the rest stays unlabeled."""
        with self._state.writing() as db:
            now = self._time()
            leases.stop(db, now)
            note(db, "finished-early", now)

    def set_workers_per_object(self, workers_per_object: int) -> None:
        """Change how many workers answer each object that is not complete yet.

        Raises:
            UsageError: not 1 to 9.
        """
        with self._state.writing() as db:
            control.set_workers_per_object(db, workers_per_object, self._time())

    def ask_again(self, object_ids: Iterable[str]) -> int:
        """Ask for one more answer to each of these objects; return how many can be asked.

        Answers that are there count on; labels stay until there are new ones; a job that was at its
        end is open again.

        Raises:
            UsageError: answers were recorded, and nobody is there to give more.
        """
        numbers = [int(text) for text in object_ids if text.isascii() and text.isdecimal()]
        available = self.spec.settings.availability * 1000
        with self._state.writing() as db:
            return asking.ask_again(db, numbers, self._time(), available)

    def ask_least_sure_again(self, most: int) -> int:
        """Ask for one more answer to the objects, ``most`` of them, whose labels are least sure.

        Raises:
            UsageError: answers were recorded, and nobody is there to give more.
        """
        available = self.spec.settings.availability * 1000
        with self._state.writing() as db:
            return asking.ask_again(db, asking.least_sure(db, most), self._time(), available)

    def history(self) -> list[Happening]:
        """Return what happened to the job, the first thing first."""
        with self._state.reading() as db:
            return happenings(db)

    def post_label_again(self) -> None:
        """Hand over anew what post-labeling failed for; nothing, where it failed for nothing."""
        with self._state.writing() as db:
            retrying.post_label_again(db, self.files, self._time())

    @property
    def can_refine(self) -> bool:
        """Whether the job's functions can consolidate it whole: ours can, people's own can't."""
        return self._rounds.can_refine

    def refine(self) -> bool:
        """Consolidate the whole job as far as it is; False where its functions can't."""
        return self._rounds.refine()

    def work(self) -> bool:
        """Do one round of what time and answers ask for; tell whether anything was done.

        Leases and availability run out, objects are pre-labeled ahead, batches are handed over, the
        next one is labeled, and the output manifest is written when the job is at its end, else
        once a minute. A handler that fails concerns its object, or its batch.

        Raises:
            UsageError: the whole job can't go on, for instance for want of its folder of texts.
        """
        return self._rounds.once()

    def write_output(self) -> str:
        """Write the output manifest as far as the job is, and return its ``s3://`` address.

        It does not wait for ``work``, which may be at a handler that takes its time.
        """
        return self._rounds.write_output()

    def outcomes(self) -> Iterator[ObjectOutcome]:
        """Yield what became of each object of a finished job, in manifest order."""
        with self._state.snapshot() as db:
            yield from output.outcomes(db)
