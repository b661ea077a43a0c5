"""A request as the operations see it."""

from collections.abc import Mapping
from typing import NamedTuple

from labelwright_local.s3_endpoint.bodies import Body
from labelwright_local.s3_endpoint.errors import S3Error


class S3Request(NamedTuple):
    """``key`` is "" for the bucket itself; names of headers are in lower case."""

    method: str
    bucket: str
    key: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Body

    @property
    def uri(self) -> str:
        """The object's address."""
        return f"s3://{self.bucket}/{self.key}"

    def number(self, name: str, otherwise: int) -> int:
        """Return a number of the query, at least 0.

        Raises:
            S3Error: it is none.
        """
        text = self.query.get(name, "")
        if text and not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise S3Error(400, "InvalidArgument", f"{name} is not a number")
        return int(text) if text else otherwise
