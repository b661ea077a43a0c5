"""What ``labelwright consolidate`` shows."""

from collections.abc import Mapping, Sequence

import numpy as np
from rich.markup import escape
from rich.table import Table

from labelwright.answers.columns import Column
from labelwright.consolidation.choice_column import ChoiceResults
from labelwright.consolidation.result import Consolidated
from labelwright.contract.base import Json
from labelwright.quality.agreement import (
    label_alphas,
    nominal_alpha,
    pairwise_agreement,
)
from labelwright.quality.span_agreement import span_alphas
from labelwright.quality.worker_rows import PairRow, WorkerRow, least_agreeing
from labelwright.quality.worth import one_more_answer
from labelwright.task.definition import Kind
from labelwright_cli.terminal import console
from labelwright_local.printable import counted, printable

_MOST_LABELS = 20
_MOST_WORKERS = 5


def show_results(
    column: Column, method: str, results: Sequence[Consolidated], gold: Mapping[str, Json]
) -> None:
    """Show how many objects have a value, and how far workers agree."""
    if isinstance(results, ChoiceResults):
        _show_choice(results, method, gold)
    else:
        _show_values(column, method, results)


def _show_choice(results: ChoiceResults, method: str, gold: Mapping[str, Json]) -> None:
    votes = results.votes
    counts = votes.counts()
    console.print(
        f"{counted(len(votes.task), 'vote')} of {counted(len(votes.workers), 'worker')} on "
        f"{counted(len(votes.tasks), 'task')}, {counted(len(votes.labels), 'label')}; method "
        f"[bold]{method}[/]"
        + (f"; {counted(sum(t in gold for t in votes.tasks), 'task')} with gold" if gold else "")
    )
    console.print(
        f"agreement of workers (Krippendorff's alpha): {_number(nominal_alpha(counts))}"
        "[dim]; 1 is always, 0 as often as by chance[/]"
    )
    if results.together.misfit:
        console.print(
            "[yellow]workers err together[/]: their errors vary "
            f"{results.together.ratio:.1f} times as much from task to task as if each erred alone. "
            "Labels on which they differ are less sure than they say: look at those, give known "
            "labels (--gold), or compare with --method ebcc, which allows for it",
            soft_wrap=True,
        )
    table = Table()
    table.add_column("label")
    for heading in ("votes", "consolidated", "alpha"):
        table.add_column(heading, justify="right")
    rows = zip(votes.labels, counts.sum(axis=0), label_alphas(counts), strict=True)
    won = np.bincount(results.found.label[results.found.label >= 0], minlength=len(votes.labels))
    for index, (label, given, alpha) in enumerate(rows):
        if index == _MOST_LABELS:
            table.add_row(f"{len(votes.labels) - index:,} more", "", "", "")
            break
        table.add_row(_name(label), f"{int(given):,}", f"{won[index]:,}", _number(alpha))
    console.print(table)
    _show_worth(results)


def _show_worth(results: ChoiceResults) -> None:
    worth = one_more_answer(results)
    if worth is None:
        return
    asked = "object" if worth.asked == 1 else f"{worth.asked:,} objects"
    console.print(
        f"expected accuracy: {worth.now:.1%}; with one more answer on the least sure {asked} "
        f"{worth.then:.1%} [dim](there {worth.asked_now:.1%}, then {worth.asked_then:.1%})[/]",
        soft_wrap=True,
    )


def _show_values(column: Column, method: str, results: Sequence[Consolidated]) -> None:
    answered = [result for result in results if result.value is not None]
    confident = [result.confidence for result in answered if result.confidence is not None]
    mean = sum(confident) / len(confident) if confident else None
    console.print(
        f"{len(answered):,} of {counted(len(results), 'object')} with a value in "
        f"'{_name(column.field.name)}' ({column.field.kind}); method [bold]{method}[/]; mean "
        f"confidence {_number(mean)}; agreement of pairs {_number(pairwise_agreement(column))}"
    )
    if column.field.kind is Kind.SPANS:
        for label, alpha in span_alphas(column).items():
            console.print(f"  {_name(label)}: alpha over characters {_number(alpha)}")


def show_workers(workers: Sequence[WorkerRow]) -> None:
    """Show those who are the least right, and those on gold."""
    if len(workers) <= 1:
        return
    table = Table(title="workers who are the least right", title_justify="left")
    table.add_column("worker")
    for heading in ("answers", "accuracy", "agreement", "alpha", "gold"):
        table.add_column(heading, justify="right")
    for row in sorted(workers, key=_least_right)[:_MOST_WORKERS]:
        right = f"{row.gold_right:.4g} of {row.gold_answers:,}" if row.gold_answers else "-"
        low, high = row.low, row.high
        reach = "" if low is None or high is None else f" ({low:.2f} to {high:.2f})"
        accuracy = f"{row.accuracy:.3f}{reach}"
        agreement = _number(row.agreement), _number(row.alpha)
        table.add_row(_name(row.worker), f"{row.answers:,}", accuracy, *agreement, right)
    console.print(table)
    console.print(
        "[dim]accuracy: estimated share of right answers, and between which it is with a "
        "probability of 95 %;\nagreement: with the others on the same task; alpha: the same, but 0 "
        "is as often as by chance;\ngold: right on known labels (--gold)[/]",
        soft_wrap=True,
    )


def _least_right(row: WorkerRow) -> float:
    return row.accuracy if row.high is None else row.high


def show_pairs(pairs: Sequence[PairRow] | None) -> None:
    """Show the pairs that agree the least; None are too many to be made without being asked."""
    if pairs is None:
        console.print("pairs of workers: many; --pairs writes them")
        return
    if not pairs:
        return
    table = Table(title=f"pairs that agree the least, of {len(pairs):,}", title_justify="left")
    for heading in ("worker", "other"):
        table.add_column(heading)
    for heading in ("shared", "agreement", "kappa"):
        table.add_column(heading, justify="right")
    for row in least_agreeing(pairs, _MOST_WORKERS):
        table.add_row(
            _name(row.worker),
            _name(row.other),
            f"{row.tasks:,}",
            f"{row.agreement:.3f}",
            _number(row.kappa),
        )
    console.print(table)
    console.print("[dim]shared: tasks that both answered; kappa: agreement beyond chance[/]")


def _name(text: str) -> str:
    return escape(printable(text))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
