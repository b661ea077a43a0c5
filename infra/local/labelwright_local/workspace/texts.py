"""Where the texts that a manifest names are read: a folder in the place of S3, or S3 itself."""

from pathlib import Path

from labelwright.errors import ObjectNotFound, UsageError
from labelwright_lambda.s3_storage import S3Storage
from labelwright_lambda.storage import Storage
from labelwright_local.workspace.data_folder import DataFolder, data_folder
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import BUCKET
from labelwright_local.workspace.relative_paths import DATA_BUCKET

#: ``--data s3``: texts come from S3 itself.
REAL_S3 = "s3"

_NAMES = "; --data names the folder that stands in for S3"
_OR_S3 = ", --data s3 reads from S3 itself"
_REMEDY = "put it there, or name the folder that stands in for S3 with --data"


class _TextsElsewhere(FolderStorage):
    """A folder without the one that should hold the texts beside it.

    A text that was asked for was not 'missing' then, and no skip rule is there for that.
    """

    def __init__(self, root: Path, absent: Path, alternative: str, data: DataFolder) -> None:
        super().__init__(root, data=data)
        self._absent = absent
        self._alternative = alternative

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that objects are looked for in, first the one that people would fill."""
        return tuple(dict.fromkeys((self._absent, *super().folders)))

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Read what is below ``root``; see ``FolderStorage``.

        Raises:
            UsageError: it is not there.
        """
        try:
            return super().read(uri, limit=limit)
        except ObjectNotFound:
            if uri.startswith((f"s3://{BUCKET}/", f"s3://{DATA_BUCKET}/")):
                # The job's own files are not texts; relative paths begin in a folder that is there.
                raise
            raise UsageError(
                f"the manifest names text files, and there is no folder {self._absent} with them; "
                f"--data names another{self._alternative}"
            ) from None


def text_storage(data: str | None, manifest: Path) -> Storage:
    """Return where the texts of a manifest's objects are read, by default ``s3`` beside it.

    Relative paths are read from its data folder.

    Raises:
        UsageError: the folder that was named does not exist.
    """
    if data == REAL_S3:
        return S3Storage.connect()
    folder = _folder(data, manifest.parent, f"{_NAMES}{_OR_S3}")
    own = DataFolder(data_folder(manifest))
    if folder.is_dir():
        return FolderStorage(folder, remedy=_REMEDY, data=own)
    return _TextsElsewhere(folder, folder, _OR_S3, own)


def job_storage(workspace: Path, data: Path | None, manifest: Path) -> FolderStorage:
    """Return the storage of a local job: its workspace, behind it the folders with its data.

    Raises:
        UsageError: the folder that was named does not exist.
    """
    folder = _folder(str(data) if data else None, manifest.parent, _NAMES)
    own = DataFolder(data_folder(manifest))
    if folder.is_dir():
        return FolderStorage(workspace / "s3", folder, remedy=_REMEDY, data=own)
    return _TextsElsewhere(workspace / "s3", folder, "", own)


def _folder(data: str | None, beside: Path, alternative: str) -> Path:
    """Return the folder that was named, which must be there, else the one in ``beside``."""
    if data is not None:
        if not Path(data).is_dir():
            raise UsageError(f"{data}: there is no such folder{alternative}")
        return Path(data)
    return beside / "s3"
