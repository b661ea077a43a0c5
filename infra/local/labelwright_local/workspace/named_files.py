"""Whether the files that a job names are there, folder by folder, and what is like one that is not.

S3 tells keys apart by case and by Unicode form; file systems and people often do not.
"""

import unicodedata
from urllib.parse import unquote_plus

from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import StorageError
from labelwright_local.workspace.folder_storage import FolderStorage


class NamedFiles:
    """Looks for many objects; each folder is listed once, when its first object is looked for."""

    def __init__(self, storage: FolderStorage) -> None:
        self._storage = storage
        self._listed: dict[tuple[str, str], dict[str, bool]] = {}

    def fault(self, uri: str) -> str | None:
        """Say what is wrong with an ``s3://`` address in one part of a sentence, None if nothing.

        An address that can't be one of an object is nobody's here: other checks tell it.
        """
        try:
            bucket, key = S3Uri.parse(uri)
        except ValueError:
            return None
        folder, _, name = key.rpartition("/")
        if self._names(bucket, folder).get(name) is False:
            return None
        near = self._near(bucket, key)
        if self._is_there(uri):
            # A file system that takes other names for the same.
            return f"it is there as '{near}', which S3 tells apart" if near else None
        if near is not None:
            return f"it is not there, but '{near}' is: S3 tells case and Unicode forms apart"
        return "it is not there"

    def _is_there(self, uri: str) -> bool:
        try:
            return self._storage.exists(uri)
        except StorageError:
            return False

    def _names(self, bucket: str, folder: str) -> dict[str, bool]:
        """Return what lies in a folder: name to whether it is a folder itself."""
        listed = self._listed.get((bucket, folder))
        if listed is None:
            listed = self._storage.listed(bucket, folder)
            self._listed[bucket, folder] = listed
        return listed

    def _near(self, bucket: str, key: str) -> str | None:
        """Return the key that is most like this one, step by step; None if there is none."""
        found: list[str] = []
        steps = key.split("/")
        for number, step in enumerate(steps, 1):
            names = self._names(bucket, "/".join(found))
            is_folder = number < len(steps)
            like = [
                name
                for name, folder in names.items()
                if folder is is_folder and (name == step or _plain(name) == _plain(step))
            ]
            if not like:
                return None
            found.append(step if step in like else min(like))
        near = "/".join(found)
        return near if near != key else None


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", unquote_plus(name)).casefold()
