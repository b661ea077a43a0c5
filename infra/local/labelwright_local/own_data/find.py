"""Which reader a file or folder needs."""

from pathlib import Path

from labelwright.errors import UsageError
from labelwright_local.own_data import folder as folders
from labelwright_local.own_data.arrow_table import is_data_set, read_data_set, read_parquet
from labelwright_local.own_data.csv_table import read_csv
from labelwright_local.own_data.json_table import read_json
from labelwright_local.own_data.rows import Table

_READERS = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".tab": read_csv,
    ".jsonl": read_json,
    ".ndjson": read_json,
    ".json": read_json,
    ".manifest": read_json,
    ".parquet": read_parquet,
    ".pq": read_parquet,
}
TAKEN = (
    "a folder of pictures or texts, CSV or TSV, JSON Lines, a JSON array, Parquet, a Hugging Face "
    "data set that save_to_disk wrote, or a manifest"
)


def read_data(path: Path, *, pictures: bool, besides: Path) -> Table:
    """Open what somebody wants to have labeled.

    ``pictures`` says what a plain folder is read for; ``besides`` is passed over in it.

    Raises:
        UsageError: it is not there, can't be read, or is of no kind that is taken.
    """
    if path.is_dir():
        if is_data_set(path):
            return read_data_set(path)
        return (folders.read_pictures if pictures else folders.read_texts)(path, besides)
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder; DATA is {TAKEN}")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise UsageError(f"{path}: its ending is none of {', '.join(_READERS)}; DATA is {TAKEN}")
    return reader(path)
