"""Reading many files of unknown size, without more of them in memory than there is room for."""

from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from labelwright.contract.post_labeling import MOST_REQUEST_BYTES
from labelwright.errors import BucketNotFound, ObjectNotFound, ObjectTooLarge
from labelwright_lambda.storage import Readable

#: Files read at the same time; S3 answers each in some 20 ms.
READERS = 16
#: Bytes of a file that is read beside others: with all readers 32 MB. A larger one is read alone.
_SMALL = 2_000_000


class TooMuchError(Exception):
    """The files that are left have more bytes than may be read."""


def read_in_order(
    uris: Sequence[str], storage: Readable, most: int
) -> Generator[bytes | None, None, None]:
    """Yield the files one by one; None for one that is larger than any request may be.

    At most 16 of 2 MB are in memory, and a larger one besides.

    Raises:
        TooMuchError: with the next file more than ``most`` bytes would have been read.
        StorageError: a file is out of reach.
    """

    def read(uri: str) -> bytes | int:
        try:
            return storage.read(uri, limit=_SMALL)
        except ObjectTooLarge as error:
            return error.size

    readers = ThreadPoolExecutor(READERS)
    ahead: deque[tuple[str, Future[bytes | int]]] = deque()
    waiting = iter(uris)
    total = 0
    try:
        while True:
            while len(ahead) < READERS and (uri := next(waiting, None)) is not None:
                ahead.append((uri, readers.submit(read, uri)))
            if not ahead:
                return
            uri, future = ahead.popleft()
            body: bytes | int | None = future.result()
            size = body if isinstance(body, int) else len(body or b"")
            if size > MOST_REQUEST_BYTES:
                yield None
                continue
            total += size
            if total > most:
                raise TooMuchError
            yield storage.read(uri) if isinstance(body, int) else body
    finally:
        readers.shutdown(cancel_futures=True)


def fetch_all(uris: Iterable[str], storage: Readable, most: int) -> Mapping[str, bytes | str]:
    """Return each file's bytes, or the code of why there are none: not there, or too large.

    Files that together have more than ``most`` bytes are left out, the largest first.

    Raises:
        StorageError: a file is out of reach for another reason.
    """
    ordered = sorted(uris)
    found: dict[str, bytes | str] = {}
    large: list[tuple[int, str]] = []
    share = most // max(len(ordered), 1)
    left = most
    for uri in ordered:
        try:
            data = storage.read(uri, limit=share)
        except ObjectTooLarge as error:
            large.append((error.size, uri))
            continue
        except (ObjectNotFound, BucketNotFound) as error:
            found[uri] = error.code
            continue
        found[uri] = data
        left -= len(data)
    for size, uri in sorted(large):
        if size <= left:
            found[uri] = storage.read(uri)
            left -= size
        else:
            found[uri] = ObjectTooLarge.code
    return found
