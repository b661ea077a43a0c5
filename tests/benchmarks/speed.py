"""CPU time and peak memory of choice on synthetic votes, beside accuracy: `make bench`.

Each measurement is a process of its own with one thread; the figure is the least of a few runs.
*Method* rows are the CPU time (user and system) of the method alone, from integer columns (ours) or
a data frame of them (crowd-kit), and the peak memory of the process. *CSV to CSV* rows are whole
processes, from starting the interpreter to the file of labels: ours is `labelwright consolidate`
itself, tables on the terminal included, crowd-kit's is ``crowd_kit_csv``. *A small file* is that
command on 1,000 rows, beside processes that only import what it is made of. Votes are those of
``synthetic``.

Stopping rules: ours stop when an iteration gains less than so much a vote of what they maximise
(see each method), crowd-kit when its loss (which is an average over votes, too) changes by less
than 1e-5, its default, or, *stopped early*, by less than 3e-4; all after 100 iterations at most.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.progress import track

from labelwright.consolidation.choice.dawid_skene import dawid_skene
from labelwright.consolidation.choice.majority import majority
from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.votes import ChoiceResult, Floats, ModelResult, Votes
from labelwright_cli.votes_csv.lines import COLUMNS
from tests.benchmarks.peers import EARLY, TOLERANCE, aligned, crowd_kit_fit
from tests.benchmarks.report import CONSOLE, ROOT, merge, show
from tests.benchmarks.synthetic import synthetic, votes_of
from tests.consolidation.real_crowds import accuracy

CROWD_KIT, CROWD_KIT_EARLY = "crowd-kit DS", "crowd-kit DS, stopped early"
_TOLERANCES = {CROWD_KIT: TOLERANCE, CROWD_KIT_EARLY: EARLY}
METHODS = ("skill", "dawid-skene", "majority", *_TOLERANCES)
CSV_TO_CSV = ("skill", *_TOLERANCES)
#: What a command of ours is made of; and what of it every command with a table loads.
_IMPORTS = {
    "imports": "import numpy, typer, rich, pydantic",
    "imports as used": "import numpy, typer._adapters, rich.table, rich.console\n"
    "from pydantic import BaseModel",
}
_SMALL = 1_000
#: As `make` installs it.
COMMAND = ROOT / ".venv" / "bin" / "labelwright"
_OURS: dict[str, Callable[[Votes], ChoiceResult]] = {
    "skill": skill,
    "dawid-skene": dawid_skene,
    "majority": majority,
}


class Case(NamedTuple):
    """Synthetic votes, on file."""

    annotations: int
    n_labels: int
    seed: int
    folder: Path

    @property
    def stem(self) -> Path:
        """The files' common name."""
        return self.folder / f"{self.annotations}-{self.n_labels}"

    def __str__(self) -> str:
        return f"{self.annotations:,} votes, {self.n_labels} labels"


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sizes", default="10000,1000000")
    parser.add_argument("--labels", default="5,50")
    parser.add_argument("--runs", type=int, default=3, help="runs of ours; crowd-kit: at most 2")
    parser.add_argument("--seed", type=int, default=0, help="of the synthetic votes")
    parser.add_argument("--child", nargs=6, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        kind, name, annotations, n_labels, seed, folder = chosen.child
        case = Case(int(annotations), int(n_labels), int(seed), Path(folder))
        sys.stdout.write(json.dumps(_CHILDREN[kind](name, case)))
        return
    sizes, numbers = ([int(n) for n in text.split(",")] for text in (chosen.sizes, chosen.labels))
    with tempfile.TemporaryDirectory() as folder:
        for size, n_labels in product(sizes, numbers):
            case = Case(size, n_labels, chosen.seed, Path(folder))
            # In a process of its own, too: a child's peak memory is at least what its parent has.
            _run("write", "votes", case)
            rows = [("method", name) for name in METHODS]
            if n_labels == min(numbers):
                rows += [("CSV to CSV", name) for name in CSV_TO_CSV]
            measured: dict[str, dict[str, Any]] = {"method": {}, "CSV to CSV": {}}
            for kind, name in track(rows, str(case), console=CONSOLE, transient=True):
                measured[kind][name] = _least(kind, name, case, chosen.runs)
            for kind, of_kind in measured.items():
                if of_kind:
                    _compare(of_kind)
                    _show(f"{case}: {kind}", of_kind)
            merge(f"consolidation_speed, {case}", {"runs": chosen.runs} | measured)
        _small_file(Case(_SMALL, min(numbers), chosen.seed, Path(folder)), chosen.runs)


def _write(_: str, case: Case) -> dict[str, Any]:
    votes, truth = synthetic(case.annotations, case.n_labels, case.seed)
    columns = (votes.task, votes.worker, votes.label)
    np.savez(case.stem, task=columns[0], worker=columns[1], label=columns[2], truth=truth)
    # Files come by task, as answers do.
    order = np.argsort(votes.task, kind="stable")
    with case.stem.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        names = ("image-{:07}", "A{:013}", "class {}")
        texts = [
            [name.format(one) for one in column[order].tolist()]
            for name, column in zip(names, columns, strict=True)
        ]
        writer.writerows(zip(*texts, strict=True))
    return {}


def _least(kind: str, name: str, case: Case, runs: int) -> dict[str, Any]:
    """Measure some runs in processes of their own; return the one of least CPU time."""
    if name in _TOLERANCES:
        runs = min(runs, 2 if case.annotations * case.n_labels <= 5_000_000 else 1)
    measure = _csv if kind == "CSV to CSV" else partial(_run, kind)
    return min((measure(name, case) for _ in range(runs)), key=lambda one: float(one["seconds"]))


def _run(kind: str, name: str, case: Case) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.speed", "--child", kind, name]
    told, whole = _process([*command, *map(str, case)])
    own: dict[str, Any] = json.loads(told)
    return whole | own


def _process(command: Sequence[str | Path]) -> tuple[bytes, dict[str, Any]]:
    """Run a program with one thread; return what it printed, and its CPU time and peak memory."""
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    # As installed programs are: compiled once.
    unset = {"PYTHONDONTWRITEBYTECODE"}
    env = {name: text for name, text in os.environ.items() if name not in unset} | threads
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        told = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(map(str, command)))
    return told, {"seconds": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024}


