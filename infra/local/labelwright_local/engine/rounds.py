"""What time and answers ask of a job, in rounds: from waiting objects to the output manifest."""

import threading

from labelwright_local.engine.assignments import leases
from labelwright_local.engine.clock import JobTime
from labelwright_local.engine.labeling import batches, output, postlabeling, prelabeling, whole_job
from labelwright_local.engine.living.history import write_history
from labelwright_local.engine.model import Handlers, WholeJobHandlers
from labelwright_local.engine.settings import Retries
from labelwright_local.engine.spec import JobSpec
from labelwright_local.engine.state.database import Database
from labelwright_local.workspace.job_files import JobFiles

#: Milliseconds between two output manifests while a job is under way.
_OUTPUT_EVERY = 60_000
#: Labels of the whole job that are taken up at once: some ten milliseconds that others wait.
_AT_ONCE = 2_000
#: So often the whole job is consolidated on demand when it changes meanwhile.
_TRIES = 2


class Rounds:
    """The rounds of one job; one is made at a time, and one output manifest written."""

    def __init__(
        self,
        spec: JobSpec,
        files: JobFiles,
        state: Database,
        time: JobTime,
        handlers: Handlers,
        retries: Retries,
    ) -> None:
        self._spec = spec
        self._files = files
        self._state = state
        self._time = time
        self._handlers = handlers
        self._retries = retries
        self._at_work = threading.Lock()
        self._at_output = threading.Lock()
        self._at_refining = threading.Lock()
        self._output_at = 0
        #: How many output manifests were written.
        self._written = 0
        #: Objects that no newer version of the task can be shown for.
        self._kept: set[int] = set()

    def once(self) -> bool:
        """Make one round, see ``Engine.work``; tell whether anything was done.

        Raises:
            UsageError: the whole job can't go on, for instance for want of its folder of texts.
        """
        with self._at_work:
            with self._state.writing() as db:
                leases.expire(db, self._time())
            done = [self._pre_label(), self._form_batches(), self._post_label()]
            if any(done) or self._write_when_due():
                return True
            return self._label_ahead() or self._refine_when_due()

    def write_output(self) -> str:
        """Write the output manifest as far as the job is, and return its ``s3://`` address."""
        self._write()
        return self._files.layout.output_manifest

    @property
    def can_refine(self) -> bool:
        """Whether the job's functions can consolidate it whole: ours can."""
        return isinstance(self._handlers, WholeJobHandlers)

    def refine(self, tries: int = _TRIES) -> bool:
        """Consolidate the whole job as far as it is; False where its functions can't.

        It does not wait for ``once``.
        """
        if not isinstance(self._handlers, WholeJobHandlers):
            return False
        with self._at_refining:
            any(self._refine(self._handlers) for _ in range(tries))
        return True

    def _refine(self, handlers: WholeJobHandlers) -> bool:
        """Consolidate the whole job; False where it has changed meanwhile."""
        self._write()
        written = self._written
        fault = whole_job.refine(self._spec, self._files, handlers)
        # No output manifest is written from here on that the refined one would be older than.
        with self._at_output:
            if self._written == written and self._take_up(fault):
                return True
            whole_job.delete_files(self._files)
        return False

    def _take_up(self, fault: str | None) -> bool:
        made: list[whole_job.Made] = []
        if fault is None:
            with self._state.snapshot() as db:
                made = whole_job.read(db, self._files, self._spec)
        else:
            whole_job.delete_files(self._files)
        with self._state.writing() as db:
            whole_job.begin_anew(db)
        for start in range(0, len(made), _AT_ONCE):
            with self._state.writing(lasting=False) as db:
                if not whole_job.store(db, made[start : start + _AT_ONCE]):
                    return False
        with self._state.writing() as db:
            return whole_job.end(db, fault)

    def _refine_when_due(self) -> bool:
        with self._state.reading() as db:
            due = whole_job.is_due(db)
        # What goes on again is not at its end, and other rounds are due before the next try.
        return due and self.refine(tries=1)

    def _label_ahead(self) -> bool:
        if not isinstance(self._handlers, WholeJobHandlers):
            return False
        with self._state.snapshot() as db:
            asked = whole_job.waiting(db)
            if not asked:
                return False
            labels = whole_job.label_ahead(db, self._spec, self._files, self._handlers, asked)
        with self._state.writing() as db:
            whole_job.store_ahead(db, asked, labels)
        return True

    def _pre_label(self) -> bool:
        settings = self._spec.settings
        with self._state.reading() as db:
            due = prelabeling.due(db, self._time(), settings.max_concurrent)
        asked = [prelabeling.ask(self._spec, self._handlers.pre, *item) for item in due]
        if asked:
            available = settings.availability * 1000
            with self._state.writing() as db:
                prelabeling.store(db, asked, self._retries, self._time(), available)
        return bool(asked) or self._renew()

    def _renew(self) -> bool:
        """Let what is on offer be shown as of the task's latest version."""
        with self._state.reading() as db:
            old = prelabeling.outdated(db, self._kept)
        asked = [prelabeling.ask(self._spec, self._handlers.pre, *item) for item in old]
        if asked:
            with self._state.writing() as db:
                self._kept.update(prelabeling.renew(db, asked))
        return bool(asked)

    def _form_batches(self) -> bool:
        with self._state.writing() as db:
            return batches.form(db, self._files, self._time())

    def _post_label(self) -> bool:
        with self._state.reading() as db:
            row = batches.due(db, self._time())
            (most,) = db.execute("SELECT workers_per_object FROM job").fetchone()
        if row is None:
            return False
        batch = batches.of(self._files, row)
        with self._state.snapshot() as db:
            postlabeling.write_files(db, self._files, batch, row["id"])
        found = postlabeling.ask(self._spec, self._files, self._handlers, batch, most)
        with self._state.writing() as db:
            postlabeling.store(db, row["id"], row["tries"], found, self._retries, self._time())
        return True

    def _write_when_due(self) -> bool:
        with self._state.reading() as db:
            (unwritten,) = db.execute("SELECT unwritten FROM job").fetchone()
            if not unwritten:
                return False
            at_end = output.is_complete(db)
        if not at_end and self._time() - self._output_at < _OUTPUT_EVERY:
            return False
        self._write()
        return True

    def _write(self) -> None:
        # One after the other, so that the last one written is the latest.
        with self._at_output:
            with self._state.snapshot() as db:
                version, unwritten = db.execute("SELECT version, unwritten FROM job").fetchone()
                if not unwritten and self._files.holds(self._files.layout.output_manifest):
                    return
                at_end = output.is_complete(db)
                output.write_output(db, self._files, self._spec)
                write_history(db, self._files)
                self._written += 1
            self._output_at = self._time()
            with self._state.writing() as db:
                whole_job.begin_anew(db)
                db.execute(
                    "UPDATE job SET unwritten = 0, finished = ? WHERE version = ? AND unwritten",
                    (at_end, version),
                )
