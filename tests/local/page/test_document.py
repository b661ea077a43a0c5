"""The document around a rendered template."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright_local.page.document import page_document
from labelwright_local.page.markup import read_elements

REAL = "https://assets.crowd.aws/crowd-html-elements.js"
OWN = "/assets/crowd-elements.js?v=1&a"
OWN_TAG = '<script src="/assets/crowd-elements.js?v=1&amp;a"></script>'


def document(rendered: str, mode: Literal["local", "real"] = "local") -> str:
    """Make the document with the stand-in elements."""
    return page_document(rendered, elements=mode, crowd_script=OWN)


def scripts(page: str) -> list[str]:
    """Return the addresses of the page's scripts that have one."""
    found = [tag.attributes.get("src") for tag in read_elements(page) if tag.name == "script"]
    return [address for address in found if address]


@pytest.mark.parametrize(
    "script",
    [
        f'<script src="{REAL}"></script>',
        f"<SCRIPT async src='{REAL}' type=module integrity=x>ignored</SCRIPT >",
        "<script src=https://assets.crowd.aws/crowd-html-elements-v2.js></script>",
        "<script src=https://assets.crowd.aws/gen-ai-components.js></script>",
        f'<script src="{REAL}?x=1"/></script>',
        '<script\n  defer\n  src=" mirror/crowd-html-elements.js "\n></script>',
    ],
)
def test_the_services_script_gives_way_to_the_local_one(script: str) -> None:
    """In its place, however it is written; what stands around it stays."""
    page = document(f"<p>before</p>\n{script}\n<crowd-form></crowd-form>")
    assert page.endswith(f"<p>before</p>\n{OWN_TAG}\n<crowd-form></crowd-form>")


def test_a_second_script_of_the_service_and_its_styles_go() -> None:
    """The local one has both."""
    page = document(
        f'<link rel="stylesheet" href="https://x/crowd-html-elements-v2.css"><script src="{REAL}">'
        '</script><script src="https://x/crowd-html-elements-v2.js"></script><p>'
    )
    assert page.endswith(f"{OWN_TAG}<p>")
    assert scripts(page) == [OWN]


def test_crowd_elements_without_a_script_get_it() -> None:
    """Before anything else runs; a template without such elements gets none."""
    assert scripts(document("<crowd-form></crowd-form>")) == [OWN]
    assert scripts(document("<form></form>")) == []


def test_other_scripts_stay() -> None:
    """Also one that only speaks of the service's."""
    other = f'<script src="https://x/other.js"></script><script>let a = "{REAL}"</script>'
    assert document(other).endswith(other)


def test_with_real_elements_the_templates_script_stays_and_an_adapter_is_before_it() -> None:
    """The adapter has to hear of the elements before they are defined."""
    page = document(f'<script src="{REAL}"></script><crowd-form></crowd-form>', "real")
    assert scripts(page) == [REAL]


@pytest.mark.parametrize(
    ("rendered", "opening"),
    [
        ("<p>x", '<html lang="en">'),
        ("<!DOCTYPE html><html><head></head><body>x</body></html>", '<html lang="en">'),
        ('<html lang="de"><body>x', "<html>"),
    ],
)
def test_a_document_has_doctype_language_and_charset(rendered: str, opening: str) -> None:
    """The template's own language is not overruled."""
    page = document(rendered)
    assert page.startswith(f'<!doctype html>\n{opening}\n<head>\n<meta charset="utf-8">')


def test_a_template_keeps_its_title() -> None:
    """A page without one gets one, for screen readers."""
    assert document("<title>Mine</title>").count("<title>") == 1
    assert "<title>Task</title>" in document("<p>x")


@given(
    st.lists(
        st.sampled_from(
            [
                "<script",
                f' src="{REAL}"',
                ">",
                "</script>",
                "</script",
                "/>",
                "<![",
                "]]>",
                "<!--",
                "-->",
                "<!",
                "<style>",
                "</style>",
                "x",
                "\n",
                "<crowd-form",
                "'",
                '"',
                "<?",
                "&",
            ]
        ),
        max_size=20,
    ).map("".join)
)
def test_any_text_becomes_a_document(text: str) -> None:
    """However broken its markup; without a script of the service's it is in there unchanged."""
    page = document(text)
    if OWN_TAG not in page:
        assert page.endswith(text)
    for tag in read_elements(text):
        assert text[tag.start] == "<"
        assert tag.start < tag.end <= len(text)
