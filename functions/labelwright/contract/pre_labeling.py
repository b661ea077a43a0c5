"""Request and response of the pre-labeling ("pre-annotation") Lambda.

Source: "Pre-annotation Lambda",
https://docs.aws.amazon.com/sagemaker/latest/dg/sms-custom-templates-step3-lambda-requirements.html
"""

from typing import Any

from pydantic import ValidationError

from labelwright.contract.base import Emitted, Json, Received, explain
from labelwright.errors import EventError


class PreLabelingRequest(Received):
    """One manifest entry on its way to workers (contract section 1.1).

    ``version`` is ``2018-10-16`` in the documentation and ``2018-10-06`` in every captured event:
    "used internally", so any is taken, also none. ``data_object`` is the whole manifest line with
    every extra key, earlier labels of a chained job included.
    """

    version: Any = None
    labeling_job_arn: str
    data_object: dict[str, Json]

    @classmethod
    def parse(cls, event: Json) -> "PreLabelingRequest":
        """Read a Lambda event.

        Raises:
            EventError: it is not a pre-labeling request; names the field, never the value.
        """
        try:
            return cls.model_validate(event)
        except ValidationError as error:
            raise EventError(
                f"not a pre-labeling request of Ground Truth: {explain(error)}; expected the keys "
                "labelingJobArn and dataObject"
            ) from None


class PreLabelingResponse(Emitted):
    """What becomes ``task.input`` in the template (contract section 1.3).

    The flag is the *boolean* ``isHumanAnnotationRequired``: the official sample's string under the
    misspelt key ``humanAnnotationRequired`` is ignored by the service.
    """

    task_input: dict[str, Json]
    is_human_annotation_required: bool
