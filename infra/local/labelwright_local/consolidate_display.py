"""What ``labelwright consolidate`` shows, and what it says of each worker."""

from collections.abc import Iterable, Mapping, Sequence

from rich.markup import escape
from rich.table import Table

from labelwright.answers.columns import Column
from labelwright.consolidation.agreement import (
    label_alphas,
    nominal_alpha,
    pairwise_agreement,
    worker_agreement,
)
from labelwright.consolidation.calibration import expected_calibration_error
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.span_agreement import span_alphas
from labelwright.consolidation.truth import compare
from labelwright.consolidation.votes import ChoiceResult, Votes
from labelwright.consolidation.workers import worker_skill
from labelwright.task.definition import Kind
from labelwright_local.terminal import console

_MOST_LABELS = 20


def show_choice(
    votes: Votes,
    result: ChoiceResult,
    method: str,
    truth: Mapping[str, str] | None,
    gold: Mapping[str, str],
) -> None:
    """Show counts, agreement, and against true labels accuracy and calibration."""
    counts = votes.counts()
    console.print(
        f"{len(votes.task):,} votes of {len(votes.workers):,} workers on {len(votes.tasks):,} "
        f"tasks, {len(votes.labels):,} labels; method [bold]{method}[/]"
        + (f"; {sum(task in gold for task in votes.tasks):,} tasks with gold" if gold else "")
    )
    console.print(f"agreement of workers (Krippendorff's alpha): {_number(nominal_alpha(counts))}")
    table = Table()
    table.add_column("label")
    for heading in ("votes", "consolidated", "alpha"):
        table.add_column(heading, justify="right")
    rows = zip(votes.labels, counts.sum(axis=0), label_alphas(counts), strict=True)
    won = result.label.tolist()
    for index, (label, given, alpha) in enumerate(rows):
        if index == _MOST_LABELS:
            table.add_row(f"{len(votes.labels) - index:,} more", "", "", "")
            break
        table.add_row(escape(label), f"{int(given):,}", f"{won.count(index):,}", _number(alpha))
    console.print(table)
    if truth is not None:
        _show_truth(votes, result, {t: label for t, label in truth.items() if t not in gold})


def _show_truth(votes: Votes, result: ChoiceResult, truth: Mapping[str, str]) -> None:
    found = compare(votes, result, truth)
    if not found.compared:
        console.print("[yellow]no task of --truth has a label[/] (tasks with gold do not count)")
        return
    error = expected_calibration_error(found.confidence, found.right)
    console.print(
        f"accuracy: [bold]{found.right.mean():.1%}[/] ({int(found.right.sum()):,} of "
        f"{found.compared:,})"
        + (f"; {found.expected:.1%} with {found.ties:,} ties broken at random" * bool(found.ties))
        + f"; confidence is off by {_number(error)} on average (expected calibration error)"
    )


def show_field(column: Column, method: str, results: Sequence[Consolidated]) -> None:
    """Show how many objects have a value, and how far workers agree."""
    answered = [result for result in results if result.value is not None]
    confident = [result.confidence for result in answered if result.confidence is not None]
    mean = sum(confident) / len(confident) if confident else None
    console.print(
        f"{len(answered):,} of {len(results):,} objects have a value in "
        f"'{escape(column.field.name)}' ({column.field.kind}); method [bold]{method}[/]; mean "
        f"confidence {_number(mean)}; agreement of pairs {_number(pairwise_agreement(column))}"
    )
    if column.field.kind is Kind.SPANS:
        for label, alpha in span_alphas(column).items():
            console.print(f"  {escape(label)}: alpha over characters {_number(alpha)}")


def worker_rows(
    votes: Votes, result: ChoiceResult, gold: Mapping[str, str]
) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
    """Return header and rows of the workers' file, in the order of workers.

    ``accuracy`` with its 95 % interval is what the consolidated labels tell, ``gold_right`` of
    ``gold_answers`` what known labels tell, ``agreement`` the mean with others on the same task.
    """
    skill = worker_skill(votes, result)
    agreement, _ = worker_agreement(votes)
    known = {task: gold[task] for task in votes.tasks if task in gold}
    told = [0] * len(votes.workers)
    right = [0] * len(votes.workers)
    for task, worker, label in zip(votes.task, votes.worker, votes.label, strict=True):
        name = votes.tasks[task]
        if name in known:
            told[int(worker)] += 1
            right[int(worker)] += votes.labels[label] == known[name]
    header = ("worker", "answers", "accuracy", "low", "high", "agreement", "gold_answers",
              "gold_right")  # fmt: skip
    rows = (
        (
            name,
            int(skill.answers[i]),
            round(float(skill.accuracy[i]), 4),
            round(float(skill.low[i]), 4),
            round(float(skill.high[i]), 4),
            "" if agreement[i] != agreement[i] else round(float(agreement[i]), 4),
            told[i],
            right[i],
        )
        for i, name in enumerate(votes.workers)
    )
    return header, rows


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
