"""One bad worker costs nobody anything: what three or more agree on is the label."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.columns import Column, read_column, read_object
from labelwright.consolidation.choice.agreed import uphold
from labelwright.consolidation.choice.dawid_skene import dawid_skene
from labelwright.consolidation.choice.ebcc import ebcc
from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.ledger import FieldLedger, Ledger, extend, until, votes_of
from labelwright.consolidation.methods import consolidate
from labelwright.consolidation.votes import ChoiceResult, Indices, Votes
from labelwright.contract.job_layout import RequestName
from labelwright.contract.post_labeling import read_request_file
from labelwright.task.definition import FieldDefinition, Kind
from tests.consolidation.crowds import needs_datasets
from tests.consolidation.hostile import KINDS, LABELS, attacks
from tests.consolidation.real_crowds import CHOICE_SETS, real_crowd, sample
from tests.consolidation.scenes import MERGING, Scene, annotation, assert_stands, honest_values

Json = Any
REQUESTS = [RequestName(1, f"{number}") for number in range(3)]


def read(field: FieldDefinition, labels: tuple[str, ...], objects: Sequence[Json]) -> Column:
    """Read one field of a request's objects."""
    data = json.dumps(objects).encode()
    answered = [read_object(entry, {}) for entry in read_request_file(data, "r").objects]
    return read_column(field, labels, answered, {}).column


@st.composite
def scenes(draw: st.DrawFn, kind: Kind) -> tuple[list[list[Json]], tuple[str, ...]]:
    """Draw up to three requests, the last of which is the batch, and the declared labels."""
    scene = Scene(
        draw(st.integers(3, 5)), draw(st.sampled_from([1, 1, 4])), draw(st.integers(0, 99))
    )
    sizes = [*draw(st.lists(st.integers(1, 8), max_size=2)), draw(st.integers(1, 5))]
    habit = draw(st.lists(attacks(), min_size=1, max_size=3))
    requests = [
        [
            scene.entry(
                f"{number}-{place}", {kind: draw(KINDS[kind].truth)}, scene.chance.choice(habit)
            )
            for place in range(size)
        ]
        for number, size in enumerate(sizes)
    ]
    return requests, draw(st.sampled_from([(), LABELS]))


def earlier_of(field: FieldDefinition, columns: Sequence[Column]) -> FieldLedger | None:
    """Keep earlier batches as the job does."""
    added = [votes_of(*item, {}) for item in zip(REQUESTS, [[c] for c in columns], strict=False)]
    return until(extend(Ledger("", (), {}), added), field.name, REQUESTS[-1])


@pytest.mark.parametrize(("kind", "method"), MERGING)
@given(data=st.data())
def test_whatever_one_worker_sends_what_the_others_agree_on_stands(
    kind: Kind, method: str, data: st.DataObject
) -> None:
    """In the batch and in all that came before it, by every method."""
    requests, labels = data.draw(scenes(kind))
    field = FieldDefinition(name="f", path=kind, kind=kind, method=method)
    columns = [read(field, labels, objects) for objects in requests]
    batch = columns.pop()
    results = consolidate(batch, {}, earlier_of(field, columns))
    for entry, result in zip(requests[-1], results, strict=True):
        assert_stands(kind, result.value, honest_values(kind, entry))


def taught(often: str, seldom: str, n: int, crowd: int = 3) -> tuple[Votes, Indices]:
    """Return votes in which one worker renames two labels, and the true labels.

    The honest, always three of ``crowd``, call ``n`` tasks one label and one task another. The one
    answers the seldom label to the former, and one that nobody else gives to the latter.
    """
    truth = [often] * n + [seldom]
    rows = []
    for task, label in enumerate(truth):
        honest = (f"w{(3 * task + i) % crowd}" for i in range(3))
        rows += [(f"{task:05}", worker, label) for worker in honest]
        rows.append((f"{task:05}", "the one", seldom if label == often else "never"))
    votes = Votes.from_rows(rows)
    return votes, votes.known({f"{i:05}": label for i, label in enumerate(truth)})[1]


