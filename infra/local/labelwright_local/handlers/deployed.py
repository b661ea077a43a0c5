"""The handlers that SAM deploys, on a workspace."""

from functools import cached_property

import post_labeling
import pre_labeling
import refine_labels
from labelwright.contract.base import Json
from labelwright.task.skip import Skip
from labelwright_local.engine.spec import JobSpec
from labelwright_local.manifest.buckets import data_buckets
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import BUCKET


class DeployedHandlers:
    """The handlers that SAM deploys, on the workspace instead of S3.

    Without a task definition pages are given the whole manifest line, as templates that know
    nothing of ours expect it. Answers can name texts only in the buckets that the manifest names:
    never in that of the jobs, where everybody's answers lie.
    """

    def __init__(self, spec: JobSpec, storage: FolderStorage) -> None:
        self._spec = spec
        self._storage = storage
        self._definition = spec.task.definition if spec.task else None
        self._pre = pre_labeling.Settings(
            task_definition=spec.definition_uri, pass_line=spec.definition_uri is None
        )

    def pre(self, event: Json) -> Json:
        """Make the task input of one data object."""
        return pre_labeling.handle(event, self._storage, self._pre)

    def pre_before_start(self, event: Json) -> Json:
        """Do as ``pre``, before the workspace holds the job's task definition.

        Raises:
            LabelwrightError: the line, or its text, can't be used.
        """
        made = pre_labeling.prepare(event["dataObject"], self._definition, self._storage, self._pre)
        if isinstance(made, Skip):
            return {"taskInput": {"skipped": made._asdict()}, "isHumanAnnotationRequired": False}
        return {"taskInput": made}

    def post(self, event: Json) -> Json:
        """Consolidate one batch."""
        return post_labeling.handle(event, self._storage, self._post)

    def refine(self, event: Json) -> Json:
        """Consolidate the whole job."""
        return refine_labels.handle(event, self._storage, self._post)

    def provisional(self, event: Json) -> Json:
        """Label objects ahead of their batch."""
        return refine_labels.provisional(event, self._storage, self._post)

    @cached_property
    def _post(self) -> post_labeling.Settings:
        buckets = sorted(data_buckets(self._spec.manifest) - {BUCKET})
        return post_labeling.Settings(
            task_definition=self._spec.definition_uri,
            text_prefix=tuple(f"s3://{bucket}/" for bucket in buckets),
            method=self._spec.method,
        )
