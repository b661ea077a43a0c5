"""Jobs of 100,000 objects: `init`, and `serve` until it can be reached. `make bench`.

Whole processes: seconds from the start of the interpreter, and the most memory that each held.
"""

import csv
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.report import CONSOLE, ROOT, merge, show

OBJECTS = 100_000
MAX_SECONDS, MAX_MEGABYTES = 10.0, 300.0

_PROGRAM = [sys.executable, "-c", "from labelwright_cli.main import main; main()"]
_TEXT = "We asked whether older swifts sleep less; thirty birds carried a sensor, for one year. "


class Figures(NamedTuple):
    """What a process took; with other work on the machine, its CPU says more than its time."""

    seconds: float
    cpu: float
    megabytes: float


def main() -> int:
    """Measure, print, write build/benchmarks.json; fails above a limit."""
    measured: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for what, write in _DATA.items():
            data = write(folder)
            kind = "image-classification" if what == "pictures" else "abstract-entities"
            job = folder / f"job-{what}"
            arguments = ["init", job, data, "--kind", kind, "--labels", "A,B"]
            measured[f"init, {what}"] = _run(*map(str, arguments))
            measured[f"serve, {what}"] = _run("serve", str(job), "--port=0", until="Ctrl+C")
    rows = (
        (what, (f"{found.seconds:.1f}", f"{found.cpu:.1f}", f"{found.megabytes:.0f}"))
        for what, found in measured.items()
    )
    show(
        f"{OBJECTS:,} objects: seconds, and megabytes at most",
        ("seconds", "CPU", "MB"),
        ((what, *figures) for what, figures in rows),
    )
    worst = Figures(*(max(column) for column in zip(*measured.values(), strict=True)))
    within = worst.seconds <= MAX_SECONDS and worst.megabytes <= MAX_MEGABYTES
    verdict = "within" if within else "above"
    CONSOLE.print(f"{verdict} the limits of {MAX_SECONDS:.0f} s, {MAX_MEGABYTES:.0f} MB")
    merge("own data", {what: found._asdict() for what, found in measured.items()})
    return int(not within)


def _csv(folder: Path) -> Path:
    path = folder / "texts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["id", "text", "source"])
        writer.writerows((n, f'{n} "{_TEXT}"\n{_TEXT}', "web") for n in range(OBJECTS))
    return path


def _parquet(folder: Path) -> Path:
    import pyarrow  # type: ignore[import-untyped]
    from pyarrow import parquet

    texts = [f"{n} {_TEXT}" for n in range(OBJECTS)]
    parquet.write_table(pyarrow.table({"text": texts}), folder / "texts.parquet")
    return folder / "texts.parquet"


def _pictures(folder: Path) -> Path:
    pictures = folder / "pictures"
    for number in range(OBJECTS):
        if number % 1_000 == 0:
            (pictures / f"part {number // 1_000}").mkdir(parents=True)
        (pictures / f"part {number // 1_000}" / f"{number}.png").write_bytes(b"x")
    return pictures


_DATA: dict[str, Callable[[Path], Path]] = {
    "csv": _csv,
    "parquet": _parquet,
    "pictures": _pictures,
}


def _run(*arguments: str, until: str = "") -> Figures:
    """Run a command to its end, or until it has printed something."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as told:
        process = subprocess.Popen(
            [*_PROGRAM, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=told, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert process.stdout is not None
        printed = ""
        while line := process.stdout.readline():
            printed += line
            if until and until in printed:
                break
        seconds = time.monotonic() - began
        if until:
            time.sleep(1)  # until signals are its own affair
            process.send_signal(signal.SIGINT)
        # The most that it held, which the system tells while it is there, and when it has ended.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if process.returncode or (until and until not in printed):
            told.seek(0)
            raise AssertionError(re.sub(r"\s+", " ", printed + told.read()))
    scale = 1 if sys.platform == "darwin" else 1024
    return Figures(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale / 1e6)


if __name__ == "__main__":
    sys.exit(main())