#: How many tasks it takes, and among how many honest workers, to turn a model round.
TURNED = [(dawid_skene, 10, 3), (dawid_skene, 300, 3), (skill, 1_000, 3)]


@pytest.mark.parametrize(("method", "n", "crowd"), TURNED)
@pytest.mark.parametrize(("often", "seldom"), [("l", "j"), ("a", "b"), ("z", "x")])
def test_a_model_that_one_worker_has_taught_wrong_is_held_by_those_who_agree(
    method: Callable[[Votes, Indices], ChoiceResult], n: int, crowd: int, often: str, seldom: str
) -> None:
    """By likelihood alone the seldom label would go to what only one calls it."""
    votes, truth = taught(often, seldom, n, crowd)
    unknown = np.full(len(truth), -1)
    found = method(votes, unknown)
    assert found.label[-1] != truth[-1]
    held = uphold(votes, unknown, found)
    assert held.label.tolist() == truth.tolist()
    assert held.confidence[-1] == 3 / 4


def test_textbook_dawid_skene_is_turned_where_workers_have_given_one_label_only() -> None:
    """Their matrices say nothing then: the prior and the one worker's matrix tell labels apart."""
    rows = [("0", f"a{i}", "a") for i in range(3)] + [("0", "the one", "b")]
    rows += [(f"{t}", f"b{t}{i}", "b") for t in range(1, 4) for i in range(3)]
    rows += [(f"{t}", "the one", "b") for t in range(1, 4)]
    votes = Votes.from_rows(rows)
    unknown = np.full(len(votes.tasks), -1)
    found = dawid_skene(votes, unknown)
    assert votes.labels[found.label[0]] == "b"
    assert votes.labels[uphold(votes, unknown, found).label[0]] == "a"


def test_one_good_worker_may_know_better_than_three_whom_others_contradict() -> None:
    """What others say of the three decides: a crowd of careless workers is none."""
    careless = [f"c{i}" for i in range(3)]
    experts = [f"e{i}" for i in range(4)]
    rows = []
    for task in range(40):
        true = "ab"[task % 2]
        rows += [(f"{task:02}", worker, true) for worker in experts]
        rows += [(f"{task:02}", worker, "a") for worker in careless]
    rows += [("last", worker, "a") for worker in careless] + [("last", "e0", "b")]
    votes = Votes.from_rows(rows)
    unknown = np.full(len(votes.tasks), -1)
    found = skill(votes, unknown)
    assert votes.labels[found.label[-1]] == "b"
    assert uphold(votes, unknown, found) is found


@needs_datasets
@pytest.mark.parametrize("name", [name for name in CHOICE_SETS if name != "trec"])
def test_on_real_crowds_what_is_learnt_of_careless_workers_stays(name: str) -> None:
    """No label of theirs changes, with all answers and with five a task."""
    whole, _ = real_crowd(name)
    for votes in (whole, sample(whole, 5, 0)):
        unknown = np.full(len(votes.tasks), -1)
        for method in (skill, ebcc):
            found = method(votes, unknown)
            assert uphold(votes, unknown, found).label.tolist() == found.label.tolist()


def test_spans_of_one_who_moved_all_ends_before_do_not_move_the_others() -> None:
    """Nor does a label that only that one gives come to stand."""
    marked: Json = [{"start": 10, "end": 20, "label": "a"}, {"start": 40, "end": 44, "label": "b"}]
    wider = [{**span, "start": span["start"] - 1, "end": span["end"] + 1} for span in marked]
    wider += [{"start": at, "end": at + 1, "label": "b"} for at in range(60, 80)]
    field = FieldDefinition(name="f", path=Kind.SPANS, kind=Kind.SPANS)
    contents = [*[(f"w{i}", marked) for i in range(3)], ("the one", wider)]
    objects = [
        {
            "datasetObjectId": str(number),
            "annotations": [annotation(name, json.dumps({"spans": v})) for name, v in contents],
        }
        for number in range(150)
    ]
    column = read(field, (), objects)
    for entry, result in zip(objects, consolidate(column), strict=True):
        assert_stands(Kind.SPANS, result.value, honest_values(Kind.SPANS, entry))
