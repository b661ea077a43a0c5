"""The functions that a job calls: what is sent to them, and ours as they are deployed."""

from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.errors import LabelwrightError
from labelwright_local.engine.spec import JobSpec
from labelwright_local.printable import storable
from labelwright_local.workspace.job_files import Batch, JobFiles

#: A handler's own message may be long; a reason is read by people.
_MAX_MESSAGE = 1_000


def pre_event(spec: JobSpec, line: Json) -> Json:
    """Make the event that asks for a task input, as the service sends it."""
    return {"version": "2018-10-16", "labelingJobArn": spec.arn, "dataObject": line}


def post_event(spec: JobSpec, files: JobFiles, batch: Batch, most_answers: int) -> Json:
    """Make the event that asks for labels, its undocumented keys included."""
    return {
        "version": "2018-10-06",
        "labelingJobArn": spec.arn,
        "payload": {"s3Uri": batch.request_uri},
        "labelAttributeName": spec.label_attribute,
        "roleArn": "arn:aws:iam::000000000000:role/labelwright-local",
        "outputConfig": files.layout.annotations,
        "maxHumanWorkersPerDataObject": most_answers,
        "vpcEnabled": False,
    }


class PreLabeled(NamedTuple):
    """What pre-labeling says of an object: its task input, or why no human is needed."""

    task_input: Json
    skipped: str | None


def read_pre_response(response: Json) -> PreLabeled:
    """Read what pre-labeling returned.

    ``isHumanAnnotationRequired`` is optional and means true; the strings of AWS's samples are read
    as what they say.

    Raises:
        ValueError: there is no task input in it.
    """
    if not isinstance(response, dict) or "taskInput" not in response:
        raise ValueError("it returned no object with 'taskInput'")
    flag = response.get("isHumanAnnotationRequired", True)
    if flag is not False and str(flag).lower() != "false":
        return PreLabeled(response["taskInput"], None)
    told = response["taskInput"]
    skipped = told.get("skipped") if isinstance(told, dict) else None
    if isinstance(skipped, dict) and {"rule", "reason"} <= skipped.keys():
        return PreLabeled(None, storable(f"{skipped['rule']}: {skipped['reason']}"))
    return PreLabeled(None, "pre-labeling says that no human has to annotate it")


def read_post_response(response: Json, label_attribute: str) -> dict[str, Json]:
    """Return the labels that post-labeling gave by datasetObjectId, what is no label left out.

    Raises:
        ValueError: it is no list.
    """
    if not isinstance(response, list):
        raise ValueError("it returned no list of consolidated annotations")
    labels = {}
    for item in response:
        try:
            identifier = item["datasetObjectId"]
            label = item["consolidatedAnnotation"]["content"][label_attribute]
        except (TypeError, KeyError, IndexError):
            continue
        if label is not None:
            labels[str(identifier)] = label
    return labels


def failure(step: str, error: Exception) -> str:
    """Say in the service's manner which handler failed on what."""
    if isinstance(error, LabelwrightError):
        told = f"[{error.code}] {error}"
    else:
        told = f"{type(error).__name__}: {error}"
    return storable(f"ClientError: {step} failed: {told[:_MAX_MESSAGE]}")
