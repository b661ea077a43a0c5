"""What a job of 100,000 lines takes to begin, to grow and to open: `make bench`.

Each step is a process of its own, which must stay under 10 s and 300 MB.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from labelwright_local.engine.engine import open_engine
from labelwright_local.engine.spec import JobSpec
from tests.benchmarks.report import ROOT, merge, show
from tests.local.engine.small_jobs import SmallJob

LINES, MORE = 100_000, 1_000
SECONDS, MEGABYTES = 10, 300


def write(job: SmallJob, first: int, count: int) -> None:
    """Write lines such as of short notes behind those that are there."""
    with job.manifest.open("a") as file:
        for number in range(first, first + count):
            file.write(json.dumps({"source": f"note {number}: {'some words ' * 12}"}) + "\n")


def step(folder: Path, grow_from: int) -> None:
    """Open the job, grown before by more lines where it is told from which; print what it took."""
    job = SmallJob(folder, objects=0)
    if grow_from:
        write(job, grow_from, MORE)
    spec = JobSpec("pictures", "pictures", job.manifest, None)
    begun = time.perf_counter()
    with open_engine(spec, job.storage, job.clock, job.handlers) as engine:
        found = {
            "seconds": round(time.perf_counter() - begun, 2),
            "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "objects": engine.progress().objects,
        }
    print(json.dumps(found))  # noqa: T201 - its result


def main() -> int:
    """Measure, print, write build/benchmarks.json; fails above a limit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--step", type=Path)
    parser.add_argument("--grow-from", type=int, default=0)
    options = parser.parse_args()
    if options.step:
        step(options.step, options.grow_from)
        return 0
    with tempfile.TemporaryDirectory() as name:
        write(SmallJob(Path(name), objects=0), 0, LINES)
        steps = (("begun", 0), (f"grown by {MORE:,}", LINES), ("opened", 0))
        found = {what: _measured(name, grow_from) for what, grow_from in steps}
    rows = [(what, f"{one['seconds']:.2f}", f"{one['MB']:.0f}") for what, one in found.items()]
    show(f"a job of {LINES:,} lines, opened", ("seconds", "MB"), rows)
    merge("growth", found)
    return int(any(one["seconds"] > SECONDS or one["MB"] > MEGABYTES for one in found.values()))


def _measured(folder: str, grow_from: int) -> dict[str, float]:
    """Return what a process of its own says of a step."""
    call = [sys.executable, "-m", "tests.benchmarks.growth"]
    done = subprocess.run(
        [*call, "--step", folder, "--grow-from", str(grow_from)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    sys.exit(main())
