"""The functions that a job calls: what is sent to them, and ours as they are deployed."""

from collections import Counter
from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.errors import LabelwrightError
from labelwright_local.engine.spec import JobSpec
from labelwright_local.printable import printable, storable
from labelwright_local.workspace.job_files import Batch, JobFiles

#: A handler's own message may be long; a reason is read by people.
_MAX_MESSAGE = 1_000
#: So many keys of an answer without a label are named.
_MOST_KEYS = 10


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


class PostLabeled(NamedTuple):
    """What post-labeling says of objects, by datasetObjectId.

    ``labels`` are what it gave, ``faults`` why an entry holds none, ``entries`` how many entries an
    object has: one, unless the function is mistaken.
    """

    labels: dict[str, Json]
    faults: dict[str, str]
    entries: Counter[str]


def read_post_response(response: Json, label_attribute: str) -> PostLabeled:
    """Read what post-labeling returned; of several labels of one object the last stands.

    What the service makes of several entries is not documented (contract section 2.5).

    Raises:
        ValueError: it is no list.
    """
    if not isinstance(response, list):
        raise ValueError("it returned no list of consolidated annotations")
    found = PostLabeled({}, {}, Counter())
    for item in response:
        if not isinstance(item, dict) or "datasetObjectId" not in item:
            continue
        identifier = str(item["datasetObjectId"])
        found.entries[identifier] += 1
        try:
            content = item["consolidatedAnnotation"]["content"]
            label = content[label_attribute]
        except (TypeError, IndexError):
            found.faults[identifier] = "its entry has no consolidatedAnnotation with a content"
        except KeyError:
            found.faults[identifier] = _without_label(item, label_attribute)
        else:
            if label is not None:
                found.labels[identifier] = label
            else:
                found.faults[identifier] = f"its '{label_attribute}' is null"
    return found


def _without_label(item: dict[str, Json], label_attribute: str) -> str:
    consolidated = item.get("consolidatedAnnotation")
    if not isinstance(consolidated, dict) or "content" not in consolidated:
        return "its entry has no consolidatedAnnotation with a content"
    keys = [f"'{printable(key)}'" for key in list(consolidated["content"])[:_MOST_KEYS]]
    return (
        f"its content has {', '.join(keys) or 'no key'}, and not the label attribute "
        f"'{label_attribute}' (labelAttributeName in the event)"
    )


def failure(step: str, error: Exception) -> str:
    """Say in the service's manner which handler failed on what."""
    if isinstance(error, LabelwrightError):
        told = f"[{error.code}] {error}"
    else:
        told = f"{type(error).__name__}: {error}"
    return storable(f"ClientError: {step} failed: {told[:_MAX_MESSAGE]}")
