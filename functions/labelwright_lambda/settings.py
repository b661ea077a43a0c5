"""What a deployment sets for the handlers that consolidate."""

from collections.abc import Mapping
from dataclasses import dataclass

from labelwright.consolidation.methods import known_methods
from labelwright_lambda.environment import address_prefix, flag, object_address, one_of


@dataclass(frozen=True)
class ConsolidationSettings:
    """What a deployment sets.

    ``text_prefix`` (``s3://bucket/`` or longer, or several) bounds which texts are read: their
    addresses come from workers' answers. ``assume_job_role`` reads and writes as the job's own
    role. ``method`` replaces the method of every field whose kind has it.
    """

    task_definition: str | None = None
    text_prefix: str | tuple[str, ...] | None = None
    assume_job_role: bool = False
    method: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "ConsolidationSettings":
        """Read ``TASK_DEFINITION``, ``TEXT_PREFIX``, ``ASSUME_JOB_ROLE`` (``true``), ``METHOD``.

        Raises:
            SettingError: one of them has a value that it can't have.
        """
        return cls(
            task_definition=object_address("TASK_DEFINITION", environment.get("TASK_DEFINITION")),
            text_prefix=address_prefix("TEXT_PREFIX", environment.get("TEXT_PREFIX")),
            assume_job_role=flag("ASSUME_JOB_ROLE", environment.get("ASSUME_JOB_ROLE")),
            method=one_of("METHOD", environment.get("METHOD"), known_methods()),
        )
