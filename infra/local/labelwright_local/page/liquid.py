"""Liquid as Ground Truth speaks it: autoescape, and the filters that it adds.

https://docs.aws.amazon.com/sagemaker/latest/dg/sms-custom-templates-step2-automate.html
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

from liquid import BoundTemplate, Environment, Node, RenderContext, Token
from liquid.exceptions import FilterArgumentError, LiquidError, ResourceLimitError
from liquid.filter import with_context
from liquid.parser import get_parser
from liquid.token import TOKEN_TAG

from labelwright.contract.base import Json
from labelwright.contract.s3_uri import S3Uri
from labelwright_local.page.dialect.bounds import bound
from labelwright_local.page.dialect.filters import ADDED, bounded
from labelwright_local.page.dialect.tags import LiquidLines, PrintedOutput, Stream
from labelwright_local.page.dialect.tokens import template_tokens
from labelwright_local.page.dialect.work import CountedTemplate
from labelwright_local.page.template_error import TemplateError, position
from labelwright_local.printable import printable

#: No name in a template reaches this key, so no template can print or replace what is below it.
_GRANT = object()
#: Tags of a page, counted by what opens them: more than a browser shows.
MAX_TAGS = 500_000


class GroundTruthLiquid(Environment):
    """Standard Liquid with Ground Truth's filters, and an end to templates that run away."""

    #: Rounds of all loops inside each other.
    loop_iteration_limit = 1_000_000
    #: Bytes of a page; a task input of 6 MB (what a Lambda may answer) fits in several times.
    output_stream_limit = 32 * 2**20
    #: Bytes of all that a template assigns and captures.
    local_namespace_limit = 16 * 2**20

    template_class = CountedTemplate

    def __init__(self) -> None:
        super().__init__(autoescape=True)
        self.add_tag(PrintedOutput)
        self.add_tag(LiquidLines)
        # escape_once is python-liquid's own.
        self.filters = bounded({**self.filters, **ADDED})
        self.filters["grant_read_access"] = _granting("grant_read_access")
        self.filters["s3_presign"] = _granting("s3_presign")

    def tokenizer(self) -> Callable[[str], Iterator[Token]]:
        """Return what finds the tokens of a template."""
        return template_tokens

    def _parse(self, source: str) -> list[Node]:
        nodes = get_parser(self).parse(Stream(template_tokens(source)))
        bound(nodes, RenderContext(CountedTemplate(self, nodes)))
        return nodes


def render_page(template: str, task_input: Json, grant: Callable[[str], str]) -> str:
    """Make a template into the HTML that a worker gets, ``task.input`` being the task input.

    ``grant`` turns an ``s3://`` address into the one under which a browser may read the object.
    A variable that is not there prints nothing, as in the service.

    Raises:
        TemplateError: not Liquid, a filter's input is wrong, or a limit is exceeded.
    """
    parsed = parse_template(template)
    try:
        page = parsed.render({"task": {"input": task_input}, _GRANT: grant})
    except LiquidError as error:
        raise _template_error(template, error) from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # What a filter of the library does not foresee, such as a number too long to be printed.
        raise TemplateError(f"rendering failed ({type(error).__name__}: {error})") from None
    except RecursionError:
        raise TemplateError("the template or its task input is nested too deeply") from None
    check_tags(page)
    return page


def check_tags(page: str) -> None:
    """Hold a page to what browsers show.

    Raises:
        TemplateError: it has too many tags.
    """
    if page.count("<") > MAX_TAGS:
        raise TemplateError(f"the page has more than {MAX_TAGS:,} tags, more than browsers show")


@lru_cache(maxsize=16)
def parse_template(template: str) -> BoundTemplate:
    """Parse a template.

    Raises:
        TemplateError: it is not Liquid.
    """
    try:
        return GroundTruthLiquid().from_string(template)
    except LiquidError as error:
        raise _template_error(template, error) from None
    except RecursionError:
        raise TemplateError("the template is nested too deeply") from None


def _template_error(template: str, error: LiquidError) -> TemplateError:
    message = str(error.message)
    if isinstance(error, ResourceLimitError):
        message += "; does a loop run away?"
    index = error.token.start_index if error.token is not None else -1
    if index < 0:
        index = _unclosed(template)
        message = message.replace("found end of expression", "which never comes")
    return TemplateError(message, *position(template, index))


def _unclosed(template: str) -> int:
    """Return where the innermost block that is never closed begins, or the template's end.

    python-liquid tells that the template ended too early, not where the block began.
    """
    environment = GroundTruthLiquid()
    opened: list[tuple[str, int]] = []
    try:
        for token in environment.tokenizer()(template):
            if token.kind != TOKEN_TAG:
                continue
            tag = environment.tags.get(token.value)
            if tag is not None and tag.block:
                opened.append((token.value, token.start_index))
            elif opened and token.value == f"end{opened[-1][0]}":
                opened.pop()
    except LiquidError:
        pass  # It is the place of another error that is looked for.
    return opened[-1][1] if opened else len(template)


def _granting(name: str) -> Callable[..., str]:
    @with_context
    def grant_access(value: object, *, context: RenderContext) -> str:
        text = "" if value is None else str(value)
        try:
            S3Uri.parse(text)
        except ValueError:
            # The service's own wording.
            raise FilterArgumentError(
                f"""InvalidParameters: '"{name}" input is not a valid S3 URI: """
                f""""{printable(text)}"'""",
                token=None,
            ) from None
        grant: Callable[[str], str] = context.globals[_GRANT]  # type: ignore[index, assignment]
        return grant(text)

    return grant_access