def _method(name: str, case: Case) -> dict[str, Any]:
    """Run a method on votes in memory: CPU time, memory, accuracy, iterations."""
    with np.load(case.stem.with_suffix(".npz")) as file:
        truth = file["truth"]
        columns = [file[name] for name in COLUMNS]
    votes = votes_of(columns, len(truth), case.n_labels)
    if name in _TOLERANCES:
        crowd_kit_fit(votes_of([column[:50] for column in columns], len(truth), case.n_labels))
    before = time.process_time()
    posteriors, iterations = _posteriors(name, votes)
    seconds = time.process_time() - before
    peak = _peak()
    return {
        "seconds": seconds,
        "megabytes": peak,
        "accuracy": accuracy(posteriors, truth),
        "iterations": iterations,
    }


def _posteriors(name: str, votes: Votes) -> tuple[Floats, int]:
    if name in _TOLERANCES:
        fitted = crowd_kit_fit(votes, _TOLERANCES[name])
        return aligned(fitted.probas_, votes), len(fitted.loss_history_)
    result = _OURS[name](votes)
    return result.posteriors, len(result.objective) if isinstance(result, ModelResult) else 0


def _csv(name: str, case: Case) -> dict[str, Any]:
    """Read votes, write labels: by the command itself, or by crowd-kit."""
    source, target = case.stem.with_suffix(".csv"), case.stem.with_suffix(".out")
    if name in _TOLERANCES:
        program = Path(__file__).with_name("crowd_kit_csv.py")
        return _process([sys.executable, program, source, target, str(_TOLERANCES[name])])[1]
    return _process([COMMAND, "consolidate", source, "--method", name, "--out", target])[1]


def _small_file(case: Case, runs: int) -> None:
    """Measure the command on a small file, beside what it imports."""
    _run("write", "votes", case)
    rows = {"labelwright consolidate": _least("CSV to CSV", "skill", case, 3 * runs)}
    python = COMMAND.with_name("python")
    for name, program in _IMPORTS.items():
        found = [_process([python, "-c", program])[1] for _ in range(3 * runs)]
        rows[name] = min(found, key=lambda one: float(one["seconds"]))
        rows["labelwright consolidate"][f"times the {name}"] = (
            rows["labelwright consolidate"]["seconds"] / rows[name]["seconds"]
        )
    show(
        f"a small file: {case}",
        ("CPU s", "MB", "the command takes"),
        (
            [name, f"{row['seconds']:.3f}", f"{row['megabytes']:.0f}", times]
            for name, row in rows.items()
            for times in [f"{rows['labelwright consolidate'].get(f'times the {name}', 1):.2f} x"]
        ),
    )
    merge("consolidation_of_a_small_file", rows)


_CHILDREN = {"write": _write, "method": _method}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _compare(rows: dict[str, Any]) -> None:
    """Add how many times less time and memory a method takes than crowd-kit."""
    theirs = rows[CROWD_KIT]
    for row in rows.values():
        row["times_faster"] = theirs["seconds"] / row["seconds"]
        row["share_of_memory"] = row["megabytes"] / theirs["megabytes"]


def _show(title: str, rows: dict[str, Any]) -> None:
    columns = {
        "accuracy": ("accuracy", "{:.4f}"),
        "iterations": ("steps", "{}"),
        "seconds": ("CPU s", "{:.2f}"),
        "times_faster": ("faster", "{:.1f} x"),
        "megabytes": ("MB", "{:.0f}"),
        "share_of_memory": ("memory", "{:.2f} x"),
    }
    shown = [column for column in columns if column in next(iter(rows.values()))]
    show(
        title,
        [columns[column][0] for column in shown],
        ([name, *(columns[c][1].format(row[c]) for c in shown)] for name, row in rows.items()),
    )


if __name__ == "__main__":
    main()
