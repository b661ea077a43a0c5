"""The document around a rendered template: what the service's portal adds to it."""

import re
from html import escape
from typing import Literal

from labelwright_local import web_assets
from labelwright_local.page.markup import Element, read_elements
from labelwright_local.page.mturk import is_mturk_form

#: The service's own script, under whatever host it is mirrored; https://assets.crowd.aws has it.
#: Elements for generative tasks had a script of their own before they came into version 2.
_CROWD_SCRIPT = re.compile(r"(crowd-html-elements(-v\d+)?|gen-ai-components)(\.min)?\.js$")
#: Mechanical Turk's, whose functions come with our own.
_TURK_SCRIPT = re.compile(r"externalHIT_v1\.js$")
_CROWD_STYLE = re.compile(r"(crowd-html-elements(-v\d+)?|gen-ai-components)(\.min)?\.css$")


def page_document(rendered: str, *, elements: Literal["local", "real"], crowd_script: str) -> str:
    """Make a rendered template a whole document: doctype, language, charset, title.

    The style that the service gives every page comes with the elements' script.

    With "local", ``crowd_script``, the address of the stand-in elements' script, takes the place of
    the template's own; a template that uses crowd elements without a script gets it too. With
    "real" the template's own script stays (the page needs the internet then), and a small script
    passes the answer on to the page that embeds this one.

    Before all that comes a script that gives the page storage and cookies in memory: in the frame
    that it runs in, it has none.

    The head comes first and is left open: a parser merges what the template brings of ``<html>``,
    ``<head>`` and ``<body>`` into it, as it does with what the service puts before a template.
    """
    found = read_elements(rendered)
    turk = [tag for tag in found if tag.name == "script" and _is(_TURK_SCRIPT, tag, "src")]
    scripts = [tag for tag in found if tag.name == "script" and _is(_CROWD_SCRIPT, tag, "src")]
    uses_elements = bool(scripts) or any(tag.name.startswith("crowd-") for tag in found)
    storage = web_assets.STORAGE.read_text("utf-8")
    head = ['<meta charset="utf-8">', f"<script>{storage}</script>"]
    if any(is_mturk_form(tag) for tag in found):
        head.append(f"<script>{web_assets.MTURK_FORM.read_text('utf-8')}</script>")
    if not any(tag.name == "title" for tag in found):
        head.append("<title>Task</title>")
    if elements == "real":
        head.append(f"<script>{web_assets.REAL_ELEMENTS.read_text('utf-8')}</script>")
        body = rendered
    else:
        script = f'<script src="{escape(crowd_script)}"></script>'
        styles = [tag for tag in found if tag.name == "link" and _is(_CROWD_STYLE, tag, "href")]
        body = _replaced(rendered, scripts, styles, turk, script)
        if uses_elements and not scripts:
            head.append(script)
    has_language = any(tag.name == "html" and "lang" in tag.attributes for tag in found)
    opening = "<html>" if has_language else '<html lang="en">'
    return f"<!doctype html>\n{opening}\n<head>\n{chr(10).join(head)}\n{body}"


def _is(pattern: re.Pattern[str], tag: Element, attribute: str) -> bool:
    address = re.split("[?#]", tag.attributes.get(attribute, "").strip(), maxsplit=1)[0]
    return pattern.search(address) is not None


def _replaced(
    text: str, scripts: list[Element], styles: list[Element], gone: list[Element], script: str
) -> str:
    """Put ``script`` in the place of the first of the scripts, and nothing in that of the rest."""
    cuts = [(tag.start, tag.close, "" if index else script) for index, tag in enumerate(scripts)]
    cuts += [(tag.start, tag.end, "") for tag in styles]
    cuts += [(tag.start, tag.close, "") for tag in gone]
    parts, done = [], 0
    for start, end, instead in sorted(cuts):
        parts += [text[done:start], instead]
        done = end
    return "".join([*parts, text[done:]])
