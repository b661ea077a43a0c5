"""From where a portal can be reached: this machine, its network, or by a proxy before it."""

import socket
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from labelwright.errors import UsageError


class PublicUrl(NamedTuple):
    """Where workers elsewhere come to: a proxy on this machine that passes on what they ask."""

    scheme: str
    host: str

    @property
    def address(self) -> str:
        """The address of the portal, with a slash at its end."""
        return f"{self.scheme}://{self.host}/"

    @property
    def name(self) -> str:
        """The host without its port, in lower case."""
        return str(urlsplit(self.address).hostname)


def public_url(text: str) -> PublicUrl:
    """Read what ``--public-url`` is given.

    Raises:
        UsageError: it is no address of a whole host.
    """
    try:
        parts = urlsplit(text.strip())
        usable = bool(parts.hostname and (parts.port is None or parts.port > 0))
    except ValueError:
        usable = False
    if (
        not usable
        or parts.scheme not in ("http", "https")
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
    ):
        raise UsageError(
            "--public-url takes the address that workers elsewhere use, without a path, such as "
            "https://label.example.org"
        )
    return PublicUrl(parts.scheme, parts.netloc.lower())


@dataclass(frozen=True)
class Reach:
    """Who can get in, and by which address.

    ``address`` is what workers use, with a slash at its end. Where others than the people at this
    machine can get in, each worker needs a join code.
    """

    address: str = "http://127.0.0.1/"
    open_to_network: bool = False
    public: PublicUrl | None = None

    @property
    def needs_code(self) -> bool:
        """Whether a name alone lets nobody in."""
        return self.open_to_network or self.public is not None

    @property
    def names(self) -> frozenset[str]:
        """The names, beside this machine's own for itself, that the portal answers to."""
        network = {socket.gethostname().lower()} if self.open_to_network else set()
        return frozenset(network | ({self.public.name} if self.public else set()))

    def is_encrypted(self, connection: HTTPConnection) -> bool:
        """Tell whether a browser came by the public address, and that over HTTPS.

        A cookie for it is never to be sent another way. Whoever lies about the host has a cookie
        that their browser sends less often.
        """
        if self.public is None or self.public.scheme != "https":
            return False
        return connection.headers.get("host", "").lower() == self.public.host
