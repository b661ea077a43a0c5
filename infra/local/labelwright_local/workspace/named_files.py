"""Whether the files that a job names are there, folder by folder, and what is like one that is not.

S3 tells keys apart by case and by Unicode form; file systems and people often do not.
"""

import unicodedata
from collections.abc import Mapping
from functools import cached_property
from urllib.parse import unquote_plus

from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import StorageError
from labelwright_local.workspace.folder_storage import FolderStorage

#: What is wrong with a file that is there and has nothing in it.
EMPTY = "it is empty"


class NamedFiles:
    """Looks for many objects; each folder is listed once, when its first object is looked for."""

    def __init__(self, storage: FolderStorage) -> None:
        self._storage = storage
        self._listed: dict[tuple[str, str], _Folder] = {}

    def fault(self, uri: str) -> str | None:
        """Say what is wrong with an ``s3://`` address in one part of a sentence, None if nothing.

        An address that can't be one of an object is nobody's here: other checks tell it.
        """
        try:
            bucket, key = S3Uri.parse(uri)
        except ValueError:
            return None
        folder, _, name = key.rpartition("/")
        if self._folder(bucket, folder).names.get(name) is False:
            return None
        near = self._near(bucket, key)
        if self._is_there(uri):
            # A file system that takes other names for the same.
            return f"it is there as '{near}', which S3 tells apart" if near else None
        if near is not None:
            return f"it is not there, but '{near}' is: S3 tells case and Unicode forms apart"
        return "it is not there"

    def _is_there(self, uri: str) -> bool:
        return _exists(self._storage, uri)

    def _folder(self, bucket: str, folder: str) -> "_Folder":
        listed = self._listed.get((bucket, folder))
        if listed is None:
            listed = _Folder(self._storage.listed(bucket, folder))
            self._listed[bucket, folder] = listed
        return listed

    def _near(self, bucket: str, key: str) -> str | None:
        """Return the key that is most like this one, step by step; None if there is none."""
        found: list[str] = []
        steps = key.split("/")
        for number, step in enumerate(steps, 1):
            folder = self._folder(bucket, "/".join(found))
            like = folder.like(step, is_folder=number < len(steps))
            if like is None:
                return None
            found.append(like)
        near = "/".join(found)
        return near if near != key else None


class _Folder:
    """What lies in a folder: name to whether it is a folder itself."""

    def __init__(self, names: Mapping[str, bool]) -> None:
        self.names = names

    @cached_property
    def _plain(self) -> dict[tuple[str, bool], str]:
        # Of several that are alike always the same one.
        return {
            (_plain(name), is_folder): name
            for name, is_folder in sorted(self.names.items(), reverse=True)
        }

    def like(self, name: str, *, is_folder: bool) -> str | None:
        """Return this name, else one that differs in case or Unicode form, or is encoded."""
        if self.names.get(name) is is_folder:
            return name
        return self._plain.get((_plain(name), is_folder))


def file_fault(storage: FolderStorage, uri: str) -> str | None:
    """Say what is wrong with one address, as ``NamedFiles.fault``; no folder of files is listed.

    But for where there is something to be told. An empty file is told, too: nobody sees it.
    """
    if not _exists(storage, uri):
        return NamedFiles(storage).fault(uri)
    return EMPTY if storage.locate(uri).stat().st_size == 0 else None


def _exists(storage: FolderStorage, uri: str) -> bool:
    try:
        return storage.exists(uri)
    except StorageError:
        return False


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", unquote_plus(name)).casefold()
