"""The document that the sandboxed iframe shows: a template, rendered for one task."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from labelwright.contract.base import Json
from labelwright.contract.s3_uri import S3Uri
from labelwright_local.engine.troubles import Trouble
from labelwright_local.page.document import page_document
from labelwright_local.page.frame import task_policy
from labelwright_local.page.mturk import renderer
from labelwright_local.page.object_links import ObjectLinks
from labelwright_local.page.template_error import TemplateError, error_page
from labelwright_local.printable import printable
from labelwright_local.web_assets import CROWD_SCRIPT
from labelwright_local.workspace.job_files import BUCKET

#: So many files of one object are told.
_TOLD = 10


class TaskPage(NamedTuple):
    """A task's whole HTML document, and what is wrong with it (None: not that)."""

    document: str
    troubles: Mapping[Trouble, str | None]


class TaskPages:
    """Makes task pages of one template, and says what they may do.

    ``origins`` are those of other servers that task inputs have addresses of. ``fault`` says
    what is wrong with an object that a page is given access to, None where it is there. Task inputs
    of a ``batch`` are rows of Mechanical Turk's, whose columns a template may name by ``${name}``.

    Raises:
        TemplateError: the template is not Liquid.
    """

    def __init__(
        self,
        template: str,
        links: ObjectLinks,
        elements: Literal["local", "real"] = "local",
        origins: Sequence[str] = (),
        fault: Callable[[str], str | None] = lambda _: None,
        *,
        batch: bool = False,
    ) -> None:
        self._render = renderer(template, batch=batch)
        self._template = template
        self._links = links
        self._elements = elements
        self._file_fault = fault
        self.policy = task_policy(*origins)

    def page(self, task_input: Json) -> TaskPage:
        """Make a task's page; what is wrong with the template is a page too."""
        granted: dict[str, None] = {}

        def grant(uri: str) -> str:
            granted[uri] = None
            return self._grant(uri)

        try:
            rendered = self._render(task_input, grant)
        except TemplateError as error:
            reason = f"the page can't be rendered: {error}"
            return TaskPage(error_page(self._template, error), {Trouble.PAGE: reason})
        document = page_document(rendered, elements=self._elements, crowd_script=CROWD_SCRIPT)
        told = {uri: self._file_fault(uri) for uri in granted}
        faults = [f"{printable(uri, 300)}: {fault}" for uri, fault in told.items() if fault]
        files = f"files that the page shows: {'; '.join(faults[:_TOLD])}" if faults else None
        return TaskPage(document, {Trouble.PAGE: None, Trouble.FILES: files})

    def _grant(self, uri: str) -> str:
        """Sign an object's address, but none of the job's own files: they hold all answers."""
        if S3Uri.parse(uri).bucket.casefold() == BUCKET:
            raise TemplateError(f"grant_read_access: {BUCKET} holds the job's files, no data")
        return self._links.sign(uri)
