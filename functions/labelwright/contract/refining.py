"""The event of the refining function, ours: a job to be consolidated whole, and what it answers.

The service knows of no such step. Whoever learns that a job has ended calls the function: on a
laptop local Ground Truth, on AWS a rule for the job's change of state.
"""

from typing import Annotated, Any

from pydantic import Field, ValidationError

from labelwright.contract.base import Emitted, Json, Received, explain
from labelwright.contract.label_categories import category_names
from labelwright.errors import EventError


class RefineRequest(Received):
    """A job by its prefix, ``s3://bucket/output/<job>``, and its label attribute."""

    job_prefix: Annotated[str, Field(pattern=r"^s3://[^/]+/.*[^/]$")]
    label_attribute_name: Annotated[str, Field(min_length=1)]
    label_categories: Any = None

    @classmethod
    def parse(cls, event: Json) -> "RefineRequest":
        """Read an event.

        Raises:
            EventError: it is none of this function; names the key, never the value.
        """
        try:
            return cls.model_validate(event)
        except ValidationError as error:
            raise EventError(
                f"no event of the refining function: {explain(error)}; expected the keys "
                "jobPrefix (s3://bucket/output/<job>) and labelAttributeName"
            ) from None

    @property
    def category_names(self) -> tuple[str, ...] | None:
        """Names in ``labelCategories``, or None."""
        return category_names(self.label_categories)


class Unread(Emitted):
    """A consolidation request that could not be read, and why."""

    request: str
    reason: str


class Refined(Emitted):
    """What became of a job: counts of requests, data objects and labels.

    ``labels`` is how many lines of the manifest have a refined label, of which ``changed`` have
    another value than before in some field. ``without_label`` had answers and have no label in the
    output manifest: theirs is not made up.
    """

    refined_manifest: str
    requests: int
    objects: int
    labels: int
    changed: int
    without_label: int
    unread: tuple[Unread, ...] = ()
