"""A folder that people name, read as if it were a bucket: a finished job that was copied here."""

from pathlib import Path

from labelwright.errors import ObjectNotFound, ObjectTooLarge, UsageError
from labelwright_local.workspace.folder_storage import decoded_name

#: So many parts of its path tell what a folder of a job is: ``worker-response/iteration-1/7``.
_TELLING = 3


class MountedFolder:
    """The files of a folder under the address ``root``, which ends like its path; read only.

    Only what was listed when it was made can be read: no address leads out of the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        parts = folder.resolve().parts[1:][-_TELLING:]
        self.root = "/".join(["s3://this-folder", *map(decoded_name, parts)])
        self._files = {
            f"{self.root}/{decoded_name(path.relative_to(folder).as_posix())}": path
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Return a file's bytes; see ``storage.Readable``.

        Raises:
            UsageError: the file can't be read.
        """
        path = self._files.get(uri)
        if path is None:
            raise ObjectNotFound(uri, f"there is no such object in {self._folder}")
        try:
            size = path.stat().st_size
            if limit is not None and size > limit:
                raise ObjectTooLarge(uri, size, limit)
            return path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path}: the file can't be read ({error.strerror})") from None

    def keys(self, uri: str) -> list[str]:
        """Return the addresses of all files below ``uri/``; see ``storage.Readable``."""
        return sorted(key for key in self._files if key.startswith(f"{uri}/"))

    def path(self, uri: str) -> Path:
        """Return the file that is under an address of ``keys``."""
        return self._files[uri]
