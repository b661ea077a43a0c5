"""What is said of labels that are compared with true ones, whatever command compares them."""

from pathlib import Path

from labelwright.quality.likeness import LIKENESS
from labelwright.quality.truth import Compared
from labelwright.task.definition import Kind
from labelwright_cli.terminal import say
from labelwright_local.finished_job.truth import JobTruth
from labelwright_local.printable import counted

_MOST_LABELS = 20


def show_truth(found: Compared | None) -> None:
    """Show how right consolidated values are."""
    if found is None:
        say("no object of --truth has a value (those with gold do not count)", "yellow")
        return
    if found.kind is not Kind.CHOICE:
        _show_values(found, "")
        return
    ties = f"; {_expected(found)} with {_ties(found)} broken at random" if found.ties else ""
    off = "-" if found.calibration is None else f"{found.calibration:.3f}"
    say(
        f"accuracy: {_accuracy(found)}{ties}; confidence is off by {off} on average (expected "
        "calibration error)"
    )


def show_job_truth(found: JobTruth, path: Path) -> None:
    """Show how right a job's labels are."""
    compared = found.compared
    if compared is None:
        say(f"no object of {path} has a label in '{found.field}'")
        return
    if compared.kind is not Kind.CHOICE:
        _show_values(compared, f"'{found.field}' against {path}: ")
    else:
        ties = (
            f"; {_expected(compared)} with its {_ties(compared)} broken at random"
            if compared.ties
            else ""
        )
        say(f"accuracy of '{found.field}' against {path}: {_accuracy(compared)}{ties}")
    if found.without_label:
        say(
            f"{counted(found.without_label, 'object')} with a true label without a label here",
            "yellow",
        )


def _accuracy(found: Compared) -> str:
    return f"{found.exact / found.compared:.1%} ({found.exact:,} of {found.compared:,})"


def _expected(found: Compared) -> str:
    return f"{found.expected / found.compared:.1%}"


def _ties(found: Compared) -> str:
    return counted(found.ties, "tie")


def _show_values(found: Compared, what: str) -> None:
    text = f"{what}exactly right: {found.exact / found.compared:.1%} of {found.compared:,}"
    if found.distance is not None:
        text += f"; off by {found.distance:.4g} on average (mean absolute error)"
    likeness = LIKENESS.get(found.kind)
    if likeness and likeness.items:
        right, given, known = found.items
        condition = f", {likeness.condition}" if likeness.condition else ""
        text += (
            f"; F1 {found.items.f1:.3f} ({right:,.0f} right of {given:,} given and "
            f"{known:,} true{condition})"
        )
    say(text)
    for label, score in list(found.by_label.items())[:_MOST_LABELS]:
        say(f"  {label}: F1 {score:.3f}")
