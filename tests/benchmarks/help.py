"""What `labelwright --help` costs: `make bench`.

CPU of whole processes, ours and a bare typer app with as many commands and nothing in them. Both
take turns in one run, so that what else the machine does weighs on both.
"""

import os
import statistics
import subprocess
import sys

from rich.progress import track

from tests.benchmarks.report import CONSOLE, ROOT, merge, show

RUNS = 21
LIMIT = 1.5

_DOORS = {"bare typer app": "tests.cli.bare_app", "labelwright": "labelwright_cli.main"}


def main() -> int:
    """Measure, print, write build/benchmarks.json; fails above the limit."""
    for module in _DOORS.values():
        _cpu(module)  # brings the files into memory
    seconds: dict[str, list[float]] = {name: [] for name in _DOORS}
    for _ in track(range(RUNS), "helps", console=CONSOLE, transient=True):
        for name, module in _DOORS.items():
            seconds[name].append(_cpu(module))
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    ratio = medians["labelwright"] / medians["bare typer app"]
    rows = (
        (name, *(f"{1000 * figure:.0f}" for figure in (medians[name], min(found), max(found))))
        for name, found in seconds.items()
    )
    show("--help, CPU of the whole process, ms", ("median", "least", "most"), rows)
    verdict = "within" if ratio <= LIMIT else "above"
    CONSOLE.print(f"ratio {ratio:.2f}, {verdict} the limit of {LIMIT} ({RUNS} runs of each)")
    measured = {
        "ratio": round(ratio, 3),
        "limit": LIMIT,
        "seconds": {name: [round(one, 4) for one in found] for name, found in seconds.items()},
    }
    merge("help", measured)
    return int(ratio > LIMIT)


def _cpu(module: str) -> float:
    """Return the seconds of CPU, user and system, of a process that prints its help."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"from {module} import main; main()", "--help"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise AssertionError(f"{module} failed with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    sys.exit(main())
