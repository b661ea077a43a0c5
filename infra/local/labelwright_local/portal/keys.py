"""One secret per workspace, and of it one for each job: what the portal signs follows from it."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from labelwright.errors import UsageError

_BYTES = 32


class _Key:
    """Signs text for a purpose (HMAC-SHA-256, RFC 2104); a signature for one purpose fits no other.

    It outlives the server, so that addresses and cookies handed out before a restart stay good.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def derived(self, purpose: str) -> bytes:
        """Return a key of its own for one purpose, 32 bytes."""
        return self._mac("key", purpose)

    def sign(self, purpose: str, text: str) -> str:
        """Return the signature of a text, 64 hexadecimal digits."""
        return self._mac(purpose, text).hex()

    def verify(self, purpose: str, text: str, signature: str) -> bool:
        """Tell whether a signature is ours, in time that does not depend on where it differs."""
        return hmac.compare_digest(self.sign(purpose, text).encode(), signature.encode())

    def _mac(self, purpose: str, text: str) -> bytes:
        message = f"{purpose}\n{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, message, hashlib.sha256).digest()


class JobKey(_Key):
    """The key of one job: what it signs is worth nothing in another job of the same workspace.

    ``workspace`` is what browsers know the workspace by: what they keep for a job is named after
    it, also what version 0.1.0 let them keep.
    """

    def __init__(self, secret: bytes, workspace: str) -> None:
        super().__init__(secret)
        self.workspace = workspace


class WorkspaceKey(_Key):
    """The key of a workspace."""

    @classmethod
    def kept_in(cls, path: Path) -> "WorkspaceKey":
        """Read the key of a workspace; where there is none, make one that only its owner can read.

        Raises:
            UsageError: the file can't be read or written, or is damaged.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                secret = path.read_bytes()
            else:
                secret = secrets.token_bytes(_BYTES)
                with os.fdopen(handle, "wb") as file:
                    file.write(secret)
        except OSError as error:
            raise UsageError(
                f"{path}: the portal's key can't be kept there ({error.strerror}); choose another "
                "--workspace"
            ) from None
        if len(secret) != _BYTES:
            raise UsageError(
                f"{path}: the portal's key is damaged; delete the file, and everybody signs in anew"
            )
        return cls(secret)

    def of_job(self, name: str) -> JobKey:
        """Return the key of the job of this name."""
        workspace = f"labelwright-{self.sign('cookie', 'name')[:12]}"
        return JobKey(self.derived(f"job {name}"), workspace)
