"""What is wrong with a template's HTML: it submits nothing, or fails in the service only."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from labelwright_local.findings import Severity
from labelwright_local.page.markup import RAW_TEXT, Element, is_our_page, read_elements
from labelwright_local.page.mturk import is_mturk_form
from labelwright_local.printable import printable
from labelwright_local.template_check.liquid_parts import FILLER, Parts, split_liquid

#: What gives an answer: the form, and the element that brings its own.
#: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-ui-template-crowd-entity-annotation.html
_SUBMITS = frozenset({"crowd-form", "crowd-entity-annotation"})
#: What the service defines for Augmented AI alone.
#: https://docs.aws.amazon.com/sagemaker/latest/dg/crowd-elements-a2i-list.html
_AUGMENTED_AI = frozenset(
    {"crowd-rekognition-detect-moderation-labels", "crowd-textract-analyze-document"}
)
#: All that the service defines for Ground Truth, and the slider's captions of AWS's samples.
#: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-ui-template-reference.html
_CROWD = frozenset(
    {
        "crowd-3d-point-cloud",
        "crowd-alert",
        "crowd-badge",
        "crowd-bounding-box",
        "crowd-button",
        "crowd-card",
        "crowd-checkbox",
        "crowd-classifier",
        "crowd-classifier-multi-select",
        "crowd-entity-annotation",
        "crowd-fab",
        "crowd-form",
        "crowd-icon-button",
        "crowd-image-classifier",
        "crowd-image-classifier-multi-select",
        "crowd-input",
        "crowd-instance-segmentation",
        "crowd-instructions",
        "crowd-keypoint",
        "crowd-line",
        "crowd-modal",
        "crowd-polygon",
        "crowd-polyline",
        "crowd-question-answer-generation",
        "crowd-radio-button",
        "crowd-radio-group",
        "crowd-semantic-segmentation",
        "crowd-slider",
        "crowd-slider-label",
        "crowd-tab",
        "crowd-tabs",
        "crowd-text-area",
        "crowd-text-ranking",
        "crowd-toast",
        "crowd-toggle-button",
    }
)
_CONTROLS = frozenset({"input", "textarea", "select", "button"})

#: Attributes from which a browser loads something.
_LOADS = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "iframe": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "audio": ("src",),
    "video": ("src", "poster"),
    "source": ("src", "srcset"),
    "track": ("src",),
    "input": ("src",),
}
_AWS = ("amazonaws.com", "amazonaws.com.cn", "aws", "awsstatic.com", "amazon.com", "cloudfront.net")
_KEPT = re.compile(r"\b(?:localStorage|sessionStorage|document\.cookie)\b")
_STYLE_ADDRESS = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s;]+)""", re.IGNORECASE)


class MarkupFinding(NamedTuple):
    """A finding before its line is known.

    ``place`` is the character where, None for the template as a whole.
    """

    severity: Severity
    rule: str
    place: int | None
    message: str


def check_markup(template: str) -> Iterator[MarkupFinding]:
    """Yield what is wrong with the HTML around the Liquid."""
    parts = split_liquid(template)
    elements = read_elements(parts.html)
    yield from _form(elements)
    yield from _crowd_script(elements)
    yield from _liquid_in_raw_text(parts, elements)
    yield from _crowd_elements(elements)
    yield from _storage(elements)
    for element in elements:
        yield from _name(element)
        yield from _hosts(element)


def _form(elements: list[Element]) -> Iterator[MarkupFinding]:
    """Look for what submits; a script may make the form, and one from elsewhere can't be read."""
    if any(element.name in _SUBMITS or is_mturk_form(element) for element in elements):
        return
    scripts = [element for element in elements if element.name == "script"]
    if any(name in script.content for script in scripts for name in _SUBMITS):
        return
    foreign = any(
        "src" in script.attributes and "crowd-html-elements" not in script.attributes["src"]
        for script in scripts
    )
    if foreign:
        yield MarkupFinding(
            Severity.WARNING,
            "no-form",
            None,
            "no crowd-form is in the template; make sure that its script makes one, "
            "or no worker can submit",
        )
    else:
        yield MarkupFinding(
            Severity.ERROR,
            "no-form",
            None,
            "nothing submits: put what workers fill in into a <crowd-form>",
        )


