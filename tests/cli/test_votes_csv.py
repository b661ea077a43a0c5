"""Votes from CSV."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.consolidation.votes import Votes
from labelwright_cli.votes_csv.lines import BadRow
from labelwright_cli.votes_csv.reading import RowFault, read_votes

values = st.text(st.sampled_from('ab,"é \n'), min_size=1, max_size=3)
rows = st.lists(st.tuples(values, values, values), max_size=12)


@given(rows, st.sampled_from(["\n", "\r\n"]))
def test_any_csv_gives_the_votes_of_its_rows(
    given_rows: list[tuple[str, str, str]], end: str
) -> None:
    """Quoted or plain, with either end of line."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator=end).writerows([("task", "worker", "label"), *given_rows])
    found, bad, _ = read_votes([file.getvalue().encode()])
    expected = Votes.from_rows(given_rows)
    assert bad == ()
    assert (found.tasks, found.workers, found.labels) == (
        (expected.tasks, expected.workers, expected.labels)
    )
    np.testing.assert_array_equal(found.label, expected.label)


long_names = st.builds(
    lambda stem, size, end: (stem * size)[:size] + end,
    st.sampled_from(["a", "abcdefgh", "\u00e9"]),
    st.sampled_from([0, 1, 7, 8, 9, 16, 63, 64, 65, 90]),
    st.sampled_from(["a", "b", "h", "\0"]),
)


@given(st.lists(st.tuples(long_names, long_names, long_names), max_size=30))
def test_names_of_any_length_are_told_apart(given_rows: list[tuple[str, str, str]]) -> None:
    """Also those that begin alike; read at once or, since they are quoted, row by row."""
    expected = Votes.from_rows(given_rows)
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
        file = io.StringIO(newline="")
        csv.writer(file, quoting=quoting).writerows([("task", "worker", "label"), *given_rows])
        data = file.getvalue().encode()
        found = read_votes(data[start : start + 200] for start in range(0, len(data), 200)).votes
        assert (found.tasks, found.workers, found.labels) == (
            (expected.tasks, expected.workers, expected.labels)
        )
        for name in ("task", "worker", "label"):
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def test_more_names_than_are_kept_at_hand_are_told_apart() -> None:
    """Those that share a place push each other out, and keep their numbers."""
    tasks = [f"{number:06}" for number in range(70_000)]
    rows_of_all = "".join(f"{task},{worker},a\n" for worker in "vw" for task in tasks)
    found = read_votes([b"task,worker,label\n", rows_of_all.encode()]).votes
    assert found.tasks == tuple(tasks)
    np.testing.assert_array_equal(found.task, np.tile(np.arange(70_000), 2))


def test_bad_rows_are_named_by_line_and_left_out() -> None:
    """The others count."""
    found, bad, _ = read_votes([b"task,worker,label\nt,w,a\nt,x\n\nu,w,\nu,x,b,c\nu,x,b"])
    assert bad == (
        BadRow(3, "2 values instead of 3"),
        BadRow(5, "no label"),
        BadRow(6, "4 values instead of 3"),
    )
    assert (found.tasks, found.workers, found.labels) == (("t", "u"), ("w", "x"), ("a", "b"))


def test_lines_that_balance_each_other_are_still_bad() -> None:
    """One value too few and one too many make no two good rows."""
    assert [row.line for row in read_votes([b"task,worker,label\nt,w\nt,w,a,b\n"]).bad] == [2, 3]


def test_columns_may_come_in_any_order_and_with_others() -> None:
    """The header says which is which."""
    first = read_votes([b"label,task,worker\na,t,w\n"]).votes
    second = read_votes(["\ufeffseconds,worker,task,label\n3,w,t,a\n".encode()]).votes
    assert first.tasks == second.tasks == ("t",)
    assert first.labels == second.labels == ("a",)


