"""A labeling job on recorded answers: manifest, pre-labeling, answers, post-labeling, manifest.

The handlers that it is given do the work, on the same engine that the worker portal has. It can be
run again on the same workspace: what is there is taken up, nothing doubles.
"""

from collections.abc import Callable
from datetime import datetime

from labelwright_local.engine.engine import open_engine
from labelwright_local.engine.model import Handlers, JobProgress
from labelwright_local.engine.settings import Retries
from labelwright_local.engine.spec import JobSpec, ObjectOutcome, Progress
from labelwright_local.workspace.folder_storage import FolderStorage

#: Whoever waits for a run's end learns of what fails at once; the next run tries it again.
_ONCE = Retries(tries=1)


def run_job(
    spec: JobSpec,
    storage: FolderStorage,
    now: Callable[[], datetime],
    handlers: Handlers,
    progress: Progress = lambda *_: None,
) -> list[ObjectOutcome]:
    """Run a job to its end and return what became of each object, in manifest order.

    Raises:
        LabelwrightError: the job can't be run at all: its name, its label attribute or a method
            can't be used, or the workspace holds another job of that name, or is at work.
    """
    with open_engine(spec, storage, now, handlers, _ONCE) as engine:
        while engine.work():
            _tell(engine.progress(), progress)
        return list(engine.outcomes())


def _tell(found: JobProgress, progress: Progress) -> None:
    progress("pre-labeling", found.objects - found.waiting, found.objects)
    if not found.waiting:
        progress("post-labeling", found.labeled, found.labeled + found.answered)
