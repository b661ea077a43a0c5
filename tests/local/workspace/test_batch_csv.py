"""Batches of Mechanical Turk: CSV files in the place of manifests."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.errors import UsageError
from labelwright_local.workspace.batch_csv import is_batch, read_batch
from labelwright_local.workspace.task_folder import check_manifest


def batch(folder: Path, data: str | bytes) -> Path:
    """Write a batch."""
    path = folder / "batch.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows without the data object that they are."""
    return [{key: line[key] for key in line if key != "source"} for line in read_batch(path)]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("cp1252"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode(),
    ],
)
def test_a_row_is_a_line_with_the_columns_for_keys(tmp_path: Path, encode: Any) -> None:
    """In the encodings and with the separators that spreadsheets save."""
    path = batch(tmp_path, encode("image url,café\nhttps://x/1.png,är\n\nhttps://x/2.png,\n"))
    assert rows(path) == [
        {"image url": "https://x/1.png", "café": "är"},
        {"image url": "https://x/2.png", "café": ""},
    ]


def test_the_row_is_the_data_object_unless_a_column_is(tmp_path: Path) -> None:
    """So that pre-labeling has one."""
    [line] = read_batch(batch(tmp_path, "a,b\n1,2\n"))
    assert line == {"source": {"a": "1", "b": "2"}, "a": "1", "b": "2"}
    [line] = read_batch(batch(tmp_path, "source-ref,b\ns3://bucket/k,2\n"))
    assert line == {"source-ref": "s3://bucket/k", "b": "2"}


def test_quotes_keep_commas_and_line_ends_in_a_cell(tmp_path: Path) -> None:
    """And rows that are cut off lack the last cells."""
    path = batch(tmp_path, 'a,b,c\n"1,""2""\n3",x\n')
    assert rows(path) == [{"a": '1,"2"\n3', "b": "x", "c": ""}]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("a,,b\n1,2,3\n", "batch.csv:1: a column has no name"),
        ("a,b,a\n1,2,3\n", "batch.csv:1: two columns are named 'a'"),
        ("a,b\n1,2,3\n", "batch.csv:2: 3 cells, and there are 2 columns"),
        ("a,b\n", "no objects in it"),
        ("", "a column has no name"),
        ("a\n" + "x" * 200_000 + "\n", "no CSV file"),
    ],
)
def test_what_is_wrong_with_a_batch_is_told(tmp_path: Path, data: str, says: str) -> None:
    """With the line, before a job begins."""
    path = batch(tmp_path, data)

    def begin() -> None:
        check_manifest(path)
        list(read_batch(path))

    with pytest.raises(UsageError, match=says):
        begin()


def test_a_batch_is_told_by_its_name() -> None:
    """In any case."""
    assert is_batch(Path("a/Batch.CSV"))
    assert not is_batch(Path("a.csv/manifest.jsonl"))
    assert not is_batch(None)


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=5))
def test_cells_come_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, written: list[tuple[str, str]]
) -> None:
    """Whatever is in them."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *written])
    path = batch(tmp_path_factory.mktemp("csv"), text.getvalue())
    kept = [row for row in written if any(cell.strip() for cell in row)]
    assert [(row["a"], row["b"]) for row in rows(path)] == kept


@pytest.mark.parametrize(
    "data",
    ["a,b\nx,y\n".encode("utf-16")[:-1], b"\xff\xfea\0\n\0\x00\xd8a\0\n\0", b"a,b\n\x81,\xe9\n"],
    ids=["cut off", "half a surrogate pair", "no character of Windows-1252"],
)
def test_a_damaged_file_is_an_error_that_says_how_to_save_it(data: bytes, tmp_path: Path) -> None:
    """Also from the middle of a file on."""
    with pytest.raises(UsageError, match=r"batch\.csv: damaged.*save it as UTF-8"):
        rows(batch(tmp_path, data))
