"""The texts of a job's objects, wherever the job was copied to."""

from pathlib import Path

from labelwright.answers.texts import KnownText
from labelwright.contract.base import Json
from labelwright.contract.manifest import SOURCE, SOURCE_REF, TEXT_REF
from labelwright.errors import LabelwrightError
from labelwright.task.text import MAX_TEXT_BYTES, decode_text
from labelwright_lambda.storage import Readable
from labelwright_local.finished_job.places import JobPlace
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.texts import text_storage

_STAND_IN = "s3"


class ObjectTexts:
    """Reads the texts that lines name; each address once.

    In S3 they are read there. In a folder, from the folders ``s3`` above the job (its workspace's)
    and beside that; an address that is no ``s3://`` one is below the folder of the manifest.
    """

    def __init__(self, job: JobPlace, data: str | None) -> None:
        self._read: dict[str, KnownText | str] = {}
        self._beside: Path | None = None
        if data is not None or job.is_in_s3:
            self._storage: Readable = text_storage(data, Path()) if data else job.storage
            return
        folders = _stand_ins(Path(job.shown).resolve())
        self._beside = folders[-1].parent
        self._storage = FolderStorage(*folders, remedy="--data names the folder with the texts")

    def of_line(self, line: dict[str, Json] | None, claimed: str | None) -> KnownText | str | None:
        """Return an object's text, why it can't be read, or None where nothing says where it is.

        ``claimed`` is what most answers say that their pages showed: it comes before the line's.
        """
        line = line or {}
        source = line.get(SOURCE)
        if claimed is None and isinstance(source, str):
            return KnownText(None, source)
        found = claimed or line.get(TEXT_REF) or line.get(SOURCE_REF)
        if not isinstance(found, str) or not found:
            return None
        if found not in self._read:
            self._read[found] = self._fetch(found)
        return self._read[found]

    def _fetch(self, address: str) -> KnownText | str:
        try:
            data = self._bytes(address)
            return KnownText(address, decode_text(data, address))
        except LabelwrightError as error:
            return str(error)
        except OSError as error:
            return f"{address}: it can't be read ({error.strerror})"

    def _bytes(self, address: str) -> bytes:
        if "://" in address or self._beside is None:
            return self._storage.read(address, limit=MAX_TEXT_BYTES)
        path = (self._beside / address).resolve()
        if not path.is_relative_to(self._beside.resolve()):
            raise LabelwrightError(f"{address}: it leads out of the job's folder")
        with path.open("rb") as file:
            return file.read(MAX_TEXT_BYTES)


def _stand_ins(job: Path) -> list[Path]:
    """Return the folders that may stand in for S3, the nearest first; there is at least one."""
    above = [folder for folder in (job, *job.parents) if folder.name == _STAND_IN]
    # DIR/workspace/s3/<bucket>/output/<job>: the manifest's texts are in DIR/s3.
    beside = [folder.parent.parent / _STAND_IN for folder in above]
    return list(dict.fromkeys((*above, *beside))) or [job / _STAND_IN, job.parent / _STAND_IN]
