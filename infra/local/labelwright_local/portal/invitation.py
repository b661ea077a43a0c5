"""What a requester sends to a worker: a link with their join code, as text and as a picture."""

from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

import segno


class Invitation(NamedTuple):
    """Everything that a new join code is told by, this once.

    The code stands in the link's fragment, which browsers send to no server and no log. ``picture``
    is the link as a QR code, a ``data:`` address. ``until`` is when the code ends.
    """

    name: str
    code: str
    link: str
    picture: str
    until: datetime


def invitation(address: str, name: str, code: str, until: datetime) -> Invitation:
    """Make an invitation to the portal at ``address``, which ends with a slash."""
    link = f"{address}#name={quote(name, safe='')}&code={quote(code, safe='')}"
    picture = segno.make(link, error="m", micro=False).svg_data_uri(scale=4, border=4, light="#fff")
    return Invitation(name, code, link, picture, until)
