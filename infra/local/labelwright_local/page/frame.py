"""What a task's page may do: it runs in a frame with an origin of its own.

It reaches no cookie, no storage and no page of whoever embeds it; what it keeps itself lies in its
memory (``web/storage``) and is gone with it. Forms post nowhere, and nothing
is fetched from this machine's other servers or the local network: only from the server it came
from (its signed objects), from the local S3 where people's own functions presign addresses of it,
and over HTTPS.
"""

SANDBOX = "allow-scripts allow-forms allow-modals allow-popups allow-downloads"
_SOURCES = "'self' https: data: blob: 'unsafe-inline' 'unsafe-eval'"


def task_policy(*origins: str) -> str:
    """Return the Content-Security-Policy of a task's page; ``origins`` may be fetched from, too."""
    sources = " ".join([_SOURCES, *origins])
    return f"sandbox {SANDBOX}; default-src {sources}; form-action 'none'; frame-ancestors 'self'"
