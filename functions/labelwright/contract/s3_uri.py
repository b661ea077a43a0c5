"""Addresses of S3 objects."""

import re
from typing import NamedTuple

#: Bucket names as S3 has them today, see
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_MAX_KEY_BYTES = 1024


class S3Uri(NamedTuple):
    """An S3 object's address: ``s3://bucket/key``."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, text: str) -> "S3Uri":
        """Read ``s3://bucket/key``; the key is taken as it stands (S3 keys are not URL-encoded).

        Raises:
            ValueError: not such an address. The message does not repeat it.
        """
        scheme, _, rest = text.partition("://")
        bucket, _, key = rest.partition("/")
        if scheme != "s3" or not bucket:
            raise ValueError("not an address of the form s3://bucket/key")
        if not _BUCKET.fullmatch(bucket):
            raise ValueError(
                "no bucket can have that name: 3 to 63 lower-case letters, digits, dots and "
                "hyphens, a letter or digit first and last"
            )
        try:
            size = len(key.encode())
        except UnicodeEncodeError:
            raise ValueError("an S3 key is valid Unicode") from None
        if not 0 < size <= _MAX_KEY_BYTES:
            raise ValueError("an S3 key has 1 to 1,024 bytes")
        return cls(bucket, key)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def arn(self) -> str:
        """The object's ARN, as an IAM policy names it."""
        return f"arn:aws:s3:::{self.bucket}/{self.key}"
