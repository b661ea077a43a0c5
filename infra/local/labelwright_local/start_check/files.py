"""Whether the files are there that a manifest names."""

from collections.abc import Iterator
from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.contract.manifest import METADATA_SUFFIX
from labelwright_local.findings import Finding, Severity
from labelwright_local.printable import counted, printable
from labelwright_local.start_check.looked import KEPT
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.named_files import NamedFiles
from labelwright_local.workspace.relative_paths import (
    FILE_KEYS,
    address_of,
    is_relative,
    path_of,
)


class _Missing(NamedTuple):
    line: int
    key: str
    uri: str
    fault: str


class FilesCheck:
    """Looks for each file that a line names, as the lines come; the first that are missing stay."""

    def __init__(self, storage: FolderStorage) -> None:
        self._files = NamedFiles(storage)
        self._storage = storage
        self.named = 0
        self.missing = 0
        self._first: list[_Missing] = []

    def see(self, number: int, line: dict[str, Json]) -> None:
        """Look for the files of a line; ``number`` counts from 1."""
        for key, uri in line.items():
            address = _address(key, uri)
            if address is None:
                continue
            if key not in FILE_KEYS and key + METADATA_SUFFIX in line:
                continue  # a label of an earlier job, kept in a file
            self.named += 1
            fault = self._files.fault(address)
            if fault is None:
                continue
            self.missing += 1
            if len(self._first) < KEPT:
                self._first.append(_Missing(number, key, path_of(address), path_of(fault)))

    @property
    def none_is_there(self) -> bool:
        """Whether the manifest names files, and not one of them was found."""
        return 0 < self.named == self.missing

    def findings(self) -> Iterator[Finding]:
        """Yield the first that are missing, and how many there are."""
        for each in self._first:
            reason = f"'{each.key}' {printable(each.uri, 300)}: {printable(each.fault, 300)}"
            yield Finding(Severity.WARNING, reason, line=each.line)
        if self.missing:
            folders = " and ".join(map(str, self._storage.folders))
            yield Finding(
                Severity.WARNING,
                f"{self.missing:,} of {counted(self.named, 'file')} that it names can't be found "
                f"below {folders}",
                "put them there as bucket/key, or name the folder with --data; relative paths "
                "begin in the folder that data in task.toml names, else in the manifest's",
            )


def _address(key: str, value: Json) -> str | None:
    """Return the address that a value is, or stands for; None where it names no file."""
    if not isinstance(value, str):
        return None
    if key in FILE_KEYS and is_relative(value):
        try:
            return address_of(value)
        except ValueError:
            return None  # the manifest's check tells it
    return value if value.startswith("s3://") and not value.endswith("/") else None
