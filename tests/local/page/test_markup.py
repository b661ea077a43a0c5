"""How a page is cut into tags: as browsers do it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright_local.page.markup import read_elements


def names(page: str) -> list[str]:
    """Return the names of a page's elements."""
    return [element.name for element in read_elements(page)]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p><B a=1 c></b><br/>", ["p", "b", "br"]),
        ("<!-- <p> --><i>", ["i"]),
        ("<!--><i><!---><b><!-- --!><u>", ["i", "b", "u"]),
        ("<!doctype html><?x <p>><![CDATA[<p>]]><i>", ["i"]),
        ("</ <p></p a='>'><i>", ["i"]),
        ("<a b='>' c=\">\" d=>e<i>", ["a", "i"]),
        ("<a <b <c>", ["a"]),
        ("1 < 2 <3 <i>", ["i"]),
        ("<textarea><p></textarea><title><p></title><i>", ["textarea", "title", "i"]),
        ("<script><p></scripty></SCRIPT ><i>", ["script", "i"]),
        ("<i><a b='", ["i"]),
        ("<i><a b=\"'>", ["i"]),
        ("<i><a ", ["i"]),
        ("<i><!-- <p>", ["i"]),
        ("<script><p>", ["script"]),
    ],
)  # fmt: skip
def test_tags_are_found_as_in_a_browser(page: str, found: list[str]) -> None:
    """Not in comments, values and what has no markup; what the page's end cuts off is none."""
    assert names(page) == found


def test_a_tag_has_its_attributes() -> None:
    """The first of a name counts; names in lower case, character references read."""
    [element] = read_elements("<a B='1&amp;2' b=3 c = d/e f g=\"\"/>")
    assert element.attributes == {"b": "1&2", "c": "d/e", "f": "", "g": ""}


def test_a_script_has_its_content_and_its_end() -> None:
    """Up to its own end tag, which may have attributes."""
    page = "<p><script>1 < 2</script a='>'><i>"
    script = read_elements(page)[1]
    assert page[script.start : script.close] == "<script>1 < 2</script a='>'>"
    assert script.content == "1 < 2"


@given(st.text("<>/!-ab='\" \n?script", max_size=60))
def test_any_page_has_its_tags_in_order_and_apart(page: str) -> None:
    """Whatever is in it."""
    end = 0
    for element in read_elements(page):
        assert end <= element.start < element.end <= len(page)
        assert page[element.start] == "<"
        assert page[element.end - 1] == ">"
        end = element.close or element.end
