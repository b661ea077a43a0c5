"""A manifest that has grown: its new lines are taken in, its old ones must be what they were.

All functions are called within a writing transaction; ``now`` is in milliseconds.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from labelwright.contract.base import Json, dump_json, load_json
from labelwright.errors import UsageError
from labelwright_local.engine import objects
from labelwright_local.engine.living.history import note
from labelwright_local.engine.objects import RawLine, raw_lines
from labelwright_local.engine.settings import FIRST_ITERATION
from labelwright_local.printable import counted

#: So many lines are named of those that changed or went.
_MOST_NAMED = 10
_AT_ONCE = 1_000


def begin(db: sqlite3.Connection, manifest: Path, label_attribute: str, wanted: int) -> int:
    """Take a whole manifest in; return how many lines it has."""
    return _take_in(db, raw_lines(manifest), label_attribute, wanted, None)


def grow(
    db: sqlite3.Connection, manifest: Path, label_attribute: str, wanted: int, now: int
) -> int:
    """Take the lines in that are new, as the next iteration; return how many they are.

    A job that was at its end, or finished early, is open again then.

    Raises:
        UsageError: lines that the job has are others now, or gone.
    """
    known = dict(db.execute("SELECT object, digest FROM digests").fetchall())
    last = max(known, default=-1)
    new = _new_lines(manifest, known, last)
    iteration = _next_iteration(db)
    added = _take_in(db, new, label_attribute, wanted, iteration)
    if not added:
        return 0
    (first,) = db.execute("SELECT min(number) FROM objects WHERE number > ?", (last,)).fetchone()
    note(db, "grown", now, lines=added, first=first + 1, iteration=iteration)
    db.execute("UPDATE job SET iteration = ?", (iteration,))
    open_again(db, now)
    return added


def open_again(db: sqlite3.Connection, now: int) -> None:
    """Let a job go on that may be at its end."""
    (over,) = db.execute("SELECT finished OR stopped FROM job").fetchone()
    db.execute("UPDATE job SET finished = 0, stopped = 0, unwritten = 1")
    if over:
        note(db, "opened-again", now)


def adopt(db: sqlite3.Connection, manifest: Path, kept_digest: Json) -> None:
    """Keep what tells the lines of a job apart that an earlier version began.

    That one kept a hash of the whole manifest (``kept_digest``). Where it is another now, the lines
    are compared by what they say.

    Raises:
        UsageError: lines that the job has are others now.
    """
    with manifest.open("rb") as file:
        same = hashlib.file_digest(file, "sha256").hexdigest() == kept_digest
    (last,) = db.execute("SELECT coalesce(max(number), -1) FROM objects").fetchone()
    texts: Mapping[int, str] = dict(db.execute("SELECT object, line FROM lines").fetchall())
    there = {number for (number,) in db.execute("SELECT number FROM objects")}
    changed = []
    for line in raw_lines(manifest):
        if line.number > last:
            break
        if line.number not in there or not (same or _says(line, texts.get(line.number))):
            changed.append(line.number)
        else:
            db.execute("INSERT INTO digests VALUES (?, ?)", (line.number, _digest(line)))
            there.discard(line.number)
    _refuse(manifest, changed, sorted(there - set(changed)))


def _says(line: RawLine, text: str | None) -> bool:
    """Tell whether a line is what was kept of it; None: it could not be read."""
    try:
        found = load_json(line.data)
    except ValueError:
        return text is None
    return dump_json(found) == text if isinstance(found, dict) else text is None


def _digest(line: RawLine) -> bytes:
    return blake2b(line.data, digest_size=16).digest()


def _new_lines(manifest: Path, known: dict[int, bytes], last: int) -> Iterator[RawLine]:
    """Yield the lines after the last known one, when all those before are what they were."""
    changed: list[int] = []
    for line in raw_lines(manifest):
        if line.number > last:
            # The first one finds out about those before, at once.
            _refuse(manifest, changed, sorted(known))
            yield line
        elif known.pop(line.number, None) != _digest(line):
            changed.append(line.number)
    _refuse(manifest, changed, sorted(known))


def _refuse(manifest: Path, changed: Sequence[int], gone: Sequence[int]) -> None:
    told = [
        f"{_lines(numbers)} {how}"
        for numbers, how in ((changed, "not what the job has"), (gone, "no longer there"))
        if numbers
    ]
    if told:
        raise UsageError(
            f"{manifest}: {'; '.join(told)}. A manifest can grow while its job lives: write new "
            "lines behind the old ones, and leave those as they are, byte by byte; for other data "
            "begin a job of another name with --job-name"
        )


def _lines(numbers: Sequence[int]) -> str:
    named = ", ".join(f"{number + 1:,}" for number in numbers[:_MOST_NAMED])
    more = len(numbers) - _MOST_NAMED
    return (
        f"{'line' if len(numbers) == 1 else 'lines'} {named}"
        f"{' and ' + counted(more, 'other') if more > 0 else ''} "
        f"{'is' if len(numbers) == 1 else 'are'}"
    )


def _next_iteration(db: sqlite3.Connection) -> int:
    iteration, asked = db.execute(
        "SELECT iteration, (SELECT count(*) FROM objects "
        "WHERE state NOT IN ('skipped', 'unreadable')) FROM job"
    ).fetchone()
    return max(int(iteration) + 1, 3 if asked > FIRST_ITERATION else 2)


def _take_in(
    db: sqlite3.Connection,
    lines: Iterator[RawLine],
    label_attribute: str,
    wanted: int,
    iteration: int | None,
) -> int:
    added = 0
    while some := list(islice(lines, _AT_ONCE)):
        objects.load(db, some, label_attribute, wanted, iteration)
        db.executemany(
            "INSERT INTO digests VALUES (?, ?)", [(line.number, _digest(line)) for line in some]
        )
        added += len(some)
    return added
