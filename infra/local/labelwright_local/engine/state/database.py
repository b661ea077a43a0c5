"""A job's SQLite file: one connection for writing, one for long reading, whole transactions."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple, NoReturn

from labelwright.errors import UsageError
from labelwright_local.engine.model import StateLost
from labelwright_local.engine.state.schema import migrate

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Database:
    """The state of one job; its methods may be called from any thread.

    Writing is serial in SQLite: one connection behind a lock does it. A commit is on disk when it
    returns (``synchronous = FULL``), also should the power fail then, and all earlier ones with it.
    The files are their owner's alone, as all that has answers in it.

    Every method raises ``StateLost`` from when the file is found damaged, deleted, cut or replaced:
    nothing is said to be kept that the next start would not find.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._lost: StateLost | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _make_private(path)
            self._connection = _connect(path)
            self._connection.execute("PRAGMA journal_mode = WAL")
            migrate(self._connection, str(path))
            _check_whole(self._connection)
            self._files = _files(path)
        except sqlite3.DatabaseError as error:
            raise _damaged(path, error) from None
        except OSError as error:
            raise UsageError(
                f"{path}: the file can't be written ({error.strerror}); choose another --workspace"
            ) from None

    def close(self) -> None:
        """Close the file; the write-ahead log goes into it."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def writing(self, *, quiet: bool = False, lasting: bool = True) -> Iterator[sqlite3.Connection]:
        """Change the state: all of it, or nothing when the body raises.

        Every change counts the job's version up, but for a ``quiet`` one. One that is not
        ``lasting`` outlives this process, yet the disk is not waited for.
        """
        with self._lock, self._minding_damage():
            self._check_there()
            db = self._connection
            db.execute(f"PRAGMA synchronous = {'FULL' if lasting else 'NORMAL'}")
            db.execute("BEGIN IMMEDIATE")
            try:
                before = db.total_changes
                yield db
                if not quiet and db.total_changes != before:
                    db.execute("UPDATE job SET version = version + 1")
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:  # on a full disk SQLite has rolled back itself
                    db.execute("ROLLBACK")
                raise
            # After the commit: what is acknowledged now went into a file that has its name still.
            self._check_there()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read one state, shortly: nobody writes meanwhile."""
        with self._lock, self._minding_damage():
            yield self._connection

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Read one state for as long as it takes, while others go on writing."""
        with self._lock, self._minding_damage():
            self._check_there()
            connection = _connect(self.path)
        with closing(connection), self._minding_damage():
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def _minding_damage(self) -> Iterator[None]:
        if self._lost is not None:
            raise self._lost
        try:
            yield
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
                raise
            self._lost = _damaged(self.path, error)
            raise self._lost from None

    def _check_there(self) -> None:
        """Make sure that the file, and its log, are those that were opened, and were not cut."""
        found = _files(self.path)
        if [file[:2] for file in found] != [file[:2] for file in self._files]:
            self._lose("deleted or replaced")
        # Neither ever shrinks while it is open: the log is written again from its beginning.
        if any(now.size < before.size for now, before in zip(found, self._files, strict=True)):
            self._lose("cut off")
        self._files = found

    def _lose(self, how: str) -> NoReturn:
        remedy = "put a copy of it back, or choose another --workspace or --job-name"
        rescued = self._rescued()
        if rescued is not None:
            remedy = f"all of it is in {rescued}: give that its name, and start again"
        self._lost = StateLost(
            f"{self.path}: this file holds the job's state, and it was {how} while the job ran; "
            f"{remedy}"
        )
        raise self._lost

    def _rescued(self) -> Path | None:
        """Copy what this process, which has the old file open, finds in it; None: not all of it."""
        rescued = _free_name(self.path.with_name(f"{self.path.name}.rescued"))
        try:
            _make_private(rescued)
            with closing(_connect(rescued)) as copy:
                self._connection.backup(copy)
                _check_whole(copy)
        except (OSError, sqlite3.Error):
            with suppress(OSError):
                rescued.unlink()
            return None
        # Beside the copy, when that has the state's name, its commits would be made once more.
        log = self.path.with_name(f"{self.path.name}-wal")
        with suppress(OSError):
            log.rename(_free_name(self.path.with_name(f"{self.path.name}.old-log")))
        return rescued


def _damaged(path: Path, error: sqlite3.DatabaseError) -> StateLost:
    return StateLost(
        f"{path}: this file holds the job's state, and it can't be used ({error}); put a copy of "
        "it back, or what sqlite3's .recover makes of it, or choose another --workspace or "
        "--job-name"
    )


def _make_private(path: Path) -> None:
    """Make a file that nobody but its owner can read; SQLite's files beside it follow it."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        # Not every file system has modes, and who is not the owner can't set them.
        with suppress(OSError):
            path.with_name(name).chmod(0o600)


def _free_name(path: Path) -> Path:
    """Return a name that no file has: an earlier copy may hold what is nowhere else."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(place for place in chain((path,), numbered) if not place.exists())


class _File(NamedTuple):
    """What tells a file from others of the same name, and its size in bytes; 0 where it is none."""

    device: int
    inode: int
    size: int


def _files(path: Path) -> list[_File]:
    """Return what is known of the state's file, and of the log of its latest commits."""
    found = []
    for place in (path, path.with_name(f"{path.name}-wal")):
        try:
            status = place.stat()
        except OSError:
            found.append(_File(0, 0, 0))
        else:
            found.append(_File(status.st_dev, status.st_ino, status.st_size))
    return found


def _check_whole(connection: sqlite3.Connection) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(found.splitlines()[-1])


def _connect(path: Path) -> sqlite3.Connection:
    # Transactions are begun by us; threads take turns by the lock.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    # Some systems' SQLite cuts its log by itself; here that is a sign of damage.
    connection.execute("PRAGMA journal_size_limit = -1")
    return connection


def milliseconds(moment: datetime) -> int:
    """Return a time as the tables hold it."""
    return round(moment.timestamp() * 1000)


def to_datetime(milliseconds_since: int) -> datetime:
    """Return a time of the tables."""
    return datetime.fromtimestamp(milliseconds_since / 1000, UTC)


def service_time(milliseconds_since: int) -> str:
    """Return a time as worker-response files have it: ``2020-12-28T18:59:15.191Z``."""
    moment = to_datetime(milliseconds_since)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds_since % 1000:03d}Z"
