"""A labeling job at work: everything that a portal, or a run on recorded answers, asks of it."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime

from labelwright_local.engine import objects, troubles
from labelwright_local.engine.assignments import (
    control,
    leases,
    workers,
)
from labelwright_local.engine.clock import JobTime
from labelwright_local.engine.labeling import output, retrying
from labelwright_local.engine.living import asking
from labelwright_local.engine.living.history import happenings, note
from labelwright_local.engine.model import (
    Handlers,
    Happening,
    JobProgress,
    ObjectDetail,
    ObjectView,
    StateLost,
    StateUnavailable,
    WorkerView,
)
from labelwright_local.engine.opening import opened
from labelwright_local.engine.rounds import Rounds
from labelwright_local.engine.settings import Retries
from labelwright_local.engine.spec import JobSpec, ObjectOutcome
from labelwright_local.engine.state.database import Database, to_datetime
from labelwright_local.engine.troubles import Trouble
from labelwright_local.engine.workers_side import WorkersSide
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


class Engine(WorkersSide):
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
        super().__init__(spec, state, time)
        self.files = files
        self._rounds = rounds

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
