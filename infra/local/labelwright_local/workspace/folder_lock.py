"""One run at a time in a folder: a lock that ends with its process, however that ends."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labelwright.errors import UsageError

#: What a lock that another process holds is told by; which of them depends on the system.
_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file, which is made and stays there, empty.

    Raises:
        UsageError: another process holds it, or the file can't be made or locked.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise UsageError(
            f"{path}: the file can't be written ({error.strerror}); choose another --workspace"
        ) from None
    try:
        _lock(handle, path)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            raise UsageError(
                f"{path.parent}: another run is working in this folder; let it end, or choose "
                "another --workspace or --job-name"
            ) from None
        raise UsageError(
            f"{path}: the file can't be locked ({error.strerror}), so another run could work here "
            "at the same time; choose a --workspace on a local disk"
        ) from None
