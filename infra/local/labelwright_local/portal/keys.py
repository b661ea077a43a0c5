"""One secret per workspace, from which everything that the portal signs is derived."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from labelwright.errors import UsageError

_BYTES = 32


class WorkspaceKey:
    """Signs text for a purpose (HMAC-SHA-256, RFC 2104); a signature for one purpose fits no other.

    It outlives the server, so that addresses and cookies handed out before a restart stay good.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

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
