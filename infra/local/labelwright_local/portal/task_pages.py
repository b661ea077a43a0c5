"""The document that the sandboxed iframe shows: a template, rendered for one task."""

from collections.abc import Sequence
from typing import Literal

from labelwright.contract.base import Json
from labelwright.contract.s3_uri import S3Uri
from labelwright_local.page.document import page_document
from labelwright_local.page.frame import task_policy
from labelwright_local.page.liquid import parse_template, render_page
from labelwright_local.page.mturk import render_batch_page, variables
from labelwright_local.page.object_links import ObjectLinks
from labelwright_local.page.template_error import TemplateError, error_page
from labelwright_local.web_assets import CROWD_SCRIPT
from labelwright_local.workspace.job_files import BUCKET


class TaskPages:
    """Makes task pages of one template, and says what they may do.

    ``origins`` are those of other servers that task inputs have addresses of. Task inputs of a
    ``batch`` are rows of Mechanical Turk's, whose columns a template may name by ``${name}``.

    Raises:
        TemplateError: the template is not Liquid.
    """

    def __init__(
        self,
        template: str,
        links: ObjectLinks,
        elements: Literal["local", "real"] = "local",
        origins: Sequence[str] = (),
        *,
        batch: bool = False,
    ) -> None:
        if not (batch and any(variables(template))):
            parse_template(template)
        self._render = render_batch_page if batch else render_page
        self._template = template
        self._links = links
        self._elements = elements
        self.policy = task_policy(*origins)

    def document(self, task_input: Json) -> str:
        """Return a task's whole HTML document; what is wrong with the template is a page too."""
        try:
            rendered = self._render(self._template, task_input, self._grant)
        except TemplateError as error:
            return error_page(self._template, error)
        return page_document(rendered, elements=self._elements, crowd_script=CROWD_SCRIPT)

    def _grant(self, uri: str) -> str:
        """Sign an object's address, but none of the job's own files: they hold all answers."""
        if S3Uri.parse(uri).bucket.casefold() == BUCKET:
            raise TemplateError(f"grant_read_access: {BUCKET} holds the job's files, no data")
        return self._links.sign(uri)
