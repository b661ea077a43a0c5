"""What S3 refuses with: code, HTTP status, message.

https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from labelwright.errors import ObjectNotFound, StorageError, StorageUnavailable


class S3Error(Exception):
    """A request that is refused."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def from_storage(error: StorageError) -> S3Error:
    """Return how S3 would say what the folder says."""
    if isinstance(error, ObjectNotFound):
        return S3Error(404, "NoSuchKey", str(error))
    if isinstance(error, StorageUnavailable):
        return S3Error(503, "ServiceUnavailable", str(error))
    return S3Error(403, "AccessDenied", str(error))


def not_implemented(what: str) -> S3Error:
    """Return the error of what this small S3 does not have."""
    return S3Error(501, "NotImplemented", f"{what}: local Ground Truth's S3 does not have this")
