"""What a portal keeps in memory of objects that are finished: nothing."""

import gc
import tracemalloc
from pathlib import Path

import pytest

from tests.local.portal.portals import OWL, Browser, Portal, portal

#: CPython's one table of interned strings doubles at whatever name comes next.
TABLE = 2**19


def done(job: Portal, ada: Browser, tasks: range) -> int:
    """Label so many tasks, to their consolidated labels; return the bytes that Python holds."""
    for number in tasks:
        assert ada.answer(ada.next(str(number)), OWL)["accepted"]
    job.wait(60)
    assert job.engine.progress().labeled == tasks.stop
    gc.collect()
    traces = tracemalloc.take_snapshot().traces
    return sum(trace.size for trace in traces if trace.size < TABLE)


@pytest.mark.long
def test_memory_does_not_grow_with_finished_objects(tmp_path: Path) -> None:
    """Not by what an object's id alone would take, wherever it would be kept."""
    tracemalloc.start()
    try:
        with portal(tmp_path, [{"source": str(number)} for number in range(460)]) as job:
            ada = job.worker("Ada")
            done(job, ada, range(60))  # caches fill
            before = done(job, ada, range(60, 260))
            after = done(job, ada, range(260, 460))
    finally:
        tracemalloc.stop()
    assert (after - before) / 200 < 100
