"""How right a job's labels are: ``run --truth`` and ``consolidate --truth`` say the same."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelwright.consolidation.methods import METHODS, results_of
from labelwright.contract.own_label import OwnLabel
from labelwright.errors import UsageError
from labelwright.quality.truth import Compared, compare, decisions_of
from labelwright.task.definition import Kind
from labelwright_local.finished_job.answers import answers_of_job, columns_of
from labelwright_local.finished_job.report import labels_by_id
from labelwright_local.finished_job.ties import tied_labels
from labelwright_local.finished_job.truth import JobTruth, compare_labels, read_truth
from tests.local.jobs import SmallJob, answer

LABELS = ("owl", "falcon", "wren")
TASK = f"""
name = "birds"
[[fields]]
name = "species"
path = "bird.label"
kind = "choice"
labels = {list(LABELS)}
"""

#: What each of some workers says of each object: the place of a label, or nothing.
Said = Sequence[Sequence[int | None]]

crowds = st.integers(2, 4).flatmap(
    lambda workers: st.lists(
        st.lists(
            st.one_of(st.none(), st.integers(0, 2)), min_size=workers, max_size=workers
        ).filter(any_of),
        min_size=1,
        max_size=8,
    )
)


def any_of(said: Sequence[int | None]) -> bool:
    """Tell whether anybody answered."""
    return any(label is not None for label in said)


def job(folder: Path, said: Said, task: str | None = TASK) -> SmallJob:
    """Make a job from what workers say."""
    answers = [
        answer(number, f"w{worker}", LABELS[label])
        for number, labels in enumerate(said)
        for worker, label in enumerate(labels)
        if label is not None
    ]
    return SmallJob(folder, [{"source": str(n)} for n in range(len(said))], answers, task)


def labels_of(small: SmallJob, method: str | None) -> dict[str, OwnLabel]:
    """Run a job; return its labels."""
    return labels_by_id(small.run(method), small.storage.read)


def as_run_says(
    small: SmallJob, method: str | None, truth: Mapping[str, str], field: str | None = None
) -> JobTruth:
    """Compare as ``run --truth`` does: the labels that the job has."""
    ties = partial(tied_labels, small.spec(method), small.files)
    labels = labels_of(small, method)
    return compare_labels(labels, truth, field, [str(n) for n in range(len(labels))], ties)


def as_consolidate_says(small: SmallJob, method: str, truth: Mapping[str, str]) -> Compared | None:
    """Compare as ``consolidate --job --truth`` does: labels made anew from the answers."""
    folder = small.spec().task
    answers = answers_of_job(str(small.storage.path(small.files.layout.prefix)))
    (column,) = columns_of(answers, folder.definition if folder else None)
    column = column._replace(field=column.field.model_copy(update={"method": method}))
    return compare(Kind.CHOICE, decisions_of(column, results_of(column)), truth)


@pytest.mark.parametrize("method", METHODS[Kind.CHOICE])
@settings(max_examples=10, deadline=None)
@given(said=crowds, true=st.lists(st.sampled_from([*LABELS, "kite"]), min_size=8, max_size=8))
def test_both_commands_say_the_same(method: str, said: Said, true: Sequence[str]) -> None:
    """Of any small job and any truth, whatever the method that makes labels and ties."""
    truth = {str(number): label for number, label in enumerate(true[: len(said)])}
    with TemporaryDirectory() as folder:
        small = job(Path(folder), said)
        there, here = as_run_says(small, method, truth), as_consolidate_says(small, method, truth)
    assert there.compared is not None
    assert here is not None
    assert here._replace(calibration=None) == there.compared._replace(calibration=None)
    assert here.calibration == pytest.approx(there.compared.calibration, abs=1e-6)


@pytest.mark.parametrize("method", METHODS[Kind.CHOICE])
def test_each_label_of_a_tie_has_a_part(tmp_path: Path, method: str) -> None:
    """Of two objects that are tied, the one decided rightly and the other: one in expectation."""
    small = job(tmp_path, [[0, 1, None], [0, 1, None]])
    found = as_run_says(small, method, {"0": "owl", "1": "falcon"}).compared
    assert found is not None
    assert (found.exact, found.ties, found.expected) == (1, 2, 1.0)
    none = as_run_says(small, method, {"0": "wren"}).compared
    assert none is not None
    assert none.expected == 0


def test_what_nobody_gave_has_no_part_in_a_tie(tmp_path: Path) -> None:
    """One vote for wren: another label may be as probable, and wren stands alone all the same."""
    small = job(tmp_path, [[None, 2], [1, None]])
    for label, expected in (("wren", 1.0), ("falcon", 0), ("owl", 0)):
        found = as_run_says(small, "dawid-skene", {"0": label}).compared
        assert found is not None
        assert (found.ties, found.expected) == (0, expected)


@pytest.mark.parametrize("method", METHODS[Kind.CHOICE])
def test_ties_of_later_batches_are_those_that_they_had(tmp_path: Path, method: str) -> None:
    """Earlier batches teach the second time as they did the first."""
    said: list[list[int | None]] = [[n % 3, (n + n % 2) % 3, n % 2] for n in range(14)]
    said += [[0, 1, 2], [None, 1, 2]]
    small = job(tmp_path, said)
    labels = labels_of(small, method)
    tied = {name for name, label in labels.items() if label.fields["species"].tie}
    found = tied_labels(small.spec(method), small.files, "species", tied)
    assert len(small.files.batches()) > 1
    assert found.keys() == tied
    assert all(labels[name].fields["species"].value in found[name] for name in found)


def test_nothing_is_read_where_there_is_no_tie(tmp_path: Path) -> None:
    """Most jobs need not be consolidated again."""
    small = job(tmp_path, [[0, 0]])
    assert tied_labels(small.spec(), small.files, "species", set()) == {}


NUMBERS = """
name = "counts"
[[fields]]
name = "count"
path = "bird.label"
kind = "number"
"""


def test_every_kind_is_compared(tmp_path: Path) -> None:
    """The only field need not be named; what is off, is so by a distance."""
    answers = [answer("0", worker, number) for worker, number in zip("abc", "335", strict=True)]
    small = SmallJob(tmp_path, [{"source": "a"}], answers, NUMBERS)
    found = as_run_says(small, None, {"0": "4"})
    assert found.compared is not None
    assert (found.field, found.compared.exact, found.compared.distance) == ("count", 0, 1.0)


def test_a_true_value_of_another_kind_is_refused(tmp_path: Path) -> None:
    """Half a truth would be mistaken for the whole."""
    small = SmallJob(tmp_path, [{"source": "a"}], [answer("0", "a", "3")], NUMBERS)
    with pytest.raises(UsageError, match="--truth: task 0: not a number"):
        as_run_says(small, None, {"0": "three"})


def test_of_several_fields_the_choice_is_meant_or_one_is_named(tmp_path: Path) -> None:
    """Who names none that there is, is told which there are."""
    both = TASK + '[[fields]]\nname = "count"\npath = "bird.count"\nkind = "number"\n'
    said = answer("0", "a", "owl")
    said["answerContent"]["bird"]["count"] = 3
    small = SmallJob(tmp_path, [{"source": "a"}], [said], both)
    assert as_run_says(small, None, {"0": "owl"}).field == "species"
    found = as_run_says(small, None, {"0": "3"}, "count")
    assert found.compared is not None
    assert found.compared.exact == 1
    with pytest.raises(UsageError, match=r"--truth-field \(count, species\)"):
        as_run_says(small, None, {"0": "owl"}, "colour")


def test_errors_name_the_option_whose_file_is_wrong(tmp_path: Path) -> None:
    """Two options take such files."""
    path = tmp_path / "gold.csv"
    path.write_text("a,b\n")
    with pytest.raises(UsageError, match="--gold needs a header line"):
        read_truth(path, "--gold")
