"""The handlers that SAM deploys, on a workspace."""

import post_labeling
import pre_labeling
from labelwright.contract.base import Json
from labelwright_local.engine.spec import JobSpec
from labelwright_local.workspace.folder_storage import FolderStorage


class DeployedHandlers:
    """The handlers that SAM deploys, on the workspace instead of S3.

    Without a task definition pages are given the whole manifest line, as templates that know
    nothing of ours expect it.
    """

    def __init__(self, spec: JobSpec, storage: FolderStorage) -> None:
        self._storage = storage
        self._pre = pre_labeling.Settings(
            task_definition=spec.definition_uri, pass_line=spec.definition_uri is None
        )
        self._post = post_labeling.Settings(
            task_definition=spec.definition_uri, text_prefix="s3://", method=spec.method
        )

    def pre(self, event: Json) -> Json:
        """Make the task input of one data object."""
        return pre_labeling.handle(event, self._storage, self._pre)

    def post(self, event: Json) -> Json:
        """Consolidate one batch."""
        return post_labeling.handle(event, self._storage, self._post)
