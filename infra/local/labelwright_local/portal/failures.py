"""What a request can fail with, and how it is told: as a page, or as JSON to a script."""

from starlette.requests import Request


class RequestFailed(Exception):
    """A request that can't be served; the message says why and what to do, and quotes nothing."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def wants_json(request: Request) -> bool:
    """Tell whether a script asked, not a person."""
    return "application/json" in request.headers.get("accept", "")
