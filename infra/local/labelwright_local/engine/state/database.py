"""A job's SQLite file: one connection for writing, one for long reading, whole transactions."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from labelwright.errors import UsageError
from labelwright_local.engine.state.schema import migrate


class Database:
    """The state of one job; its methods may be called from any thread.

    Writing is serial in SQLite: one connection behind a lock does it. A commit is on disk when it
    returns (``synchronous = FULL``), also should the power fail then, and all earlier ones with it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _connect(path)
            self._connection.execute("PRAGMA journal_mode = WAL")
            migrate(self._connection, str(path))
        except sqlite3.DatabaseError as error:
            raise UsageError(
                f"{path}: this file holds the job's state, and it can't be used ({error}); put a "
                "copy of it back, or choose another --workspace or --job-name"
            ) from None
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
        with self._lock:
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

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read one state, shortly: nobody writes meanwhile."""
        with self._lock:
            yield self._connection

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Read one state for as long as it takes, while others go on writing."""
        connection = _connect(self.path)
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    # Transactions are begun by us; threads take turns by the lock.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
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
