"""What workers ask of a job: to be let in, to be given tasks, to have their answers taken."""

from labelwright.contract.base import Json
from labelwright_local.engine.assignments import (
    assignment,
    correction,
    sessions,
    submission,
    workers,
)
from labelwright_local.engine.clock import JobTime
from labelwright_local.engine.model import (
    Assignment,
    JoinCode,
    Joined,
    SessionOwner,
    Submitted,
    WorkerProgress,
)
from labelwright_local.engine.spec import JobSpec
from labelwright_local.engine.state.database import Database


class WorkersSide:
    """A job as its workers, and who lets them in, know it; what an ``Engine`` says holds here."""

    def __init__(self, spec: JobSpec, state: Database, time: JobTime) -> None:
        self.spec = spec
        self._state = state
        self._time = time

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
