"""Where the texts that a manifest names are read: a folder in the place of S3, or S3 itself."""

from pathlib import Path

from labelwright.errors import ObjectNotFound
from labelwright_local.folder_storage import FolderStorage
from labelwright_local.job_files import BUCKET
from labelwright_local.manifest_files import STANDARD
from labelwright_local.usage import UsageError
from storage import S3Storage, Storage

#: ``--data s3``: texts come from S3 itself.
REAL_S3 = "s3"

_NAMES = "; --data names the folder that stands in for S3"
_OR_S3 = ", --data s3 reads from S3 itself"
_REMEDY = "put it there, or name the folder that stands in for S3 with --data"


class _TextsElsewhere(FolderStorage):
    """A folder without the one that should hold the texts beside it.

    A text that was asked for was not 'missing' then, and no skip rule is there for that.
    """

    def __init__(self, root: Path, absent: Path, alternative: str) -> None:
        super().__init__(root)
        self._absent = absent
        self._alternative = alternative

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Read what is below ``root``; see ``FolderStorage``.

        Raises:
            UsageError: it is not there.
        """
        try:
            return super().read(uri, limit=limit)
        except ObjectNotFound:
            if uri.startswith(f"s3://{BUCKET}/"):
                # The job's own files are not texts.
                raise
            raise UsageError(
                f"the manifest names text files, and there is no folder {self._absent} with them; "
                f"--data names another{self._alternative}"
            ) from None


def text_storage(data: str | None, manifest: str) -> Storage:
    """Return where the texts of a manifest's objects are read.

    Raises:
        UsageError: the folder that was named does not exist.
    """
    if data == REAL_S3:
        return S3Storage.connect()
    folder = _folder(data, manifest, f"{_NAMES}{_OR_S3}")
    if folder.is_dir():
        return FolderStorage(folder, remedy=_REMEDY)
    return _TextsElsewhere(folder, folder, _OR_S3)


def job_storage(workspace: Path, data: Path | None, manifest: Path) -> FolderStorage:
    """Return the storage of a local job: its workspace, behind it the folder with the texts.

    Raises:
        UsageError: the folder that was named does not exist.
    """
    folder = _folder(str(data) if data else None, str(manifest), _NAMES)
    if folder.is_dir():
        return FolderStorage(workspace / "s3", folder, remedy=_REMEDY)
    return _TextsElsewhere(workspace / "s3", folder, "")


def _folder(data: str | None, manifest: str, alternative: str) -> Path:
    """Return the folder that was named, which must be there, else the one beside the manifest."""
    if data is not None:
        if not Path(data).is_dir():
            raise UsageError(f"{data}: there is no such folder{alternative}")
        return Path(data)
    local = manifest != STANDARD and not manifest.startswith("s3://")
    return (Path(manifest).parent if local else Path()) / "s3"
