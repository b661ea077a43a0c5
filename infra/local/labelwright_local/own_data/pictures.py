"""Where a picture is that a table names or holds, and how a job's manifest names it."""

import os
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from labelwright.contract.base import Json
from labelwright.contract.s3_uri import S3Uri
from labelwright_local.own_data.folder import NOT_SHOWN, PICTURES
from labelwright_local.own_data.rows import Bytes, Found, LeftOut
from labelwright_local.workspace.data_folder import DataFolder
from labelwright_local.workspace.relative_paths import is_relative, path_fault

#: The folder of a job that copies go to.
COPIES = "files"

#: What picture files begin with, https://mimesniff.spec.whatwg.org/#image-type-pattern-matching-algorithm
_BEGIN = (
    (b"\x89PNG\r\n\x1a\n", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"GIF8", ".gif"), (b"BM", ".bmp"),
)  # fmt: skip


class Pictures:
    """Finds pictures below a folder; copies them to ``copies`` where that is given.

    ``prefix`` is where the folder lies as seen from the one in which the manifest's paths begin.
    """

    def __init__(self, base: Path, prefix: str, copies: Path | None) -> None:
        self._base = Path(os.path.realpath(base))
        self._files = DataFolder(base)
        self._prefix = prefix
        self._copies = copies
        self.copied = 0

    def key(self, value: Json, place: int, left_out: LeftOut) -> str | None:
        """Return what ``source-ref`` is to be; None for what is left out, which is told."""
        if isinstance(value, Found):
            return self._placed(value.key)
        if isinstance(value, Bytes):
            return self._written(value, place, left_out)
        if not isinstance(value, str) or not value.strip():
            left_out.add("no picture is named", str(place))
            return None
        if not is_relative(value):
            return self._elsewhere(value, place, left_out)
        found = next((key for key in self._likely(value) if self._files.find(key)), None)
        fault = self._fault(value, found)
        if found is None or fault is not None:
            left_out.add(fault or "there is no such file", str(place))
            return None
        return self._placed(found)

    def _placed(self, found: str) -> str:
        """Return what the manifest says of a file of the folder, copied where that is asked."""
        if self._copies is None:
            return f"{self._prefix}{found}"
        target = self._copies / COPIES / found
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copyfile(self._base / found, target)
            self.copied += 1
        return f"{COPIES}/{found}"

    def _likely(self, value: str) -> Iterator[str]:
        """Yield a path as it stands, then as other systems write the same."""
        inside = Path(value)
        if inside.is_absolute() and inside.is_relative_to(self._base):
            value = inside.relative_to(self._base).as_posix()
        for path in dict.fromkeys((value, value.replace("\\", "/"))):
            plain = path.removeprefix("./")
            yield from dict.fromkeys(
                (plain, *(unicodedata.normalize(form, plain) for form in ("NFC", "NFD")))
            )

    def _fault(self, value: str, found: str | None) -> str | None:
        if found is None:
            fault = path_fault(value)
            if fault is None and self._files.leads_out(value):
                return "a link that leads out of the folder"
            return fault
        suffix = PurePosixPath(found).suffix.lower()
        if suffix in NOT_SHOWN:
            return f"{suffix[1:].upper()}, which browsers don't show; save them as PNG or JPEG"
        return "an empty file" if (self._base / found).stat().st_size == 0 else None

    def _elsewhere(self, value: str, place: int, left_out: LeftOut) -> str | None:
        if value.startswith("s3://"):
            try:
                S3Uri.parse(value)
            except ValueError as error:
                left_out.add(str(error), str(place))
                return None
            return value
        if value.startswith("https://"):
            left_out.note("an https:// address, which Ground Truth does not take", str(place))
            return value
        left_out.add("an address that is neither a path, https:// nor s3://", str(place))
        return None

    def _written(self, picture: Bytes, place: int, left_out: LeftOut) -> str | None:
        if self._copies is None:
            left_out.add(
                "a picture that lies inside of the file; --copy writes them out", str(place)
            )
            return None
        suffix = _suffix(picture)
        if suffix is None:
            left_out.add("a picture of a format that browsers don't show", str(place))
            return None
        name = f"{place:06d}{suffix}"
        target = self._copies / COPIES / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(picture.data)
        self.copied += 1
        return f"{COPIES}/{name}"


def _suffix(picture: Bytes) -> str | None:
    for begin, suffix in _BEGIN:
        if picture.data.startswith(begin):
            return suffix
    if picture.data[:4] == b"RIFF" and picture.data[8:12] == b"WEBP":
        return ".webp"
    suffix = PurePosixPath(picture.name.replace("\\", "/")).suffix.lower()
    return suffix if suffix in PICTURES else None
