"""S3's XML, written and read."""

import re
from collections.abc import Iterator
from typing import TypeAlias
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from starlette.responses import Response

from labelwright_local.s3_endpoint.errors import S3Error

#: An element: its name, and its text or its children.
Node: TypeAlias = "tuple[str, str | list[Node]]"

S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"

#: What XML 1.0 has no way to write; clients that list such keys ask for encoding-type=url.
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_xml(node: Node, namespace: str = "") -> str:
    """Write an element and what is in it."""
    name, content = node
    attribute = f' xmlns="{namespace}"' if namespace else ""
    if isinstance(content, str):
        inner = escape(_NOT_XML.sub("\ufffd", content), {"\r": "&#13;"})
    else:
        inner = "".join(write_xml(child) for child in content)
    return f"<{name}{attribute}>{inner}</{name}>"


def xml_response(node: Node, status: int = 200, namespace: str = S3_NAMESPACE) -> Response:
    """Answer with a document."""
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n{write_xml(node, namespace)}'
    return Response(document.encode(), status, media_type="application/xml")


def read_elements(body: bytes, name: str) -> Iterator[dict[str, str]]:
    """Yield the children's texts of every element of a name, whatever its namespace.

    Raises:
        S3Error: not XML.
    """
    try:
        # Sent by functions that the user runs here anyway; expat bounds what entities expand to.
        root = ElementTree.fromstring(body)  # noqa: S314
    except (ElementTree.ParseError, ValueError):
        raise S3Error(400, "MalformedXML", "the body is not well-formed XML") from None
    for element in root.iter():
        if _local(element.tag) == name:
            yield {_local(child.tag): child.text or "" for child in element}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
