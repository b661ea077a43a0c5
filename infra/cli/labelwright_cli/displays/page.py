"""What is said of a worker page when a job begins."""

from labelwright_cli.terminal import tell
from labelwright_local.engine.spec import JobSpec
from labelwright_local.template_check.fields import miscounted_offsets


def show_page_faults(spec: JobSpec) -> None:
    """Warn of a page whose answers the task definition would read wrongly."""
    if spec.task is None or spec.worker_page is None:
        return
    page = spec.worker_page.decode("utf-8-sig", "replace")
    fault = miscounted_offsets(page, spec.task.definition.fields)
    if fault is not None:
        tell("warning:", fault)