def test_a_file_without_the_three_columns_is_an_error() -> None:
    """The message names those that are missing."""
    with pytest.raises(ValueError, match="does not name worker, label"):
        read_votes([b"task,user\n1,2\n"])
    with pytest.raises(ValueError, match="does not name task, worker, label"):
        read_votes([])


LINES = st.lists(
    st.sampled_from(
        [b"t,w,a", b"t,x,a", b"u,w,b", b'"t",w,a', b'"t\n,",w,a', b'"t', b'u",w,a', b"t,w", b"t,,a",
         b"", b"\xff,w,a", "\u00e9,w,a".encode(), b'x"y,w,a', b"t,w,a,b", b'"t\r\nu",x,""""']
    ),
    max_size=12,
)  # fmt: skip


@given(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"]), st.integers(1, 30), st.booleans())
def test_where_the_file_is_cut_into_chunks_changes_nothing(
    lines: list[bytes], end: bytes, size: int, mark: bool
) -> None:
    """Neither the votes nor the bad rows and their lines."""
    data = mark * b"\xef\xbb\xbf" + end.join([b"task,worker,label", *lines])
    whole = read_votes([data])
    cut = read_votes(data[start : start + size] for start in range(0, len(data), size))
    assert cut.bad == whole.bad
    assert (cut.votes.tasks, cut.votes.workers, cut.votes.labels) == (
        (whole.votes.tasks, whole.votes.workers, whole.votes.labels)
    )
    np.testing.assert_array_equal(cut.votes.label, whole.votes.label)


def test_bytes_that_are_not_utf_8_cost_their_row_alone() -> None:
    """It is named; in a column that nobody asked for they do no harm."""
    found, bad, _ = read_votes([b"task,worker,label,note\nt,w,a,x\nu,w\xff,b,x\nv,w,c,\xff\n"])
    assert bad == (BadRow(3, "not UTF-8"),)
    assert found.tasks == ("t", "v")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_quote_that_is_not_closed_costs_its_line_alone(end: str) -> None:
    """Rows that it would swallow are read."""
    for last in ("v,w,b", 'v,w,"b c"'):
        text = end.join(["task,worker,label", 't,w,"a', "u,w,a", last, ""])
        found, bad, _ = read_votes([text.encode()])
        assert bad == (BadRow(2, "a quote that is not closed"),)
        assert found.tasks == ("u", "v")


def test_a_bad_row_over_several_lines_is_named_by_the_first() -> None:
    """And the rows after it by theirs."""
    _, bad, _ = read_votes([b'task,worker,label\n"t\n\n",w\nu,w,a\nv\n'])
    assert bad == (
        BadRow(2, "2 values instead of 3, in lines 2 to 4"),
        BadRow(6, "1 values instead of 3"),
    )


@pytest.mark.parametrize("quote", ["", '"'])
def test_labels_that_do_not_pass_are_named_by_line(quote: str) -> None:
    """In every row that has them, and they leave nothing behind."""
    text = "task,worker,label\n" + "".join(
        f"{quote}{task}{quote},w,{label}\n" for task, label in enumerate("1x2x")
    )
    found, bad, _ = read_votes(
        [text.encode()], lambda label: None if label.isdigit() else RowFault("no digit", whole=True)
    )
    assert bad == (BadRow(3, "no digit"), BadRow(5, "no digit"))
    assert found.labels == ("1", "2")
    assert found.task.tolist() == [0, 2]


def test_labels_that_pass_in_part_are_named_by_line_and_count() -> None:
    """Every row that has them is among the votes all the same."""
    found, bad, partly = read_votes(
        [b"task,worker,label\nt,w,1\nu,w,2!\nv,w,2!\n"],
        lambda label: RowFault("one too many", whole=False) if "!" in label else None,
    )
    assert bad == ()
    assert partly == (BadRow(3, "one too many"), BadRow(4, "one too many"))
    assert found.tasks == ("t", "u", "v")
