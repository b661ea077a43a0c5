"""CSV of all kinds: what was written is read back, and a bad row costs itself alone."""

import csv
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from labelwright.errors import UsageError
from labelwright_local.own_data.csv_table import read_csv
from labelwright_local.own_data.rows import LeftOut, Row

BOM = "\ufeff"
#: Of what a cell may be made: what parts cells and lines, quotes, and letters of several alphabets.
PIECES = ["a", "word", " ", ",", ";", "\t", "|", '"', "'", "\n", "\r\n", "é", "中", "😀", "1", "."]
cells = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


def write(folder: Path, data: bytes | str, name: str = "data.csv") -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def read(path: Path) -> tuple[list[Row], LeftOut]:
    """Read all of a file."""
    left_out = LeftOut()
    return list(read_csv(path).rows(left_out)), left_out


def values(path: Path) -> list[list[str]]:
    """Return the cells of all rows."""
    return [list(row.values.values()) for row in read(path)[0]]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1)
    ),
    separator=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
@example([["a,b", "c;d"]], ";", csv.QUOTE_MINIMAL, "\n", "utf-8")
@example([["'", "a,'"]], ",", csv.QUOTE_MINIMAL, "\n", "utf-8")
def test_what_a_csv_writer_wrote_is_read_back(
    tmp_path: Path,
    table: list[list[str]],
    separator: str,
    quoting: Literal[0, 1, 2],
    end: str,
    encoding: str,
) -> None:
    """Whatever parts the cells and ends the lines, and whatever is in them."""
    names = [f"column {letter}" for letter in "abcde"[: len(table[0])]]
    path = tmp_path / "data.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator, quoting=quoting, lineterminator=end)
        writer.writerows([names, *table])
    # Without a mark it is told by the zeros of Latin letters; those of names and marks are enough.
    assume(
        encoding in {"utf-8", "utf-8-sig", "utf-16"}
        or all(cell.isascii() for row in table for cell in row)
    )
    with path.open(encoding=encoding, newline="") as file:
        # With other ends of lines Python leaves line feeds without quotes, and loses them itself.
        assume(list(csv.reader(file, delimiter=separator)) == [names, *table])
    wanted = [row for row in table if any(cell.strip() for cell in row)]
    assert values(path) == wanted


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("separator", list(",;\t|"))
def test_other_quotes_are_told_by_the_rows_that_need_them(
    tmp_path: Path, quote: str, separator: str
) -> None:
    """Single quotes stand for themselves in a text, and part cells where that fits."""
    with (tmp_path / "data.csv").open("w", newline="") as file:
        writer = csv.writer(file, delimiter=separator, quotechar=quote)
        table = [["1", f"one{separator} two"], ["2", "it's"], ["3", 'a "word"']]
        writer.writerows([["id", "text"], *table])
    assert values(tmp_path / "data.csv") == table


def test_apostrophes_are_no_quotes(tmp_path: Path) -> None:
    """At the beginning of a cell neither."""
    path = write(tmp_path, "id,text\n1,'tis late\n2,rock 'n' roll\n3,'quoted'\n")
    assert values(path) == [["1", "'tis late"], ["2", "rock 'n' roll"], ["3", "'quoted'"]]


def test_backslashes_before_quotes_are_taken_away(tmp_path: Path) -> None:
    """As databases write them; a backslash that escapes nothing stays."""
    path = write(tmp_path, '"id","text"\n"1","she said \\"no, never\\" to me"\n"2","plain"\n')
    assert values(path) == [["1", 'she said "no, never" to me'], ["2", "plain"]]
    path = write(tmp_path, "id,text\n1,C:\\new\\text\n")
    assert values(path) == [["1", "C:\\new\\text"]]


def test_blanks_before_quotes_are_no_part_of_a_cell(tmp_path: Path) -> None:
    """`, "text"` is how people write by hand."""
    path = write(tmp_path, 'id, text\n1, "one, two"\n2, "three"\n')
    assert values(path) == [["1", "one, two"], ["2", "three"]]


def test_a_file_with_one_column_needs_no_quotes(tmp_path: Path) -> None:
    """Commas are those of the sentences."""
    path = write(tmp_path, 'sentence\nOne, two; three\n"Quoted, too"\nPlain\n')
    assert values(path) == [["One, two; three"], ["Quoted, too"], ["Plain"]]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_usual_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    """With a mark and without."""
    rows = [["1", "naïve café, “quoted”"], ["2", "plain words of a sentence"]]
    text = "id;text\n" + "".join(f"{number};{text}\n" for number, text in rows)
    assert values(write(tmp_path, text.encode(encoding))) == rows


def test_a_damaged_byte_costs_its_row_and_no_other(tmp_path: Path) -> None:
    """A file of UTF-8 is not read as another encoding for it."""
    good = ["é", "ü", "中"]
    data = "id,text\n" + "".join(f"{n},{text}\n" for n, text in enumerate(good))
    rows, left_out = read(write(tmp_path, data.encode() + b"3,bro\xffken\n4,fine\n"))
    assert [row.values["text"] for row in rows] == [*good, "fine"]
    ((why, times, places),) = left_out.reasons
    assert "bytes" in why
    assert (times, places) == (1, ("5",))


def test_a_quote_that_is_never_closed_costs_its_row_and_no_other(tmp_path: Path) -> None:
    """Also where a later row has quotes of its own."""
    text = 'id,text\n1,one\n2,"two\n3,three\n4,"fo, ur"\n5,five\n'
    rows, left_out = read(write(tmp_path, text))
    assert [row.values["text"] for row in rows] == ["one", "three", "fo, ur", "five"]
    assert [reason.first for reason in left_out.reasons] == [("3",)]
    rows, _ = read(write(tmp_path, 'id,text\n1,one\n2,"two\n' + "3,three\n" * 2_500))
    assert len(rows) == 2_501


def test_rows_that_do_not_fit_are_named_by_line(tmp_path: Path) -> None:
    """Counted from the row's first line; short rows lack empty cells, as spreadsheets save them."""
    text = 'id,text,more\n1,"two\nlines",x\n2,too,many,cells\n3,short\n\n,,\n4,fine,y,,\n'
    rows, left_out = read(write(tmp_path, text))
    assert [(row.place, row.values["id"], row.values["more"]) for row in rows] == [
        (2, "1", "x"), (5, "3", ""), (8, "4", "y"),
    ]  # fmt: skip
    told = {reason.why.split(" (")[0]: reason.first for reason in left_out.reasons}
    assert told == {"more cells than there are columns": ("4",), "an empty row": ("7",)}


@pytest.mark.parametrize(
    ("data", "reason"),
    [("", "an empty file"), ("a,a\n1,2\n", "two columns"), (",\n1,2\n", "no column has a name")],
)
def test_a_file_without_columns_is_refused(tmp_path: Path, data: str, reason: str) -> None:
    """It says what the first row is for."""
    with pytest.raises(UsageError, match=reason):
        read_csv(write(tmp_path, data))


def test_the_way_a_file_is_read_is_told(tmp_path: Path) -> None:
    """By encoding and separator."""
    path = write(tmp_path, "id\ttext\n1\tgrün\n".encode("cp1252"), "data.tsv")
    assert read_csv(path).form == "CSV, Windows-1252, cells parted by tabs"