def _crowd_script(elements: list[Element]) -> Iterator[MarkupFinding]:
    """Look for the service's script, which local Ground Truth adds where it is missing."""
    first = next((element for element in elements if element.name.startswith("crowd-")), None)
    scripts = [element for element in elements if element.name == "script"]
    if first is not None and not any("src" in script.attributes for script in scripts):
        yield MarkupFinding(
            Severity.WARNING,
            "no-crowd-script",
            first.start,
            f"<{first.name}> is used, and no script defines it in the service; load "
            "https://assets.crowd.aws/crowd-html-elements.js",
        )


def _crowd_elements(elements: list[Element]) -> Iterator[MarkupFinding]:
    """Tell each unknown element once, where it is first used."""
    told: set[str] = set()
    for element in elements:
        name = element.name
        if not name.startswith("crowd-") or name in _CROWD or name in told:
            continue
        told.add(name)
        if name in _AUGMENTED_AI:
            fault = "is there in Augmented AI's human loops only, not in a labeling job"
        else:
            fault = "is not among the service's documented crowd elements; correct the name"
        message = f"<{printable(name)}> {fault}: it may do nothing, and its answer be missing"
        yield MarkupFinding(Severity.WARNING, "unknown-element", element.start, message)


def _liquid_in_raw_text(parts: Parts, elements: list[Element]) -> Iterator[MarkupFinding]:
    starts = [output.start for output in parts.outputs]
    for element in elements:
        if element.name not in RAW_TEXT:
            continue
        first = bisect_left(starts, element.end)
        behind = bisect_left(starts, element.end + len(element.content))
        for output in parts.outputs[first:behind]:
            if output.skips_escaping:
                message = (
                    f"Liquid without escaping in <{element.name}>: a value that holds "
                    f"</{element.name}> or quotes breaks the page, or runs as code"
                )
            else:
                message = (
                    f"Liquid in <{element.name}>: HTML escaping (&amp;, &#39;) is not undone "
                    "there, so addresses and JSON arrive broken"
                )
            remedy = "; put the value into an attribute, such as data-task, and read it from there"
            yield MarkupFinding(
                Severity.WARNING, f"liquid-in-{element.name}", output.start, message + remedy
            )


def _storage(elements: list[Element]) -> Iterator[MarkupFinding]:
    """Tell the first use of what a page keeps in the browser; our own asks the portal first."""
    if any(is_our_page(element) for element in elements):
        return
    for element in elements:
        found = _KEPT.search(element.content) if element.name == "script" else None
        if found is not None:
            yield MarkupFinding(
                Severity.NOTE,
                "kept-in-browser",
                element.end + found.start(),
                f"what the page keeps in {found.group()} lasts for one task here, and in the "
                "service in one browser; put what belongs to the answer into a named control",
            )
            return


def _name(element: Element) -> Iterator[MarkupFinding]:
    name = element.attributes.get("name", "")
    if (element.name in _CONTROLS or element.name.startswith("crowd-")) and "." in name:
        yield MarkupFinding(
            Severity.WARNING,
            "dotted-name",
            element.start,
            f"the name '{printable(_shown(name))}' has a dot, which separates the steps of a path "
            "in answers; use - or _",
        )


def _hosts(element: Element) -> Iterator[MarkupFinding]:
    for address, index in _addresses(element):
        host = _host(address)
        if host is not None and not _is_aws(host):
            yield MarkupFinding(
                Severity.WARNING,
                "foreign-host",
                index,
                f"<{element.name}> loads from {printable(_shown(host))}, which is not AWS: the "
                "page fails when that host does, and it learns of every task; put the file into "
                "your own bucket",
            )


def _addresses(element: Element) -> Iterator[tuple[str, int]]:
    """Yield what an element loads, and the character that it is told at."""
    for attribute in _LOADS.get(element.name, ()):
        value = element.attributes.get(attribute, "")
        candidates = value.split(",") if attribute == "srcset" else [value]
        for candidate in candidates:
            yield candidate.strip().split(" ")[0], element.start
    for match in _STYLE_ADDRESS.finditer(element.attributes.get("style", "")):
        yield match.group(1), element.start
    if element.name == "style":
        for match in _STYLE_ADDRESS.finditer(element.content):
            yield match.group(1), element.end + match.start()


def _host(address: str) -> str | None:
    """Return the host of an address, None for one that Liquid makes or that is within the page."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https", "") or not host:
        return None
    # Of {{ bucket }}.s3.amazonaws.com the end is known, of {{ host }} nothing.
    return None if host.endswith(FILLER) else host


def _is_aws(host: str) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in _AWS)


def _shown(text: str) -> str:
    return re.sub(f"{FILLER}+", "{{…}}", text)
