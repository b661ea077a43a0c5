"""A job's answers alone, as columns: what labels are made anew from."""

from labelwright.answers.columns import Column, fields_of, read_column, read_object
from labelwright.errors import UsageError
from labelwright.task.definition import TaskDefinition
from labelwright_lambda.whole_job.answers import WholeJob
from labelwright_local.finished_job.all_answers import gather_answers
from labelwright_local.finished_job.places import find_job
from labelwright_local.finished_job.reader import in_order
from labelwright_local.finished_job.renames import renames_of


def answers_of_job(place: str) -> WholeJob:
    """Read all answers of the one job below a place (``find_job``).

    Raises:
        UsageError: there is none, or there are several; or it has no answer that can be read.
    """
    job = find_job(place)
    gathered = gather_answers(job, ())
    objects = tuple(
        read_object(found.entry(identifier), gathered.fetched)
        for identifier, found in sorted(
            gathered.objects.items(), key=lambda item: in_order(item[0])
        )
    )
    return _not_empty(WholeJob(objects, gathered.faults, renames_of(job)), place)


def _not_empty(job: WholeJob, place: str) -> WholeJob:
    if not any(item.answers or item.problems for item in job.objects):
        if job.faults:
            first = job.faults[0]
            raise UsageError(
                f"{place}: no answer below it can be read; {first.place}: {first.reason}"
            )
        raise UsageError(
            f"{place}: there are no worker-response files below it, nor consolidation requests"
        )
    return job


def columns_of(job: WholeJob, definition: TaskDefinition | None) -> list[Column]:
    """Return one column for each field, over all objects of the job."""
    fields = [field.with_renames(job.renames) for field in fields_of(definition, job.objects)]
    return [read_column(field, field.labels, job.objects, {}).column for field in fields]
