"""What is said of answers, wherever they are from."""

from labelwright.quality.reasons import MOST_SHOWN, Reason, alike
from labelwright_cli.terminal import tell
from labelwright_lambda.whole_job.answers import WholeJob
from labelwright_local.finished_job.model import ReadJob
from labelwright_local.workspace.recorded_answers import RecordedAnswers


def show_faults(answers: RecordedAnswers | WholeJob | ReadJob) -> None:
    """Tell what of a job, or of recorded answers, could not be read."""
    groups = alike(Reason("left out", fault.reason, fault.place) for fault in answers.faults)
    for group in groups[:MOST_SHOWN]:
        more = f" ({group.times:,} like it)" if group.times > 1 else ""
        tell("left out", f"{group.first.where}: {group.first.reason}{more}")
    others = sum(group.times for group in groups[MOST_SHOWN:])
    if others:
        tell("left out", f"{others:,} for other reasons")
