"""The two layouts of votes that the method ``skill`` learns from."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labelwright.consolidation.choice.cells import cells_of
from labelwright.consolidation.choice.grid import grid_of
from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.choice.table import Table
from labelwright.consolidation.votes import Floats, Votes
from tests.consolidation.crowds import Row, golds, rows

TASKS = tuple("0123456789")

#: Few kinds of votes on many tasks, so that a grid has rows of them.
few_kinds = st.lists(
    st.tuples(st.sampled_from(TASKS), st.sampled_from("uv"), st.sampled_from("ab")),
    min_size=8,
    max_size=40,
)


def by_entry(used: np.ndarray, values: Floats, size: int) -> Floats:
    """Return values of entries in the table of all."""
    table = np.zeros(size)
    table[used] = values
    return table


@given(st.one_of(rows, few_kinds), golds)
def test_grid_and_cells_say_the_same_where_all_labels_are_kept(
    given_rows: list[Row], gold: dict[str, str]
) -> None:
    """Counts, posteriors, likelihoods and the last judgement do not depend on the layout."""
    votes, known = Votes.from_rows(given_rows, TASKS, tuple("abcd")).known(gold)
    n_labels, size = 4, len(votes.workers) * 16
    label, prior = votes.label.astype(np.int64), np.array([0.4, 0.3, 0.2, 0.1])
    told = (votes, label, votes.counts().astype(np.int64), known.astype(np.int64))
    seen, accuracy = np.arange(n_labels), np.full(len(votes.workers), 0.7)
    found = []
    for layout in (grid_of(*told), cells_of(*told)):
        weights = layout.start_weights(told[2])
        counts = layout.count(weights)
        prior_alone = Table.of(layout.used, seen, accuracy, (2.0, 2.0, 1.0))
        table = prior_alone.count(counts)
        posterior = layout.expect(table.log_values, prior, np.zeros(len(layout.task)))
        judged = layout.judge(table, weights)
        logs = np.zeros((len(votes.tasks), n_labels))
        logs[judged.task, judged.label] = judged.logs
        # A known label is all that cells have of its task.
        logs[known >= 0] *= np.eye(n_labels)[known[known >= 0]]
        found.append(
            (
                by_entry(layout.used, counts, size),
                posterior.log_likelihood,
                table.log_density - prior_alone.count(np.zeros(len(counts))).log_density,
                layout.expected(posterior, prior),
                logs,
            )
        )
    for of_grid, of_cells in zip(*found, strict=True):
        np.testing.assert_allclose(of_grid, of_cells, atol=1e-9)


@given(st.one_of(rows, few_kinds), golds)
def test_a_grid_holds_every_vote_once(given_rows: list[Row], gold: dict[str, str]) -> None:
    """In rows of kinds or in the list beside them, whichever is shorter."""
    votes, known = Votes.from_rows(given_rows, TASKS).known(gold)
    counts = votes.counts().astype(np.int64)
    grid = grid_of(votes, votes.label.astype(np.int64), counts, known.astype(np.int64))
    entry = grid.used[grid.place[0]] if len(votes.labels) else grid.used
    worker, given_label = entry // max(len(votes.labels), 1) ** 2, entry % max(len(votes.labels), 1)
    listed = [
        *((row, kind) for kinds in grid.kinds for row, kind in enumerate(kinds)),
        *zip(grid.more_row, grid.more_kind, strict=True),
    ]
    assert sorted((grid.task[r], worker[k], given_label[k]) for r, k in listed) == sorted(
        zip(votes.task, votes.worker, votes.label, strict=True)
    )


def test_many_answers_on_one_task_among_small_ones_take_no_rows_of_their_own() -> None:
    """A task that everybody answered stands in the list, and counts like any other."""
    given_rows = [
        (str(task), f"w{(task + i) % 4}", "ab"[task % 2]) for task in range(40) for i in range(3)
    ] + [("all", f"w{i:02}", "b") for i in range(30)]
    votes = Votes.from_rows(given_rows)
    counts = votes.counts().astype(np.int64)
    grid = grid_of(
        votes, votes.label.astype(np.int64), counts, np.full(len(votes.tasks), -1, dtype=np.int64)
    )
    assert len(grid.kinds) == 3
    assert len(grid.more_row) == 27
    labels = [votes.labels[i] for i in skill(votes).label]
    assert labels == ["ab"[task % 2] for task in range(40)] + ["b"]


def test_a_lone_error_is_judged_by_less_than_it_taught_itself() -> None:
    """Two workers disagree once: half of what that taught is left out of its likelihood."""
    given_rows = [(str(task), w, "ab"[task % 2]) for task in range(20) for w in "uv"]
    votes = Votes.from_rows([*given_rows, ("odd", "u", "a"), ("odd", "v", "b")])
    counts = votes.counts().astype(np.int64)
    told = (votes, votes.label.astype(np.int64), counts, np.full(21, -1, dtype=np.int64))
    grid = grid_of(*told)
    weights = grid.start_weights(counts)
    table = Table.of(grid.used, np.arange(2), np.full(2, 0.7), (2.0, 2.0, 1.0))
    table = table.count(grid.count(weights))
    judged = grid.judge(table, weights)
    odd = int(np.flatnonzero(grid.task == votes.tasks.index("odd"))[0])
    # u: 10 times a where a is, and a quarter of the odd task; v: never b where a is, but for that.
    right = (10.25 + 2 * 0.7 + 3) / (10.25 + 0.25 - 0.25 + 6)
    wrong = (0.25 + 2 * 0.3 + 1) / (10.25 + 0.25 - 0.25 + 6)
    np.testing.assert_allclose(judged.logs[0, odd], np.log(right) + np.log(wrong))


def test_a_known_label_that_its_votes_make_all_but_impossible_is_a_posterior_still() -> None:
    """What all other labels together would say of the votes is no scale for the known one."""
    votes = Votes.from_rows([("t", f"w{i:03}", "a") for i in range(200)], None, tuple("abc"))
    known = np.array([1])
    cells = cells_of(votes, votes.label.astype(np.int64), votes.counts().astype(np.int64), known)
    unlikely = np.full(len(cells.used), -6.0)
    found = cells.expect(unlikely, np.array([0.5, 0.3, 0.2]), np.full(1, -100.0))
    assert (found.weights.tolist(), found.elsewhere.tolist()) == ([1.0], [0.0])
    np.testing.assert_allclose(found.log_likelihood, 200 * -6.0 + np.log(0.3))
