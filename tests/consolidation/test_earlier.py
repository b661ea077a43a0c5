"""A batch together with what earlier batches said."""

from labelwright.answers.columns import Column, WorkerValue
from labelwright.consolidation.earlier import MOST_OTHER_LABELS, join_votes
from labelwright.consolidation.ledger import Ledger, extend, until, votes_of
from labelwright.consolidation.methods import consolidate
from labelwright.contract.job_layout import RequestName
from labelwright.task.definition import FieldDefinition, Kind

FIELD = FieldDefinition(name="bird", path="bird", kind=Kind.CHOICE)
REQUEST = RequestName(1, "a")


def column(first: int, answers: list[dict[str, str]]) -> Column:
    """Make a column of objects, numbered from ``first`` on, from each worker's labels."""
    return Column(
        FIELD,
        ("owl", "falcon"),
        tuple(str(first + i) for i in range(len(answers))),
        tuple(tuple(WorkerValue(*item) for item in given.items()) for given in answers),
    )


def test_a_worker_with_a_new_label_each_time_does_not_swell_a_job() -> None:
    """Of undeclared labels the most given teach; known ones and the batch's own all do."""
    many = MOST_OTHER_LABELS + 100
    answers = [
        {"u": "owl", "v": "owl", "w": "wren" if i % 2 else "owl", "odd": f"bird {i:05}"}
        for i in range(many)
    ]
    ledger = extend(Ledger("", (), {}), [votes_of(REQUEST, [column(0, answers)], {})])
    earlier = until(ledger, "bird", REQUEST)
    here = column(many, [{"u": "owl", "v": "falcon", "odd": f"bird {many - 1:05}"}])
    votes = join_votes(here, earlier, [f"bird {many - 2:05}"])
    first = [f"bird {i:05}" for i in range(MOST_OTHER_LABELS - 1)]
    assert votes.labels == (
        *("owl", "falcon"),
        *first,
        *(f"bird {many - 2:05}", f"bird {many - 1:05}", "wren"),
    )
    assert len(votes.tasks) == many + 1
    (result,) = consolidate(here, {}, earlier)
    assert result.votes == {"owl": 1, "falcon": 1, f"bird {many - 1:05}": 1}


def test_which_labels_teach_does_not_depend_on_requests_that_came_later() -> None:
    """A batch that is asked again, after 21,000 other objects, learns what it learnt before."""
    odd = [{"u": "owl", "odd": f"bird {i:05}"} for i in range(MOST_OTHER_LABELS)]
    later = [{"u": "owl"} for _ in range(21_000)]
    before = extend(Ledger("", (), {}), [votes_of(REQUEST, [column(0, odd)], {})])
    other = votes_of(RequestName(2, "b"), [column(len(odd), later)], {})
    here = column(50_000, [{"u": "owl", "v": "falcon"}])
    first, again = (
        join_votes(here, until(ledger, "bird", REQUEST))
        for ledger in (before, extend(before, [other]))
    )
    assert again.labels == first.labels
    assert len(again.task) == len(first.task)
